-- _parse_destination: where a quote's delivery goes, as far as it is known.
--
-- Parameters
--   pi_address_id, pi_receiver_json, pi_post_code  as shop_order_quote gets them
--   po_address_id  OUT: the stored address; NULL = none was named
--   po_post_code   OUT: of the typed address, or alone; NULL = none
-- Returns nothing
-- Errors  INVALID_INPUT (address_id, receiver or a member of it, post_code): at most one of them
-- Locks   none
-- Example
--   CALL _parse_destination(NULL, NULL, '63001', @address_id, @post_code);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_destination;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_destination(
    pi_address_id     TEXT,
    pi_receiver_json  LONGTEXT,
    pi_post_code      TEXT,
    OUT po_address_id BIGINT UNSIGNED,
    OUT po_post_code  VARCHAR(10))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Where a quote is delivered to'
BEGIN
    DECLARE v_name, v_address, v_detail, v_delivery_msg VARCHAR(200);
    DECLARE v_phone VARCHAR(20);

    IF COALESCE(pi_address_id, '') <> '' OR COALESCE(pi_receiver_json, '') <> '' THEN
        CALL _parse_receiver(pi_address_id, pi_receiver_json, po_address_id, v_name, v_phone,
                             po_post_code, v_address, v_detail, v_delivery_msg);
    END IF;
    IF COALESCE(pi_post_code, '') <> '' THEN
        IF po_address_id IS NOT NULL OR po_post_code IS NOT NULL THEN
            CALL _raise('INVALID_INPUT', 'post_code', 'address_id, receiver or it');
        END IF;
        IF TRIM(pi_post_code) NOT REGEXP '\\A[-0-9A-Za-z ]{1,10}\\z'
            OR pi_post_code NOT REGEXP '[0-9A-Za-z]' THEN
            CALL _raise('INVALID_INPUT', 'post_code', 'missing, too long or malformed');
        END IF;
        SET po_post_code = TRIM(pi_post_code);
    END IF;
END//
DELIMITER ;
