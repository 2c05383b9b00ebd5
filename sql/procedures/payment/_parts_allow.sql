-- _parts_allow: may this letter stand anywhere in a value of these parts?
--
-- Parameters
--   pi_parts   letters and sets, see _parse_pattern
--   pi_letter  one letter
-- Returns TINYINT: 1 = it may, 0 = it cannot
-- Errors  none
-- Locks   none
-- Example
--   SELECT _parts_allow('W[0-9a-f]', 'W'), _parts_allow('[0-9a-f]', 'W');   -- 1, 0
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _parts_allow;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _parts_allow(
    pi_parts  TEXT,
    pi_letter VARCHAR(1))
    RETURNS TINYINT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Whether a letter may stand in a value'
BEGIN
    DECLARE v_left TEXT DEFAULT pi_parts;
    DECLARE v_part TEXT;

    WHILE CHAR_LENGTH(v_left) > 0 DO
        SET v_part = CASE LEFT(v_left, 1) WHEN '[' THEN LEFT(v_left, LOCATE(']', v_left))
                                          ELSE LEFT(v_left, 1) END;
        IF v_part = pi_letter
            OR (CHAR_LENGTH(v_part) > 1 AND pi_letter REGEXP CONCAT('\\A', v_part, '\\z')) THEN
            RETURN 1;
        END IF;
        SET v_left = SUBSTR(v_left, CHAR_LENGTH(v_part) + 1);
    END WHILE;
    RETURN 0;
END//
DELIMITER ;
