-- v_audit_payment: money that is not where it belongs. Read through shop_audit.
--
-- - A paid order without exactly one payment of exactly its total, or a payment without a paid
--   order, or of another shop.
-- - A payment without the message that it was recorded from, and a message without its payment.
--   Messages that change nothing (repeated, ignored, and the like) have none. A refused transaction
--   may be approved later: its payment is then what the later message says. What was paid before
--   jumun has no message.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_payment;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_payment AS
SELECT 'payment' AS invariant, o.shop_id, CONCAT('order ', o.seq_no) AS subject,
       CONCAT('status ', o.order_status, ', total ', o.total_payment,
              ', ', COUNT(p.seq_no), ' payments of ', COALESCE(SUM(p.amount), 0)) AS detail
FROM shop_orders o
JOIN shop_order_statuses t ON t.order_status = o.order_status
-- An adopted order was paid before jumun: on the word of the old shop,
-- which the payment's status says.
LEFT JOIN (shop_payments p
           JOIN shop_payment_verdicts v ON v.verdict = p.status AND v.settles = 1)
    ON p.order_seq_no = o.seq_no
GROUP BY o.seq_no, o.shop_id, o.order_status, o.total_payment, t.settled
HAVING (t.settled = 'yes' AND o.total_payment > 0
        AND (COUNT(p.seq_no) <> 1 OR SUM(p.amount) <> o.total_payment))
    OR (t.settled = 'no' AND COUNT(p.seq_no) > 0)
UNION ALL
SELECT 'payment', p.shop_id, CONCAT('payment ', p.seq_no),
       CONCAT(p.status, ' ', p.amount,
              CASE WHEN p.order_seq_no IS NOT NULL AND o.seq_no IS NULL THEN ' for no order'
                   WHEN o.shop_id <> p.shop_id THEN ' for another shop'
                   ELSE ' and no such message' END)
FROM shop_payments p
LEFT JOIN shop_orders o ON o.seq_no = p.order_seq_no
-- By the index of the order's number; of what named no order there is little.
LEFT JOIN shop_pg_messages m
    ON m.order_number = o.order_number AND m.order_seq_no = p.order_seq_no AND m.verdict = p.status
       AND m.pg = p.pg AND m.merchant_id = p.merchant_id AND m.pg_tx = COALESCE(p.pg_tx, '')
LEFT JOIN (SELECT DISTINCT pg, merchant_id, pg_tx
           FROM shop_pg_messages WHERE verdict = 'unknown_order') u
    ON p.order_seq_no IS NULL
       AND u.pg = p.pg AND u.merchant_id = p.merchant_id AND u.pg_tx = p.pg_tx
WHERE (p.order_seq_no IS NOT NULL AND (o.seq_no IS NULL OR o.shop_id <> p.shop_id))
   OR (p.status <> 'adopted' AND m.seq_no IS NULL
       AND (u.pg_tx IS NULL OR p.status <> 'unknown_order'))
UNION ALL
SELECT 'payment', COALESCE(p.shop_id, o.shop_id, a.shop_id, 0), CONCAT('message ', m.seq_no),
       CONCAT(m.verdict, ' ', m.pg, ' ', m.merchant_id, ' ', m.pg_tx,
              ', payment ', COALESCE(p.status, 'none'))
FROM shop_pg_messages m
JOIN shop_payment_verdicts v ON v.verdict = m.verdict AND v.keeps_payment = 1
LEFT JOIN shop_payments p ON p.pg = m.pg AND p.merchant_id = m.merchant_id AND p.pg_tx = m.pg_tx
-- A refusal without a transaction number.
LEFT JOIN shop_payments f
    ON m.pg_tx = '' AND f.order_seq_no = m.order_seq_no
       AND f.pg = m.pg AND f.merchant_id = m.merchant_id
       AND f.pg_tx IS NULL AND f.status = m.verdict
LEFT JOIN shop_orders o ON p.seq_no IS NULL AND o.seq_no = m.order_seq_no
LEFT JOIN shop_pg_adapters a ON p.seq_no IS NULL AND a.pg = m.pg AND a.merchant_id = m.merchant_id
WHERE (p.seq_no IS NULL AND f.seq_no IS NULL)
   OR (m.verdict <> 'failed' AND (p.status <> m.verdict OR NOT p.order_seq_no <=> m.order_seq_no));
