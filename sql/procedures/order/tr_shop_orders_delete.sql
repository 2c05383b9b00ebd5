-- tr_shop_orders_delete: an order is not deleted: its number would be free again, its money and its
-- units would belong to nobody.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_orders WHERE seq_no = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_orders_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_orders_delete
BEFORE DELETE ON shop_orders
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_orders', 'DELETE');
END//
DELIMITER ;
