-- lease_job: give a gateway process one background job that is due, if any. Nobody else gets it
-- before the lease ends or finish_job gives it back; a process that dies with it only delays it. A
-- lease or a next run that is further ahead than its own length was written by a clock that has
-- gone back since: it counts as over. (So a job is put off by is_enabled = 0,
-- not by its next_run_at.)
--
-- Parameters
--   pi_holder  name of the process
-- Returns one row: result, job_name (NULL = nothing is due), batch_size, lease_seconds
-- Errors  INVALID_INPUT
-- Locks   the shop_jobs row, locked ones are skipped
-- Example
--   CALL lease_job('by hand');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS lease_job;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE lease_job(
    pi_holder TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Leases a background job that is due'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_candidate, v_job_name VARCHAR(64);
    DECLARE v_batch_size, v_lease_seconds INT UNSIGNED;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_end TINYINT DEFAULT 0;
    -- Ten seconds more than its own length: another session may have written it since v_now.
    DECLARE c_due CURSOR FOR
        SELECT job_name FROM shop_jobs
        WHERE is_enabled = 1
          AND (next_run_at <= v_now OR next_run_at > v_now + INTERVAL interval_seconds + 10 SECOND)
          AND (lease_until <= v_now OR lease_until > v_now + INTERVAL lease_seconds + 10 SECOND)
        ORDER BY next_run_at, job_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('lease_job', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail,
            '', NULL, JSON_OBJECT('holder', LEFT(pi_holder, 64)));
        RESIGNAL;
    END;

    IF pi_holder IS NULL OR CHAR_LENGTH(pi_holder) NOT BETWEEN 1 AND 64 THEN
        CALL _raise('INVALID_INPUT', 'holder', '1 to 64 characters');
    END IF;

    SET v_step = 'lease';
    CALL _start_writing();
    OPEN c_due;
    next_job: LOOP
        SET v_end = 0;
        FETCH c_due INTO v_candidate;
        IF v_end = 1 THEN
            LEAVE next_job;
        END IF;
        -- Locked one by one, by primary key: a locking read with ORDER BY locks every job that is
        -- due before it sorts them, and who asks in the same moment would be told that nothing is.
        SELECT job_name, batch_size, lease_seconds INTO v_job_name, v_batch_size, v_lease_seconds
        FROM shop_jobs
        WHERE job_name = v_candidate AND is_enabled = 1
          AND (next_run_at <= v_now OR next_run_at > v_now + INTERVAL interval_seconds + 10 SECOND)
          AND (lease_until <= v_now OR lease_until > v_now + INTERVAL lease_seconds + 10 SECOND)
        FOR UPDATE SKIP LOCKED;
        IF v_job_name IS NOT NULL THEN
            LEAVE next_job;
        END IF;
    END LOOP;
    CLOSE c_due;
    UPDATE shop_jobs
    SET lease_holder = pi_holder,
        lease_until = UTC_TIMESTAMP(6) + INTERVAL lease_seconds SECOND,
        last_run_at = UTC_TIMESTAMP(6),
        next_run_at = UTC_TIMESTAMP(6) + INTERVAL interval_seconds SECOND
    WHERE job_name = v_job_name;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_job_name AS job_name, v_batch_size AS batch_size,
           v_lease_seconds AS lease_seconds;
END//
DELIMITER ;
