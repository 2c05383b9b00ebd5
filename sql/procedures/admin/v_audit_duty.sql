-- v_audit_duty: money that is neither owed nor given back, and duties that cannot be.
-- Read through shop_audit.
--
-- - Money that was taken and neither settles an order nor is owed back.
-- - A message of an approval without a transaction number that nobody looks up.
-- - A duty that was closed or opened past update_adm_pg_duty: its state and words are not those of
--   its last log.
-- - A duty that does not fit its payment or order, a refund of no payment, or of the payment that
--   settled an order.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_duty;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_duty AS
SELECT 'duty' AS invariant, p.shop_id, p.order_seq_no, CONCAT('payment ', p.seq_no) AS subject,
       CONCAT(p.status, ' ', p.amount) AS detail
FROM shop_payments p
JOIN shop_payment_verdicts v ON v.verdict = p.status AND v.keeps_payment = 1 AND v.duty IS NOT NULL
LEFT JOIN shop_pg_duties d
    ON d.payment_seq_no = p.seq_no AND d.amount = p.amount
    -- What cannot be given back before it is looked up: an approval used twice,
    -- an amount that cannot be read.
    AND (d.duty = 'refund' OR v.duty = 'lookup' OR p.amount = 0)
WHERE d.seq_no IS NULL
UNION ALL
SELECT 'duty', COALESCE(a.shop_id, 0), CAST(NULL AS UNSIGNED), CONCAT('message ', m.seq_no),
       CONCAT(m.verdict, ' of order ', m.order_number)
FROM shop_pg_messages m
LEFT JOIN shop_pg_adapters a ON a.pg = m.pg AND a.merchant_id = m.merchant_id
LEFT JOIN shop_pg_duties d
    ON d.pg = m.pg AND d.merchant_id = m.merchant_id AND d.duty = 'lookup'
       AND d.reason = 'incomplete'
       -- The name of the order, or its beginning and a hash of what was said.
       AND (d.duty_key = CONCAT('order ', m.order_number)
            OR LOCATE(CONCAT(LEFT(CONCAT('order ', m.order_number), 35), ' '), d.duty_key) = 1)
WHERE m.verdict = 'incomplete' AND d.seq_no IS NULL
UNION ALL
SELECT 'duty', d.shop_id, d.order_seq_no, CONCAT('duty ', d.seq_no),
       CONCAT(d.state, ' ', d.duty, ' ', d.amount,
              ' of ', COALESCE(p.status, 'no payment'), ' ', COALESCE(p.amount, 0))
FROM shop_pg_duties d
LEFT JOIN shop_payments p ON p.seq_no = d.payment_seq_no
LEFT JOIN shop_orders o ON o.seq_no = d.order_seq_no
LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
WHERE (d.order_seq_no IS NOT NULL AND (o.seq_no IS NULL OR o.shop_id <> d.shop_id))
   OR (d.payment_seq_no IS NULL AND d.duty = 'refund')
   OR (d.payment_seq_no IS NOT NULL
       AND (p.seq_no IS NULL
            OR p.shop_id <> d.shop_id OR p.pg <> d.pg OR p.merchant_id <> d.merchant_id
            OR (d.duty = 'refund' AND (d.amount > p.amount OR d.duty_key <> p.pg_tx))))
   OR (d.duty = 'refund' AND p.status = 'paid' AND t.phase = 'paid')
UNION ALL
SELECT 'duty', d.shop_id, d.order_seq_no, CONCAT('duty ', d.seq_no),
       CONCAT(d.state, ', last log ', COALESCE(g.to_state, 'none'))
FROM shop_pg_duties d
LEFT JOIN shop_pg_duty_logs g
    ON g.seq_no = (SELECT MAX(n.seq_no) FROM shop_pg_duty_logs n WHERE n.duty_seq_no = d.seq_no)
WHERE d.state <> COALESCE(g.to_state, 'owed')
   OR (d.state <> 'owed'
       AND NOT (d.done_at <=> g.log_date AND d.closed_by <=> g.actor_name
                AND COALESCE(d.proof, '') = g.proof
                AND COALESCE(d.close_reason, '') = g.reason))
   OR (d.state = 'owed'
       AND NOT (d.closed_by IS NULL AND d.proof IS NULL AND d.close_reason IS NULL));
