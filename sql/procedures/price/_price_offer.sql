-- _price_offer: what a product and option cost, and whether they can be bought. The one formula for both: every price row
-- is made by it.
--
-- Parameters
--   pi_buy_price, pi_sale_price, pi_discount_rate, pi_product_shown, pi_option_required   of the product
--   pi_option_hash, pi_add_price, pi_option_shown                                         of the option; __noopt__, 0, 1
--   pi_digits      decimals of the shop's currency
--   po_unit_price  OUT: (sale_price, or buy_price where that is 0 or NULL) × (1 − discount_rate), plus add_price, both
--                  rounded, which may make it one digit longer
--   po_list_price  OUT: buy_price plus add_price, both rounded
--   po_orderable   OUT: 1 when the product is shown, and the option or, where none is needed, none is chosen. Not below 0
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _price_offer(10000, 9000, 0.1, 1, 0, '__noopt__', 0, 1, 0, @unit, @list, @orderable);   -- 8100, 10000, 1
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _price_offer;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _price_offer(
    pi_buy_price       DECIMAL(18,2),
    pi_sale_price      DECIMAL(18,2),
    pi_discount_rate   DECIMAL(5,4),
    pi_product_shown   TINYINT,
    pi_option_required TINYINT,
    pi_option_hash     VARCHAR(64),
    pi_add_price       DECIMAL(18,2),
    pi_option_shown    TINYINT,
    pi_digits          TINYINT UNSIGNED,
    OUT po_unit_price  DECIMAL(20,2),
    OUT po_list_price  DECIMAL(20,2),
    OUT po_orderable   TINYINT)
    SQL SECURITY DEFINER
    NO SQL
    COMMENT 'Formula for the price of a product and option'
BEGIN
    SET po_unit_price = ROUND(CASE WHEN pi_sale_price > 0 THEN pi_sale_price ELSE pi_buy_price END
                              * (1 - pi_discount_rate), pi_digits) + ROUND(pi_add_price, pi_digits),
        po_list_price = ROUND(pi_buy_price, pi_digits) + ROUND(pi_add_price, pi_digits),
        po_orderable = CASE WHEN pi_product_shown = 1 AND pi_option_shown = 1 AND po_unit_price >= 0
                             AND (pi_option_required = 0 OR pi_option_hash <> '__noopt__') THEN 1 ELSE 0 END;
END//
DELIMITER ;
