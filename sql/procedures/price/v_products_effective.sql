-- v_products_effective: what can be bought, and for how much. Lists, detail pages, cart
-- and order agree on it.
--
-- Parameters  none (a view)
-- Returns one row per product that can be ordered; columns of v_products_priced
-- Errors  none
-- Locks   none
-- Example
--   SELECT product_name, final_price FROM v_products_effective
--   WHERE shop_id = 1 AND category_id = 'tea';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_products_effective AS
SELECT shop_id, product_id, product_name, category_id, base_price, discount_rate, final_price,
       tax_type, option_required, delivery_policy_id, product_thumb_img_url
FROM v_products_priced
WHERE orderable = 1;
