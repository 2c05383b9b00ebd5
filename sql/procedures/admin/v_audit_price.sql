-- v_audit_price: prices that are not what they should be. Read through shop_audit.
--
-- - An offer, or what delivery costs now, is not what product, option, policy and shop say
--   (v_offers_compared, v_delivery_compared), or is missing: shop_offers_repair mends it.
-- - An order line names a price or a delivery rule that is none, is of another shop, product,
--   combination or policy, or says something else than the line; or it names none although its
--   order was priced by them. Lines from before there were price rows name none,
--   and cannot be proved.
-- - An order line stands for a cart row (live_cart_seq_no) although its order has ended, or does
--   not while it lives.
-- - An order names an area's rule that is none or of another shop, an area is not what its rule
--   says, a shop says another number of areas, or a delivery rule has not the steps that it says.
-- - A cart row names the price of something else.
-- - A cart row of a pinned shop has a price that it was not promised last, or one that is not in
--   force yet; or a line of an order of promised prices (pricing_version 2) was charged another
--   price than its cart row was promised last when it was ordered.
-- - An offer names a planned price that is none any more, or not the price row that it will have;
--   a sale's end says what it goes back to before the sale has begun; or a price begins within
--   half an hour and its offer does not name it: shop_prices_begin, which looks an hour ahead,
--   does not run.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_price;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_price AS
SELECT 'price' AS invariant, c.shop_id, CAST(NULL AS UNSIGNED) AS order_seq_no,
       CONCAT('offer of ', c.product_id, ' ', c.option_hash) AS subject, c.fault AS detail
FROM v_offers_compared c
WHERE c.fault IS NOT NULL
UNION ALL
SELECT 'price', p.shop_id, CAST(NULL AS UNSIGNED), CONCAT('product ', p.product_id), 'has no offer'
FROM shop_products p
LEFT JOIN shop_offers f
    ON f.shop_id = p.shop_id AND f.product_id = p.product_id
       AND f.option_hash = '__noopt__' AND f.plan_id = 0
WHERE f.shop_id IS NULL
UNION ALL
SELECT 'price', o.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('option ', o.product_id, ' ', o.option_hash), 'has no offer'
FROM shop_product_options o
LEFT JOIN shop_offers f
    ON f.shop_id = o.shop_id AND f.product_id = o.product_id
       AND f.option_hash = o.option_hash AND f.plan_id = 0
WHERE f.shop_id IS NULL
UNION ALL
SELECT 'price', c.shop_id, CAST(NULL AS UNSIGNED), CONCAT('delivery policy ', c.policy_id), c.fault
FROM v_delivery_compared c
WHERE c.fault IS NOT NULL
UNION ALL
SELECT 'price', p.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('delivery policy ', p.id), 'is not in force'
FROM shop_delivery_policy p
LEFT JOIN shop_delivery_now f ON f.shop_id = p.shop_id AND f.policy_id = p.id
WHERE f.shop_id IS NULL
UNION ALL
SELECT 'price', l.shop_id, l.order_seq_no, CONCAT('order ', l.order_seq_no, ' line ', l.line_no),
       CASE
           WHEN (l.price_id IS NULL) <> (o.pricing_version IS NULL)
                OR (l.rule_id IS NULL) <> (l.price_id IS NULL)
               THEN 'names no price, or none was asked for'
           WHEN NOT (l.live_cart_seq_no <=> CASE WHEN l.price_id IS NOT NULL AND t.phase <> 'ended'
                                                 THEN l.cart_seq_no END)
               THEN 'stands for its cart row after its end, or does not before'
           WHEN d.rule_id IS NULL OR d.shop_id <> l.shop_id OR d.policy_id <> l.delivery_policy_id
               THEN 'names a delivery rule of something else'
           ELSE 'names a price that says something else'
       END
