-- _refuse_order: check an order that is made with care: the first thing that stands against it is
-- its refusal.
--
-- Parameters
--   pi_shop_id, pi_user_id, pi_cart_ids_json, pi_pg   as shop_order_insert gets them
--   pi_ids, pi_id_count, pi_point, pi_cash, pi_client_total, pi_address_id
--                                                     as _parse_order returns them; the total NULL
--                                                     when it names a quote that is not kept
--   pi_coupon_fault                                   as _price_discounts returns it
--   pi_credit_fault                                   as _price_credits returns it
--   pi_digits, pi_tolerance                           of the shop
--   pi_name, pi_merchant_id                           what was found of the address and the payment
--                                                     gateway, NULL = nothing
--   pi_product_total … pi_total                       what the rows cost, see shop_order_insert
--   pi_undelivered                                    rows that are not delivered there, or '[]'
-- Returns nothing
-- Errors  INVALID_INPUT, ADDRESS_NOT_FOUND, PG_NOT_AVAILABLE, COUPON_NOT_AVAILABLE,
--   POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH, PRODUCT_UNAVAILABLE, CART_IN_CHECKOUT, CART_NOT_FOUND,
--   QUANTITY_NOT_ALLOWED, AREA_NOT_SERVED, PRICE_CHANGED (unless shops.price_change is go_on)
-- Locks   none: the caller holds the cart
-- Example
--   CALL _refuse_order(1, 'demo1', '[1]', '[1]', 1, NULL, NULL, 0, 0, 1000, 0, 1, NULL, NULL,
--       'wallet', 'M1', 1000, 0, 0, 1000, '[]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_order(
    pi_shop_id        INT UNSIGNED,
    pi_user_id        VARCHAR(63),
    pi_cart_ids_json  LONGTEXT,
    pi_ids            LONGTEXT,
    pi_id_count       INT UNSIGNED,
    pi_coupon_fault   TEXT,
    pi_credit_fault   TEXT,
    pi_point          DECIMAL(18,2),
    pi_cash           DECIMAL(18,2),
    pi_client_total   DECIMAL(18,2),
    pi_digits         TINYINT UNSIGNED,
    pi_tolerance      DECIMAL(18,2),
    pi_address_id     BIGINT UNSIGNED,
    pi_name           TEXT,
    pi_pg             VARCHAR(20),
    pi_merchant_id    VARCHAR(40),
    pi_product_total  DECIMAL(52,2),
    pi_tax_free       DECIMAL(52,2),
    pi_shipping_fee   DECIMAL(52,2),
    pi_total          DECIMAL(52,2),
    pi_undelivered    LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses an order by the first reason'
BEGIN
    DECLARE v_count INT UNSIGNED;
    DECLARE v_price_change VARCHAR(5);

    CALL _check_digits(pi_client_total, pi_digits, 'trdAmt');
    CALL _check_digits(pi_point, pi_digits, 'point_to_use');
    CALL _check_digits(pi_cash, pi_digits, 'cash_to_use');
    IF pi_address_id IS NOT NULL AND pi_name IS NULL THEN
        CALL _raise('ADDRESS_NOT_FOUND', 'address_id', pi_address_id);
    END IF;
    IF pi_merchant_id IS NULL THEN
        CALL _raise('PG_NOT_AVAILABLE', 'pg', pi_pg);
    END IF;
    CALL _check_amounts(pi_product_total, pi_tax_free, pi_shipping_fee,
                        pi_shop_id, pi_user_id, pi_ids);
    CALL _refuse_checkout(pi_shop_id, pi_user_id, pi_ids, 'selected_cart_ids');
    CALL _count_rows(pi_shop_id, pi_user_id, pi_ids, v_count);
    IF v_count <> pi_id_count THEN
        CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
    END IF;
    CALL _refuse_row(pi_shop_id, pi_user_id, pi_ids);
    CALL _refuse_option(pi_shop_id, pi_user_id, pi_ids);
    CALL _refuse_quantity(pi_shop_id, pi_user_id, pi_ids);
    IF pi_undelivered <> '[]' THEN
        CALL _raise('AREA_NOT_SERVED', 'post_code', pi_undelivered);
    END IF;
    IF LOCATE('{', pi_cart_ids_json) > 0 THEN
        CALL _check_quantities(NULL, pi_shop_id, pi_user_id, pi_cart_ids_json);
    END IF;
    IF pi_coupon_fault IS NOT NULL THEN
        CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_ids', pi_coupon_fault);
    END IF;
    CALL _refuse_credits(pi_credit_fault);
    IF NOT COALESCE(ABS(pi_total - pi_client_total) <= pi_tolerance, 0) THEN
        SELECT price_change INTO v_price_change FROM shops WHERE shop_id = pi_shop_id;
        IF pi_client_total IS NULL OR v_price_change = 'stop' THEN
            CALL _raise('PRICE_CHANGED', CASE WHEN pi_client_total IS NULL THEN 'quote_id'
                                              ELSE 'trdAmt' END, pi_total);
        END IF;
    END IF;
END//
DELIMITER ;
