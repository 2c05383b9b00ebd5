-- _parse_pattern: what a pattern says about every value that it matches. Only patterns of which
-- that can be said for certain are read: letters and sets of letters, each with a fixed or bounded
-- number. W[0-9a-f]{32} is one, .+ is none.
--
-- Parameters
--   pi_pattern  a regular expression for a whole value: letters, digits, _ : / , = - ; and sets
--               [a-z0-9.], [^|]; each may be followed by {n} or {m,n}. A dot or another sign is
--               written as a set: [.]
--   po_parts    OUT: the letters and sets without their numbers, NULL when it is no such pattern
--   po_least, po_most  OUT: lengths of the shortest and of the longest value
--   po_first    OUT: the letter with which every value begins, '' when there is no such letter
--   po_rest     OUT: the parts that come after that letter; all parts when there is none
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _parse_pattern('W[0-9a-f]{32}', @parts, @least, @most, @first, @rest);
--   -- W[0-9a-f], 33, 33, W, [0-9a-f]
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_pattern;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_pattern(
    pi_pattern   VARCHAR(200),
    OUT po_parts VARCHAR(200),
    OUT po_least INT UNSIGNED,
    OUT po_most  INT UNSIGNED,
    OUT po_first VARCHAR(1),
    OUT po_rest  VARCHAR(200))
    SQL SECURITY DEFINER
    NO SQL
    COMMENT 'What a pattern says about its values'
read_it: BEGIN
    DECLARE v_left VARCHAR(200) DEFAULT pi_pattern;
    DECLARE v_part VARCHAR(200);
    DECLARE v_times VARCHAR(10);
    DECLARE v_is_regular TINYINT DEFAULT 0;
    DECLARE v_least, v_most INT UNSIGNED;

    SET po_parts = NULL, po_least = 0, po_most = 0, po_first = '', po_rest = '';
    -- Two hyphens in a set subtract on MySQL.
    IF pi_pattern IS NULL OR LOCATE('--', pi_pattern) > 0 OR pi_pattern NOT REGEXP
        '\\A(([-A-Za-z0-9_:/,=;]|\\[\\^?[-A-Za-z0-9 ._:/,;|~@%*+=\'"!?()<>]+\\])(\\{[0-9]{1,3}(,[0-9]{1,3})?\\})?)+\\z'
    THEN
        LEAVE read_it;
    END IF;
    BEGIN
        -- [z-a] or {3,1}: the engines refuse it, each with an error of its own.
        DECLARE EXIT HANDLER FOR SQLEXCEPTION SET v_is_regular = 0;
        SET v_is_regular =
            (LEFT(pi_pattern, 0) REGEXP CONCAT('\\A(', pi_pattern, ')\\z')) IN (0, 1);
    END;
    IF v_is_regular = 0 THEN
        LEAVE read_it;
    END IF;

    SET po_parts = '';
    WHILE CHAR_LENGTH(v_left) > 0 DO
        SET v_part = CASE LEFT(v_left, 1) WHEN '[' THEN LEFT(v_left, LOCATE(']', v_left))
                                          ELSE LEFT(v_left, 1) END;
        SET v_left = SUBSTR(v_left, CHAR_LENGTH(v_part) + 1), v_least = 1, v_most = 1;
        IF LEFT(v_left, 1) = '{' THEN
            SET v_times = SUBSTR(v_left, 2, LOCATE('}', v_left) - 2);
            SET v_left = SUBSTR(v_left, LOCATE('}', v_left) + 1);
            SET v_least = CAST(SUBSTRING_INDEX(v_times, ',', 1) AS UNSIGNED),
                v_most = CAST(SUBSTRING_INDEX(v_times, ',', -1) AS UNSIGNED);
        END IF;
        IF v_most = 0 THEN
            SET po_parts = NULL;
            LEAVE read_it;
        END IF;
        IF CHAR_LENGTH(po_parts) = 0 AND CHAR_LENGTH(v_part) = 1 AND v_least > 0 THEN
            SET po_first = v_part, po_rest = CASE v_most WHEN 1 THEN '' ELSE v_part END;
        ELSE
            SET po_rest = CONCAT(po_rest, v_part);
        END IF;
        SET po_parts = CONCAT(po_parts, v_part), po_least = po_least + v_least,
            po_most = po_most + v_most;
    END WHILE;
END//
DELIMITER ;