FROM shop_order_product l
JOIN shop_orders o ON o.seq_no = l.order_seq_no
JOIN shop_order_statuses t ON t.order_status = o.order_status
LEFT JOIN shop_product_prices r ON r.price_id = l.price_id
LEFT JOIN shop_delivery_rules d ON d.rule_id = l.rule_id
WHERE (l.price_id IS NULL) <> (o.pricing_version IS NULL)
   OR (l.rule_id IS NULL) <> (l.price_id IS NULL)
   OR NOT (l.live_cart_seq_no <=> CASE WHEN l.price_id IS NOT NULL AND t.phase <> 'ended'
                                       THEN l.cart_seq_no END)
   OR (l.price_id IS NOT NULL
       AND (r.price_id IS NULL OR d.rule_id IS NULL
            OR NOT (d.shop_id = l.shop_id AND d.policy_id = l.delivery_policy_id
                    AND r.shop_id = l.shop_id AND r.product_id = l.product_id
                    AND r.option_hash = COALESCE(l.combination_hash, l.option_hash)
                    AND r.unit_price = l.unit_price AND r.tax_type = l.tax_type
                    AND CAST(r.product_name AS BINARY) = CAST(l.product_name AS BINARY)
                    AND CAST(r.option_name AS BINARY) = CAST(l.option_name AS BINARY))))
UNION ALL
SELECT 'price', o.shop_id, o.seq_no, CONCAT('order ', o.seq_no),
       'has a VAT rate without a way of pricing, or the other way round'
FROM shop_orders o
WHERE (o.vat_rate IS NULL) <> (o.pricing_version IS NULL)
UNION ALL
SELECT 'price', o.shop_id, o.seq_no,
       CONCAT('order ', o.seq_no), 'names the area rule of something else'
FROM shop_orders o
LEFT JOIN shop_area_rules r ON r.area_rule_id = o.area_rule_id
WHERE o.area_rule_id IS NOT NULL AND (r.area_rule_id IS NULL OR r.shop_id <> o.shop_id)
UNION ALL
SELECT 'price', z.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('delivery area ', z.area_code), 'its rule says something else'
FROM shop_delivery_areas z
LEFT JOIN shop_area_rules r ON r.area_rule_id = z.area_rule_id
WHERE r.area_rule_id IS NULL
   OR NOT (r.shop_id = z.shop_id AND r.area_code = z.area_code AND r.surcharge = z.surcharge
           AND CAST(r.area_name AS BINARY) = CAST(z.area_name AS BINARY))
UNION ALL
SELECT 'price', s.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('shop ', s.shop_id), 'has not as many delivery areas as it says'
FROM shops s
WHERE s.delivery_areas <> (SELECT COUNT(*) FROM shop_delivery_areas z WHERE z.shop_id = s.shop_id)
UNION ALL
SELECT 'price', d.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('delivery rule ', d.rule_id), 'has not the steps that it says'
FROM shop_delivery_rules d
WHERE COALESCE(JSON_LENGTH(d.steps), 0)
      <> (SELECT COUNT(*) FROM shop_delivery_steps t WHERE t.rule_id = d.rule_id)
UNION ALL
SELECT 'price', f.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('offer of ', f.product_id, ' ', f.option_hash),
       'names a planned price that says something else'
FROM shop_offers f
LEFT JOIN shop_price_changes k ON k.change_no = f.next_change_no
LEFT JOIN shop_product_prices r ON r.price_id = f.next_price_id
WHERE CASE WHEN f.next_change_no IS NULL
           THEN COALESCE(f.next_price_id, f.next_unit_price, f.next_list_price, f.next_buy_price,
                         f.next_sale_price, f.next_discount_rate) IS NOT NULL
                OR f.next_until IS NOT NULL
                OR (f.holds_until IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM shop_price_changes a
                                    WHERE a.shop_id = f.shop_id AND a.product_id = f.product_id
                                      AND a.state = 'planned' AND a.valid_from = f.holds_until))
           ELSE k.change_no IS NULL OR r.price_id IS NULL OR NOT (
               k.state = 'planned' AND k.shop_id = f.shop_id AND k.product_id = f.product_id
               AND k.valid_from <=> f.holds_until AND k.buy_price <=> f.next_buy_price
               AND k.sale_price <=> f.next_sale_price
               AND k.discount_rate <=> f.next_discount_rate
               AND r.shop_id = f.shop_id AND r.product_id = f.product_id
               AND r.option_hash = f.option_hash AND r.change_no <=> k.change_no
               AND r.valid_from <=> f.holds_until AND r.unit_price <=> f.next_unit_price
               AND r.list_price <=> f.next_list_price
               AND f.next_unit_price <=> _unit_price(k.buy_price, k.sale_price, k.discount_rate,
                                                     f.add_price, f.currency_digits,
                                                     f.price_unit, f.price_rounding)
               AND f.next_until <=> (SELECT MIN(a.valid_from) FROM shop_price_changes a
                                     WHERE a.shop_id = f.shop_id AND a.product_id = f.product_id
                                       AND a.state = 'planned' AND a.valid_from > f.holds_until))
      END
