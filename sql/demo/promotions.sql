-- Demonstration data, part 4: promotions, which take something off by themselves.
--
-- Load after products.sql. Only what is absent is added: a promotion that was changed stays as it
-- is.
--
-- Worth knowing when trying things out
--   CAMP15   15 % off everything for camping, cut down to tens, at most 20,000
--   MEMO21   of three D0061 one costs nothing
--   TEA3     coffee and tea: 5 % off from three units together, 10 % from six

SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_promotions (shop_id, promotion_code, promotion_name, target, target_ids, kind, rate, buy_units,
                             free_units, steps, max_discount, round_to)
SELECT 1, p.*
  FROM (SELECT 'CAMP15' AS promotion_code, '캠핑용품 15% 할인' AS promotion_name, 'category' AS target,
               '["캠핑"]' AS target_ids, 'rate' AS kind, 0.15 AS rate, NULL AS buy_units, NULL AS free_units,
               NULL AS steps, 20000 AS max_discount, 10 AS round_to
        UNION ALL SELECT 'MEMO21', '데일리 메모지 2+1', 'product', '["D0061"]', 'units', NULL, 2, 1, NULL, NULL, NULL
        UNION ALL SELECT 'TEA3', '커피·차 3개 5%, 6개 10% 할인', 'category', '["커피·차"]', 'steps', NULL, NULL, NULL,
                         '[{"from":3,"rate":0.05},{"from":6,"rate":0.1}]', NULL, 10) AS p
 WHERE NOT EXISTS (SELECT 1 FROM shop_promotions AS x
                    WHERE x.shop_id = 1 AND x.promotion_code = p.promotion_code);
