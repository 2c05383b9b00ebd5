-- select_gateway_keys: which API keys and tickets the gateway accepts, and from where. Granted to
-- the gateway alone.
--
-- Parameters  none
-- Returns one row: result, key_count
-- then keys: shop_id, key_sha256;
--   ticket_keys: shop_id, key_no, inner_block, outer_block (hex, lower case);
--   shops: shop_id, allowed_origins_json, expired_url
--     (where a browser goes whose ticket has expired);
--   payment accounts: pg, merchant_id, unread_url
--     (where one goes that comes from paying with what cannot be read,
--     with {code} where the reason belongs)
-- Errors  none
-- Locks   none
-- Example
--   CALL select_gateway_keys();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_gateway_keys;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_gateway_keys()
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Keys and origins for the gateway'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_gateway_keys', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT());
        RESIGNAL;
    END;

    SET v_step = 'answer';
    CALL _start_reading();
    SELECT 'OK' AS result, COUNT(*) AS key_count
    FROM shop_keys WHERE revoked_at IS NULL OR revoked_at > UTC_TIMESTAMP(6);
    SELECT shop_id, LOWER(HEX(key_sha256)) AS key_sha256
    FROM shop_keys WHERE revoked_at IS NULL OR revoked_at > UTC_TIMESTAMP(6);
    SELECT shop_id, key_no, LOWER(HEX(inner_block)) AS inner_block,
           LOWER(HEX(outer_block)) AS outer_block
    FROM shop_ticket_keys WHERE valid_until IS NULL OR valid_until > UTC_TIMESTAMP(6);
    SELECT shop_id, allowed_origins_json,
           _return_url(error_url, NULL, NULL, 'TICKET_EXPIRED') AS expired_url
    FROM shops;
    SELECT a.pg, a.merchant_id, _return_url(s.error_url, NULL, NULL, '{code}') AS unread_url
    FROM shop_pg_adapters a JOIN shops s ON s.shop_id = a.shop_id;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
