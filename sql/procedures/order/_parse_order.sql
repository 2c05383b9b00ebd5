-- _parse_order: read the request for an order with care: whatever it is, what is wrong with it
-- first is named.
--
-- Parameters
--   pi_…       as shop_order_insert gets them
--   po_ids, po_id_count      OUT: cart rows, see _parse_ids
--   po_coupon_ids, po_point, po_cash  OUT: '[]' and 0 without
--   po_client_total          OUT: the total the buyer saw
--   po_mode                  OUT: cart | direct
--   po_address_id … po_delivery_msg  OUT: see _parse_receiver
-- Returns nothing
-- Errors  INVALID_INPUT, naming the field
-- Locks   none
-- Example
--   CALL _parse_order('demo1', 'T-1', '[1,2]', '1', NULL, NULL, NULL, NULL, '33000', 'cart',
--       'wallet', NULL, @ids, @n, …);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_order(
    pi_user_id           TEXT,
    pi_mTrdNo            TEXT,
    pi_cart_ids_json     LONGTEXT,
    pi_address_id        TEXT,
    pi_receiver_json     LONGTEXT,
    pi_coupon_ids_json   LONGTEXT,
    pi_point_to_use      TEXT,
    pi_cash_to_use       TEXT,
    pi_client_total      TEXT,
    pi_order_mode        TEXT,
    pi_pg                TEXT,
    pi_quote_id          TEXT,
    OUT po_ids           LONGTEXT,
    OUT po_id_count      INT UNSIGNED,
    OUT po_coupon_ids    LONGTEXT,
    OUT po_point         DECIMAL(18,2),
    OUT po_cash          DECIMAL(18,2),
    OUT po_client_total  DECIMAL(18,2),
    OUT po_mode          VARCHAR(8),
    OUT po_address_id    BIGINT UNSIGNED,
    OUT po_name          VARCHAR(60),
    OUT po_phone         VARCHAR(20),
    OUT po_post_code     VARCHAR(10),
    OUT po_address       VARCHAR(200),
    OUT po_detail        VARCHAR(200),
    OUT po_delivery_msg  VARCHAR(200))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Reads the request for an order with care'
BEGIN
    CALL _check_user(pi_user_id);
    IF pi_mTrdNo IS NULL OR pi_mTrdNo NOT REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z' THEN
        CALL _raise('INVALID_INPUT', 'mTrdNo', '1 to 64 of letters, digits, . _ -');
    END IF;
    IF pi_pg IS NULL OR CHAR_LENGTH(pi_pg) NOT BETWEEN 1 AND 20 OR pi_pg LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'pg', 'required');
    END IF;
    SET po_mode = CASE COALESCE(pi_order_mode, '')
        WHEN '' THEN 'cart' WHEN 'cart' THEN 'cart'
        WHEN 'cart_all' THEN 'cart' WHEN 'cart_selected' THEN 'cart'
        WHEN 'direct' THEN 'direct' WHEN 'direct_buy' THEN 'direct' END;
    IF po_mode IS NULL THEN
        CALL _raise('INVALID_INPUT', 'mode', 'cart or direct');
    END IF;
    CALL _parse_ids(pi_cart_ids_json, 'selected_cart_ids', po_ids, po_id_count);
    CALL _parse_receiver(pi_address_id, pi_receiver_json, po_address_id, po_name, po_phone,
        po_post_code, po_address, po_detail, po_delivery_msg);
    SET po_coupon_ids = '[]', po_point = 0, po_cash = 0;
    IF COALESCE(pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use) IS NOT NULL THEN
        CALL _parse_coupons_and_credits(pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use,
            po_coupon_ids, po_point, po_cash);
    END IF;
    CALL _parse_amount(pi_client_total, 'trdAmt', po_client_total);
    CALL _check_quote_id(pi_quote_id);
END//
DELIMITER ;
