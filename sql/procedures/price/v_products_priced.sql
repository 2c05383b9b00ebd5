-- v_products_priced: every product with its price, as it is without options. Prices are made by
-- _unit_price and stand in shop_offers.
--
-- Parameters  none (a view)
-- Returns one row per product
--   base_price   sale_price, or buy_price where sale_price is 0 or NULL
--   final_price  base_price × (1 − discount_rate), rounded, see _unit_price
--   currency_digits  of the shop
--   orderable    1 when it is displayed and not sold out
-- Errors  none
-- Locks   none
-- Example
--   SELECT final_price FROM v_products_priced WHERE shop_id = 1 AND product_id = 'P001';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_products_priced AS
SELECT p.shop_id, p.product_id, p.product_name, p.category_id,
       CASE WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_discount_rate
            ELSE p.discount_rate END AS discount_rate, p.tax_type,
       p.option_required, p.delivery_policy_id, p.product_thumb_img_url,
       p.stock_slots, f.currency_digits,
       CASE WHEN f.holds_until <= UTC_TIMESTAMP(6)
            THEN CASE WHEN f.next_sale_price > 0 THEN f.next_sale_price ELSE f.next_buy_price END
            WHEN p.sale_price > 0 THEN p.sale_price
            ELSE p.buy_price END AS base_price,
       CASE WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
            ELSE f.unit_price END AS final_price,
       f.product_shown AS orderable,
       CASE WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_price_id
            ELSE f.price_id END AS price_id
FROM shop_products p
JOIN shop_offers f ON f.shop_id = p.shop_id AND f.product_id = p.product_id
    AND f.option_hash = '__noopt__' AND f.plan_id = 0
    AND (f.holds_until IS NULL OR UTC_TIMESTAMP(6) < f.holds_until
         OR f.next_unit_price IS NOT NULL AND COALESCE(UTC_TIMESTAMP(6) < f.next_until, 1));
