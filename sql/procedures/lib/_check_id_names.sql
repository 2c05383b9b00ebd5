-- _check_id_names: refuse a list of ids in which an object has one of our names twice. MariaDB
-- would take the first of them, MySQL the last.
--
-- Parameters
--   pi_json   JSON array, see _parse_ids; [{"id":1,…}]
--   pi_field  outward name of the list, for the error
-- Returns nothing
-- Errors  INVALID_INPUT (pi_field)
-- Locks   none
-- Example
--   CALL _check_id_names('[{"id":1,"id":2}]', 'selected_cart_ids');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _check_id_names;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _check_id_names(
    pi_json  LONGTEXT,
    pi_field VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses an object of ids with a name twice'
BEGIN
    -- Step by step to a text of braces and our names: without escaped characters, ...
    DECLARE v_text LONGTEXT DEFAULT REPLACE(REPLACE(pi_json, '\\\\', ''), '\\"', '');
    DECLARE v_before LONGTEXT DEFAULT '';

    -- As in _text_fault: text of which MariaDB finds nothing.
    IF v_text NOT REGEXP '[\\s\\S]' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'not UTF-8');
    END IF;
    IF v_text REGEXP '\\\\u00[0-7][0-9A-Fa-f][^"]*"\\s*:' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'a name is written with \\u00..');
    END IF;
    -- ... our names without quotes and all other texts gone, ...
    SET v_text = REGEXP_REPLACE(v_text, '"id"\\s*:', 'id:'),
        v_text = REGEXP_REPLACE(v_text, '"quantity"\\s*:', 'quantity:'),
        v_text = REGEXP_REPLACE(v_text, '"qty"\\s*:', 'qty:'),
        v_text = REGEXP_REPLACE(v_text, '"[^"]*"', '0');
    -- ... without the list's own brackets, and what is nested in its objects gone too, from the
    -- inside out: arrays, objects in arrays, objects that are a value.
    SET v_text = REGEXP_REPLACE(v_text, '\\A\\s*\\[|\\]\\s*\\z', '');
    WHILE v_text <> v_before DO
        SET v_before = v_text,
            v_text = REGEXP_REPLACE(v_text, '\\[[^\\[\\]{}]*\\]', '0'),
            v_text = REGEXP_REPLACE(v_text, '\\[[^\\[\\]{}]*\\{[^\\[\\]{}]*\\}', '[0'),
            v_text = REGEXP_REPLACE(v_text, ':\\s*\\{[^\\[\\]{}]*\\}', ':0');
    END WHILE;
    IF v_text REGEXP '\\b(id|quantity|qty):[^{}]*\\b\\1:' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'a name twice in one object');
    END IF;
END//
DELIMITER ;
