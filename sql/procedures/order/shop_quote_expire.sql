-- shop_quote_expire: delete quotes whose time is over: nobody can order them any more. May run at
-- any time, twice, beside itself and beside orders.
--
-- Parameters
--   pi_batch_size  at most so many quotes, 1 to 10000; NULL = 500
-- Returns one row: result, expired (how many), events and event_count for counters
-- Errors  INVALID_INPUT
-- Locks   the quotes that it deletes
-- Example
--   CALL shop_quote_expire(500);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_quote_expire;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_quote_expire(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Deletes quotes whose time is over'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_batch_size, v_expired INT UNSIGNED DEFAULT 0;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_quote_expire', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('batch_size', pi_batch_size));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 500);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    SET v_step = 'delete quotes';
    CALL _start_writing();
    DELETE FROM shop_quotes
    WHERE kept_until <= v_now
    ORDER BY kept_until
    LIMIT v_batch_size;
    SET v_expired = ROW_COUNT();
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_expired AS expired, 'quote_expire' AS events,
           v_expired AS event_count;
END//
DELIMITER ;
