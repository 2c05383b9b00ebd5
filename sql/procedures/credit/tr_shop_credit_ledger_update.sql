-- tr_shop_credit_ledger_update: entries of the ledger of points and cash stay as they were.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_credit_ledger SET amount = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_credit_ledger_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_credit_ledger_update
BEFORE UPDATE ON shop_credit_ledger
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_credit_ledger', 'UPDATE');
END//
DELIMITER ;
