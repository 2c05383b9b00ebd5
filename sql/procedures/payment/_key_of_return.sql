-- _key_of_return: whose order's return URL was called. Never derived from the message: an order key
-- is a secret that only its buyer and the payment gateway were told, and an order number can be
-- guessed. And the page where it is led.
--
-- Parameters
--   pi_shop_id      shop
--   pi_fields_json  the message, with the key of the URL as _order_key; may be anything
--   po_order_key    OUT: shop_orders.order_key, NULL when it names no order of the shop
--   po_error_url    OUT: the shop's page for what went wrong, NULL when there is no such shop
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _key_of_return(1, '{"_order_key":"01900000-0000-7000-8000-000000000000"}',
--       @order_key, @url);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _key_of_return;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _key_of_return(
    pi_shop_id       INT UNSIGNED,
    pi_fields_json   LONGTEXT,
    OUT po_order_key BINARY(16),
    OUT po_error_url TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The order whose return URL was called'
BEGIN
    DECLARE v_text LONGTEXT;
    -- It serves an error's answer: what is wrong with the message was said already.
    DECLARE EXIT HANDLER FOR SQLEXCEPTION SET po_order_key = NULL;

    SELECT error_url INTO po_error_url FROM shops WHERE shop_id = pi_shop_id;
    IF JSON_VALID(pi_fields_json) THEN
        SET v_text = _json_text(pi_fields_json, '_order_key');
    END IF;
    IF v_text REGEXP '\\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z' THEN
        SELECT order_key INTO po_order_key
        FROM shop_orders WHERE order_key = UNHEX(REPLACE(v_text, '-', '')) AND shop_id = pi_shop_id;
    END IF;
END//
DELIMITER ;
