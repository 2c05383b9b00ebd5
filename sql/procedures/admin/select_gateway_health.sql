-- select_gateway_health: can the procedures do their work here? Whether their owner is there and
-- may do what they need, whether the server is set up for them, and whether a write comes to its
-- end. For /ready, db check and a DBA.
--
-- A write is tried only when nothing is known to have been written for 10 seconds, neither by a job
-- nor by another probe: a disk or a binary log that is full makes it wait, and the caller with it,
-- so call this with a time limit.
--
-- Parameters  none
-- Returns one row: result, problem_count, takes_writes, written_at (UTC; the newest write that is
--   known to have come to its end)
-- then problems: problem, remedy
-- Errors  none of our own: the engine's, if the owner lacks a right or the server takes no write
-- Locks   the row of the probe in shop_health, passed over when it is locked
-- Example
--   CALL select_gateway_health();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_gateway_health;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_gateway_health()
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Whether the procedures can do their work'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the settings';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    -- what is wrong: 1 or 0
    DECLARE v_read_only, v_read_only_session, v_innodb_read_only, v_binlog_format, v_no_conditions,
            v_few_statements, v_no_trigger, v_stuck TINYINT DEFAULT 0;
    DECLARE v_now, v_written_at DATETIME(6);
    DECLARE v_mine TINYINT DEFAULT 0;
    DECLARE v_views BIGINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_gateway_health', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT());
        RESIGNAL;
    END;

    SET v_read_only = @@global.read_only <> 0 /*!80000 OR @@global.super_read_only <> 0 */,
        v_read_only_session = /*!80000 @@transaction_read_only */ /*M! @@tx_read_only */ <> 0,
        v_innodb_read_only = @@global.innodb_read_only <> 0 OR @@global.innodb_force_recovery >= 4,
        v_binlog_format = @@global.log_bin <> 0
            AND 'STATEMENT' IN (@@global.binlog_format, @@session.binlog_format),
        v_few_statements = @@global.max_prepared_stmt_count < 1000;

    SET v_step = 'read';
    CALL _start_reading();
    -- What the start of a transaction could not set.
    SET v_no_conditions = @@max_error_count = 0;
    -- A view whose owner or right is gone is refused before anybody looks for rows.
    SELECT COUNT(*) INTO v_views FROM v_cart_lines WHERE FALSE;
    -- Whoever lacks the right TRIGGER does not see them, and their owner cannot run them.
    BEGIN
        -- MariaDB passes over a table that it is busy with: that proves nothing.
        DECLARE EXIT HANDLER FOR 1684 SET v_no_trigger = 0;
        SET v_no_trigger = NOT EXISTS (
            SELECT 1 FROM information_schema.TRIGGERS
            WHERE TRIGGER_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'shop_products');
    END;
    SET v_now = UTC_TIMESTAMP(6);
    -- What a clock wrote that has gone back since proves nothing.
    SELECT MAX(x.written_at) INTO v_written_at
    FROM (SELECT last_run_at AS written_at FROM shop_jobs
          UNION ALL SELECT done_at FROM shop_health WHERE what = 'write') x
    WHERE x.written_at <= v_now;
    COMMIT AND NO CHAIN NO RELEASE;

    IF v_read_only + v_read_only_session + v_innodb_read_only + v_binlog_format = 0 THEN
        SET v_step = 'look for rights';
        CALL _start_writing();
        -- Refused at once when their owner may not, or the server takes no writes.
        UPDATE shop_health SET found = found WHERE FALSE;
        DELETE FROM shop_health WHERE FALSE;
        INSERT INTO shop_health (what, done_at) SELECT what, done_at FROM shop_health WHERE FALSE;
        IF v_written_at IS NULL OR v_written_at < v_now - INTERVAL 10 SECOND THEN
            SET v_step = 'write';
            -- Its first row, once in the life of a database.
            INSERT IGNORE INTO shop_health (what, done_at)
            SELECT 'write', v_now - INTERVAL 1 DAY FROM DUAL
            WHERE NOT EXISTS (SELECT 1 FROM shop_health WHERE what = 'write');
            SELECT 1 INTO v_mine FROM shop_health WHERE what = 'write' FOR UPDATE SKIP LOCKED;
            UPDATE shop_health SET done_at = v_now WHERE what = 'write' AND v_mine = 1;
            SET v_written_at = CASE v_mine WHEN 1 THEN v_now ELSE v_written_at END;
        ELSE
            SET v_mine = 1;
        END IF;
        COMMIT AND NO CHAIN NO RELEASE;
        -- Somebody else is at it. It takes milliseconds, unless it does not come to its end.
        IF v_mine = 0 THEN
            SET v_step = 'wait for another probe';
            DO SLEEP(0.3);
            SELECT done_at INTO v_written_at FROM shop_health WHERE what = 'write';
            SET v_stuck = v_written_at < v_now - INTERVAL 10 SECOND;
        END IF;
    END IF;

    SET v_step = 'answer';
    SELECT 'OK' AS result,
           v_read_only + v_read_only_session + v_innodb_read_only + v_binlog_format
               + v_no_conditions + v_few_statements + v_no_trigger + v_stuck AS problem_count,
           v_read_only + v_read_only_session + v_innodb_read_only = 0 AS takes_writes,
           v_written_at AS written_at;
    SELECT d.problem, d.remedy
    FROM (SELECT v_read_only AS found, 'read_only is on: the server takes no writes' AS problem,
                 'connect to the primary, or SET GLOBAL read_only = OFF' AS remedy
          UNION ALL
          SELECT v_read_only_session, 'transactions are read-only',
                 'SET GLOBAL transaction_read_only = OFF (MariaDB: tx_read_only), or connect to the primary'
          UNION ALL
          SELECT v_innodb_read_only, 'InnoDB is read-only',
                 'start the server without innodb_read_only and innodb_force_recovery'
          UNION ALL
          SELECT v_binlog_format,
                 'binlog_format is STATEMENT: writes are refused with error 1665, or replicas number prices in another way',
                 'SET GLOBAL binlog_format = ROW, in the configuration of the server too'
          UNION ALL
          SELECT v_no_conditions, 'max_error_count is 0: errors lose their code and field',
                 'SET GLOBAL max_error_count = 64, in the configuration of the server too'
          UNION ALL
          SELECT v_few_statements,
                 'max_prepared_stmt_count is below 1000: the gateway prepares each CALL once per connection',
                 'SET GLOBAL max_prepared_stmt_count = 16382'
          UNION ALL
          SELECT v_no_trigger, 'the triggers are missing, or their owner has no right to run them',
                 'run jumun db load; see jumun db check'
          UNION ALL
          SELECT v_stuck,
                 'a write does not come to its end: is the disk or the binary log full, or a lock held on everything?',
                 'make room; see SHOW PROCESSLIST') d
    WHERE d.found = 1;
END//
DELIMITER ;
