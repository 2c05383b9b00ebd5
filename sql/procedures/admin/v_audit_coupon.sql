-- v_audit_coupon: coupons that are not what they should be. Read through shop_audit.
--
-- - What was taken off an order is not its discount_total, was not spread as a whole, or is more
--   than a line costs. Orders that a shop has brought along (adopted) have no rows of it.
-- - A coupon is held by an order that has ended, or that does not name it; or an order that lives
--   has lost one.
-- - What is left of a limit is not the limit less what was issued, or is held and used.
-- - A coupon or promotion names a rule that says something else, or whose targets or steps are not
--   all there; a shop counts other promotions than it has.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_coupon;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_coupon AS
SELECT 'coupon' AS invariant, o.shop_id, o.seq_no AS order_seq_no,
       CONCAT('order ', o.seq_no) AS subject,
       CONCAT('says discounts of ', o.discount_total, ', has ',
              COALESCE(SUM(d.amount), 0)) AS detail
FROM shop_orders o
LEFT JOIN shop_order_discounts d ON d.order_seq_no = o.seq_no
WHERE o.pricing_version IS NOT NULL
GROUP BY o.shop_id, o.seq_no, o.discount_total
HAVING COALESCE(SUM(d.amount), 0) <> o.discount_total
UNION ALL
SELECT 'coupon', r.shop_id, d.order_seq_no,
       CONCAT('order ', d.order_seq_no, ' discount ', d.discount_no),
       CONCAT('takes off ', d.amount, ', spread ', COALESCE(SUM(l.amount), 0))
FROM shop_order_discounts d
LEFT JOIN shop_discount_rules r ON r.rule_id = d.rule_id
LEFT JOIN shop_order_discount_lines l ON l.order_seq_no = d.order_seq_no
    AND l.discount_no = d.discount_no
GROUP BY r.shop_id, d.order_seq_no, d.discount_no, d.amount
HAVING COALESCE(SUM(l.amount), 0) <> d.amount
UNION ALL
SELECT 'coupon', MAX(o.shop_id), k.order_seq_no,
       CONCAT('order ', k.order_seq_no, ' line ', k.line_no),
       CONCAT('discounts of ', SUM(k.amount), ' on ',
              COALESCE(MAX(CASE k.line_no WHEN 0 THEN o.shipping_fee ELSE l.line_amount END), 0))
FROM shop_order_discount_lines k
LEFT JOIN shop_orders o ON o.seq_no = k.order_seq_no
LEFT JOIN shop_order_product l ON l.order_seq_no = k.order_seq_no AND l.line_no = k.line_no
LEFT JOIN shop_order_discounts d ON d.order_seq_no = k.order_seq_no
    AND d.discount_no = k.discount_no
GROUP BY k.order_seq_no, k.line_no
HAVING SUM(k.amount) > COALESCE(MAX(CASE k.line_no WHEN 0 THEN o.shipping_fee
                                                   ELSE l.line_amount END), 0)
    OR SUM(d.order_seq_no IS NULL) > 0
UNION ALL
SELECT 'coupon', i.shop_id, i.order_seq_no, CONCAT('issued coupon ', i.coupon_no),
       CONCAT('with order ', i.order_seq_no, ' in status ', COALESCE(o.order_status, 'none'),
              CASE WHEN d.order_seq_no IS NULL THEN ', which does not name it' ELSE '' END)
FROM shop_issued_coupons i
LEFT JOIN shop_orders o ON o.seq_no = i.order_seq_no
LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
LEFT JOIN shop_order_discounts d ON d.order_seq_no = i.order_seq_no AND d.coupon_no = i.coupon_no
WHERE i.order_seq_no IS NOT NULL
  AND (o.seq_no IS NULL OR t.phase = 'ended' OR d.order_seq_no IS NULL
       OR o.shop_id <> i.shop_id OR o.user_id <> i.user_id)
UNION ALL
SELECT 'coupon', o.shop_id, d.order_seq_no,
       CONCAT('order ', d.order_seq_no, ' discount ', d.discount_no),
       CONCAT('has not its coupon ', d.coupon_no, ' in status ', o.order_status)
FROM shop_order_discounts d
JOIN shop_orders o ON o.seq_no = d.order_seq_no
JOIN shop_order_statuses t ON t.order_status = o.order_status
LEFT JOIN shop_issued_coupons i ON i.coupon_no = d.coupon_no AND i.order_seq_no = d.order_seq_no
WHERE t.phase <> 'ended' AND d.coupon_no IS NOT NULL AND i.coupon_no IS NULL
UNION ALL
SELECT 'coupon', c.shop_id, CAST(NULL AS UNSIGNED), CONCAT('coupon ', c.coupon_code),
       CONCAT(k.kind, '_limit ', CASE k.kind WHEN 'use' THEN COALESCE(c.use_limit, 'none')
                                             ELSE COALESCE(c.issue_limit, 'none') END,
              ', left ', k.free, ', taken ',
              CASE k.kind WHEN 'use' THEN COALESCE(u.uses, 0) ELSE COALESCE(u.issued, 0) END)
