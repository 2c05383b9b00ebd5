-- _parts_meet: is there a letter that may stand in values of both?
--
-- Parameters
--   pi_one, pi_other  letters and sets, see _parse_pattern
-- Returns TINYINT: 1 = there is, or it cannot be said; 0 = there is none
-- Errors  none
-- Locks   none
-- Example
--   SELECT _parts_meet('[0-9]', 'M'), _parts_meet('[0-9]', '[5-9a]');   -- 0, 1
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _parts_meet;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _parts_meet(pi_one TEXT, pi_other TEXT)
    RETURNS TINYINT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Whether two sets of letters have one in common'
BEGIN
    DECLARE v_code INT UNSIGNED DEFAULT 32;
    DECLARE v_letter VARCHAR(1);

    -- Outside of ASCII nothing is looked at.
    IF LENGTH(pi_one) <> CHAR_LENGTH(pi_one) OR LENGTH(pi_other) <> CHAR_LENGTH(pi_other)
        OR (LOCATE('[^', pi_one) > 0 AND LOCATE('[^', pi_other) > 0) THEN
        RETURN 1;
    END IF;
    WHILE v_code < 127 DO
        SET v_letter = CHAR(v_code USING utf8mb4);
        IF _parts_allow(pi_one, v_letter) AND _parts_allow(pi_other, v_letter) THEN
            RETURN 1;
        END IF;
        SET v_code = v_code + 1;
    END WHILE;
    RETURN 0;
END//
DELIMITER ;
