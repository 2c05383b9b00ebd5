-- _parse_receiver: where an order goes: a stored address (looked up later) or one typed
-- in (guests).
--
-- Parameters
--   pi_address_id     stored address, or NULL
--   pi_receiver_json
--       {"receiver_name","receiver_phone","post_code","address","address_detail","delivery_msg"},
--                     or NULL; each at most once, a text or null: a number loses the zero that a
--                     postal code begins with
--   po_address_id     OUT: the stored address, or NULL
--   po_name … po_delivery_msg   OUT: the typed address; NULL with a stored one
-- Returns nothing
-- Errors  INVALID_INPUT (address_id, receiver, or a member of it): exactly one of both
--   must be given
-- Locks   none
-- Example
--   CALL _parse_receiver(NULL,
--       '{"receiver_name":"…","receiver_phone":"010-0000-0000","post_code":"04524",
--       "address":"…"}', @id, @name, @phone, @post_code, @address, @detail, @msg);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_receiver;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_receiver(
    pi_address_id       TEXT,
    pi_receiver_json    LONGTEXT,
    OUT po_address_id   BIGINT UNSIGNED,
    OUT po_name         VARCHAR(60),
    OUT po_phone        VARCHAR(20),
    OUT po_post_code    VARCHAR(10),
    OUT po_address      VARCHAR(200),
    OUT po_detail       VARCHAR(200),
    OUT po_delivery_msg VARCHAR(200))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Stored or typed address'
