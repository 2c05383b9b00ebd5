-- _log_error: write an unexpected error to shop_error_log.
--
-- Parameters
--   pi_routine, pi_step       where it happened
--   pi_errno, pi_sqlstate, pi_message   MYSQL_ERRNO, RETURNED_SQLSTATE, MESSAGE_TEXT
--   pi_parameters_json        identifiers; no personal data
-- Returns nothing
-- Errors  none: if the log cannot be written, the first error is still the one that counts
-- Locks   the new shop_error_log row, in a transaction of its own; the caller has rolled back
-- Example
--   CALL _log_error('shop_order_insert', 'hold the stock', 1690, '22003', 'out of range', '{}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _log_error;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _log_error(
    pi_routine         VARCHAR(64),
    pi_step            VARCHAR(30),
    pi_errno           SMALLINT UNSIGNED,
    pi_sqlstate        CHAR(5),
    pi_message         TEXT,
    pi_parameters_json LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Logs an unexpected error'
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION ROLLBACK AND NO CHAIN NO RELEASE;

    START TRANSACTION;
    INSERT INTO shop_error_log
        (log_date, routine, step, errno, sqlstate_code, message, parameters_json)
    VALUES
        (UTC_TIMESTAMP(6), pi_routine, pi_step, pi_errno, pi_sqlstate,
         LEFT(COALESCE(pi_message, ''), 512), COALESCE(pi_parameters_json, '{}'));
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
