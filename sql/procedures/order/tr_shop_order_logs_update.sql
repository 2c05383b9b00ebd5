-- tr_shop_order_logs_update: what has happened to an order is not written anew. See
-- tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_order_logs SET actor = 'pg';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_logs_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_logs_update
BEFORE UPDATE ON shop_order_logs
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_logs', 'UPDATE');
END//
DELIMITER ;