UNION ALL
SELECT 'price', e.shop_id, CAST(NULL AS UNSIGNED), CONCAT('planned price ', e.change_no),
       'ends a sale that has not begun, and says what it goes back to'
FROM shop_price_changes e
JOIN shop_price_changes k ON k.change_no = e.ends_change_no
WHERE e.state = 'planned' AND k.state <> 'begun'
  AND COALESCE(e.buy_price, e.sale_price, e.discount_rate) IS NOT NULL
UNION ALL
SELECT 'price', k.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('offer of ', f.product_id, ' ', f.option_hash),
       CONCAT('does not name the planned price ', k.change_no)
FROM shop_price_changes k
JOIN shop_offers f ON f.shop_id = k.shop_id AND f.product_id = k.product_id
LEFT JOIN shop_price_changes e ON e.shop_id = k.shop_id AND e.product_id = k.product_id
    AND e.state = 'planned' AND e.valid_from < k.valid_from
WHERE k.state = 'planned' AND k.valid_from > UTC_TIMESTAMP(6)
  AND k.valid_from < UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE
  AND e.change_no IS NULL AND NOT f.next_change_no <=> k.change_no
UNION ALL
SELECT 'price', c.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('cart row ', c.seq_no), 'names the price of something else'
FROM shop_cart c
LEFT JOIN shop_product_prices r ON r.price_id = c.price_id
WHERE c.price_id IS NOT NULL
  AND (r.price_id IS NULL OR NOT (r.shop_id = c.shop_id AND r.product_id = c.product_id
                                  AND r.option_hash = COALESCE(c.combination_hash, c.option_hash)))
UNION ALL
SELECT 'price', c.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('cart row ', c.seq_no), 'has a price that it was not promised'
FROM shop_cart c
LEFT JOIN shop_product_prices r ON r.price_id = c.price_id AND r.valid_from <= UTC_TIMESTAMP(6)
LEFT JOIN shop_cart_promises k ON k.cart_seq_no = c.seq_no AND k.pinned_no = c.pinned_no
    AND k.price_id = c.price_id
    AND NOT EXISTS (SELECT 1 FROM shop_cart_promises n
                    WHERE n.cart_seq_no = k.cart_seq_no AND n.promise_no > k.promise_no)
WHERE (c.pinned_no IS NOT NULL OR c.promised_until IS NOT NULL)
  AND (r.price_id IS NULL OR k.promise_no IS NULL OR c.promised_until IS NULL)
UNION ALL
SELECT 'price', l.shop_id, l.order_seq_no, CONCAT('order ', l.order_seq_no, ' line ', l.line_no),
       'was charged another price than its cart row was promised'
FROM shop_orders o
JOIN shop_order_product l ON l.order_seq_no = o.seq_no
LEFT JOIN shop_cart_promises k ON k.cart_seq_no = l.cart_seq_no AND k.price_id = l.price_id
    AND k.promised_at <= o.order_date
    AND NOT EXISTS (SELECT 1 FROM shop_cart_promises n
                    WHERE n.cart_seq_no = k.cart_seq_no AND n.promise_no > k.promise_no
                      AND n.promised_at <= o.order_date)
WHERE o.pricing_version = 2 AND k.promise_no IS NULL;
