-- v_sets_left: how many of each set can be ordered: as many as the scarcest of its parts allows.
-- Parts on one stock row are summed first. Lines of carts say the same, by the same words.
--
-- Parameters  none (a view)
-- Returns one row per set: shop_id, product_id, sets_left
-- Errors  none
-- Locks   none
-- Example
--   SELECT sets_left FROM v_sets_left WHERE shop_id = 1 AND product_id = 'TEASET';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_sets_left AS
SELECT t.shop_id, t.product_id, MIN(FLOOR(t.free / t.units)) AS sets_left
FROM (SELECT e.shop_id, e.product_id, e.part_product_id, e.stock_option_hash,
             SUM(e.quantity) AS units,
             COALESCE((SELECT SUM(k.free) FROM shop_stock k
                       WHERE k.shop_id = e.shop_id AND k.product_id = e.part_product_id
                         AND k.option_hash = e.stock_option_hash), 0) AS free
      FROM shop_set_parts e
      GROUP BY e.shop_id, e.product_id, e.part_product_id, e.stock_option_hash) t
GROUP BY t.shop_id, t.product_id;
