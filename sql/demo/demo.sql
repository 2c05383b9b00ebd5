-- Demonstration data, part 1: the shop, its members, its payment gateway and an account
-- for its pages.
--
-- For trying things out only; `make run` loads it, a deployment never does. Load it after the
-- schema, the catalogue and the procedures, products.sql and coupons.sql after it. Loading again is
-- harmless: rows that are there stay as they are.
--
-- Shop          1 (주문 데모), in KRW
-- Bearer key    demo-shop-key        (shop_keys holds its SHA-256 only)
-- Ticket key    number 1, demo-ticket-key-of-shop-1-public (in hex below; shop_ticket_keys holds
--               what HMAC makes of it)
-- Buyers        demo1 … demo20       (X-User-Id), two delivery addresses each; demo1 … demo16
--               have a third one in Jeju, the others live there; coupons, see coupons.sql
-- PG            wallet, merchant M_DEMO, hash key demo-hash-key: the sandbox-pg of this repository
-- Catalogue     database account jumun_demo_shop, password demo-shop,
--               may SELECT what its pages show, and change prices and the price policy

SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

-- The URLs are those of the default ports; `make run` corrects them when it was given others.
INSERT INTO shops (shop_id, shop_name, currency, currency_digits, gateway_url, result_url, error_url,
                   allowed_origins_json)
VALUES (1, '주문 데모', 'KRW', 0, 'http://127.0.0.1:18080', 'http://127.0.0.1:18083/result.php',
        'http://127.0.0.1:18083/result.php', '["http://127.0.0.1:18083"]')
ON DUPLICATE KEY UPDATE shop_id = shops.shop_id;

