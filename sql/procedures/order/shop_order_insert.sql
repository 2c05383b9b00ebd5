-- shop_order_insert: turn cart rows into an order, exactly once, at the right price. One call, one transaction:
--
--   lock the buyer's cart -> is the key known? -> order; cart rows become lines, priced again -> compare the total with
--   what the buyer saw -> amounts, log -> hold stock, the hot rows, last -> COMMIT
--
-- An order of total 0 has nothing to pay and is paid at once.
--
-- Parameters
--   pi_shop_id          shop
--   pi_user_id          buyer
--   pi_mTrdNo           the shop's transaction number: letters, digits, . _ -, at most 64. Idempotency key
--   pi_cart_ids_json    JSON array of cart rows, see _read_ids
--   pi_address_id       stored address, or
--   pi_receiver_json    a typed one, see _read_receiver
--   pi_coupon_ids_json  JSON array of coupons, or NULL
--   pi_point_to_use     points, or NULL
--   pi_client_total     the total the buyer saw; required, compared, never charged
--   pi_order_mode       cart | direct; also cart_all, cart_selected, direct_buy; NULL or '' = cart
--   pi_pg               payment gateway
-- Returns one row
--   result, replayed (1 = this request was answered before), order_number, order_key, order_code, order_status,
--   next_step (see _next_step), currency, total_payment, expires_at, location: the shop's page for an order that cannot
--   be paid (any more), NULL while it can. With errors: the shop's page that says why. events: for counters, what was
--   done to orders: order, or order and free
-- then how to pay: pay_method (GET | POST), pay_url, pay_fields_json (see _payment_fields), while it can be paid
-- Errors
--   INVALID_INPUT, SHOP_NOT_FOUND, IDEMPOTENCY_MISMATCH (same key, other request or other buyer), CART_NOT_FOUND
--   (consumed, foreign or unknown), ADDRESS_NOT_FOUND, PG_NOT_AVAILABLE, COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH
--   PRODUCT_UNAVAILABLE  with the set lines
--   PRICE_CHANGED        with the sets quote and lines: what it costs now
--   OUT_OF_STOCK         with the set shortage
--   STATE_NOT_ALLOWED    a free order, when shop_order_transitions does not let it be paid
--   A call that failed left nothing: its key is free.
-- Locks, in this order
--   cart header; order, lines and holds (new); cart rows; stock by (product, option)
-- Example
--   CALL shop_order_insert(1, 'demo1', 'T20261120-0001', '[1,2]', '1', NULL, NULL, NULL, '33000', 'cart', 'wallet');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_insert(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         TEXT,
    pi_mTrdNo          TEXT,
    pi_cart_ids_json   LONGTEXT,
    pi_address_id      TEXT,
    pi_receiver_json   LONGTEXT,
    pi_coupon_ids_json LONGTEXT,
    pi_point_to_use    TEXT,
    pi_client_total    TEXT,
    pi_order_mode      TEXT,
    pi_pg              TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Turns cart rows into an order, exactly once'
shop_order_insert: BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_more     VARCHAR(20);
    DECLARE v_shortage LONGTEXT;
    -- the request
    DECLARE v_ids LONGTEXT;
    DECLARE v_coupon_ids LONGTEXT DEFAULT '[]';
    DECLARE v_id_count INT UNSIGNED;
    DECLARE v_mode VARCHAR(8);
    DECLARE v_client_total DECIMAL(18,2);
    DECLARE v_point DECIMAL(18,2) DEFAULT 0;
    DECLARE v_address_id BIGINT UNSIGNED;
    DECLARE v_name VARCHAR(60);
    DECLARE v_phone VARCHAR(20);
    DECLARE v_post_code VARCHAR(10);
    DECLARE v_address, v_address_detail, v_delivery_msg VARCHAR(200);
    DECLARE v_request_sha256 BINARY(32);
    -- the shop
    DECLARE v_currency CHAR(3);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_tolerance DECIMAL(18,2);
    DECLARE v_utc_offset SMALLINT;
    DECLARE v_reservation_minutes INT UNSIGNED;
    DECLARE v_gateway_url VARCHAR(200);
    -- the payment gateway
    DECLARE v_merchant_id VARCHAR(40);
    DECLARE v_pay_type VARCHAR(20);
    DECLARE v_pay_method VARCHAR(4);
    DECLARE v_pay_url VARCHAR(400);
    DECLARE v_pay_fields, v_pay_hash_template, v_secret_key TEXT;
    -- the order
    DECLARE v_attempt TINYINT UNSIGNED DEFAULT 0;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_known_sha256 BINARY(32);
    DECLARE v_status TINYINT UNSIGNED DEFAULT 1;
    DECLARE v_order_key CHAR(36);
    DECLARE v_order_code CHAR(17);
    DECLARE v_stored_address BIGINT UNSIGNED;
    DECLARE v_user_name VARCHAR(60);
    DECLARE v_user_phone VARCHAR(20);
    DECLARE v_line_count INT UNSIGNED;
    DECLARE v_unorderable VARCHAR(30);
    DECLARE v_slots SMALLINT UNSIGNED;
    DECLARE v_product_total, v_shipping_fee, v_total, v_supply, v_vat, v_tax_free DECIMAL(18,2);
    DECLARE v_now, v_expires_at DATETIME(6);
    DECLARE v_location TEXT;
    DECLARE v_next_step VARCHAR(12) DEFAULT 'pay';

    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        SET v_more = CASE v_message
            WHEN 'PRICE_CHANGED' THEN 'quote,lines'
            WHEN 'PRODUCT_UNAVAILABLE' THEN 'lines'
            WHEN 'OUT_OF_STOCK' THEN 'shortage'
            ELSE '' END;
        IF v_more = 'shortage' THEN
            CALL _shortage(pi_shop_id, pi_user_id, v_ids, v_shortage);
        END IF;
        SELECT error_url INTO v_location FROM shops WHERE shop_id = pi_shop_id;
        CALL _failed('shop_order_insert', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail, v_more,
                     CASE v_sqlstate WHEN '45000' THEN _refusal_url(v_location, pi_mTrdNo, v_message, v_field, v_shortage) END,
                     JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                                 'mTrdNo', LEFT(pi_mTrdNo, 64), 'cart_ids', LEFT(pi_cart_ids_json, 500)));
        -- What the buyer must see now: amounts and lines of one moment, after this order has given its cart back.
        IF v_more <> '' THEN
            CALL _start_reading();
            CASE v_more
                WHEN 'quote,lines' THEN
                    CALL calc_cart_totals(NULL, pi_shop_id, pi_user_id, v_ids, v_digits, v_vat_rate, NULL, NULL,
                                          v_line_count, v_unorderable, v_slots, v_product_total, v_shipping_fee,
                                          v_total, v_supply, v_vat, v_tax_free);
                    CALL _select_amounts(v_currency, v_digits, v_product_total, v_shipping_fee, v_total, v_supply,
                                         v_vat, v_tax_free);
                    CALL _select_lines(pi_shop_id, pi_user_id, v_ids);
                WHEN 'lines' THEN CALL _select_lines(pi_shop_id, pi_user_id, v_ids);
                ELSE CALL _select_shortage(v_shortage);
            END CASE;
            COMMIT AND NO CHAIN NO RELEASE;
        END IF;
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    CALL _check_user(pi_user_id);
    IF pi_mTrdNo IS NULL OR pi_mTrdNo NOT REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z' THEN
        CALL _raise('INVALID_INPUT', 'mTrdNo', '1 to 64 of letters, digits, . _ -');
    END IF;
    IF pi_pg IS NULL OR CHAR_LENGTH(pi_pg) NOT BETWEEN 1 AND 20 OR pi_pg LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'pg', 'required');
    END IF;
    SET v_mode = CASE COALESCE(pi_order_mode, '')
        WHEN '' THEN 'cart' WHEN 'cart' THEN 'cart' WHEN 'cart_all' THEN 'cart' WHEN 'cart_selected' THEN 'cart'
        WHEN 'direct' THEN 'direct' WHEN 'direct_buy' THEN 'direct' END;
    IF v_mode IS NULL THEN
        CALL _raise('INVALID_INPUT', 'mode', 'cart or direct');
    END IF;
    CALL _read_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_id_count);
    CALL _read_receiver(pi_address_id, pi_receiver_json, v_address_id, v_name, v_phone, v_post_code, v_address,
                        v_address_detail, v_delivery_msg);
    IF pi_coupon_ids_json IS NOT NULL OR pi_point_to_use IS NOT NULL THEN
        CALL _read_coupons_and_points(pi_coupon_ids_json, pi_point_to_use, v_coupon_ids, v_point);
    END IF;
    CALL _read_amount(pi_client_total, 'trdAmt', v_client_total);
    SET v_request_sha256 = UNHEX(SHA2(CONCAT_WS('\n', pi_shop_id, pi_user_id, v_ids,
        COALESCE(v_address_id, CONCAT_WS('\t', v_name, v_phone, v_post_code, v_address, v_address_detail,
                                         v_delivery_msg)),
        v_coupon_ids, v_point, v_client_total, v_mode, pi_pg), 256));

    order_or_again: LOOP
        BEGIN
            -- 1062: somebody else has just used this key, or the random order code. 1213: MariaDB can keep the lock of
            -- a stock slot that SKIP LOCKED has passed over, when its holder commits in that moment. Look again.
            DECLARE EXIT HANDLER FOR 1062, 1213
            BEGIN
                ROLLBACK AND NO CHAIN NO RELEASE;
                SET v_attempt = v_attempt + 1;
                IF v_attempt = 5 THEN
                    RESIGNAL;
                END IF;
            END;

            SET v_step = 'lock the cart';
            CALL _lock_cart(pi_shop_id, pi_user_id);

            -- The shop, who buys, where it goes, who collects the money, and the order if it is there already: a row by
            -- unique key from each table.
            SET v_step = 'read the parties', v_order_seq_no = NULL;
            SELECT s.currency, s.currency_digits, s.vat_rate,
                   COALESCE(s.total_tolerance, CASE s.currency_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END),
                   s.utc_offset_minutes, s.reservation_minutes, s.gateway_url, o.seq_no, o.request_sha256,
                   a.seq_no, COALESCE(a.receiver_name, v_name), COALESCE(a.receiver_phone, v_phone),
                   COALESCE(a.post_code, v_post_code), COALESCE(a.address, v_address),
                   COALESCE(a.address_detail, v_address_detail), COALESCE(a.delivery_msg, v_delivery_msg),
                   COALESCE(m.user_name, a.receiver_name, v_name), COALESCE(m.user_phone, a.receiver_phone, v_phone),
                   p.merchant_id, p.pay_type, p.request_method, p.request_url, p.request_fields_json,
                   p.request_hash_template, p.secret_key
            INTO v_currency, v_digits, v_vat_rate, v_tolerance, v_utc_offset, v_reservation_minutes, v_gateway_url,
                 v_order_seq_no, v_known_sha256, v_stored_address, v_name, v_phone, v_post_code, v_address,
                 v_address_detail, v_delivery_msg, v_user_name, v_user_phone, v_merchant_id, v_pay_type,
                 v_pay_method, v_pay_url, v_pay_fields, v_pay_hash_template, v_secret_key
            FROM shops s
            LEFT JOIN shop_orders o ON o.shop_id = s.shop_id AND o.order_number = pi_mTrdNo
            LEFT JOIN member m ON m.shop_id = s.shop_id AND m.user_id = pi_user_id
            LEFT JOIN shop_shipping_address a
                ON a.seq_no = v_address_id AND a.shop_id = s.shop_id AND a.user_id = pi_user_id
            LEFT JOIN shop_pg_adapters p ON p.shop_id = s.shop_id AND p.enabled_pg = pi_pg
            WHERE s.shop_id = pi_shop_id;

            SET v_step = 'look the key up';
            IF v_order_seq_no IS NOT NULL THEN
                IF v_known_sha256 <> v_request_sha256 THEN
                    CALL _raise('IDEMPOTENCY_MISMATCH', 'mTrdNo', '');
                END IF;
                IF LOCATE('{', pi_cart_ids_json) > 0 THEN
                    CALL _check_quantities(v_order_seq_no, pi_shop_id, pi_user_id, pi_cart_ids_json);
                END IF;
                COMMIT AND NO CHAIN NO RELEASE;
                SET v_step = 'answer';
                CALL _select_known_order(v_order_seq_no);
                LEAVE shop_order_insert;
            END IF;

            SET v_step = 'check the parties';
            IF v_client_total <> FLOOR(v_client_total) THEN
                CALL _check_digits(v_client_total, v_digits, 'trdAmt');
            END IF;
            IF v_point > 0 THEN
                CALL _check_digits(v_point, v_digits, 'point_to_use');
            END IF;
            IF v_address_id IS NOT NULL AND v_stored_address IS NULL THEN
                CALL _raise('ADDRESS_NOT_FOUND', 'address_id', v_address_id);
            END IF;
            IF v_merchant_id IS NULL THEN
                CALL _raise('PG_NOT_AVAILABLE', 'pg', pi_pg);
            END IF;

            IF v_coupon_ids <> '[]' OR v_point > 0 THEN
                CALL _hold_coupons_and_points(v_coupon_ids, v_point);
            END IF;

            -- First without amounts: they are computed from its lines, which need its number.
            SET v_step = 'write the order';
            SET v_now = UTC_TIMESTAMP(6), v_expires_at = v_now + INTERVAL v_reservation_minutes MINUTE,
                v_order_key = _new_uuid(), v_order_code = _new_order_code(v_now + INTERVAL v_utc_offset MINUTE);
            INSERT INTO shop_orders
                (shop_id, order_number, order_key, order_code, order_date, order_mode, order_status, user_id,
                 user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail,
                 delivery_msg, currency, line_count, product_total_price, discount_total, point_used, shipping_fee,
                 total_payment, supply_amount, vat_amount, tax_free_amount, client_total, request_sha256, pg,
                 merchant_id, pay_type, expires_at, update_date)
            VALUES
                (pi_shop_id, pi_mTrdNo, UNHEX(REPLACE(v_order_key, '-', '')), v_order_code, v_now, v_mode, v_status,
                 pi_user_id, v_user_name, v_user_phone, v_name, v_phone, v_post_code, v_address, v_address_detail,
                 v_delivery_msg, v_currency, v_id_count, 0, 0, 0, 0, 0, 0, 0, 0, v_client_total,
                 v_request_sha256, pi_pg, v_merchant_id, v_pay_type, v_expires_at, v_now);
            SET v_order_seq_no = LAST_INSERT_ID();

            SET v_step = 'price the lines';
            CALL calc_cart_totals(v_order_seq_no, pi_shop_id, pi_user_id, v_ids, v_digits, v_vat_rate, v_now,
                                  v_expires_at, v_line_count, v_unorderable, v_slots, v_product_total,
                                  v_shipping_fee, v_total, v_supply, v_vat, v_tax_free);
            IF v_line_count <> v_id_count THEN
                CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
            END IF;
            IF v_unorderable IS NOT NULL THEN
                CALL _raise('PRODUCT_UNAVAILABLE', 'selected_cart_ids', v_unorderable);
            END IF;
            -- Held against the lines that were just written: nobody changes them, a hand may change the cart.
            IF LOCATE('{', pi_cart_ids_json) > 0 THEN
                CALL _check_quantities(v_order_seq_no, pi_shop_id, pi_user_id, pi_cart_ids_json);
            END IF;
            IF ABS(v_total - v_client_total) > v_tolerance THEN
                CALL _raise('PRICE_CHANGED', 'trdAmt', v_total);
            END IF;
            UPDATE shop_orders
            SET product_total_price = v_product_total, shipping_fee = v_shipping_fee, total_payment = v_total,
                supply_amount = v_supply, vat_amount = v_vat, tax_free_amount = v_tax_free,
                -- As in v_order_seals; from left to right, so that it has the amounts above.
                seal = CRC32(CONCAT_WS('\n', seq_no, shop_id, order_number, HEX(order_key), order_code, order_date, order_mode, user_id,
                       user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail,
                       delivery_msg, currency, line_count, product_total_price, discount_total, point_used, shipping_fee,
                       total_payment, supply_amount, vat_amount, tax_free_amount, client_total, HEX(request_sha256), pg,
                       merchant_id, pay_type, restored_at))
            WHERE seq_no = v_order_seq_no;
            CALL _order_log(v_order_seq_no, 0, 1, 'order', 'buyer', '');

            SET v_step = 'hold the stock';
            CALL _stock_hold(v_order_seq_no, pi_shop_id, v_slots, v_expires_at);
            IF v_total = 0 THEN
                SET v_step = 'settle a free order';
                CALL _settle_free_order(v_order_seq_no, v_status);
            END IF;
            COMMIT AND NO CHAIN NO RELEASE;
            LEAVE order_or_again;
        END;
    END LOOP;

    SET v_step = 'answer';
    -- The usual answer needs no function: a statement that names one costs several times as much.
    IF v_status <> 1 OR v_expires_at <= v_now THEN
        SET v_next_step = _next_step(v_status, v_expires_at, NULL);
    END IF;
    IF v_status <> 1 THEN
        SELECT _order_url(result_url, error_url, v_status, UNHEX(REPLACE(v_order_key, '-', '')), pi_mTrdNo) INTO v_location
        FROM shops WHERE shop_id = pi_shop_id;
    END IF;
    SELECT 'OK' AS result, 0 AS replayed, pi_mTrdNo AS order_number, v_order_key AS order_key,
           v_order_code AS order_code, v_status AS order_status, v_next_step AS next_step, v_currency AS currency,
           v_total AS total_payment, v_expires_at AS expires_at, v_location AS location,
           CASE v_status WHEN 1 THEN 'order' ELSE 'order,free' END AS events;
    SELECT v_pay_method AS pay_method, v_pay_url AS pay_url,
           _payment_fields(v_pay_fields, v_pay_hash_template, v_secret_key, v_merchant_id, v_order_key, pi_mTrdNo, v_total,
                           v_digits, v_gateway_url, pi_pg, product_name, v_line_count) AS pay_fields_json
    FROM shop_order_product WHERE order_seq_no = v_order_seq_no AND line_no = 1 AND v_status = 1;
END//
DELIMITER ;