BEGIN
    DECLARE v_receiver JSON;
    DECLARE v_name, v_phone, v_post_code, v_address, v_detail, v_delivery_msg, v_bare LONGTEXT;
    DECLARE v_kinds VARCHAR(6);
    DECLARE v_wrong VARCHAR(64) DEFAULT NULL;

    IF COALESCE(pi_address_id, '') <> '' THEN
        IF COALESCE(pi_receiver_json, '') <> '' THEN
            CALL _raise('INVALID_INPUT', 'receiver', 'give address_id or receiver, not both');
        END IF;
        CALL _parse_id(pi_address_id, 'address_id', po_address_id);
    ELSE
        IF COALESCE(pi_receiver_json, '') = '' THEN
            CALL _raise('INVALID_INPUT', 'address_id', 'address_id or receiver is required');
        END IF;
        BEGIN
            -- As in _parse_ids: nested too deeply, or a line break in a name.
            DECLARE EXIT HANDLER FOR 3157 CALL _raise('INVALID_INPUT', 'receiver', 'not JSON');
            IF LOCATE('\0', pi_receiver_json) > 0 OR NOT JSON_VALID(pi_receiver_json)
                OR JSON_EXTRACT(pi_receiver_json, '$') IS NULL THEN
                CALL _raise('INVALID_INPUT', 'receiver', 'not JSON');
            END IF;
        END;
        IF JSON_TYPE(pi_receiver_json) <> 'OBJECT' THEN
            CALL _raise('INVALID_INPUT', 'receiver', 'not a JSON object');
        END IF;
        SET v_receiver = pi_receiver_json,
            v_name = JSON_EXTRACT(v_receiver, '$.receiver_name'),
            v_phone = JSON_EXTRACT(v_receiver, '$.receiver_phone'),
            v_post_code = JSON_EXTRACT(v_receiver, '$.post_code'),
            v_address = JSON_EXTRACT(v_receiver, '$.address'),
            v_detail = JSON_EXTRACT(v_receiver, '$.address_detail'),
            v_delivery_msg = JSON_EXTRACT(v_receiver, '$.delivery_msg'),
            v_kinds = CONCAT_WS('', LEFT(v_name, 1), LEFT(v_phone, 1), LEFT(v_post_code, 1),
                                LEFT(v_address, 1), LEFT(v_detail, 1), LEFT(v_delivery_msg, 1)),
            v_bare = REPLACE(REPLACE(pi_receiver_json, '\\\\', ''), '\\"', '');
        -- As many members as we know, texts or null. Of a name that is there twice one engine takes
        -- the first and the other the last, and MySQL forgets that there were two: quotes tell, two
        -- for each name and each text.
        IF v_kinds <> '' AND (JSON_LENGTH(v_receiver) <> CHAR_LENGTH(v_kinds)
            OR REPLACE(REPLACE(v_kinds, '"', ''), 'n', '') <> ''
            OR CHAR_LENGTH(v_bare) - CHAR_LENGTH(REPLACE(v_bare, '"', ''))
               <> 2 * CHAR_LENGTH(v_kinds) + 2 * CHAR_LENGTH(REPLACE(v_kinds, 'n', ''))) THEN
            CALL _refuse_member(pi_receiver_json, 'receiver',
        '["receiver_name","receiver_phone","post_code","address","address_detail","delivery_msg"]');
        END IF;
        SET v_name = TRIM(COALESCE(JSON_UNQUOTE(NULLIF(v_name, 'null')), '')),
            v_phone = TRIM(COALESCE(JSON_UNQUOTE(NULLIF(v_phone, 'null')), '')),
            v_post_code = TRIM(COALESCE(JSON_UNQUOTE(NULLIF(v_post_code, 'null')), '')),
            v_address = TRIM(COALESCE(JSON_UNQUOTE(NULLIF(v_address, 'null')), '')),
            v_detail = TRIM(COALESCE(JSON_UNQUOTE(NULLIF(v_detail, 'null')), '')),
            -- A textarea sends line breaks; a courier's label has none.
            v_delivery_msg = TRIM(REPLACE(REPLACE(
                COALESCE(JSON_UNQUOTE(NULLIF(v_delivery_msg, 'null')), ''),
                '\r', ''), '\n', ' '));
        SET v_wrong = CASE
            WHEN CHAR_LENGTH(v_name) NOT BETWEEN 1 AND 60 THEN 'receiver_name'
            WHEN LENGTH(v_phone) > CHAR_LENGTH(v_phone)
                OR v_phone NOT REGEXP '\\A[+0-9][-0-9 ]{6,19}\\z' THEN 'receiver_phone'
            WHEN LENGTH(v_post_code) > CHAR_LENGTH(v_post_code)
                OR v_post_code NOT REGEXP '\\A[-0-9A-Za-z ]{1,10}\\z' THEN 'post_code'
            WHEN CHAR_LENGTH(v_address) NOT BETWEEN 1 AND 200 THEN 'address'
            WHEN CHAR_LENGTH(v_detail) > 200 THEN 'address_detail'
            WHEN CHAR_LENGTH(v_delivery_msg) > 200 THEN 'delivery_msg'
        END;
        -- ASCII and whole syllables of Hangul, the two that must be there beginning with something
        -- to be seen: nearly every address. Anything else is looked at one by one.
        IF v_wrong IS NULL
            AND CONCAT(v_name, '\n', v_address, '\n', v_detail, ' ', v_delivery_msg) NOT REGEXP
            '\\A[!-~\\x{AC00}-\\x{D7A3}][ -~\\x{AC00}-\\x{D7A3}]*\\n[!-~\\x{AC00}-\\x{D7A3}][ -~\\x{AC00}-\\x{D7A3}]*\\n[ -~\\x{AC00}-\\x{D7A3}]*\\z'
            THEN
            SET v_delivery_msg = TRIM(REPLACE(REPLACE(REPLACE(v_delivery_msg,
                    _utf8mb4 x'C285', ' '), _utf8mb4 x'E280A8', ' '), _utf8mb4 x'E280A9', ' ')),
                v_detail = CASE _text_fault(v_detail) WHEN 'blank' THEN '' ELSE v_detail END,
                v_delivery_msg = CASE _text_fault(v_delivery_msg)
                    WHEN 'blank' THEN '' ELSE v_delivery_msg END;
            SET v_wrong = CASE
                WHEN _text_fault(v_name) IN ('control', 'decomposed', 'blank') THEN 'receiver_name'
                WHEN _text_fault(v_address) IN ('control', 'decomposed', 'blank') THEN 'address'
                WHEN _text_fault(v_detail) IN ('control', 'decomposed') THEN 'address_detail'
                WHEN _text_fault(v_delivery_msg) IN ('control', 'decomposed') THEN 'delivery_msg'
            END;
        END IF;
        IF v_wrong IS NOT NULL THEN
            CALL _raise('INVALID_INPUT', CONCAT('receiver.', v_wrong),
                'missing, too long or malformed');
        END IF;
        SET po_name = v_name, po_phone = v_phone, po_post_code = v_post_code,
            po_address = v_address, po_detail = v_detail, po_delivery_msg = v_delivery_msg;
    END IF;
END//
DELIMITER ;
