-- select_adm_metrics: what a monitor should see of the shop as a whole, for /metrics. Each figure
-- is found by an index and counted to 10,000 at most. A figure is added here, without a new build.
--
-- Parameters  none
-- Returns one row: result, job_count
-- then metrics: metric, help, label_name, label_value (both NULL = none), value.
--   All can go up and down.
-- then known: kind (job | event), name: what a gateway counts by itself,
--   so that its counters begin with 0
-- Errors  none
-- Locks   none
-- Example
--   CALL select_adm_metrics();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_adm_metrics;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_adm_metrics()
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Figures of the shop for a monitor'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_now DATETIME(6);
    DECLARE v_owed, v_overdue, v_violations, v_audited_at, v_jobs BIGINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_adm_metrics', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT());
        RESIGNAL;
    END;

    -- Everything is read before anything is answered.
    CALL _start_reading();
    SET v_now = UTC_TIMESTAMP(6);
    SELECT COUNT(*) INTO v_owed
    FROM (SELECT 1 AS one FROM shop_pg_duties WHERE state = 'owed' LIMIT 10000) x;
    SELECT COUNT(*) INTO v_overdue
    FROM (SELECT 1 AS one FROM shop_pg_duties
          WHERE state = 'owed' AND due_at < v_now LIMIT 10000) x;
    SELECT MAX(found), MAX(TIMESTAMPDIFF(SECOND, '1970-01-01', done_at))
    INTO v_violations, v_audited_at
    FROM shop_health WHERE what = 'audit';
    SELECT COUNT(*) INTO v_jobs FROM shop_jobs WHERE is_enabled = 1;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_jobs AS job_count;
    SELECT 'duties_owed' AS metric, 'Duties that are owed, 10000 = that many or more' AS help,
           NULL AS label_name, NULL AS label_value, v_owed AS value
    UNION ALL
    SELECT 'duties_overdue',
           'Duties that are owed and past their deadline, 10000 = that many or more',
           NULL, NULL, v_overdue
    UNION ALL
    SELECT 'job_last_success_timestamp_seconds', 'When a run of the job last ended well; 0 = never',
           'job', job_name, COALESCE(TIMESTAMPDIFF(SECOND, '1970-01-01', last_success_at), 0)
    FROM shop_jobs WHERE is_enabled = 1
    UNION ALL
    SELECT 'audit_violations', 'What the last run of shop_audit found', NULL, NULL, v_violations
    FROM DUAL WHERE v_audited_at IS NOT NULL
    UNION ALL
    SELECT 'audit_timestamp_seconds', 'When shop_audit last ran', NULL, NULL, v_audited_at
    FROM DUAL WHERE v_audited_at IS NOT NULL;
    SELECT 'job' AS kind, job_name AS name FROM shop_jobs WHERE is_enabled = 1
    UNION ALL
    -- Moves of an order; those of a move from an older system happened once, long ago.
    SELECT DISTINCT 'event', action FROM shop_order_transitions WHERE action NOT LIKE 'adopt%';
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
