-- tr_shop_payments_delete: a payment is not deleted: its money would be nowhere.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_payments WHERE status = 'late';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_payments_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_payments_delete
BEFORE DELETE ON shop_payments
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_payments', 'DELETE');
END//
DELIMITER ;
