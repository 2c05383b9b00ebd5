-- _raise: raise one error of the catalogue. The only place in jumun that SIGNALs.
--
-- Parameters
--   pi_code    code in shop_error_codes
--   pi_field   outward name of the field that is wrong (COLUMN_NAME of the condition), or ''
--   pi_detail  what is wrong, at most 64 characters (CONSTRAINT_NAME of the condition), or ''
-- Returns nothing: always SQLSTATE 45000, MYSQL_ERRNO = the code's errno, MESSAGE_TEXT = the code
-- Errors  the one asked for; 1644 when the catalogue does not know the code
-- Locks   none
-- Example
--   CALL _raise('INVALID_INPUT', 'quantity', 'not a whole number');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _raise;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _raise(
    pi_code   TEXT,
    pi_field  TEXT,
    pi_detail TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Raises one error of the catalogue'
BEGIN
    DECLARE v_errno  SMALLINT UNSIGNED DEFAULT 1644;
    DECLARE v_code   VARCHAR(64) DEFAULT LEFT(pi_code, 64);
    DECLARE v_field  VARCHAR(64) DEFAULT LEFT(COALESCE(pi_field, ''), 64);
    DECLARE v_detail VARCHAR(64) DEFAULT LEFT(COALESCE(pi_detail, ''), 64);

    IF @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SELECT errno INTO v_errno FROM shop_error_codes WHERE code = v_code;
    SIGNAL SQLSTATE '45000' SET
        MYSQL_ERRNO = v_errno, MESSAGE_TEXT = v_code,
        COLUMN_NAME = v_field, CONSTRAINT_NAME = v_detail;
END//
DELIMITER ;
