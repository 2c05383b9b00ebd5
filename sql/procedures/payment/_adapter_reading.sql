-- _adapter_reading: how messages of a payment gateway are read, or why they cannot be.
--
-- A PG hashes its fields joined. The hash proves the letters, not where one field ends and the next
-- begins: who holds a message could cut the same letters otherwise, and the hash would still fit.
-- So every hashed field has a pattern, and an adapter is taken only when the patterns leave no
-- choice. A border is proven when it can be found in the joined text
--   by counting:    from a proven border across fields of one fixed length, or
--   by its letter:  the next field always begins with this letter, and it cannot stand anywhere
--                   between the border and the next proven one to the left (it is the first such
--                   letter), or to the right (the last).
-- Text between the fields is a field of fixed length with a letter at its border.
--
-- Patterns known to everybody: our account is itself, our order number is [-._A-Za-z0-9]{1,64}, the
-- amount (unless pattern_others_json says it more exactly) is [0-9.]{1,18}.
--
-- Parameters
--   pi_merchant_id … pi_request_hash_template  columns of shop_pg_adapters
-- Returns JSON object
--   fault     '' or what is wrong with the adapter
--   template  the hash template with U+001E at the borders
--   pattern   regular expression for what it is filled to
-- Errors  none
-- Locks   none
-- Example
--   SELECT _adapter_reading('M1', 'mTrdNo', 'trdNo', 'trdNo', 'trdAmt', 'rsltCd', 'authDt', 'mId',
--       '{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}{key}', '[0-9]{4}', 'W[0-9a-f]{32}',
--       '[0-9]{14}', '{}', '0000', '{merchant_id}{order_number}{amount}{key}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _adapter_reading;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _adapter_reading(
    pi_merchant_id           VARCHAR(40),
    pi_field_order_number    VARCHAR(40),
    pi_field_pg_tx           VARCHAR(40),
    pi_field_approval_no     VARCHAR(40),
    pi_field_amount          VARCHAR(40),
    pi_field_result_code     VARCHAR(40),
    pi_field_approved_at     VARCHAR(40),
    pi_field_merchant_id     VARCHAR(40),
    pi_hash_template         VARCHAR(400),
    pi_pattern_result_code   VARCHAR(100),
    pi_pattern_pg_tx         VARCHAR(100),
    pi_pattern_approved_at   VARCHAR(100),
    pi_pattern_others_json   VARCHAR(1000),
    pi_success_code          VARCHAR(20),
    pi_request_hash_template VARCHAR(400))
    RETURNS LONGTEXT
    SQL SECURITY DEFINER
    DETERMINISTIC
    READS SQL DATA
    COMMENT 'How messages of a payment gateway are read'
