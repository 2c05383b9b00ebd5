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
        IF NOT JSON_VALID(pi_receiver_json) THEN
            CALL _raise('INVALID_INPUT', 'receiver', 'not JSON');
        END IF;
        IF JSON_TYPE(pi_receiver_json) <> 'OBJECT' THEN
            CALL _raise('INVALID_INPUT', 'receiver', 'not a JSON object');
        END IF;
        SET v_name = TRIM(COALESCE(_json_text(pi_receiver_json, 'receiver_name'), '')),
            v_phone = TRIM(COALESCE(_json_text(pi_receiver_json, 'receiver_phone'), '')),
            v_post_code = TRIM(COALESCE(_json_text(pi_receiver_json, 'post_code'), '')),
            v_address = TRIM(COALESCE(_json_text(pi_receiver_json, 'address'), '')),
            v_detail = TRIM(COALESCE(_json_text(pi_receiver_json, 'address_detail'), '')),
            -- A textarea sends line breaks; a courier's label has none.
            v_delivery_msg = TRIM(REPLACE(REPLACE(
                COALESCE(_json_text(pi_receiver_json, 'delivery_msg'), ''), '\r', ''), '\n', ' '));
        SET v_wrong = CASE
            WHEN CHAR_LENGTH(v_name) NOT BETWEEN 1 AND 60 THEN 'receiver_name'
            WHEN v_phone NOT REGEXP '\\A[+0-9][-0-9 ]{6,19}\\z' THEN 'receiver_phone'
            WHEN v_post_code NOT REGEXP '\\A[-0-9A-Za-z ]{1,10}\\z' THEN 'post_code'
            WHEN CHAR_LENGTH(v_address) NOT BETWEEN 1 AND 200 THEN 'address'
            WHEN CHAR_LENGTH(v_detail) > 200 THEN 'address_detail'
            WHEN CHAR_LENGTH(v_delivery_msg) > 200 THEN 'delivery_msg'
            WHEN v_name REGEXP '[[:cntrl:]]' THEN 'receiver_name'
            WHEN v_address REGEXP '[[:cntrl:]]' THEN 'address'
            WHEN v_detail REGEXP '[[:cntrl:]]' THEN 'address_detail'
            WHEN v_delivery_msg REGEXP '[[:cntrl:]]' THEN 'delivery_msg'
        END;
        IF v_wrong IS NOT NULL THEN
            CALL _raise('INVALID_INPUT', CONCAT('receiver.', v_wrong), 'missing, too long or malformed');
        END IF;
        SET po_name = v_name, po_phone = v_phone, po_post_code = v_post_code, po_address = v_address,
            po_detail = v_detail, po_delivery_msg = v_delivery_msg;
    END IF;
END//
DELIMITER ;
