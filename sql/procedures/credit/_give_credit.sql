-- _give_credit: give a member points or cash: a grant of its own.
--
-- Parameters
--   pi_shop_id, pi_user_id  member
--   pi_kind          point | cash
--   pi_amount        how much, more than 0
--   pi_action        earn | adjust, see shop_credit_ledger
--   pi_expires_at    UTC, or NULL
--   pi_order_seq_no  order that it was earned with, or NULL
--   pi_entry_key     see shop_credit_ledger, or NULL
--   pi_reason          for people
-- Returns nothing
-- Errors  none
-- Locks   in this order: shop_credit_accounts row, grant and ledger (new)
-- Example
--   CALL _give_credit(1, 'demo1', 'point', 500, 'adjust', NULL, NULL, NULL, 'welcome');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _give_credit;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _give_credit(
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    pi_kind         VARCHAR(5),
    pi_amount       DECIMAL(18,2),
    pi_action       VARCHAR(7),
    pi_expires_at   DATETIME(6),
    pi_order_seq_no BIGINT UNSIGNED,
    pi_entry_key    VARCHAR(64),
    pi_reason         VARCHAR(200))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives a member points or cash'
BEGIN
    CALL _lock_credit_account(pi_shop_id, pi_user_id, pi_kind);
    UPDATE shop_credit_accounts
    SET balance = balance + pi_amount
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND kind = pi_kind;
    INSERT INTO shop_credit_grants
        (shop_id, user_id, kind, amount, left_amount, granted_at, expires_at, order_seq_no)
    VALUES
        (pi_shop_id, pi_user_id, pi_kind, pi_amount, pi_amount, UTC_TIMESTAMP(6), pi_expires_at,
         pi_order_seq_no);
    INSERT INTO shop_credit_ledger
        (entry_date, grant_no, shop_id, user_id, kind, action, from_account, to_account, amount,
         order_seq_no, entry_key, actor, reason)
    VALUES
        (UTC_TIMESTAMP(6), LAST_INSERT_ID(), pi_shop_id, pi_user_id, pi_kind, pi_action, 'shop',
         'member', pi_amount, pi_order_seq_no, pi_entry_key, LEFT(USER(), 100), pi_reason);
END//
DELIMITER ;
