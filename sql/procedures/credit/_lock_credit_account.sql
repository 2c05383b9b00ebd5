-- _lock_credit_account: lock the points or the cash of a member; who has none gets an account of 0.
--
-- Parameters
--   pi_shop_id, pi_user_id  member
--   pi_kind                 point | cash
-- Returns nothing
-- Errors  none
-- Locks   shop_credit_accounts row
-- Example
--   CALL _lock_credit_account(1, 'demo1', 'point');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _lock_credit_account;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _lock_credit_account(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_kind    VARCHAR(5))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Locks the points or cash of a member'
BEGIN
    INSERT INTO shop_credit_accounts (shop_id, user_id, kind, balance)
    VALUES (pi_shop_id, pi_user_id, pi_kind, 0)
    ON DUPLICATE KEY UPDATE balance = shop_credit_accounts.balance;
END//
DELIMITER ;
