-- _check_items: is this a list of items for a cart? What is wrong with one of them only is said of
-- that one (see add_shop_cart_items); what leaves open what was meant is refused here.
--
-- Parameters
--   pi_json  '[{"product_id":"D0001","option":{…},"quantity":2},…]': 1 to 1,000 objects, each of
--            product_id, option (an object, or a text), option_hash, quantity at most once, "qty"
--            for "quantity" as well, and no other name
-- Returns nothing
-- Errors  INVALID_INPUT (items)
-- Locks   none
-- Example
--   CALL _check_items('[{"product_id":"D0001","quantity":2}]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _check_items;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _check_items(
    pi_json LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses what is no list of items'
BEGIN
    DECLARE v_text LONGTEXT;
    DECLARE v_bare LONGTEXT;
    DECLARE v_objects INT UNSIGNED;

    BEGIN
        -- As in _parse_ids: nested too deeply, or a line break in a name.
        DECLARE EXIT HANDLER FOR 3157 CALL _raise('INVALID_INPUT', 'items', 'not JSON');
        IF LOCATE('\0', pi_json) > 0 OR NOT JSON_VALID(pi_json)
            OR JSON_EXTRACT(pi_json, '$') IS NULL THEN
            CALL _raise('INVALID_INPUT', 'items', 'not JSON');
        END IF;
    END;
    IF JSON_TYPE(pi_json) <> 'ARRAY' THEN
        CALL _raise('INVALID_INPUT', 'items', 'not a JSON array');
    END IF;
    IF JSON_LENGTH(pi_json) NOT BETWEEN 1 AND 1000 THEN
        CALL _raise('INVALID_INPUT', 'items', '1 to 1000 items');
    END IF;

    -- Of two equal names MariaDB would take the first, MySQL the last. As in _check_id_names: step
    -- by step to a text of brackets and names, without escaped characters, ...
    SET v_text = REPLACE(REPLACE(pi_json, '\\\\', ''), '\\"', '');
    IF v_text NOT REGEXP '[\\s\\S]' THEN
        CALL _raise('INVALID_INPUT', 'items', 'not UTF-8');
    END IF;
    -- ... half a character, of which only one of the engines makes text, ...
    IF v_text REGEXP '\\\\u[dD][89a-fA-F]' THEN
        CALL _raise('INVALID_INPUT', 'items', 'a character is written in two halves');
    END IF;
    -- ... our names a letter each, and all other texts, also other names, a 0.
    SET v_text = REGEXP_REPLACE(v_text, '"product_id"\\s*:', 'p:'),
        v_text = REGEXP_REPLACE(v_text, '"option_hash"\\s*:', 'o:'),
        v_text = REGEXP_REPLACE(v_text, '"(quantity|qty)"\\s*:', 'q:'),
        v_text = REGEXP_REPLACE(v_text, '"option"\\s*:', 'c:'),
        v_text = REGEXP_REPLACE(v_text, '"[^"]*"', '0');
    -- What was chosen is an object of its own, looked at by _normal_option; of two equal names in
    -- it MySQL has forgotten the first already: as many as are written must be there.
    IF v_text REGEXP 'c:\\s*\\{' THEN
        SET v_bare = REGEXP_REPLACE(v_text, 'c:\\s*\\{[^{}\\[\\]]*\\}', 'c:0');
        IF COALESCE(JSON_LENGTH(JSON_EXTRACT(pi_json, '$[*].option.*')), 0)
            < CHAR_LENGTH(v_text) - CHAR_LENGTH(REPLACE(v_text, ':', ''))
              - CHAR_LENGTH(v_bare) + CHAR_LENGTH(REPLACE(v_bare, ':', '')) THEN
            CALL _raise('INVALID_INPUT', 'items', 'a name twice in one option');
        END IF;
        SET v_text = v_bare;
    END IF;
    SET v_text = REGEXP_REPLACE(v_text, 'c:\\s*\\[\\s*\\]', 'c:0'),
        v_objects = CHAR_LENGTH(v_text) - CHAR_LENGTH(REPLACE(v_text, '{', ''));
    IF v_objects <> JSON_LENGTH(pi_json)
        OR CHAR_LENGTH(v_text) - CHAR_LENGTH(REPLACE(v_text, '[', '')) <> 1
        OR v_text REGEXP ':\\s*\\{' THEN
        CALL _raise('INVALID_INPUT', 'items', 'not objects of product_id, option, quantity');
    END IF;
    IF v_text REGEXP '0\\s*:' THEN
        CALL _raise('INVALID_INPUT', 'items',
                    'a name is not product_id, option, option_hash or quantity');
    END IF;
    IF v_text REGEXP '([poqc]):[^{}]*\\1:' THEN
        CALL _raise('INVALID_INPUT', 'items', 'a name twice in one object');
    END IF;
END//
DELIMITER ;
