-- update_adm_ticket_key: give a shop a key to sign tickets with, or say until when one is accepted.
--
-- The key itself is not kept: what is stored are its two padded blocks, which HMAC-SHA256 begins
-- with. They are as good as the key to whoever reads them, so no account may read the table. A
-- number is used for one key: to change keys, store the new one under another number, let the shop
-- sign with it, then end the old one.
-- The key is a secret in the text of the CALL: send it from a file or a pipe,
-- where the client keeps no history.
--
-- Parameters
--   pi_shop_id      shop
--   pi_key_no       number of the key, 1 to 255, named in the tickets
--   pi_key_hex      the key, 32 to 64 bytes in hex; NULL or '' = a key that is there already
--   pi_valid_until  UTC, YYYY-MM-DD HH:MM:SS: no ticket is accepted from then on;
--                   NULL or '' = no end
-- Returns one row: result, key_no, valid_until
-- then the keys of the shop: key_no, valid_until, is_valid
-- Errors  INVALID_INPUT (also a number that another key has, or that none has), SHOP_NOT_FOUND
-- Locks   shop_ticket_keys row
-- Example
--   CALL update_adm_ticket_key(1, '1', NULL, UTC_TIMESTAMP(6));
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_adm_ticket_key;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_adm_ticket_key(
    pi_shop_id     INT UNSIGNED,
    pi_key_no      TEXT,
    pi_key_hex     TEXT,
    pi_valid_until TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Stores or ends a key for tickets'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_key_no      SMALLINT UNSIGNED;
    DECLARE v_key_hex     VARCHAR(128) DEFAULT '';
    DECLARE v_valid_until DATETIME(6);
    DECLARE v_inner, v_outer VARCHAR(128) DEFAULT '';
    DECLARE v_byte        SMALLINT UNSIGNED;
    DECLARE v_at          TINYINT UNSIGNED DEFAULT 0;
    DECLARE v_same        TINYINT;
    DECLARE v_shops       INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_adm_ticket_key', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('shop_id', pi_shop_id, 'key_no', LEFT(pi_key_no, 3)));
        RESIGNAL;
    END;

    IF pi_key_no IS NULL OR pi_key_no NOT REGEXP '\\A[1-9][0-9]{0,2}\\z'
        OR CAST(pi_key_no AS UNSIGNED) > 255 THEN
        CALL _raise('INVALID_INPUT', 'key_no', 'a number from 1 to 255');
    END IF;
    SET v_key_no = CAST(pi_key_no AS UNSIGNED);
    IF COALESCE(pi_key_hex, '') <> '' THEN
        IF pi_key_hex NOT REGEXP '\\A([0-9A-Fa-f]{2}){32,64}\\z' THEN
            CALL _raise('INVALID_INPUT', 'key_hex', '32 to 64 bytes in hex');
        END IF;
        SET v_key_hex = pi_key_hex;
    END IF;
    CALL _parse_time(pi_valid_until, 'valid_until', v_valid_until);

    -- Byte by byte: MariaDB knows no XOR of binary texts.
    SET v_step = 'pad the key';
    WHILE v_key_hex <> '' AND v_at < 64 DO
        SET v_byte = CAST(
                CONV(COALESCE(NULLIF(SUBSTRING(v_key_hex, 2 * v_at + 1, 2), ''), '00'), 16, 10)
                AS UNSIGNED),
            v_inner = CONCAT(v_inner, LPAD(HEX(v_byte ^ 0x36), 2, '0')),
            v_outer = CONCAT(v_outer, LPAD(HEX(v_byte ^ 0x5C), 2, '0')),
            v_at = v_at + 1;
    END WHILE;

    SET v_step = 'store the key';
    CALL _start_writing();
    SELECT COUNT(*) INTO v_shops FROM shops WHERE shop_id = pi_shop_id;
    IF v_shops = 0 THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    IF v_key_hex <> '' THEN
        INSERT INTO shop_ticket_keys (shop_id, key_no, inner_block, outer_block, valid_until)
        VALUES (pi_shop_id, v_key_no, UNHEX(v_inner), UNHEX(v_outer), v_valid_until)
        ON DUPLICATE KEY UPDATE shop_id = shop_ticket_keys.shop_id;
    END IF;
    SELECT v_key_hex = '' OR inner_block = UNHEX(v_inner) INTO v_same
    FROM shop_ticket_keys WHERE shop_id = pi_shop_id AND key_no = v_key_no FOR UPDATE;
    IF v_same IS NULL THEN
        CALL _raise('INVALID_INPUT', 'key_no', 'no key has this number');
    END IF;
    IF v_same = 0 THEN
        CALL _raise('INVALID_INPUT', 'key_no', 'another key has this number');
    END IF;
    UPDATE shop_ticket_keys SET valid_until = v_valid_until
    WHERE shop_id = pi_shop_id AND key_no = v_key_no;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_key_no AS key_no, v_valid_until AS valid_until;
    SELECT key_no, valid_until, valid_until IS NULL OR valid_until > UTC_TIMESTAMP(6) AS is_valid
    FROM shop_ticket_keys WHERE shop_id = pi_shop_id ORDER BY key_no;
END//
DELIMITER ;