INSERT INTO shop_keys (key_sha256, shop_id, key_label, create_date)
VALUES (UNHEX(SHA2('demo-shop-key', 256)), 1, 'demo shop', UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE shop_id = shop_keys.shop_id;

CALL update_adm_ticket_key(1, '1', HEX('demo-ticket-key-of-shop-1-public'), NULL);

INSERT INTO member (shop_id, user_id, cust_no, user_name, user_phone)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
SELECT 1, CONCAT('demo', n.i), CONCAT('CUST', LPAD(n.i, 6, '0')), CONCAT('홍길동', n.i),
       CONCAT('010-0000-', LPAD(n.i, 4, '0'))
  FROM n
ON DUPLICATE KEY UPDATE shop_id = member.shop_id;

-- Home and work for every demo member that has no address yet; the last four live on an island.
INSERT INTO shop_shipping_address (shop_id, user_id, receiver_name, receiver_phone, post_code, address,
                                   address_detail, delivery_msg, is_default, update_date)
SELECT 1, m.user_id, m.user_name, m.user_phone,
       CASE WHEN m.i > 16 THEN LPAD(63000 + m.i, 5, '0') ELSE LPAD(m.i, 5, '0') END,
       CONCAT(CASE WHEN m.i > 16 THEN '제주특별자치도 예시시 보기로 ' ELSE '서울특별시 예시구 견본로 ' END, m.i),
       CONCAT(100 + m.i, '동 ', 1000 + m.i, '호'), '문 앞에 놓아 주세요', 1, UTC_TIMESTAMP(6)
  FROM (SELECT user_id, user_name, user_phone, CAST(SUBSTRING(user_id, 5) AS UNSIGNED) AS i
          FROM member
         WHERE shop_id = 1 AND user_id REGEXP '^demo[0-9]+$') AS m
 WHERE NOT EXISTS (SELECT 1 FROM shop_shipping_address AS a WHERE a.shop_id = 1 AND a.user_id = m.user_id);

INSERT INTO shop_shipping_address (shop_id, user_id, receiver_name, receiver_phone, post_code, address,
                                   address_detail, delivery_msg, is_default, update_date)
SELECT 1, m.user_id, CONCAT('김견본', m.i), CONCAT('02-000-', LPAD(m.i, 4, '0')), LPAD(48000 + m.i, 5, '0'),
       CONCAT('부산광역시 보기구 샘플대로 ', m.i * 10), CONCAT('데모빌딩 ', m.i, '층'), '경비실에 맡겨 주세요', 0,
       UTC_TIMESTAMP(6)
  FROM (SELECT user_id, CAST(SUBSTRING(user_id, 5) AS UNSIGNED) AS i
          FROM member
         WHERE shop_id = 1 AND user_id REGEXP '^demo[0-9]+$') AS m
 WHERE (SELECT COUNT(*) FROM shop_shipping_address AS a WHERE a.shop_id = 1 AND a.user_id = m.user_id) = 1;

-- Presents go to Jeju, where delivery costs more.
INSERT INTO shop_shipping_address (shop_id, user_id, receiver_name, receiver_phone, post_code,
                                   address, address_detail, delivery_msg, is_default, update_date)
SELECT 1, m.user_id, CONCAT('이보기', m.i), CONCAT('064-000-', LPAD(m.i, 4, '0')),
       LPAD(63100 + m.i, 5, '0'), CONCAT('제주특별자치도 견본시 예시로 ', m.i), CONCAT(m.i, '층'), '', 0,
       UTC_TIMESTAMP(6)
  FROM (SELECT user_id, CAST(SUBSTRING(user_id, 5) AS UNSIGNED) AS i
          FROM member
         WHERE shop_id = 1 AND user_id REGEXP '^demo[0-9]+$') AS m
 WHERE m.i <= 16
   AND (SELECT COUNT(*) FROM shop_shipping_address AS a
         WHERE a.shop_id = 1 AND a.user_id = m.user_id) = 2;

-- Request:  mId mTrdNo trdAmt prdtNm nextUrl notiUrl pktHash,
--           where pktHash = SHA-256(mId + mTrdNo + trdAmt + key).
-- Result:   mId mTrdNo trdNo trdAmt rsltCd rsltMsg authDt pktHash,
--           in the return and in the notification alike.
-- The wallet has no approval number of its own: its transaction number serves as one.
INSERT INTO shop_pg_adapters (pg, merchant_id, shop_id, pay_type, secret_key, request_method, request_url,
                              request_fields_json, request_hash_template,
                              field_order_number, field_pg_tx, field_approval_no, field_amount,
                              field_result_code, field_result_message, field_approved_at,
                              field_merchant_id, field_hash, hash_template,
                              pattern_result_code, pattern_pg_tx, pattern_approved_at, success_code,
                              ack_http_status, ack_content_type, ack_body)
VALUES ('wallet', 'M_DEMO', 1, 'wallet', 'demo-hash-key', 'POST', 'http://127.0.0.1:18082/pay',
        '{"mId": "{merchant_id}", "mTrdNo": "{order_number}", "trdAmt": "{amount}", "prdtNm": "{title}", "nextUrl": "{return_url}", "notiUrl": "{notify_url}", "pktHash": "{hash}"}',
        '{merchant_id}{order_number}{amount}{key}',
        'mTrdNo', 'trdNo', 'trdNo', 'trdAmt',
        'rsltCd', 'rsltMsg', 'authDt',
        'mId', 'pktHash', '{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}{key}',
        '[0-9]{4}', 'W[0-9a-f]{32}', '[0-9]{14}', '0000',
        200, 'text/plain', 'OK')
ON DUPLICATE KEY UPDATE shop_id = shop_pg_adapters.shop_id;

-- The existing shop reads its own catalogue, and its owner's page says prices; everything that has
-- rules goes through the gateway.
CREATE USER IF NOT EXISTS 'jumun_demo_shop'@'%' IDENTIFIED BY 'demo-shop';
GRANT SELECT ON v_products_effective TO 'jumun_demo_shop'@'%';
GRANT SELECT ON shop_product_options TO 'jumun_demo_shop'@'%';
GRANT SELECT ON shop_option_groups TO 'jumun_demo_shop'@'%';
GRANT SELECT ON shop_stock TO 'jumun_demo_shop'@'%';
GRANT SELECT ON shop_set_parts TO 'jumun_demo_shop'@'%';
GRANT SELECT ON v_sets_left TO 'jumun_demo_shop'@'%';
GRANT SELECT (shop_id, price_policy), UPDATE (price_policy) ON shops TO 'jumun_demo_shop'@'%';
GRANT SELECT (shop_id, product_id), UPDATE (sale_price, discount_rate)
    ON shop_products TO 'jumun_demo_shop'@'%';
GRANT SELECT ON shop_shipping_address TO 'jumun_demo_shop'@'%';
