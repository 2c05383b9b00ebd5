-- bench_floor: the row writes of a three-line order and nothing else. Part of the benchmark, never of a shop.
--
-- No check, no read, no price: everything that a row needs is given. What this costs, shop_order_insert cannot go
-- below while it writes these rows.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS bench_floor;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE bench_floor(
    pi_user_id VARCHAR(63), pi_number VARCHAR(64), pi_key BINARY(16), pi_code CHAR(17), pi_sha256 BINARY(32),
    pi_now DATETIME(6), pi_expires_at DATETIME(6), pi_products DECIMAL(18,2), pi_shipping DECIMAL(18,2),
    pi_total DECIMAL(18,2), pi_supply DECIMAL(18,2), pi_vat DECIMAL(18,2),
    pi_cart_1 BIGINT UNSIGNED, pi_product_1 VARCHAR(30), pi_name_1 VARCHAR(200), pi_price_1 DECIMAL(18,2),
    pi_quantity_1 INT UNSIGNED, pi_amount_1 DECIMAL(18,2), pi_policy_1 INT UNSIGNED,
    pi_price_id_1 BIGINT UNSIGNED, pi_rule_id_1 BIGINT UNSIGNED,
    pi_cart_2 BIGINT UNSIGNED, pi_product_2 VARCHAR(30), pi_name_2 VARCHAR(200), pi_price_2 DECIMAL(18,2),
    pi_quantity_2 INT UNSIGNED, pi_amount_2 DECIMAL(18,2), pi_policy_2 INT UNSIGNED,
    pi_price_id_2 BIGINT UNSIGNED, pi_rule_id_2 BIGINT UNSIGNED,
    pi_cart_3 BIGINT UNSIGNED, pi_product_3 VARCHAR(30), pi_name_3 VARCHAR(200), pi_price_3 DECIMAL(18,2),
    pi_quantity_3 INT UNSIGNED, pi_amount_3 DECIMAL(18,2), pi_policy_3 INT UNSIGNED,
    pi_price_id_3 BIGINT UNSIGNED, pi_rule_id_3 BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'The row writes of an order, for the benchmark'
BEGIN
    DECLARE v_order BIGINT UNSIGNED;

    START TRANSACTION;
    UPDATE shop_cart_headers SET version = version + 1 WHERE shop_id = 1 AND user_id = pi_user_id;
    INSERT INTO shop_orders
        (shop_id, order_number, order_key, order_code, order_date, order_mode, order_status, user_id,
         user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail,
         delivery_msg, currency, line_count, product_total_price, discount_total, point_used, shipping_fee,
         total_payment, supply_amount, vat_amount, tax_free_amount, client_total, request_sha256, pg,
         merchant_id, pay_type, expires_at, update_date, vat_rate, pricing_version)
    VALUES
        (1, pi_number, pi_key, pi_code, pi_now, 'cart', 1, pi_user_id,
         '홍길동', '010-0000-0000', '홍길동', '010-0000-0000', '04524', '서울 중구 세종대로 110', '1층',
         '문 앞', 'KRW', 3, pi_products, 0, 0, pi_shipping,
         pi_total, pi_supply, pi_vat, 0, pi_total, pi_sha256, 'wallet',
         'M1', 'wallet', pi_expires_at, pi_now, 0.1, 1);
    SET v_order = LAST_INSERT_ID();
    DELETE FROM shop_cart WHERE seq_no IN (pi_cart_1, pi_cart_2, pi_cart_3);
    INSERT INTO shop_order_product
        (order_seq_no, line_no, shop_id, product_id, product_name, option_hash, option_name, unit_price, quantity,
         line_amount, tax_type, delivery_policy_id, cart_seq_no, price_id, rule_id, live_cart_seq_no)
    VALUES
        (v_order, 1, 1, pi_product_1, pi_name_1, '__noopt__', '', pi_price_1, pi_quantity_1, pi_amount_1, 'taxable',
         pi_policy_1, pi_cart_1, pi_price_id_1, pi_rule_id_1, pi_cart_1),
        (v_order, 2, 1, pi_product_2, pi_name_2, '__noopt__', '', pi_price_2, pi_quantity_2, pi_amount_2, 'taxable',
         pi_policy_2, pi_cart_2, pi_price_id_2, pi_rule_id_2, pi_cart_2),
        (v_order, 3, 1, pi_product_3, pi_name_3, '__noopt__', '', pi_price_3, pi_quantity_3, pi_amount_3, 'taxable',
         pi_policy_3, pi_cart_3, pi_price_id_3, pi_rule_id_3, pi_cart_3);
    INSERT INTO shop_order_logs
        (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
    VALUES (v_order, pi_now, 0, 1, 'order', 'buyer', USER(), '');
    INSERT INTO shop_stock_reservations
        (order_seq_no, shop_id, product_id, option_hash, slot, quantity, state, expires_at, update_date)
    VALUES
        (v_order, 1, pi_product_1, '__noopt__', 0, pi_quantity_1, 'held', pi_expires_at, pi_now),
        (v_order, 1, pi_product_2, '__noopt__', 0, pi_quantity_2, 'held', pi_expires_at, pi_now),
        (v_order, 1, pi_product_3, '__noopt__', 0, pi_quantity_3, 'held', pi_expires_at, pi_now);
    UPDATE shop_stock SET free = free - pi_quantity_1
    WHERE shop_id = 1 AND product_id = pi_product_1 AND option_hash = '__noopt__' AND slot = 0;
    UPDATE shop_stock SET free = free - pi_quantity_2
    WHERE shop_id = 1 AND product_id = pi_product_2 AND option_hash = '__noopt__' AND slot = 0;
    UPDATE shop_stock SET free = free - pi_quantity_3
    WHERE shop_id = 1 AND product_id = pi_product_3 AND option_hash = '__noopt__' AND slot = 0;
    COMMIT;
END//
DELIMITER ;
