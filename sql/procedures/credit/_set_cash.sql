-- _set_cash: bring a member's cash to what a page or a hand has written into member.user_cash.
--
-- Parameters
--   pi_shop_id, pi_user_id  member
--   pi_balance              what it is to be
-- Returns nothing
-- Errors  CASH_NOT_ENOUGH: less can be taken
-- Locks   shop_credit_accounts row, its grants, ledger (new)
-- Example
--   CALL _set_cash(1, 'demo1', 5000);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _set_cash;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _set_cash(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_balance DECIMAL(18,2))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Brings cash to what a page wrote'
BEGIN
    DECLARE v_balance, v_left DECIMAL(18,2);

    -- Shared, since FOR UPDATE is refused (1442) when tr_shop_credit_accounts_update has written
    -- the member's row; then they are equal, and nothing is to be done. MAX: NULL for no account.
    SELECT MAX(balance) INTO v_balance FROM shop_credit_accounts
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND kind = 'cash'
    LOCK IN SHARE MODE;
    IF pi_balance > COALESCE(v_balance, 0) THEN
        CALL _give_credit(pi_shop_id, pi_user_id, 'cash', pi_balance - COALESCE(v_balance, 0),
                          'adjust', NULL, NULL, NULL, 'member.user_cash');
    ELSEIF pi_balance < v_balance THEN
        CALL _spend_credit(pi_shop_id, pi_user_id, 'cash', v_balance - pi_balance, 'adjust',
                           'shop', NULL, NULL, 'member.user_cash', UTC_TIMESTAMP(6), v_left);
        IF v_left IS NOT NULL THEN
            CALL _raise('CASH_NOT_ENOUGH', 'user_cash', CONCAT('balance ', v_left));
        END IF;
    END IF;
END//
DELIMITER ;
