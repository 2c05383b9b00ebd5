-- _note_audit: keep when shop_audit last ran, and what it found, for a monitor.
--
-- Parameters
--   pi_found  violations
-- Returns nothing
-- Errors  none: where nothing can be written, an audit is still an audit
-- Locks   the row of the audit in shop_health, in a transaction of its own
-- Example
--   CALL _note_audit(0);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _note_audit;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _note_audit(
    pi_found INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Keeps the result of an audit'
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION ROLLBACK AND NO CHAIN NO RELEASE;

    CALL _start_writing();
    INSERT INTO shop_health (what, done_at, found) VALUES ('audit', UTC_TIMESTAMP(6), pi_found)
    ON DUPLICATE KEY UPDATE done_at = UTC_TIMESTAMP(6), found = pi_found;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
