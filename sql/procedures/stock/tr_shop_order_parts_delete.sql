-- tr_shop_order_parts_delete: what the sets of an order consisted of is not forgotten: its units
-- were taken by it. See tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_order_parts;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_parts_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_parts_delete
BEFORE DELETE ON shop_order_parts
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_parts', 'DELETE');
END//
DELIMITER ;
