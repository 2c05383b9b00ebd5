-- v_cart_lines: every cart row, priced. The one place that says what a cart row costs and whether it can be ordered.
--
-- A row is orderable only when the catalogue knows its product and its option: a crafted option cannot
-- drop the product's price, and a product that needs an option cannot be bought without. A row that costs more than any
-- order can (an amount has at most 15 digits before the point, as trdAmt) can be looked at, made smaller and not ordered.
--
-- Parameters  none (a view)
-- Returns one row per cart row
--   unit_price         final_price + the option's add_price, both rounded; NULL for an unknown product
--   line_amount        unit_price × quantity
--   orderable          1 or 0
--   stock_option_hash  which stock row of the product it is taken from
--   delivery_group     lines with the same group ship as one parcel
--   delivery_fee       what the line's policy asks for its parcel, rounded: 0 for free, else base_cost
--   delivery_free_over from this sum of the parcel on, inclusive, it asks for nothing; NULL = it always does
-- Errors  none
-- Locks   none
-- Example
--   SELECT cart_id, product_name, line_amount FROM v_cart_lines WHERE shop_id = 1 AND user_id = 'demo1';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_cart_lines AS
SELECT c.seq_no AS cart_id, c.shop_id, c.user_id, c.product_id, p.product_name,
       c.option_hash, COALESCE(o.option_name, '') AS option_name,
       p.final_price + COALESCE(ROUND(o.add_price, p.currency_digits), 0) AS unit_price,
       c.quantity,
       (p.final_price + COALESCE(ROUND(o.add_price, p.currency_digits), 0)) * c.quantity AS line_amount,
       CASE WHEN p.orderable = 1
             AND (o.display = '1' OR (c.option_hash = '__noopt__' AND p.option_required = 0))
             AND (p.final_price + COALESCE(ROUND(o.add_price, p.currency_digits), 0)) * c.quantity
                 BETWEEN 0 AND 999999999999999.99
            THEN 1 ELSE 0 END AS orderable,
       COALESCE(o.stock_option_hash, '__noopt__') AS stock_option_hash, p.stock_slots,
       p.tax_type, p.delivery_policy_id, p.product_thumb_img_url,
       CASE d.type WHEN 'free' THEN 0 ELSE ROUND(d.base_cost, p.currency_digits) END AS delivery_fee,
       CASE d.type WHEN 'conditional' THEN d.free_over END AS delivery_free_over,
       CASE WHEN d.combine_group_id IS NULL THEN CONCAT('policy ', d.id)
            ELSE CONCAT('group ', d.combine_group_id) END AS delivery_group
FROM shop_cart c
LEFT JOIN v_products_priced p ON p.shop_id = c.shop_id AND p.product_id = c.product_id
LEFT JOIN shop_product_options o
    ON o.shop_id = c.shop_id AND o.product_id = c.product_id AND o.option_hash = c.option_hash
LEFT JOIN shop_delivery_policy d ON d.shop_id = c.shop_id AND d.id = p.delivery_policy_id;
