-- v_audit_violations: every violated invariant. Read it through shop_audit, which explains them.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, subject, detail
-- Errors  none
-- Locks   none
-- Example
--   CALL shop_audit();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_violations AS
SELECT 'cart' AS invariant, c.shop_id, CONCAT('cart row ', c.seq_no) AS subject,
       CONCAT('ordered by order ', l.order_seq_no) AS detail
FROM shop_cart c
JOIN shop_order_product l ON l.cart_seq_no = c.seq_no
UNION ALL
SELECT 'cart', shop_id, CONCAT('buyer ', user_id), CONCAT(COUNT(*), ' rows of ', product_id, ' ', option_hash)
FROM shop_cart
GROUP BY shop_id, user_id, product_id, option_hash
HAVING COUNT(*) > 1
UNION ALL
SELECT 'totals', o.shop_id, CONCAT('order ', o.seq_no),
       CONCAT('header ', o.line_count, ' lines ', o.product_total_price,
              ', lines ', COUNT(l.line_no), ' ', COALESCE(SUM(l.line_amount), 0))
FROM shop_orders o
LEFT JOIN shop_order_product l ON l.order_seq_no = o.seq_no
GROUP BY o.seq_no, o.shop_id, o.line_count, o.product_total_price
HAVING COUNT(l.line_no) <> o.line_count OR COALESCE(SUM(l.line_amount), 0) <> o.product_total_price
UNION ALL
SELECT 'totals', l.shop_id, CONCAT('order ', l.order_seq_no), CONCAT(COUNT(*), ' lines of no order')
FROM shop_order_product l
LEFT JOIN shop_orders o ON o.seq_no = l.order_seq_no
WHERE o.seq_no IS NULL
GROUP BY l.shop_id, l.order_seq_no
UNION ALL
SELECT 'stock', t.shop_id, CONCAT(t.product_id, ' ', t.option_hash),
       CONCAT('ledger ', SUM(t.ledger), ', free ', SUM(t.free), ', held and sold ', SUM(t.reserved))
FROM (SELECT shop_id, product_id, option_hash, difference AS ledger, 0 AS free, 0 AS reserved FROM shop_stock_ledger
      UNION ALL
      SELECT shop_id, product_id, option_hash, 0, free, 0 FROM shop_stock
      UNION ALL
      SELECT shop_id, product_id, option_hash, 0, 0, quantity FROM shop_stock_reservations
      WHERE state IN ('held', 'sold')) t
GROUP BY t.shop_id, t.product_id, t.option_hash
HAVING SUM(t.ledger) <> SUM(t.free) + SUM(t.reserved)
UNION ALL
SELECT 'reservation', o.shop_id, CONCAT('order ', o.seq_no, ' ', u.product_id),
       CONCAT('ordered ', SUM(u.ordered), ', reserved ', SUM(u.reserved))
FROM (SELECT order_seq_no, product_id, quantity AS ordered, 0 AS reserved FROM shop_order_product
      UNION ALL
      SELECT order_seq_no, product_id, 0, quantity FROM shop_stock_reservations) u
JOIN shop_orders o ON o.seq_no = u.order_seq_no
GROUP BY o.shop_id, o.seq_no, u.product_id
HAVING SUM(u.ordered) <> SUM(u.reserved)
UNION ALL
SELECT 'reservation', r.shop_id, CONCAT('order ', r.order_seq_no, ' ', r.product_id),
       CONCAT(r.state, ' in status ', COALESCE(o.order_status, 'none'))
FROM shop_stock_reservations r
LEFT JOIN shop_orders o ON o.seq_no = r.order_seq_no
WHERE o.seq_no IS NULL
   -- The hold of an order that can still be paid may be with others, once it has lapsed.
   OR r.state <> CASE WHEN o.order_status IN (1, 11, 13) AND r.state = 'released' AND r.expires_at <= r.update_date
                          THEN 'released'
                      WHEN o.order_status IN (1, 11, 13) THEN 'held'
                      WHEN o.order_status IN (2, 3, 4, 5, 6) THEN 'sold'
                      ELSE 'released' END
UNION ALL
SELECT 'payment', o.shop_id, CONCAT('order ', o.seq_no),
       CONCAT('status ', o.order_status, ', total ', o.total_payment, ', ', COUNT(p.seq_no), ' payments of ',
              COALESCE(SUM(p.amount), 0))
FROM shop_orders o
-- An adopted order was paid before jumun: on the word of the old shop, which the payment's status says.
LEFT JOIN shop_payments p ON p.order_seq_no = o.seq_no AND p.status IN ('paid', 'adopted')
GROUP BY o.seq_no, o.shop_id, o.order_status, o.total_payment
HAVING (o.order_status IN (2, 3, 4, 5, 6) AND o.total_payment > 0
        AND (COUNT(p.seq_no) <> 1 OR SUM(p.amount) <> o.total_payment))
    OR (o.order_status IN (1, 9, 10, 11, 12, 13) AND COUNT(p.seq_no) > 0)
UNION ALL
SELECT 'payment', p.shop_id, CONCAT('payment ', p.seq_no), CONCAT('paid ', p.amount, ' for no order')
FROM shop_payments p
LEFT JOIN shop_orders o ON o.seq_no = p.order_seq_no
WHERE p.status IN ('paid', 'adopted') AND o.seq_no IS NULL
UNION ALL
SELECT 'duty', p.shop_id, CONCAT('payment ', p.seq_no), CONCAT(p.status, ' ', p.amount)
FROM shop_payments p
LEFT JOIN shop_pg_duties d
    ON d.payment_seq_no = p.seq_no AND d.amount = p.amount
    -- What cannot be given back before it is looked up: an approval used twice, an amount that cannot be read.
    AND (d.duty = 'refund' OR p.status = 'approval_reused' OR p.amount = 0)
WHERE p.status IN ('amount_mismatch', 'late', 'surplus', 'approval_reused', 'unknown_order') AND d.seq_no IS NULL
UNION ALL
SELECT 'log', o.shop_id, CONCAT('order ', o.seq_no),
       CONCAT('status ', o.order_status, ', last log ', COALESCE(e.to_status, 'none'))
FROM shop_orders o
LEFT JOIN (SELECT order_seq_no, MAX(seq_no) AS last_seq_no FROM shop_order_logs GROUP BY order_seq_no) m
    ON m.order_seq_no = o.seq_no
LEFT JOIN shop_order_logs e ON e.seq_no = m.last_seq_no
WHERE e.to_status IS NULL OR e.to_status <> o.order_status
UNION ALL
SELECT 'log', o.shop_id, CONCAT('order ', o.seq_no, ' log ', e.seq_no),
       CONCAT(e.action, ' by ', e.actor, ' from ', e.from_status, ' to ', e.to_status, ', status was ',
              COALESCE(e.previous, 0))
FROM (SELECT g.*, LAG(g.to_status) OVER (PARTITION BY g.order_seq_no ORDER BY g.seq_no) AS previous
      FROM shop_order_logs g) e
JOIN shop_orders o ON o.seq_no = e.order_seq_no
LEFT JOIN shop_order_transitions t
    ON t.from_status = e.from_status AND t.action = e.action AND t.actor = e.actor AND t.to_status = e.to_status
WHERE t.to_status IS NULL OR COALESCE(e.previous, 0) <> e.from_status;
