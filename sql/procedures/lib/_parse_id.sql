-- _parse_id: read one id.
--
-- Parameters
--   pi_text   digits; NULL or '' is an error
--   pi_field  outward name of the field, for the error
--   po_id     OUT: the number
-- Returns nothing
-- Errors  INVALID_INPUT (pi_field)
-- Locks   none
-- Example
--   CALL _parse_id('12', 'address_id', @id);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_id;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_id(
    pi_text   TEXT,
    pi_field  VARCHAR(64),
    OUT po_id BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'One id, validated'
BEGIN
    IF pi_text IS NULL OR pi_text NOT REGEXP '\\A[1-9][0-9]{0,17}\\z' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'not a whole number from 1');
    END IF;
    SET po_id = CAST(pi_text AS UNSIGNED);
END//
DELIMITER ;
