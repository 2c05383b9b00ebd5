-- update_adm_pg_duty: close a duty, or open it again.
--
-- A slip of the hand is put right by opening the duty again and closing it rightly:
-- both stay in shop_pg_duty_logs.
--
-- Parameters
--   pi_duty_no  duty, as select_adm_pg_duties lists it
--   pi_state    done | withdrawn | owed (open it again)
--   pi_proof    done: what proves it, such as the payment gateway's number of the refund,
--               1 to 200 characters
--               withdrawn: may be NULL or ''; owed: must be
--   pi_reason   withdrawn, owed: why, 1 to 200 characters; done: may be NULL or ''
-- Returns one row: result, replayed (1 = it was so already, nothing changed), duty_no, shop_id,
--   duty, amount, state, done_at, closed_by, proof, close_reason
-- Errors  INVALID_INPUT, DUTY_NOT_FOUND, STATE_NOT_ALLOWED (it is closed already, or open, with
--   other words)
-- Locks   shop_pg_duties row, the new shop_pg_duty_logs row
-- Example
--   CALL update_adm_pg_duty('7', 'done', 'R20261120-0815', NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_adm_pg_duty;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_adm_pg_duty(
    pi_duty_no TEXT,
    pi_state   TEXT,
    pi_proof   TEXT,
    pi_reason  TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Closes a duty'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_duty_no BIGINT UNSIGNED;
    DECLARE v_state, v_new_state VARCHAR(9);
    DECLARE v_fault VARCHAR(10);
    DECLARE v_proof, v_reason, v_old_proof, v_old_reason VARCHAR(200);
    DECLARE v_replayed TINYINT DEFAULT 0;
    DECLARE v_now DATETIME(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_adm_pg_duty', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('duty_no', LEFT(pi_duty_no, 20), 'state', LEFT(pi_state, 20)));
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    CALL _parse_id(pi_duty_no, 'duty_no', v_duty_no);
    IF COALESCE(pi_state, '') NOT IN ('done', 'withdrawn', 'owed') OR pi_state LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'state', 'done, withdrawn or owed');
    END IF;
    SET v_fault = _text_fault(COALESCE(pi_proof, ''));
    IF CHAR_LENGTH(pi_proof) > 200 OR v_fault = 'control'
        OR (pi_state = 'done' AND v_fault = 'blank') THEN
        CALL _raise('INVALID_INPUT', 'proof', 'done: 1 to 200 characters, no line breaks');
    END IF;
    IF pi_state = 'owed' AND COALESCE(pi_proof, '') <> '' THEN
        CALL _raise('INVALID_INPUT', 'proof', 'not when a duty is opened again');
    END IF;
    SET v_fault = _text_fault(COALESCE(pi_reason, ''));
    IF CHAR_LENGTH(pi_reason) > 200 OR v_fault = 'control'
        OR (pi_state <> 'done' AND v_fault = 'blank') THEN
        CALL _raise('INVALID_INPUT', 'reason', '1 to 200 characters, no line breaks');
    END IF;
    -- Free text is where a card number may be.
    SET v_new_state = pi_state, v_proof = TRIM(COALESCE(pi_proof, '')),
        v_reason = REGEXP_REPLACE(TRIM(COALESCE(pi_reason, '')), '[0-9][0-9 -]{10,}[0-9]', '***');

    SET v_step = 'lock the duty';
    CALL _start_writing();
    SET v_now = UTC_TIMESTAMP(6);
    SELECT state INTO v_state FROM shop_pg_duties WHERE seq_no = v_duty_no FOR UPDATE;
    IF v_state IS NULL THEN
        CALL _raise('DUTY_NOT_FOUND', 'duty_no', v_duty_no);
    END IF;

    IF v_state = v_new_state THEN
        -- Said again is done already; said otherwise must be opened first.
        -- An open duty keeps its words in the log only.
        SELECT proof, reason INTO v_old_proof, v_old_reason
        FROM shop_pg_duty_logs WHERE duty_seq_no = v_duty_no ORDER BY seq_no DESC LIMIT 1;
        IF NOT (v_old_proof <=> v_proof AND v_old_reason <=> v_reason) THEN
            CALL _raise('STATE_NOT_ALLOWED', 'state', CONCAT('is ', v_state, ' already'));
        END IF;
        SET v_replayed = 1;
    ELSE
        IF v_state <> 'owed' AND v_new_state <> 'owed' THEN
            CALL _raise('STATE_NOT_ALLOWED', 'state',
                CONCAT('is ', v_state, ': open it again first'));
        END IF;
        SET v_step = 'change the duty';
        UPDATE shop_pg_duties
        SET state = v_new_state,
            done_at = CASE v_new_state WHEN 'owed' THEN NULL ELSE v_now END,
            closed_by = CASE v_new_state WHEN 'owed' THEN NULL ELSE LEFT(USER(), 100) END,
            proof = CASE v_new_state WHEN 'owed' THEN NULL ELSE NULLIF(v_proof, '') END,
            close_reason = CASE v_new_state WHEN 'owed' THEN NULL ELSE NULLIF(v_reason, '') END
        WHERE seq_no = v_duty_no;
        INSERT INTO shop_pg_duty_logs (duty_seq_no, log_date, from_state, to_state,
            proof, reason, actor_name)
        VALUES (v_duty_no, v_now, v_state, v_new_state, v_proof, v_reason, LEFT(USER(), 100));
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_replayed AS replayed, seq_no AS duty_no, shop_id, duty, amount,
           state, done_at, closed_by, proof, close_reason
    FROM shop_pg_duties WHERE seq_no = v_duty_no;
END//
DELIMITER ;
