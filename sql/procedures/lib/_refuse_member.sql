-- _refuse_member: name the member for which a JSON object of texts is refused. For the error only:
-- it is slow.
--
-- Parameters
--   pi_json   a JSON object in which something is not as it should be
--   pi_field  outward name of the object, for the error
--   pi_names  JSON array of the names that it may have, each at most once, with a text or null
-- Returns nothing: always raises
-- Errors  INVALID_INPUT (pi_field.member; pi_field alone when the member's name is none that could
--   be shown)
-- Locks   none
-- Example
--   CALL _refuse_member('{"adress":"x"}', 'receiver', '["address"]');   -- receiver.adress
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_member;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_member(
    pi_json  LONGTEXT,
    pi_field VARCHAR(64),
    pi_names LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Names the member for which an object is refused'
BEGIN
    DECLARE v_keys LONGTEXT DEFAULT JSON_KEYS(pi_json);
    -- Without escaped characters every quote begins or ends a text.
    DECLARE v_bare LONGTEXT DEFAULT REPLACE(REPLACE(pi_json, '\\\\', ''), '\\"', '');
    DECLARE v_count, v_index INT UNSIGNED DEFAULT 0;
    DECLARE v_name, v_unknown VARCHAR(64);
    DECLARE v_value LONGTEXT;

    SET v_count = JSON_LENGTH(v_keys);
    WHILE v_index < v_count DO
        SET v_name = LEFT(JSON_UNQUOTE(JSON_EXTRACT(v_keys, CONCAT('$[', v_index, ']'))), 64),
            v_index = v_index + 1;
        IF v_name NOT REGEXP '\\A[-A-Za-z0-9_]{1,50}\\z'
            OR JSON_CONTAINS(pi_names, JSON_QUOTE(v_name)) = 0 THEN
            SET v_unknown = COALESCE(v_unknown, v_name);
        ELSE
            SET v_value = JSON_EXTRACT(pi_json, CONCAT('$.', v_name));
            IF LEFT(v_value, 1) NOT IN ('"', 'n') THEN
                CALL _raise('INVALID_INPUT', CONCAT(pi_field, '.', v_name), 'not a text');
            END IF;
            IF v_bare REGEXP CONCAT('"', v_name, '"\\s*:[\\s\\S]*"', v_name, '"\\s*:') THEN
                CALL _raise('INVALID_INPUT', CONCAT(pi_field, '.', v_name), 'given twice');
            END IF;
        END IF;
    END WHILE;
    -- A name goes into the address of a page: only what needs no escaping there.
    IF v_unknown REGEXP '\\A[-A-Za-z0-9_]{1,50}\\z' THEN
        CALL _raise('INVALID_INPUT', CONCAT(pi_field, '.', v_unknown),
                    'not a member of this object');
    END IF;
    CALL _raise('INVALID_INPUT', pi_field, 'a member that is unknown or given twice');
END//
DELIMITER ;
