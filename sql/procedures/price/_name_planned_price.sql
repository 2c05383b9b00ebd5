-- _name_planned_price: let the offers of a product name the next price that is planned for it, or
-- none. Their triggers make the price rows.
--
-- Parameters
--   pi_shop_id, pi_product_id  product, locked by the caller
-- Returns nothing
-- Errors  none
-- Locks   shop_offers rows of the product, by option
-- Example
--   CALL _name_planned_price(1, 'D0001');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _name_planned_price;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _name_planned_price(
    pi_shop_id    INT UNSIGNED,
    pi_product_id VARCHAR(30))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Names a product''s next price'
BEGIN
    DECLARE v_change_no BIGINT UNSIGNED;
    DECLARE v_valid_from, v_next_until DATETIME(6);
    DECLARE v_buy_price, v_sale_price DECIMAL(18,2);
    DECLARE v_discount_rate DECIMAL(5,4);
    DECLARE v_reason VARCHAR(200);

    SELECT k.change_no, k.valid_from, k.buy_price, k.sale_price, k.discount_rate, k.reason,
           (SELECT MIN(a.valid_from) FROM shop_price_changes a
            WHERE a.shop_id = pi_shop_id AND a.product_id = pi_product_id AND a.state = 'planned'
              AND a.valid_from > k.valid_from)
    INTO v_change_no, v_valid_from, v_buy_price, v_sale_price, v_discount_rate, v_reason,
         v_next_until
    FROM shop_price_changes k
    WHERE k.shop_id = pi_shop_id AND k.product_id = pi_product_id AND k.state = 'planned'
    ORDER BY k.valid_from, k.change_no
    LIMIT 1;
    IF v_change_no IS NULL THEN
        UPDATE shop_offers
        SET holds_until = NULL, next_change_no = NULL, next_price_id = NULL,
            next_unit_price = NULL, next_list_price = NULL, next_until = NULL,
            next_buy_price = NULL, next_sale_price = NULL, next_discount_rate = NULL
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND holds_until IS NOT NULL;
    ELSE
        UPDATE shop_offers
        SET holds_until = v_valid_from, next_change_no = v_change_no, next_until = v_next_until,
            next_buy_price = v_buy_price, next_sale_price = v_sale_price,
            next_discount_rate = v_discount_rate, reason = v_reason
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
    END IF;
END//
DELIMITER ;
