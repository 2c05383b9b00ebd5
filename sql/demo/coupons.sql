-- Demonstration data, part 3: coupons, issued to every demo member, and a code that members enter
-- themselves.
--
-- Load after products.sql. Only what is absent is added: a coupon that was changed, issued or used
-- stays as it is.
--
-- Worth knowing when trying things out
--   KITCHEN10   10 % off kitchen ware, at most 5,000
--   ORDER3000   3,000 off an order of 30,000; of one group with the next two, so that an order takes
--               one of the three
--   ORDER10000  10,000 off an order of 100,000: refused for its sum by most carts
--   WELCOME10   10 % off the whole order, at most 10,000; nobody has it before entering the code
--               WELCOME10, and then for 30 days
--   DELIVERY    3,000 off the delivery fee, the surcharge of islands included
--   SOON5000    cannot be used yet: it begins 30 days after it was loaded

SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, target_ids, kind, amount, rate, max_discount,
                          round_to, min_amount, valid_from, valid_days, stack_group, apply_order)
SELECT 1, c.*
  FROM (SELECT 'KITCHEN10' AS coupon_code, '주방용품 10% 할인' AS coupon_name, 'category' AS target,
               '["주방"]' AS target_ids, 'rate' AS kind, NULL AS amount, 0.1 AS rate, 5000 AS max_discount,
               10 AS round_to, NULL AS min_amount, NULL AS valid_from, NULL AS valid_days,
               NULL AS stack_group, 100 AS apply_order
        UNION ALL SELECT 'ORDER3000', '3만원 이상 3,000원 할인', 'order', NULL, 'amount', 3000, NULL, NULL,
                         NULL, 30000, NULL, NULL, 'order', 100
        UNION ALL SELECT 'ORDER10000', '10만원 이상 1만원 할인', 'order', NULL, 'amount', 10000, NULL, NULL,
                         NULL, 100000, NULL, NULL, 'order', 100
        UNION ALL SELECT 'WELCOME10', '처음 오신 분 10% 할인', 'order', NULL, 'rate', NULL, 0.1, 10000,
                         10, NULL, NULL, 30, 'order', 100
        UNION ALL SELECT 'DELIVERY', '배송비 3,000원 할인', 'delivery', NULL, 'amount', 3000, NULL, NULL,
                         NULL, NULL, NULL, NULL, NULL, 100
        UNION ALL SELECT 'SOON5000', '다음 달 감사 5,000원 할인', 'order', NULL, 'amount', 5000, NULL, NULL,
                         NULL, NULL, UTC_TIMESTAMP(6) + INTERVAL 30 DAY, NULL, NULL, 110) AS c
 WHERE NOT EXISTS (SELECT 1 FROM shop_coupons AS x WHERE x.shop_id = 1 AND x.coupon_code = c.coupon_code);

INSERT INTO shop_coupon_codes (shop_id, code, coupon_code)
SELECT 1, 'WELCOME10', 'WELCOME10'
 WHERE NOT EXISTS (SELECT 1 FROM shop_coupon_codes AS x WHERE x.shop_id = 1 AND x.code = 'WELCOME10');

-- The key gives nobody the same coupon a second time.
SET @members = (SELECT CONCAT('[', GROUP_CONCAT(JSON_QUOTE(m.user_id) ORDER BY m.cust_no), ']')
                  FROM member AS m
                 WHERE m.shop_id = 1 AND m.user_id REGEXP '^demo[0-9]+$');
CALL issue_adm_coupon(1, 'KITCHEN10', @members, NULL, NULL, 'demo');
CALL issue_adm_coupon(1, 'ORDER3000', @members, NULL, NULL, 'demo');
CALL issue_adm_coupon(1, 'ORDER10000', @members, NULL, NULL, 'demo');
CALL issue_adm_coupon(1, 'DELIVERY', @members, NULL, NULL, 'demo');
CALL issue_adm_coupon(1, 'SOON5000', @members, NULL, NULL, 'demo');
