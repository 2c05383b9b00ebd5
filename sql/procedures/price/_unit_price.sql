-- _unit_price: what one unit of a product and option costs. The one formula: every
-- price row is made by it.
--
-- Parameters
--   pi_buy_price, pi_sale_price, pi_discount_rate  of the product
--   pi_add_price  of the option; 0 without one
--   pi_digits     decimals of the shop's currency
-- Returns (sale_price, or buy_price where that is 0 or NULL) × (1 − discount_rate), plus add_price,
--   both rounded, which may make it one digit longer
-- Errors  none
-- Locks   none
-- Example
--   SELECT _unit_price(10000, 9000, 0.1, 500, 0);   -- 8600
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _unit_price;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _unit_price(
    pi_buy_price     DECIMAL(18,2),
    pi_sale_price    DECIMAL(18,2),
    pi_discount_rate DECIMAL(5,4),
    pi_add_price     DECIMAL(18,2),
    pi_digits        TINYINT UNSIGNED)
    RETURNS DECIMAL(20,2)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Price of one unit'
BEGIN
    RETURN ROUND(CASE WHEN pi_sale_price > 0 THEN pi_sale_price ELSE pi_buy_price END
                 * (1 - pi_discount_rate), pi_digits)
           + ROUND(pi_add_price, pi_digits);
END//
DELIMITER ;
