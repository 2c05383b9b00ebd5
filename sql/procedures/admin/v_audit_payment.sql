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
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_payment;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_payment AS
SELECT 'payment' AS invariant, o.shop_id, o.seq_no AS order_seq_no,
       CONCAT('order ', o.seq_no) AS subject,
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
SELECT 'payment', p.shop_id, p.order_seq_no, CONCAT('payment ', p.seq_no),
       CONCAT(p.status, ' ', p.amount,
              CASE WHEN o.seq_no IS NULL THEN ' for no order'
                   WHEN o.shop_id <> p.shop_id THEN ' for another shop'
                   ELSE ' and no such message' END)
FROM shop_payments p
LEFT JOIN shop_orders o ON o.seq_no = p.order_seq_no
-- By the index of the order's number.
LEFT JOIN shop_pg_messages m
    ON m.order_number = o.order_number AND m.order_seq_no = p.order_seq_no AND m.verdict = p.status
       AND m.pg = p.pg AND m.merchant_id = p.merchant_id AND m.pg_tx = COALESCE(p.pg_tx, '')
WHERE p.order_seq_no IS NOT NULL
  AND (o.seq_no IS NULL OR o.shop_id <> p.shop_id OR (p.status <> 'adopted' AND m.seq_no IS NULL))
UNION ALL
-- What named no order: there is little of it.
SELECT 'payment', p.shop_id, CAST(NULL AS UNSIGNED), CONCAT('payment ', p.seq_no),
       CONCAT(p.status, ' ', p.amount, ' and no such message')
FROM shop_payments p
LEFT JOIN (SELECT DISTINCT pg, merchant_id, pg_tx
           FROM shop_pg_messages WHERE verdict = 'unknown_order') u
    ON u.pg = p.pg AND u.merchant_id = p.merchant_id AND u.pg_tx = p.pg_tx
WHERE p.order_seq_no IS NULL AND p.status <> 'adopted'
  AND (u.pg_tx IS NULL OR p.status <> 'unknown_order')
UNION ALL
SELECT 'payment', COALESCE(x.payment_shop_id, x.order_shop_id, a.shop_id, 0), x.order_seq_no,
       CONCAT('message ', x.seq_no),
       CONCAT(x.verdict, ' ', x.pg, ' ', x.merchant_id, ' ', x.pg_tx, ', payment ',
              COALESCE(x.status, 'none'))
FROM (SELECT m.seq_no, m.verdict, m.pg, m.merchant_id, m.pg_tx, o.seq_no AS order_seq_no,
             o.shop_id AS order_shop_id, p.shop_id AS payment_shop_id, p.status
      -- Of an order by the index of its number.
      FROM shop_orders o
      JOIN shop_pg_messages m ON m.order_number = o.order_number AND m.order_seq_no = o.seq_no
      JOIN shop_payment_verdicts v ON v.verdict = m.verdict AND v.keeps_payment = 1
      LEFT JOIN shop_payments p
          ON p.pg = m.pg AND p.merchant_id = m.merchant_id AND p.pg_tx = m.pg_tx
      -- A refusal without a transaction number.
      LEFT JOIN shop_payments f
          ON m.pg_tx = '' AND f.order_seq_no = m.order_seq_no AND f.pg = m.pg
          AND f.merchant_id = m.merchant_id AND f.pg_tx IS NULL AND f.status = m.verdict
      WHERE (p.seq_no IS NULL AND f.seq_no IS NULL)
         OR (m.verdict <> 'failed'
             AND (p.status <> m.verdict OR NOT p.order_seq_no <=> m.order_seq_no))
      UNION ALL
      SELECT m.seq_no, m.verdict, m.pg, m.merchant_id, m.pg_tx, CAST(NULL AS UNSIGNED), NULL,
             p.shop_id, p.status
      FROM shop_pg_messages m
      JOIN shop_payment_verdicts v ON v.verdict = m.verdict AND v.keeps_payment = 1
      LEFT JOIN shop_orders o ON o.seq_no = m.order_seq_no AND o.order_number = m.order_number
      LEFT JOIN shop_payments p
          ON p.pg = m.pg AND p.merchant_id = m.merchant_id AND p.pg_tx = m.pg_tx
      LEFT JOIN shop_payments f
          ON m.pg_tx = '' AND f.order_seq_no = m.order_seq_no AND f.pg = m.pg
          AND f.merchant_id = m.merchant_id AND f.pg_tx IS NULL AND f.status = m.verdict
      WHERE o.seq_no IS NULL
        AND ((p.seq_no IS NULL AND f.seq_no IS NULL)
             OR (m.verdict <> 'failed'
                 AND (p.status <> m.verdict OR NOT p.order_seq_no <=> m.order_seq_no)))) x
LEFT JOIN shop_pg_adapters a ON a.pg = x.pg AND a.merchant_id = x.merchant_id;
