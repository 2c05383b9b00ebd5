-- _note_audit_marks: note how far shop_audit_new has come, and where it has to look again.
--
-- Parameters
--   pi_found   JSON array of what was found: objects with order, its number
--   pi_order, pi_log, pi_message, pi_duty  the last numbers that need not be looked at again;
--              NULL = as it was
--   pi_begun   UTC; when it began to look: what a later call has found stays
-- Returns nothing
-- Errors  none: where nothing can be written, the next call looks at the same once more
-- Locks   shop_audit_marks, shop_audit_found, in a transaction of its own
-- Example
--   CALL _note_audit_marks('[]', NULL, NULL, NULL, NULL, UTC_TIMESTAMP(6));
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
    DECLARE EXIT HANDLER FOR SQLEXCEPTION ROLLBACK AND NO CHAIN NO RELEASE;

    CALL _start_writing();
    UPDATE shop_audit_marks
    SET seq_no = GREATEST(seq_no, COALESCE(CASE what WHEN 'order' THEN pi_order
                                                     WHEN 'log' THEN pi_log
                                                     WHEN 'message' THEN pi_message
                                                     WHEN 'duty' THEN pi_duty END, 0));
    DELETE FROM shop_audit_found WHERE found_at < pi_begun;
    INSERT INTO shop_audit_found (order_seq_no, found_at)
    SELECT DISTINCT x.order_seq_no, pi_begun
    FROM JSON_TABLE(pi_found, '$[*]' COLUMNS (order_seq_no BIGINT UNSIGNED PATH '$.order')) x
    ON DUPLICATE KEY UPDATE found_at = GREATEST(shop_audit_found.found_at, pi_begun);
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
