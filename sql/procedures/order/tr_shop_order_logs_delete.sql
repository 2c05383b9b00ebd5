-- tr_shop_order_logs_delete: what has happened to an order is not forgotten. See
-- tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_order_logs WHERE order_seq_no = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_logs_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_logs_delete
BEFORE DELETE ON shop_order_logs
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_logs', 'DELETE');
END//
DELIMITER ;
