-- shop_credit_expire: take off what is left of points and cash whose time is over. One grant, one
-- transaction. May run at any time, twice, beside itself and beside orders: what is over by the
-- clock cannot be used whether it was taken off or not.
--
-- Parameters
--   pi_batch_size  at most so many grants, 1 to 10000; NULL = 500
-- Returns one row: result, expired (how many), events and event_count for counters
-- Errors  INVALID_INPUT
-- Locks, per grant: account of the member, grant, ledger (new)
-- Example
--   CALL shop_credit_expire(500);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_credit_expire;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_credit_expire(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes off points and cash out of time'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_batch_size, v_expired INT UNSIGNED DEFAULT 0;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_grant_no BIGINT UNSIGNED;
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_kind VARCHAR(5);
    DECLARE v_left DECIMAL(18,2);
    DECLARE v_end TINYINT DEFAULT 0;
    -- Kept by the server when the cursor opens: commits in between do not disturb it.
    DECLARE c_grants CURSOR FOR
        SELECT grant_no, shop_id, user_id, kind
        FROM shop_credit_grants FORCE INDEX (ix_shop_credit_grants_expiry)
        WHERE expiring_at <= v_now
        ORDER BY expiring_at
        LIMIT v_batch_size;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_credit_expire', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('grant_no', v_grant_no));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 500);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SET v_step = 'expire a grant';
    OPEN c_grants;
    next_grant: LOOP
        SET v_end = 0;
        FETCH c_grants INTO v_grant_no, v_shop_id, v_user_id, v_kind;
        IF v_end = 1 THEN
            LEAVE next_grant;
        END IF;
        CALL _start_writing();
        CALL _lock_credit_account(v_shop_id, v_user_id, v_kind);
        SET v_left = 0;
        SELECT left_amount INTO v_left FROM shop_credit_grants
        WHERE grant_no = v_grant_no AND expires_at <= v_now FOR UPDATE;
        IF v_left > 0 THEN
            UPDATE shop_credit_accounts SET balance = balance - v_left
            WHERE shop_id = v_shop_id AND user_id = v_user_id AND kind = v_kind;
            UPDATE shop_credit_grants SET left_amount = 0 WHERE grant_no = v_grant_no;
            INSERT INTO shop_credit_ledger
                (entry_date, grant_no, shop_id, user_id, kind, action, from_account, to_account,
                 amount, actor, reason)
            VALUES
                (UTC_TIMESTAMP(6), v_grant_no, v_shop_id, v_user_id, v_kind, 'expire', 'member',
                 'expired', v_left, LEFT(USER(), 100), '');
            SET v_expired = v_expired + 1;
        END IF;
        COMMIT AND NO CHAIN NO RELEASE;
    END LOOP;
    CLOSE c_grants;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_expired AS expired, 'credit_expire' AS events,
           v_expired AS event_count;
END//
DELIMITER ;
