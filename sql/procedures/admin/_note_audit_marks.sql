-- _note_audit_marks: note how far shop_audit_new has come, and where it has to look again. What is
-- not yet ten minutes old is looked at once more by the next call: a transaction that still runs
-- may write a lower number than one that has ended.
--
-- Parameters
--   pi_found   JSON array of what was found: objects with order, its number
--   pi_order, pi_log, pi_message, pi_duty  the numbers after which it has looked
--   pi_begun   UTC; when it began to look
-- Returns nothing
-- Errors  none: where nothing can be written, the next call looks at the same once more
-- Locks   shop_audit_marks, shop_audit_found, in a transaction of its own
-- Example
--   CALL _note_audit_marks('[]', 0, 0, 0, 0, UTC_TIMESTAMP(6));
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _note_audit_marks;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _note_audit_marks(
    pi_found   LONGTEXT,
    pi_order   BIGINT UNSIGNED,
    pi_log     BIGINT UNSIGNED,
    pi_message BIGINT UNSIGNED,
    pi_duty    BIGINT UNSIGNED,
    pi_begun   DATETIME(6))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Keeps how far an audit has come'
BEGIN
    DECLARE v_old DATETIME(6) DEFAULT pi_begun - INTERVAL 10 MINUTE;
    DECLARE v_order, v_log, v_message, v_duty BIGINT UNSIGNED;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION ROLLBACK AND NO CHAIN NO RELEASE;

    CALL _start_writing();
    SELECT MAX(seq_no) INTO v_order
    FROM shop_orders WHERE seq_no > pi_order AND order_date < v_old;
    SELECT MAX(seq_no) INTO v_log
    FROM shop_order_logs WHERE seq_no > pi_log AND log_date < v_old;
    SELECT MAX(seq_no) INTO v_message
    FROM shop_pg_messages WHERE seq_no > pi_message AND received_at < v_old;
    SELECT MAX(seq_no) INTO v_duty
    FROM shop_pg_duty_logs WHERE seq_no > pi_duty AND log_date < v_old;
    UPDATE shop_audit_marks
    SET seq_no = GREATEST(seq_no, COALESCE(CASE what WHEN 'order' THEN v_order WHEN 'log' THEN v_log
                                                     WHEN 'message' THEN v_message
                                                     WHEN 'duty' THEN v_duty END, 0));
    DELETE FROM shop_audit_found;
    INSERT INTO shop_audit_found (order_seq_no, found_at)
    SELECT DISTINCT x.order_seq_no, pi_begun
    FROM JSON_TABLE(pi_found, '$[*]' COLUMNS (order_seq_no BIGINT UNSIGNED PATH '$.order')) x;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
