-- _read_receiver: where an order goes: a stored address (looked up later) or one typed in (guests).
--
-- Parameters
--   pi_address_id     stored address, or NULL
--   pi_receiver_json  {"receiver_name","receiver_phone","post_code","address","address_detail","delivery_msg"}, or NULL
--   po_address_id     OUT: the stored address, or NULL
--   po_name … po_delivery_msg   OUT: the typed address; NULL with a stored one
-- Returns nothing
-- Errors  INVALID_INPUT (address_id, receiver, or a member of it): exactly one of both must be given
-- Locks   none
-- Example
--   CALL _read_receiver(NULL, '{"receiver_name":"…","receiver_phone":"010-0000-0000","post_code":"04524",
--       "address":"…"}', @id, @name, @phone, @post_code, @address, @detail, @msg);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _read_receiver;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _read_receiver(
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
    DECLARE v_name, v_phone, v_post_code, v_address, v_detail, v_delivery_msg LONGTEXT;
    DECLARE v_wrong VARCHAR(64) DEFAULT NULL;

    IF COALESCE(pi_address_id, '') <> '' THEN
        IF COALESCE(pi_receiver_json, '') <> '' THEN
            CALL _raise('INVALID_INPUT', 'receiver', 'give address_id or receiver, not both');
        END IF;
        CALL _read_id(pi_address_id, 'address_id', po_address_id);
    ELSE
        IF COALESCE(pi_receiver_json, '') = '' THEN
            CALL _raise('INVALID_INPUT', 'address_id', 'address_id or receiver is required');
        END IF;
        BEGIN
            -- As in _read_ids: nested too deeply, or a line break in a name.
            DECLARE EXIT HANDLER FOR 3157 CALL _raise('INVALID_INPUT', 'receiver', 'not JSON');
            IF LOCATE('\0', pi_receiver_json) > 0 OR NOT JSON_VALID(pi_receiver_json)
                OR JSON_EXTRACT(pi_receiver_json, '$') IS NULL THEN
                CALL _raise('INVALID_INPUT', 'receiver', 'not JSON');
            END IF;
        END;
        IF JSON_TYPE(pi_receiver_json) <> 'OBJECT' THEN
            CALL _raise('INVALID_INPUT', 'receiver', 'not a JSON object');
        END IF;
        SELECT TRIM(COALESCE(x.receiver_name, '')), TRIM(COALESCE(x.receiver_phone, '')),
               TRIM(COALESCE(x.post_code, '')), TRIM(COALESCE(x.address, '')), TRIM(COALESCE(x.address_detail, '')),
               -- A textarea sends line breaks; a courier's label has none.
               TRIM(REPLACE(REPLACE(COALESCE(x.delivery_msg, ''), '\r', ''), '\n', ' '))
        INTO v_name, v_phone, v_post_code, v_address, v_detail, v_delivery_msg
        FROM JSON_TABLE(pi_receiver_json, '$' COLUMNS (
            receiver_name  TEXT PATH '$.receiver_name',
            receiver_phone TEXT PATH '$.receiver_phone',
            post_code      TEXT PATH '$.post_code',
            address        TEXT PATH '$.address',
            address_detail TEXT PATH '$.address_detail',
            delivery_msg   TEXT PATH '$.delivery_msg')) x;
        SET v_wrong = CASE
            WHEN CHAR_LENGTH(v_name) NOT BETWEEN 1 AND 60 THEN 'receiver_name'
            WHEN v_phone NOT REGEXP '\\A[+0-9][-0-9 ]{6,19}\\z' THEN 'receiver_phone'
            WHEN v_post_code NOT REGEXP '\\A[-0-9A-Za-z ]{1,10}\\z' THEN 'post_code'
            WHEN CHAR_LENGTH(v_address) NOT BETWEEN 1 AND 200 THEN 'address'
            WHEN CHAR_LENGTH(v_detail) > 200 THEN 'address_detail'
            WHEN CHAR_LENGTH(v_delivery_msg) > 200 THEN 'delivery_msg'
            WHEN CONCAT(v_name, v_address, v_detail, v_delivery_msg) REGEXP '[\\x00-\\x1F\\x7F]' THEN
                CASE WHEN v_name REGEXP '[\\x00-\\x1F\\x7F]' THEN 'receiver_name'
                     WHEN v_address REGEXP '[\\x00-\\x1F\\x7F]' THEN 'address'
                     WHEN v_detail REGEXP '[\\x00-\\x1F\\x7F]' THEN 'address_detail'
                     ELSE 'delivery_msg' END
        END;
        IF v_wrong IS NOT NULL THEN
            CALL _raise('INVALID_INPUT', CONCAT('receiver.', v_wrong), 'missing, too long or malformed');
        END IF;
        SET po_name = v_name, po_phone = v_phone, po_post_code = v_post_code, po_address = v_address,
            po_detail = v_detail, po_delivery_msg = v_delivery_msg;
    END IF;
END//
DELIMITER ;
