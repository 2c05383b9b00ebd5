-- shop_order_quote: what order_form.php shows before the order is placed.
--
-- Parameters
--   pi_shop_id          shop
--   pi_user_id          buyer
--   pi_cart_ids_json    JSON array of cart rows, see _read_ids
--   pi_address_id       stored address; NULL or '' = the default one, if any
--   pi_coupon_ids_json  JSON array of coupons, or NULL
--   pi_point_to_use     points, or NULL
-- Returns one row
--   result, currency, currency_digits, product_total_price, discount_total, point_used, shipping_fee, total_payment,
--   supply_amount, vat_amount, tax_free_amount, user_id, user_name, user_phone, address_id, receiver_name,
--   receiver_phone, post_code, address, address_detail, delivery_msg
-- then the lines (see _select_lines); a line with orderable = 0 would make the order fail
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, ADDRESS_NOT_FOUND, COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH
--   PRODUCT_UNAVAILABLE  with the set lines: a row whose amount has more than 15 digits before the point
-- Locks   none
-- Example
--   CALL shop_order_quote(1, 'demo1', '[1,2]', NULL, NULL, NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_quote;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_quote(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         TEXT,
    pi_cart_ids_json   LONGTEXT,
    pi_address_id      TEXT,
    pi_coupon_ids_json LONGTEXT,
    pi_point_to_use    TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Buyer, address, lines and totals before the order'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_ids, v_found_ids, v_coupon_ids LONGTEXT;
    DECLARE v_id_count, v_line_count INT UNSIGNED;
    DECLARE v_user_name VARCHAR(60);
    DECLARE v_user_phone VARCHAR(20);
    DECLARE v_address_id BIGINT UNSIGNED;
    DECLARE v_currency CHAR(3);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_product_total, v_shipping_fee, v_total, v_supply, v_vat, v_tax_free DECIMAL(18,2);
    DECLARE v_point DECIMAL(18,2) DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _failed('shop_order_quote', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail,
                     CASE v_message WHEN 'PRODUCT_UNAVAILABLE' THEN 'lines' ELSE '' END, NULL,
                     JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63), 'cart_ids', LEFT(pi_cart_ids_json, 500)));
        IF v_message = 'PRODUCT_UNAVAILABLE' THEN
            CALL _select_lines(pi_shop_id, pi_user_id, v_ids);
        END IF;
        RESIGNAL;
    END;

    -- The usual request is recognised by what it looks like, see shop_order_insert; anything else is read with care.
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF CONCAT_WS('\n', COALESCE(pi_user_id, ''), pi_cart_ids_json, COALESCE(pi_address_id, '')) REGEXP
        '\\A[!-~]{1,63}\n\\[[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,99}\\]\n([1-9][0-9]{0,17})?\\z' THEN
        SET v_ids = pi_cart_ids_json, v_address_id = NULLIF(pi_address_id, ''),
            v_id_count = 1 + CHAR_LENGTH(v_ids) - CHAR_LENGTH(REPLACE(v_ids, ',', ''));
    ELSE
        CALL _check_user(pi_user_id);
        CALL _read_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_id_count);
        IF COALESCE(pi_address_id, '') <> '' THEN
            CALL _read_id(pi_address_id, 'address_id', v_address_id);
        END IF;
    END IF;

    SET v_step = 'read the shop';
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 OR @@group_concat_max_len < 120 * v_id_count THEN
        CALL _fit_session();
    END IF;
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    START TRANSACTION READ ONLY;
    SELECT s.currency, s.currency_digits, s.vat_rate, m.user_name, m.user_phone
    INTO v_currency, v_digits, v_vat_rate, v_user_name, v_user_phone
    FROM shops s LEFT JOIN member m ON m.shop_id = s.shop_id AND m.user_id = pi_user_id
    WHERE s.shop_id = pi_shop_id;
    IF v_currency IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', '', pi_shop_id);
    END IF;
    IF pi_coupon_ids_json IS NOT NULL OR pi_point_to_use IS NOT NULL THEN
        CALL _read_coupons_and_points(pi_coupon_ids_json, pi_point_to_use, v_coupon_ids, v_point);
        CALL _check_digits(v_point, v_digits, 'point_to_use');
        CALL _hold_coupons_and_points(v_coupon_ids, v_point);
    END IF;

    SET v_step = 'price the lines';
    CALL calc_cart_totals(pi_shop_id, pi_user_id, v_ids, v_digits, v_vat_rate, v_line_count, v_found_ids, v_product_total, v_shipping_fee,
                          v_total, v_supply, v_vat, v_tax_free);
    IF NOT v_found_ids <=> v_ids THEN
        CALL _check_user(pi_user_id);
        CALL _read_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_id_count);
    END IF;
    IF v_line_count <> v_id_count THEN
        CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
    END IF;
    IF v_ids <> pi_cart_ids_json AND LOCATE('{', pi_cart_ids_json) > 0 THEN
        CALL _check_quantities(NULL, pi_shop_id, pi_user_id, pi_cart_ids_json);
    END IF;

    SET v_step = 'find the address';
    IF v_address_id IS NULL THEN
        SELECT MAX(seq_no) INTO v_address_id
        FROM shop_shipping_address
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND is_default = 1;
    ELSE
        SELECT COUNT(*) INTO v_line_count
        FROM shop_shipping_address
        WHERE seq_no = v_address_id AND shop_id = pi_shop_id AND user_id = pi_user_id;
        IF v_line_count = 0 THEN
            CALL _raise('ADDRESS_NOT_FOUND', 'address_id', v_address_id);
        END IF;
    END IF;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_currency AS currency, v_digits AS currency_digits,
           v_product_total AS product_total_price,
           CAST(0 AS DECIMAL(18,2)) AS discount_total, v_point AS point_used,
           v_shipping_fee AS shipping_fee, v_total AS total_payment,
           v_supply AS supply_amount, v_vat AS vat_amount, v_tax_free AS tax_free_amount,
           LEFT(pi_user_id, 63) AS user_id, v_user_name AS user_name, v_user_phone AS user_phone,
           a.seq_no AS address_id, a.receiver_name, a.receiver_phone, a.post_code, a.address, a.address_detail,
           a.delivery_msg
    FROM (SELECT 1) q
    LEFT JOIN shop_shipping_address a ON a.seq_no = v_address_id;
    CALL _select_lines(pi_shop_id, pi_user_id, v_ids);
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