FROM shop_coupons c
JOIN (SELECT x.shop_id, x.coupon_code, x.kind, SUM(x.free) AS free
      FROM (SELECT shop_id, coupon_code, kind, free FROM shop_coupon_counters
            UNION ALL
            SELECT shop_id, coupon_code, 'use', 0 FROM shop_coupons WHERE use_limit IS NOT NULL
            UNION ALL
            SELECT shop_id, coupon_code, 'issue', 0 FROM shop_coupons
            WHERE issue_limit IS NOT NULL) x
      GROUP BY x.shop_id, x.coupon_code, x.kind) k
    ON k.shop_id = c.shop_id AND k.coupon_code = c.coupon_code
LEFT JOIN (SELECT shop_id, coupon_code, COUNT(*) AS issued, COUNT(order_seq_no) AS uses
           FROM shop_issued_coupons
           GROUP BY shop_id, coupon_code) u
    ON u.shop_id = c.shop_id AND u.coupon_code = c.coupon_code
WHERE NOT k.free + CASE k.kind WHEN 'use' THEN COALESCE(u.uses, 0) ELSE COALESCE(u.issued, 0) END
      <=> CASE k.kind WHEN 'use' THEN c.use_limit ELSE c.issue_limit END
UNION ALL
SELECT 'coupon', c.shop_id, CAST(NULL AS UNSIGNED), CONCAT('coupon ', c.coupon_code),
       CONCAT('names rule ', c.rule_id, ', which says something else')
FROM shop_coupons c
LEFT JOIN shop_discount_rules r ON r.rule_id = c.rule_id
WHERE r.rule_id IS NULL OR NOT (
          r.shop_id = c.shop_id AND r.coupon_code = c.coupon_code AND r.target = c.target
          AND r.coupon_name = c.coupon_name AND r.target_ids <=> c.target_ids AND r.kind = c.kind
          AND r.amount <=> c.amount AND r.rate <=> c.rate AND r.max_discount <=> c.max_discount
          AND r.round_to = COALESCE(c.round_to, r.round_to) AND r.min_amount <=> c.min_amount
          AND r.stack_group <=> c.stack_group AND r.apply_order = c.apply_order
          AND r.valid_from <=> c.valid_from AND r.valid_until <=> c.valid_until)
UNION ALL
SELECT 'coupon', c.shop_id, CAST(NULL AS UNSIGNED), CONCAT('promotion ', c.promotion_code),
       CONCAT('names rule ', c.rule_id, ', which says something else')
FROM shop_promotions c
LEFT JOIN shop_discount_rules r ON r.rule_id = c.rule_id
WHERE r.rule_id IS NULL OR NOT (
          r.shop_id = c.shop_id AND r.promotion_code = c.promotion_code AND r.target = c.target
          AND r.coupon_name = c.promotion_name AND r.target_ids <=> c.target_ids
          AND r.kind = c.kind AND r.amount <=> c.amount AND r.rate <=> c.rate
          AND r.buy_units <=> c.buy_units AND r.free_units <=> c.free_units
          AND r.steps <=> c.steps AND r.first_order = c.first_order
          AND r.max_discount <=> c.max_discount AND r.round_to = COALESCE(c.round_to, r.round_to)
          AND r.min_amount <=> c.min_amount AND r.stack_group <=> c.stack_group
          AND r.apply_order = c.apply_order AND r.valid_from <=> c.valid_from
          AND r.valid_until <=> c.valid_until)
UNION ALL
SELECT 'coupon', s.shop_id, CAST(NULL AS UNSIGNED), 'shop',
       CONCAT('counts ', s.promotions, ' promotions, has ', COALESCE(SUM(c.enabled), 0))
FROM shops s
LEFT JOIN shop_promotions c ON c.shop_id = s.shop_id
GROUP BY s.shop_id, s.promotions
HAVING s.promotions <> COALESCE(SUM(c.enabled), 0)
UNION ALL
SELECT 'coupon', r.shop_id, CAST(NULL AS UNSIGNED), CONCAT('discount rule ', r.rule_id),
       'has not the targets or steps that it says'
FROM shop_discount_rules r
WHERE COALESCE(JSON_LENGTH(r.target_ids), 0)
      <> (SELECT COUNT(*) FROM shop_discount_targets g WHERE g.rule_id = r.rule_id)
   OR COALESCE(JSON_LENGTH(r.steps), 0)
      <> (SELECT COUNT(*) FROM shop_discount_steps g WHERE g.rule_id = r.rule_id);
