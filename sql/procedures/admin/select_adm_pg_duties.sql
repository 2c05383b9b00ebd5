-- select_adm_pg_duties: what is owed to buyers or must be asked of a payment gateway.
--
-- Parameters
--   pi_shop_id  shop; NULL or '' = all
--   pi_state    owed | done | withdrawn; NULL or '' = owed
-- Returns one row: result, duty_count (of all, not only the rows shown; 10000 = that many or more)
-- then at most 1,000 duties, most urgent first: duty_no, shop_id, duty, reason, amount, state,
--   overdue, order_number, order_code, order_status, pg, merchant_id, pg_tx, due_at, attempts,
--   create_date, done_at, closed_by, proof, close_reason; order_number and pg_tx are those of the
--   message where no order and no payment bears them
-- Errors  INVALID_INPUT
-- Locks   none
-- Example
--   CALL select_adm_pg_duties(NULL, 'owed');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_adm_pg_duties;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_adm_pg_duties(
    pi_shop_id TEXT,
    pi_state   TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What is owed'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_shop_id BIGINT UNSIGNED;
    DECLARE v_state   VARCHAR(9);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_adm_pg_duties', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', LEFT(pi_shop_id, 20), 'state', LEFT(pi_state, 20)));
        RESIGNAL;
    END;

    IF COALESCE(pi_shop_id, '') <> '' THEN
        CALL _parse_id(pi_shop_id, 'shop_id', v_shop_id);
    END IF;
    IF COALESCE(pi_state, '') NOT IN ('', 'owed', 'done', 'withdrawn') THEN
        CALL _raise('INVALID_INPUT', 'state', 'owed, done or withdrawn');
    END IF;
    SET v_state = COALESCE(NULLIF(pi_state, ''), 'owed');

    SET v_step = 'answer';
    CALL _start_reading();
    -- One of the two halves is always empty: an OR over both would leave no index to read in order.
    SELECT 'OK' AS result, COUNT(*) AS duty_count
    FROM ((SELECT seq_no FROM shop_pg_duties
           WHERE v_shop_id IS NULL AND state = v_state LIMIT 10000)
          UNION ALL
          (SELECT seq_no FROM shop_pg_duties
           WHERE shop_id = v_shop_id AND state = v_state LIMIT 10000)) x;
    SELECT d.seq_no AS duty_no, d.shop_id, d.duty, d.reason, d.amount, d.state,
           CASE WHEN d.state = 'owed' AND d.due_at < UTC_TIMESTAMP(6) THEN 1 ELSE 0 END AS overdue,
           COALESCE(o.order_number, m.order_number) AS order_number, o.order_code, o.order_status,
           d.pg, d.merchant_id, COALESCE(p.pg_tx, NULLIF(m.pg_tx, '')) AS pg_tx,
           d.due_at, d.attempts, d.create_date, d.done_at, d.closed_by, d.proof, d.close_reason
    FROM ((SELECT seq_no FROM shop_pg_duties
           WHERE v_shop_id IS NULL AND state = v_state
           ORDER BY due_at, seq_no LIMIT 1000)
          UNION ALL
          (SELECT seq_no FROM shop_pg_duties
           WHERE shop_id = v_shop_id AND state = v_state
           ORDER BY due_at, seq_no LIMIT 1000)) x
    STRAIGHT_JOIN shop_pg_duties d ON d.seq_no = x.seq_no
    LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = d.order_seq_no
    LEFT JOIN shop_payments p ON p.seq_no = d.payment_seq_no
    LEFT JOIN shop_pg_messages m ON m.seq_no = d.message_seq_no
    ORDER BY d.due_at, d.seq_no;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
