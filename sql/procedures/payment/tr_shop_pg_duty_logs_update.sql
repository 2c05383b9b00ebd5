-- tr_shop_pg_duty_logs_update: what was done about a duty is not written anew.
-- See tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_pg_duty_logs SET proof = 'R-2';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_pg_duty_logs_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_pg_duty_logs_update
BEFORE UPDATE ON shop_pg_duty_logs
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_pg_duty_logs', 'UPDATE');
END//
DELIMITER ;
