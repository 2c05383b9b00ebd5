-- _parse_signed_text: the text that a payment gateway hashed, and the hash that it sent, of a
-- message of any form. What shop_order_update reads at once when a message is a usual one is read
-- here name by name.
--
-- Goes through the template once, from left to right: a value that contains braces is not looked
-- into.
--
-- Parameters
--   pi_pg, pi_merchant_id  adapter
--   pi_fields              JSON object, flat
--   po_hash                OUT: the hash as it was sent; NULL when it is missing, null, an object
--                          or an array
--   po_filled              OUT: the adapter's read_template with the values of the message, '' for
--                          what is missing, and the key, which is never taken from the message
-- Returns nothing
-- Errors  INVALID_INPUT: not a JSON object, or more than 200 fields
-- Locks   none
-- Example
--   CALL _parse_signed_text('wallet', 'M_DEMO', '{"rsltCd":"0000"}', @hash, @filled);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_signed_text;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_signed_text(
    pi_pg          TEXT,
    pi_merchant_id TEXT,
    pi_fields      LONGTEXT,
    OUT po_hash    LONGTEXT,
    OUT po_filled  LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Fills the template of what was hashed'
BEGIN
    DECLARE v_rest, v_key, v_field_hash, v_name TEXT;
    DECLARE v_value LONGTEXT;
    DECLARE v_open, v_close INT;

    BEGIN
        -- As in _parse_ids: nested too deeply, or a line break in a name.
        DECLARE EXIT HANDLER FOR 3157 CALL _raise('INVALID_INPUT', 'fields', 'not JSON');
        IF pi_fields IS NULL OR LOCATE('\0', pi_fields) > 0 OR NOT JSON_VALID(pi_fields) THEN
            CALL _raise('INVALID_INPUT', 'fields', 'not JSON');
        END IF;
        -- Each field that is looked up costs a walk through all of them, and no PG sends as many as
        -- that.
        IF JSON_LENGTH(pi_fields) > 200 THEN
            CALL _raise('INVALID_INPUT', 'fields', 'more than 200 fields');
        END IF;
        IF JSON_EXTRACT(pi_fields, '$') IS NULL THEN
            CALL _raise('INVALID_INPUT', 'fields', 'not JSON');
        END IF;
    END;
    IF JSON_TYPE(pi_fields) <> 'OBJECT' THEN
        CALL _raise('INVALID_INPUT', 'fields', 'not a JSON object');
    END IF;

    SELECT read_template, secret_key, field_hash INTO v_rest, v_key, v_field_hash
    FROM shop_pg_adapters WHERE pg = pi_pg AND merchant_id = pi_merchant_id;
    SET po_hash = _json_text(pi_fields, v_field_hash), po_filled = '';
    -- Without a hash there is nothing to compare with.
    WHILE LENGTH(po_hash) = 64 AND CHAR_LENGTH(v_rest) > 0 DO
        SET v_open = LOCATE('{', v_rest), v_close = LOCATE('}', v_rest);
        IF v_open = 0 OR v_close < v_open THEN
            SET po_filled = CONCAT(po_filled, v_rest), v_rest = '';
        ELSE
            SET v_name = LEFT(SUBSTR(v_rest, v_open + 1, v_close - v_open - 1), 64),
                po_filled = CONCAT(po_filled, LEFT(v_rest, v_open - 1)),
                v_rest = SUBSTR(v_rest, v_close + 1);
            IF v_name = 'key' THEN
                SET po_filled = CONCAT(po_filled, v_key);
            ELSE
                -- As in _json_text, without its CALL: a stranger's message comes here too.
                SET v_value = JSON_EXTRACT(pi_fields, CONCAT('$.', JSON_QUOTE(v_name)));
                IF v_value <> 'null' AND LEFT(v_value, 1) NOT IN ('{', '[') THEN
                    SET po_filled = CONCAT(po_filled, JSON_UNQUOTE(v_value));
                END IF;
            END IF;
        END IF;
    END WHILE;
END//
DELIMITER ;
