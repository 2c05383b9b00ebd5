-- tr_member_updated: cash that a page or a hand gives or takes here is an entry in the ledger.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  CASH_NOT_ENOUGH: an order holds some of it
-- Locks   the member's account of cash, its grants
-- Example
--   UPDATE member SET user_cash = user_cash + 500 WHERE shop_id = 1 AND user_id = 'demo1';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_member_updated;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_member_updated
AFTER UPDATE ON member
FOR EACH ROW
BEGIN
    IF NEW.user_cash <> OLD.user_cash THEN
        CALL _set_cash(NEW.shop_id, NEW.user_id, GREATEST(NEW.user_cash, 0));
    END IF;
END//
DELIMITER ;
