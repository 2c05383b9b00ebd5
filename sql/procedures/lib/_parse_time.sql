-- _parse_time: read a moment.
--
-- Parameters
--   pi_text   'YYYY-MM-DD HH:MM:SS', UTC; T for the blank, decimals and Z may be; NULL or '' = none
--   pi_field  outward name of the field, for the error
--   po_time   OUT: UTC; NULL = none
-- Returns nothing
-- Errors  INVALID_INPUT (pi_field)
-- Locks   none
-- Example
--   CALL _parse_time('2099-12-01T00:00:00Z', 'valid_from', @time);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_time;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_time(
    pi_text     TEXT,
    pi_field    VARCHAR(64),
    OUT po_time DATETIME(6))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'One moment, validated'
BEGIN
    SET po_time = NULL;
    IF COALESCE(pi_text, '') <> '' THEN
        read_time: BEGIN
            -- A day or an hour that does not exist.
            DECLARE EXIT HANDLER FOR SQLSTATE '22007', SQLSTATE '22008' BEGIN END;
            IF pi_text NOT REGEXP
                '\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z?\\z'
            THEN
                LEAVE read_time;
            END IF;
            SET po_time = CAST(REPLACE(REPLACE(pi_text, 'T', ' '), 'Z', '') AS DATETIME(6));
        END;
        IF po_time IS NULL THEN
            CALL _raise('INVALID_INPUT', pi_field, 'YYYY-MM-DD HH:MM:SS, UTC');
        END IF;
    END IF;
END//
DELIMITER ;
