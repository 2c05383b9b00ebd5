-- _key_of_return: whose order's return URL was called. Never derived from the message: an order key is a secret that only
-- its buyer and the payment gateway were told, and an order number can be guessed.
--
-- Parameters
--   pi_shop_id      shop
--   pi_fields_json  the message, with the key of the URL as _order_key; may be anything
-- Returns BINARY(16): shop_orders.order_key, NULL when it names no order of the shop
-- Errors  none
-- Locks   none
-- Example
--   SELECT _key_of_return(1, '{"_order_key":"01900000-0000-7000-8000-000000000000"}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _key_of_return;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _key_of_return(
    pi_shop_id     INT UNSIGNED,
    pi_fields_json LONGTEXT)
    RETURNS BINARY(16)
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    READS SQL DATA
    COMMENT 'The order whose return URL was called'
BEGIN
    DECLARE v_order_key BINARY(16);
    DECLARE v_text LONGTEXT;
    -- It serves an error's answer: what is wrong with the message was said already.
    DECLARE EXIT HANDLER FOR SQLEXCEPTION RETURN NULL;

    IF pi_shop_id IS NULL OR pi_fields_json IS NULL OR NOT JSON_VALID(pi_fields_json) THEN
        RETURN NULL;
    END IF;
    SET v_text = _json_text(pi_fields_json, '_order_key');
    IF v_text REGEXP '\\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z' THEN
        SELECT order_key INTO v_order_key
        FROM shop_orders WHERE order_key = UNHEX(REPLACE(v_text, '-', '')) AND shop_id = pi_shop_id;
    END IF;
    RETURN v_order_key;
END//
DELIMITER ;
