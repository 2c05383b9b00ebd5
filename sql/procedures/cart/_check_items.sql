-- _check_items: is this a list of items for a cart? What is wrong with one of them only is said of
-- that one (see add_shop_cart_items); what leaves open what was meant is refused here.
--
-- Parameters
--   pi_json  '[{"product_id":"D0001","option_hash":"…","quantity":2},…]': 1 to 1,000 objects,
--            each of these names at most once, "qty" for "quantity" as well, and no other name
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
        v_text = REGEXP_REPLACE(v_text, '"[^"]*"', '0'),
        v_objects = CHAR_LENGTH(v_text) - CHAR_LENGTH(REPLACE(v_text, '{', ''));
    IF v_objects <> JSON_LENGTH(pi_json)
        OR CHAR_LENGTH(v_text) - CHAR_LENGTH(REPLACE(v_text, '[', '')) <> 1
        OR v_text REGEXP ':\\s*\\{' THEN
        CALL _raise('INVALID_INPUT', 'items', 'not objects of product_id, option_hash, quantity');
    END IF;
    IF v_text REGEXP '0\\s*:' THEN
        CALL _raise('INVALID_INPUT', 'items', 'a name is not product_id, option_hash or quantity');
    END IF;
    IF v_text REGEXP '([poq]):[^{}]*\\1:' THEN
        CALL _raise('INVALID_INPUT', 'items', 'a name twice in one object');
    END IF;
END//
DELIMITER ;
