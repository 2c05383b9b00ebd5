-- shop_order_explain: how the total of a cart would come about if it were ordered now: every rule
-- that fires, in order, with its amount. Nothing is written: no quote is kept, no price promised.
--
-- Parameters
--   pi_shop_id          shop
--   pi_user_id          buyer
--   pi_cart_ids_json    JSON array of cart rows, see _parse_ids
--   pi_address_id       stored address, or one of the two below; NULL or '' = the default one, if
--                       any
--   pi_receiver_json    a typed address, see _parse_receiver
--   pi_post_code        a postal code alone
--   pi_coupon_ids_json  JSON array of coupon_id; NULL, '' or [] = none
--   pi_point_to_use, pi_cash_to_use   points and cash, or NULL
-- Returns one row
--   result, currency, product_total_price, discount_total, shipping_fee, point_used, cash_used,
--   total_payment, supply_amount, vat_amount, tax_free_amount, undelivered_ids_json (see
--   shop_order_quote)
-- then the steps (see _select_steps)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, ADDRESS_NOT_FOUND, PRODUCT_UNAVAILABLE (a
--   row whose amount has more than 15 digits), COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH,
--   CASH_NOT_ENOUGH
-- Locks   none
-- Example
--   CALL shop_order_explain(1, 'demo1', '[1,2]', NULL, NULL, '63001', NULL, NULL, NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_explain;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_explain(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         TEXT,
    pi_cart_ids_json   LONGTEXT,
    pi_address_id      TEXT,
    pi_receiver_json   LONGTEXT,
    pi_post_code       TEXT,
    pi_coupon_ids_json LONGTEXT,
    pi_point_to_use    TEXT,
    pi_cash_to_use     TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'How the total of a cart comes about'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail, v_coupon_fault, v_credit_fault TEXT;
    DECLARE v_ids, v_coupon_ids, v_found_ids, v_list, v_parcels, v_undelivered, v_discounts,
        v_shares LONGTEXT;
    DECLARE v_id_count, v_count, v_promotions INT UNSIGNED;
    DECLARE v_address_id, v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_post_code VARCHAR(10);
    DECLARE v_point, v_cash DECIMAL(18,2) DEFAULT 0;
    DECLARE v_no_point, v_no_cash DECIMAL(18,2) DEFAULT 0;
    DECLARE v_product_total, v_shipping_fee, v_discount, v_total, v_supply, v_vat,
        v_tax_free DECIMAL(18,2);
    DECLARE v_currency CHAR(3);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_now DATETIME(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_order_explain', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'cart_ids', LEFT(pi_cart_ids_json, 500)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    CALL _parse_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_id_count);
    CALL _parse_destination(pi_address_id, pi_receiver_json, pi_post_code, v_address_id,
                            v_post_code);
    CALL _parse_coupons_and_credits(pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use,
                                    v_coupon_ids, v_point, v_cash);

    SET v_step = 'read the shop';
    CALL _fit_session();
    CALL _start_reading();
    SET v_now = UTC_TIMESTAMP(6);
    SELECT MAX(currency), MAX(currency_digits), MAX(vat_rate), MAX(promotions)
    INTO v_currency, v_digits, v_vat_rate, v_promotions
    FROM shops
    WHERE shop_id = pi_shop_id;
    IF v_currency IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    CALL _check_digits(v_point, v_digits, 'point_to_use');
    CALL _check_digits(v_cash, v_digits, 'cash_to_use');
    IF v_post_code IS NULL THEN
        SELECT MAX(post_code) INTO v_post_code
        FROM shop_shipping_address
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id
          AND CASE WHEN v_address_id IS NULL THEN is_default = 1 ELSE seq_no = v_address_id END;
        IF v_post_code IS NULL AND v_address_id IS NOT NULL THEN
            CALL _raise('ADDRESS_NOT_FOUND', 'address_id', pi_address_id);
        END IF;
    END IF;

    -- The rows, and where they go; then, of what was priced, everything with its rule.
    SET v_step = 'price the rows';
    CALL calc_cart_totals(pi_shop_id, pi_user_id, v_ids, v_digits, v_vat_rate, v_post_code, '[]',
        v_no_point, v_no_cash, v_count, v_found_ids, v_list, v_product_total, v_shipping_fee,
        v_discount, v_total, v_supply, v_vat, v_tax_free, v_discounts, v_area_rule_id);
    IF v_count <> v_id_count THEN
        CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
    END IF;
    SET v_list = COALESCE(v_list, '[]');
    CALL _price_list(pi_shop_id, pi_user_id, v_list, v_coupon_ids, v_promotions, NULL,
        v_area_rule_id, v_point, v_cash, v_digits, v_vat_rate, v_now, v_product_total,
        v_shipping_fee, v_parcels, v_undelivered, v_discounts, v_discount, v_shares, v_total,
        v_supply, v_vat, v_tax_free, v_coupon_fault, v_credit_fault);
    IF v_coupon_fault IS NOT NULL THEN
        CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_ids', v_coupon_fault);
    END IF;
    CALL _refuse_credits(v_credit_fault);

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_currency AS currency, v_product_total AS product_total_price,
           v_discount AS discount_total, v_shipping_fee AS shipping_fee, v_point AS point_used,
           v_cash AS cash_used, v_total AS total_payment, v_supply AS supply_amount,
           v_vat AS vat_amount, v_tax_free AS tax_free_amount,
           v_undelivered AS undelivered_ids_json;
    CALL _select_steps(v_list, v_parcels, v_discounts, v_shares, v_area_rule_id, v_point, v_cash,
                       v_vat_rate, v_supply, v_vat, v_tax_free);
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
