-- _normal_option: bring what a buyer chose to its one normal form, whatever way a page writes it.
--
-- The normal form is one line of JSON: {"group":"value",…}
-- - one member for each group that was chosen of, by the code points of the group's name
-- - values are texts; a number is written without exponent, without zeros in front or at its end:
--   1, 1.0 and 1e0 are "1", as is the text "1". A text stays as it is: "1.0" is another one
-- - blanks around a name or value are taken off
-- - a member that is null, or a text without anything to be seen, was not chosen
-- - no white space between; in names and values only " and \ are escaped, as \" and \\
-- What is not Hangul is not composed: é in one character and in two are two texts to SQL. A page
-- sends NFC, as browsers do. Hangul in parts is refused.
--
-- Parameters
--   pi_payload  an object of texts and numbers; '', 'null', '{}' and '[]' = nothing chosen. At most
--               20 members, each name once; names up to 60 characters, values up to 500, the
--               normal form up to 2,000; no control characters, no " or \ in names
--   po_members  OUT: [["group","value"],…] in the order of the normal form
--   po_normal   OUT: the normal form, '{}' = nothing chosen
--   po_fault    OUT: what is wrong with pi_payload, at most 64 characters; '' = nothing
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _normal_option('{ "b" : 1.0, "a":"x" }', @members, @normal, @fault);
--   -- {"a":"x","b":"1"}
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _normal_option;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _normal_option(
    pi_payload     LONGTEXT,
    OUT po_members LONGTEXT,
    OUT po_normal  LONGTEXT,
    OUT po_fault   VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What was chosen, in its normal form'
_normal_option: BEGIN
    DECLARE v_rest, v_member, v_value LONGTEXT;
    DECLARE v_name, v_names LONGTEXT DEFAULT '';
    DECLARE v_list LONGTEXT DEFAULT '';
    DECLARE v_count INT UNSIGNED DEFAULT 0;
    DECLARE v_text VARCHAR(40) DEFAULT '"[^"\\\\]*(\\\\.[^"\\\\]*)*"';
    DECLARE v_blank VARCHAR(20) DEFAULT '[ \\t\\r\\n]*';

    SET po_members = '[]', po_normal = '{}', po_fault = '';
    IF COALESCE(pi_payload, '') = '' THEN
        LEAVE _normal_option;
    END IF;
    IF CHAR_LENGTH(pi_payload) > 16000 THEN
        SET po_fault = 'too long';
        LEAVE _normal_option;
    END IF;
    BEGIN
        -- As in _parse_ids: nested too deeply, or a line break in a name.
        DECLARE EXIT HANDLER FOR 3157 SET po_fault = 'not JSON';
        IF LOCATE('\0', pi_payload) > 0 OR NOT JSON_VALID(pi_payload)
            OR JSON_EXTRACT(pi_payload, '$') IS NULL THEN
            SET po_fault = 'not JSON';
        END IF;
    END;
    IF po_fault <> '' THEN
        LEAVE _normal_option;
    END IF;
    -- As in _text_fault and _check_items: text of which MariaDB finds nothing, half a character.
    SET v_rest = REPLACE(REPLACE(pi_payload, '\\\\', ''), '\\"', '');
    IF v_rest NOT REGEXP '[\\s\\S]' OR v_rest REGEXP '\\\\u[dD][89a-fA-F]' THEN
        SET po_fault = 'a character that is none, or written in two halves';
        LEAVE _normal_option;
    END IF;
    IF pi_payload REGEXP CONCAT('\\A', v_blank, '(null|\\{', v_blank, '\\}|\\[', v_blank, '\\])',
                                v_blank, '\\z') THEN
        LEAVE _normal_option;
    END IF;
    IF pi_payload NOT REGEXP CONCAT('\\A', v_blank, '\\{') THEN
        SET po_fault = 'not a JSON object';
        LEAVE _normal_option;
    END IF;

    -- Member by member, as they are written: of two equal names MySQL would forget the first.
    SET v_rest = REGEXP_REPLACE(pi_payload, CONCAT('\\A', v_blank, '\\{'), '');
    next_member: WHILE v_rest REGEXP '\\S' DO
        SET v_member = REGEXP_SUBSTR(v_rest, CONCAT(
                '\\A', v_blank, v_text, v_blank, ':', v_blank, '(', v_text, '|[-+.0-9a-zA-Z]+)',
                v_blank, '[,}]')),
            v_count = v_count + 1;
        IF COALESCE(v_member, '') = '' THEN
            SET po_fault = 'a value is not a text or a number';
            LEAVE _normal_option;
        END IF;
        IF v_count > 20 THEN
            SET po_fault = 'more than 20 members';
            LEAVE _normal_option;
        END IF;
        SET v_rest = SUBSTR(v_rest, CHAR_LENGTH(v_member) + 1),
            v_name = REGEXP_SUBSTR(v_member, v_text),
            v_value = SUBSTR(v_member, LOCATE(v_name, v_member) + CHAR_LENGTH(v_name)),
            v_value = REGEXP_REPLACE(v_value, CONCAT('\\A', v_blank, ':', v_blank), ''),
            v_value = REGEXP_REPLACE(v_value, CONCAT(v_blank, '[,}]\\z'), ''),
            v_name = TRIM(JSON_UNQUOTE(v_name));
        CASE
            WHEN v_value LIKE '"%' THEN
                SET v_value = TRIM(JSON_UNQUOTE(v_value));
            WHEN v_value = 'null' THEN
                SET v_value = '';
            WHEN v_value REGEXP '\\A-?[0-9]{1,15}([.][0-9]{1,15})?([eE][-+]?[0-9])?\\z' THEN
                SET v_value = CAST(CAST(v_value AS DECIMAL(65,30)) AS CHAR),
                    v_value = TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM v_value)),
                    v_value = CASE v_value WHEN '-0' THEN '0' ELSE v_value END;
            ELSE
                SET po_fault = 'a value is not a text or a number of 15 digits';
                LEAVE _normal_option;
        END CASE;
        IF CHAR_LENGTH(v_name) NOT BETWEEN 1 AND 60 OR _text_fault(v_name) IS NOT NULL
            OR LOCATE('"', v_name) > 0 OR LOCATE('\\', v_name) > 0 THEN
            SET po_fault = 'not 1 to 60 characters, or one that is none for a name';
            LEAVE _normal_option;
        END IF;
        IF LOCATE(CONCAT('\n', v_name, '\n'), CONCAT('\n', v_names, '\n')) > 0 THEN
            SET po_fault = CONCAT('a name twice: ', LEFT(v_name, 40));
            LEAVE _normal_option;
        END IF;
        SET v_names = CONCAT(v_names, '\n', v_name);
        IF _text_fault(v_value) IN ('control', 'decomposed') THEN
            SET po_fault = CONCAT('a character that is none for a text: ', LEFT(v_name, 24));
            LEAVE _normal_option;
        END IF;
        IF CHAR_LENGTH(v_value) > 500 THEN
            SET po_fault = CONCAT('longer than 500 characters: ', LEFT(v_name, 36));
            LEAVE _normal_option;
        END IF;
        IF v_value <> '' AND COALESCE(_text_fault(v_value) <> 'blank', 1) THEN
            SET v_list = CONCAT(v_list, CASE v_list WHEN '' THEN '' ELSE ',' END,
                '["', v_name, '","',
                REPLACE(REPLACE(v_value, '\\', '\\\\'), '"', '\\"'), '"]');
        END IF;
    END WHILE;

    SELECT /*+ SET_VAR(group_concat_max_len = 1048576) */
           CONCAT('[', GROUP_CONCAT(
               '["', x.name, '","', REPLACE(REPLACE(x.value, '\\', '\\\\'), '"', '\\"'), '"]'
               ORDER BY x.name), ']'),
           CONCAT('{', GROUP_CONCAT(
               '"', x.name, '":"', REPLACE(REPLACE(x.value, '\\', '\\\\'), '"', '\\"'), '"'
               ORDER BY x.name), '}')
    INTO po_members, po_normal
    FROM JSON_TABLE(CONCAT('[', v_list, ']'), '$[*]' COLUMNS (
        name  VARCHAR(60)  COLLATE utf8mb4_bin PATH '$[0]',
        value VARCHAR(500) COLLATE utf8mb4_bin PATH '$[1]')) x;
    SET po_members = COALESCE(po_members, '[]'), po_normal = COALESCE(po_normal, '{}');
    IF CHAR_LENGTH(po_normal) > 2000 THEN
        SET po_members = '[]', po_normal = '{}', po_fault = 'longer than 2000 characters';
    END IF;
END//
DELIMITER ;
