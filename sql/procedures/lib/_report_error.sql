-- _report_error: what every public routine does in its EXIT handler after the ROLLBACK: answer the
-- error as a row, and log it when the catalogue does not list it, or says that it is to be logged.
--
-- Parameters
--   pi_routine, pi_step       where it happened
--   pi_errno, pi_sqlstate, pi_message, pi_field, pi_detail
--                             MYSQL_ERRNO, RETURNED_SQLSTATE, MESSAGE_TEXT,
--                             COLUMN_NAME, CONSTRAINT_NAME
--   pi_more                   names of the result sets that the caller sends next, comma separated
--   pi_location               where a browser should go, or NULL
--   pi_parameters_json        identifiers for the log; no personal data
-- Returns one row
--   result (the code), errno, field, detail, more, location
-- Errors  none: if the log cannot be written, the first error is still the one the caller raises
-- Locks   none
-- Example
--   CALL _report_error('shop_order_insert', v_step, v_errno, v_sqlstate, v_message, v_field,
--       v_detail, '', NULL, '{}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _report_error;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _report_error(
    pi_routine         VARCHAR(64),
    pi_step            VARCHAR(30),
    pi_errno           SMALLINT UNSIGNED,
    pi_sqlstate        CHAR(5),
    pi_message         TEXT,
    pi_field           TEXT,
    pi_detail          TEXT,
    pi_more            TEXT,
    pi_location        TEXT,
    pi_parameters_json LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Answers an error as a row and logs it when it is unexpected'
BEGIN
    DECLARE v_code VARCHAR(40) DEFAULT 'INTERNAL_ERROR';
    DECLARE v_is_logged TINYINT DEFAULT 1;

    BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN END;
        SELECT code, is_logged INTO v_code, v_is_logged
        FROM shop_error_codes WHERE errno = pi_errno;
    END;
    -- What the catalogue lists is expected.
    IF v_code = 'INTERNAL_ERROR' OR v_is_logged = 1 THEN
        CALL _log_error(pi_routine, pi_step, pi_errno, pi_sqlstate, pi_message, pi_parameters_json);
    END IF;

    -- Engine errors fill COLUMN_NAME and CONSTRAINT_NAME as they like: only ours are answered.
    SELECT v_code AS result,
           pi_errno AS errno,
           IF(pi_sqlstate = '45000', COALESCE(pi_field, ''), '') AS field,
           IF(pi_sqlstate = '45000', COALESCE(pi_detail, ''), '') AS detail,
           pi_more AS more,
           pi_location AS location;
END//
DELIMITER ;
