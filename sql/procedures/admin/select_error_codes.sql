-- select_error_codes: the error catalogue.
--
-- Parameters  none
-- Returns one row: result, error_count
-- then errors: errno, code, http_status, retryable, repeat_call, title_ko, title_en, remedy
-- Errors  none
-- Locks   none
-- Example
--   CALL select_error_codes();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_error_codes;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_error_codes()
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The error catalogue'
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
        CALL _report_error('select_error_codes', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT());
        RESIGNAL;
    END;

    SET v_step = 'answer';
    CALL _start_reading();
    SELECT 'OK' AS result, COUNT(*) AS error_count FROM shop_error_codes;
    SELECT errno, code, http_status, retryable, repeat_call, title_ko, title_en, remedy
    FROM shop_error_codes ORDER BY errno;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