BEGIN
    DECLARE v_border VARCHAR(1) DEFAULT CHAR(30 USING utf8mb4);
    -- Constant, but not for everybody to know: any letters, no border.
    DECLARE v_constant VARCHAR(10) DEFAULT CONCAT('[^', v_border, ']');
    DECLARE v_template, v_pattern TEXT DEFAULT '';
    -- one member per field, in the order of the template
    DECLARE v_names, v_parts, v_firsts, v_rests, v_lengths TEXT DEFAULT '[]';
    DECLARE v_left VARCHAR(400) DEFAULT pi_hash_template;
    DECLARE v_name VARCHAR(400);
    DECLARE v_form, v_part, v_rest VARCHAR(400);
    DECLARE v_first VARCHAR(1);
    DECLARE v_least, v_most INT UNSIGNED;
    DECLARE v_count, v_at, v_to, v_clear INT DEFAULT 0;
    -- borders by number: bit 0 is the beginning
    DECLARE v_known BIGINT UNSIGNED DEFAULT 1;
    DECLARE v_before BIGINT UNSIGNED;

    IF pi_merchant_id NOT REGEXP '\\A[-._A-Za-z0-9]+\\z' THEN
        RETURN JSON_OBJECT('fault', 'merchant_id has other signs than letters, digits and . _ -');
    END IF;
    IF NOT JSON_VALID(pi_pattern_others_json) THEN
        RETURN JSON_OBJECT('fault', 'pattern_others_json is not JSON');
    ELSEIF JSON_TYPE(pi_pattern_others_json) <> 'OBJECT' THEN
        RETURN JSON_OBJECT('fault', 'pattern_others_json is no JSON object');
    END IF;

    WHILE CHAR_LENGTH(v_left) > 0 DO
        SET v_count = v_count + 1;
        IF LEFT(v_left, 1) = '{' THEN
            SET v_name = SUBSTR(v_left, 2, LOCATE('}', v_left) - 2);
            SET v_left = SUBSTR(v_left, CHAR_LENGTH(v_name) + 3);
            IF v_name NOT REGEXP '\\A[^\\{\\}\\s"\\\\]{1,40}\\z' OR v_count > 60 THEN
                RETURN JSON_OBJECT('fault',
                    'hash_template has a brace without a name, or too many');
            END IF;
            SET v_form = CASE v_name
                WHEN pi_field_order_number THEN '[-._A-Za-z0-9]{1,64}'
                WHEN pi_field_amount
                    THEN COALESCE(_json_text(pi_pattern_others_json, v_name), '[0-9.]{1,18}')
                WHEN pi_field_result_code THEN pi_pattern_result_code
                WHEN pi_field_pg_tx THEN pi_pattern_pg_tx
                WHEN pi_field_approved_at THEN pi_pattern_approved_at
                ELSE _json_text(pi_pattern_others_json, v_name) END;
            IF v_name = 'key' THEN
                SET v_part = v_constant, v_first = '', v_rest = v_constant, v_least = 1, v_most = 1;
                SET v_form = CONCAT(v_constant, '*');
            ELSEIF v_name = pi_field_merchant_id THEN
                SET v_part = pi_merchant_id, v_first = LEFT(v_part, 1), v_rest = SUBSTR(v_part, 2),
                    v_least = 1, v_most = 1;
                SET v_form = CONCAT(v_constant, '*');
            ELSE
                CALL _parse_pattern(v_form, v_part, v_least, v_most, v_first, v_rest);
                IF v_part IS NULL THEN
                    RETURN JSON_OBJECT('fault',
                        CONCAT(v_name, ' has no pattern, or one that says too little'));
                END IF;
                IF v_name IN (pi_field_pg_tx, pi_field_approval_no)
                    AND _parts_allow(v_part, ' ') THEN
                    RETURN JSON_OBJECT('fault',
                        CONCAT(v_name, ' may hold a blank: the engines pass over one at the end'));
                END IF;
                -- What a PG sends in other fields must never make a border.
                SET v_form = REPLACE(v_form, '[^', CONCAT('[^', v_border));
            END IF;
            SET v_template = CONCAT(v_template, CASE v_count WHEN 1 THEN '' ELSE v_border END,
                                    '{', v_name, '}');
        ELSE
            SET v_name = SUBSTRING_INDEX(v_left, '{', 1),
                v_left = SUBSTR(v_left, CHAR_LENGTH(v_name) + 1);
            IF v_name NOT REGEXP '\\A[^\\[\\]\\{\\}\\\\\\x00-\\x1f]+\\z' THEN
                RETURN JSON_OBJECT('fault',
                    'hash_template has a bracket, a brace or a control character between fields');
            END IF;
            SET v_part = v_name, v_first = LEFT(v_name, 1), v_rest = SUBSTR(v_name, 2),
                v_least = 1, v_most = 1;
            SET v_form = CONCAT(v_constant, '*');
            SET v_template = CONCAT(v_template, CASE v_count WHEN 1 THEN '' ELSE v_border END,
                                    v_name);
        END IF;
        SET v_pattern = CONCAT(v_pattern, CASE v_count WHEN 1 THEN '' ELSE v_border END, v_form);
        SET v_names = JSON_ARRAY_APPEND(v_names, '$', v_name),
            v_parts = JSON_ARRAY_APPEND(v_parts, '$', v_part),
            v_firsts = JSON_ARRAY_APPEND(v_firsts, '$', v_first),
            v_rests = JSON_ARRAY_APPEND(v_rests, '$', v_rest),
            v_lengths = JSON_ARRAY_APPEND(v_lengths, '$', CASE WHEN v_most = v_least THEN 'fixed'
                                                               WHEN v_least = 0 THEN 'none'
                                                               ELSE 'open' END);
    END WHILE;

    -- What is not hashed anybody can write.
    SET v_name = CASE 0
        WHEN LOCATE('{key}', pi_hash_template) THEN 'key'
        WHEN LOCATE(CONCAT('{', pi_field_result_code, '}'), pi_hash_template)
            THEN 'field_result_code'
        WHEN LOCATE(CONCAT('{', pi_field_order_number, '}'), pi_hash_template)
            THEN 'field_order_number'
        WHEN LOCATE(CONCAT('{', pi_field_amount, '}'), pi_hash_template)
            THEN 'field_amount'
        WHEN LOCATE(CONCAT('{', pi_field_pg_tx, '}'), pi_hash_template)
            THEN 'field_pg_tx'
        WHEN LOCATE(CONCAT('{', pi_field_approval_no, '}'), pi_hash_template)
            THEN 'field_approval_no' END;
    IF v_name IS NOT NULL THEN
        RETURN JSON_OBJECT('fault', CONCAT(v_name, ' is not in hash_template'));
    END IF;
    IF pi_success_code NOT REGEXP CONCAT('\\A(', pi_pattern_result_code, ')\\z') THEN
        RETURN JSON_OBJECT('fault', 'success_code does not match pattern_result_code');
    END IF;

    SET v_known = v_known | (1 << v_count), v_before = 0;
    WHILE v_before <> v_known DO
        SET v_before = v_known, v_at = 0;
        WHILE v_at < v_count DO
            IF JSON_UNQUOTE(JSON_EXTRACT(v_lengths, CONCAT('$[', v_at, ']'))) = 'fixed' THEN
                SET v_known = v_known | CASE WHEN v_known & (1 << v_at) THEN 2 << v_at ELSE 0 END
                                      | CASE WHEN v_known & (2 << v_at) THEN 1 << v_at ELSE 0 END;
            END IF;
            SET v_first = JSON_UNQUOTE(JSON_EXTRACT(v_firsts, CONCAT('$[', v_at, ']')));
            IF v_known & (1 << v_at) = 0 AND CHAR_LENGTH(v_first) = 1 THEN
                SET v_to = v_at, v_clear = 1;
                WHILE v_clear = 1 AND v_known & (1 << v_to) = 0 DO
                    SET v_to = v_to - 1;
                    SET v_clear = 1 - _parts_allow(
                        JSON_UNQUOTE(JSON_EXTRACT(v_parts, CONCAT('$[', v_to, ']'))), v_first);
                END WHILE;
                IF v_clear = 0 THEN
                    SET v_to = v_at;
                    SET v_clear = 1 - _parts_allow(
                        JSON_UNQUOTE(JSON_EXTRACT(v_rests, CONCAT('$[', v_at, ']'))), v_first);
                    WHILE v_clear = 1 AND v_known & (2 << v_to) = 0 DO
                        SET v_to = v_to + 1;
                        SET v_clear = 1 - _parts_allow(
                            JSON_UNQUOTE(JSON_EXTRACT(v_parts, CONCAT('$[', v_to, ']'))), v_first);
                    END WHILE;
                END IF;
                SET v_known = v_known | CASE v_clear WHEN 1 THEN 1 << v_at ELSE 0 END;
            END IF;
            SET v_at = v_at + 1;
        END WHILE;
    END WHILE;
    SET v_at = 0;
    WHILE v_at < v_count DO
        SET v_at = v_at + 1;
        IF v_known & (1 << v_at) = 0 THEN
            RETURN JSON_OBJECT('fault', CONCAT('nothing proves where ',
                JSON_UNQUOTE(JSON_EXTRACT(v_names, CONCAT('$[', v_at - 1, ']'))), ' ends and ',
                JSON_UNQUOTE(JSON_EXTRACT(v_names, CONCAT('$[', v_at, ']'))), ' begins'));
        END IF;
    END WHILE;

    IF _request_is_a_message(pi_request_hash_template, pi_hash_template, pi_merchant_id,
                             v_parts, v_firsts, v_lengths) = 1 THEN
        RETURN JSON_OBJECT('fault',
            'a hash that we send with a payment request would fit a message');
    END IF;
    RETURN JSON_OBJECT('fault', '', 'template', v_template,
                       'pattern', CONCAT('\\A', v_pattern, '\\z'));
END//
DELIMITER ;
