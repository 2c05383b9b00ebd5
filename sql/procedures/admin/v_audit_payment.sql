-- v_audit_payment: money that is not where it belongs. Read through shop_audit.
--
-- - A paid order without exactly one payment of exactly its total, or a payment without a paid order, or of another shop.
-- - A transaction whose payment is not what the last message about it said. Messages that change nothing (repeated, ignored,
--   and the like) do not count; a refusal without a transaction number counts by its order. What was paid before jumun has
--   no message.
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
       CONCAT('status ', o.order_status, ', total ', o.total_payment, ', ', COUNT(p.seq_no), ' payments of ',
              COALESCE(SUM(p.amount), 0)) AS detail
FROM shop_orders o
-- An adopted order was paid before jumun: on the word of the old shop, which the payment's status says.
LEFT JOIN shop_payments p ON p.order_seq_no = o.seq_no AND p.status IN ('paid', 'adopted')
GROUP BY o.seq_no, o.shop_id, o.order_status, o.total_payment
HAVING (o.order_status IN (2, 3, 4, 5, 6) AND o.total_payment > 0
        AND (COUNT(p.seq_no) <> 1 OR SUM(p.amount) <> o.total_payment))
    OR (o.order_status IN (1, 9, 10, 11, 12, 13) AND COUNT(p.seq_no) > 0)
UNION ALL
SELECT 'payment', p.shop_id, CONCAT('payment ', p.seq_no),
       CONCAT(p.status, ' ', p.amount, CASE WHEN o.seq_no IS NULL THEN ' for no order' ELSE ' for another shop' END)
FROM shop_payments p
LEFT JOIN shop_orders o ON o.seq_no = p.order_seq_no
WHERE (p.order_seq_no IS NOT NULL AND (o.seq_no IS NULL OR o.shop_id <> p.shop_id))
   OR (p.status IN ('paid', 'adopted') AND p.order_seq_no IS NULL)
UNION ALL
SELECT 'payment', COALESCE(MAX(t.shop_id), 0), CONCAT('transaction ', t.pg, ' ', t.merchant_id, ' ', t.tx),
       CONCAT('payment ', COALESCE(MAX(t.recorded), 'none'), ', message ', COALESCE(SUBSTR(MAX(t.said), 21), 'none'))
FROM (SELECT shop_id, pg, merchant_id, COALESCE(pg_tx, CONCAT('of order ', order_seq_no)) AS tx,
             CONCAT_WS(' order ', status, order_seq_no) AS recorded, NULL AS said
      FROM shop_payments
      WHERE status <> 'adopted'
      UNION ALL
      SELECT a.shop_id, m.pg, m.merchant_id,
             CASE m.pg_tx WHEN '' THEN CONCAT('of order ', m.order_seq_no) ELSE m.pg_tx END, NULL,
             CONCAT(LPAD(m.seq_no, 20, '0'), CONCAT_WS(' order ', m.verdict, m.order_seq_no))
      FROM shop_pg_messages m
      LEFT JOIN shop_pg_adapters a ON a.pg = m.pg AND a.merchant_id = m.merchant_id
      WHERE m.verdict IN ('paid', 'failed', 'amount_mismatch', 'late', 'surplus', 'approval_reused', 'unknown_order')) t
GROUP BY t.pg, t.merchant_id, t.tx
HAVING NOT MAX(t.recorded) <=> SUBSTR(MAX(t.said), 21);
