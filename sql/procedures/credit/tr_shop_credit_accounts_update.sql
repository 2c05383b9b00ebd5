-- tr_shop_credit_accounts_update: member.user_cash, which the shop's own pages read, is the balance
-- of a member's cash. A debt that a page has written there stays while there is no cash.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   member row, where its copy differs
-- Example
--   UPDATE shop_credit_accounts SET balance = 500 WHERE user_id = 'demo1' AND kind = 'cash';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_credit_accounts_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_credit_accounts_update
AFTER UPDATE ON shop_credit_accounts
FOR EACH ROW
BEGIN
    DECLARE v_copy DECIMAL(18,2);

    IF NEW.kind = 'cash' AND NEW.balance <> OLD.balance THEN
        -- Equal when it follows what a page has just written there, see tr_member_updated.
        SELECT MAX(GREATEST(user_cash, 0)) INTO v_copy FROM member
        WHERE shop_id = NEW.shop_id AND user_id = NEW.user_id;
        IF v_copy <> NEW.balance THEN
            UPDATE member SET user_cash = NEW.balance
            WHERE shop_id = NEW.shop_id AND user_id = NEW.user_id;
        END IF;
    END IF;
END//
DELIMITER ;
