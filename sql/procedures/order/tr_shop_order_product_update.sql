-- tr_shop_order_product_update: an order line is what was bought, and stays so. No routine changes one, so this costs
-- no order anything. sql/README.md says what to do with a change that is meant.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_order_product SET unit_price = 1, line_amount = quantity;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_product_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_product_update
BEFORE UPDATE ON shop_order_product
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_product', 'UPDATE');
END//
DELIMITER ;
