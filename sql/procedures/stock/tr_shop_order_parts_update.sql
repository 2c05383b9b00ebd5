-- tr_shop_order_parts_update: what the sets of an order consisted of stays as it was: its units
-- were taken by it. See tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_order_parts SET quantity = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_parts_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_parts_update
BEFORE UPDATE ON shop_order_parts
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_parts', 'UPDATE');
END//
DELIMITER ;
