-- tr_member_inserted: cash that a member brings along is a grant.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  CASH_NOT_ENOUGH: an order holds some of it
-- Locks   the member's account of cash, its grants
-- Example
--   INSERT INTO member (shop_id, user_id, cust_no, user_name, user_phone, user_cash)
--   VALUES (1, 'new1', 901, '새 회원', '010-0000-0901', 500);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_member_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_member_inserted
AFTER INSERT ON member
FOR EACH ROW
BEGIN
    IF NEW.user_cash > 0 THEN
        CALL _set_cash(NEW.shop_id, NEW.user_id, GREATEST(NEW.user_cash, 0));
    END IF;
END//
DELIMITER ;
