-- v_products_priced: every product with its price. The one formula for what a product costs.
--
-- Parameters  none (a view)
-- Returns one row per product
--   base_price   sale_price, or buy_price where sale_price is 0 or NULL
--   final_price  base_price × (1 − discount_rate), rounded to the currency's digits, which may make it one digit longer
--   currency_digits  of the shop
--   orderable    1 when it is displayed and not sold out
-- Errors  none
-- Locks   none
-- Example
--   SELECT final_price FROM v_products_priced WHERE shop_id = 1 AND product_id = 'P001';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_products_priced AS
SELECT p.shop_id, p.product_id, p.product_name, p.category_id, p.discount_rate, p.tax_type,
       p.option_required, p.delivery_policy_id, p.product_thumb_img_url, p.stock_slots, s.currency_digits,
       CASE WHEN p.sale_price > 0 THEN p.sale_price ELSE p.buy_price END AS base_price,
       CAST(ROUND(CASE WHEN p.sale_price > 0 THEN p.sale_price ELSE p.buy_price END
                  * (1 - p.discount_rate), s.currency_digits) AS DECIMAL(20,2)) AS final_price,
       CASE WHEN p.display = '1' AND p.stat <> '2' THEN 1 ELSE 0 END AS orderable
FROM shop_products p
JOIN shops s ON s.shop_id = p.shop_id;
