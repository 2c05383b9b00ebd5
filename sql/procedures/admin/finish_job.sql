-- finish_job: give a leased job back, with what came of it.
--
-- Parameters
--   pi_job_name  job
--   pi_holder    process that leased it; a lease that went to another one since is left alone
--   pi_result    what it answered, cut at 200 characters; one that begins with 'result OK' counts
--                as a success
-- Returns one row: result
-- Errors  none
-- Locks   the shop_jobs row
-- Example
--   CALL finish_job('shop_order_expire', 'by hand', 'expired 3');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS finish_job;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE finish_job(
    pi_job_name TEXT,
    pi_holder   TEXT,
    pi_result   TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives a leased job back'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('finish_job', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail,
            '', NULL,
            JSON_OBJECT('job_name', LEFT(pi_job_name, 64), 'holder', LEFT(pi_holder, 64)));
        RESIGNAL;
    END;

    SET v_step = 'give back';
    CALL _start_writing();
    UPDATE shop_jobs
    SET lease_holder = NULL, lease_until = UTC_TIMESTAMP(6), last_result = LEFT(pi_result, 200),
        last_success_at = CASE WHEN pi_result LIKE 'result OK%' THEN UTC_TIMESTAMP(6)
                               ELSE last_success_at END
    WHERE job_name = pi_job_name AND lease_holder = pi_holder;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result;
END//
DELIMITER ;
