-- v_cart_lines: every cart row, priced: what lists, quotes and people read. Prices are made by
-- _unit_price and stand in shop_offers.
--
-- A row is orderable only when the catalogue knows its product and its option: a crafted option
-- cannot drop the product's price, and a product that needs an option cannot be bought without. Of
-- a product with groups of options it names what somebody chose, with a text that is required. A
-- row that costs more than any order can (an amount has at most 15 digits before the point, as
-- trdAmt) can be looked at, made smaller and not ordered; one that nobody has changed for
-- shops.cart_days can be looked at and renewed.
--
-- A planned price is in force from its second on. Where the one after it has begun too, and
-- neither shop_prices_begin nor an order has come since, a row has no price until one does.
--
-- Parameters  none (a view)
-- Returns one row per cart row
--   unit_price         that was promised (shops.price_policy pinned), or of the offer; NULL for an
--                      unknown product or option
--   line_amount        unit_price × quantity
--   orderable          1 or 0
--   looks              1 = what was chosen is compared with the product's groups (_option_fault)
--   stock_option_hash  which stock row of the product it is taken from
--   buy_now            1 = bought now, beside the cart
--   delivery_group     lines with the same group ship as one parcel
--   delivery_fee       what the line's policy asks for its parcel, rounded: 0
--                      for free, else base_cost
--   delivery_free_over from this sum of the parcel on, inclusive, it asks for
--                      nothing; NULL = it always does
-- Errors  none
-- Locks   none
-- Example
--   SELECT cart_id, product_name, line_amount FROM v_cart_lines
--   WHERE shop_id = 1 AND user_id = 'demo1';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_cart_lines AS
SELECT c.seq_no AS cart_id, c.shop_id, c.user_id, c.product_id,
       COALESCE(f.product_name, p.product_name) AS product_name, c.option_hash,
       COALESCE(f.option_name, '') AS option_name,
       CASE WHEN c.pinned_no = h.pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
            THEN a.unit_price
            WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
            WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
            ELSE f.unit_price END AS unit_price, c.quantity,
       CASE WHEN c.pinned_no = h.pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
            THEN a.unit_price
            WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
            WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
            ELSE f.unit_price END * c.quantity AS line_amount,
       CASE WHEN f.orderable >= 1
             AND CASE WHEN c.pinned_no = h.pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
                  THEN a.unit_price
                  WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                  WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                  ELSE f.unit_price END * c.quantity BETWEEN 0 AND 999999999999999.99
             AND NOT COALESCE(c.update_date < UTC_TIMESTAMP(6)
                                  - INTERVAL NULLIF(y.cart_days, 0) DAY, 0)
             AND (f.required_texts = 0 OR c.combination_hash IS NOT NULL)
             AND (c.combination_hash IS NULL OR f.option_groups = 0
                  OR o.combination_hash = c.combination_hash) THEN 1
            ELSE 0 END AS orderable,
       COALESCE(f.stock_option_hash, '__noopt__') AS stock_option_hash, f.stock_slots, f.tax_type,
       CASE WHEN c.pinned_no = h.pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
            THEN c.price_id
            WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
            WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_price_id
            ELSE f.price_id END AS price_id,
       p.product_thumb_img_url, c.buy_now, f.delivery_policy_id, d.rule_id,
       f.option_groups > 0 AND (c.combination_hash IS NOT NULL OR f.required_texts > 0) AS looks,
       d.fee AS delivery_fee, d.free_over AS delivery_free_over, d.parcel AS delivery_group
FROM shop_cart c
LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
    ON f.shop_id = c.shop_id AND f.product_id = c.product_id
    AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
LEFT JOIN shops h ON h.shop_id = c.shop_id AND h.price_policy = 'pinned'
LEFT JOIN shops y ON y.shop_id = c.shop_id
LEFT JOIN shop_product_prices a FORCE INDEX (PRIMARY) ON a.price_id = c.price_id
LEFT JOIN shop_products p FORCE INDEX (PRIMARY)
    ON p.shop_id = c.shop_id AND p.product_id = c.product_id
LEFT JOIN shop_option_payloads o FORCE INDEX (PRIMARY)
    ON o.shop_id = c.shop_id AND o.product_id = c.product_id
    AND o.option_hash = c.option_hash AND c.option_hash <> '__noopt__'
LEFT JOIN shop_delivery_now d FORCE INDEX (PRIMARY)
    ON d.shop_id = f.shop_id AND d.policy_id = f.delivery_policy_id;
