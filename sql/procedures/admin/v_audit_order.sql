-- v_audit_order: orders that were changed past the routines. Read through shop_audit.
--
-- - What never changes is not what was sealed (v_order_seals), or an order that was made since
--   there are seals has none.
-- - Approval number, last words and time of payment are not those of the payment that settled it,
--   or are there without one. Adopted orders have what the old shop wrote.
-- - Nothing says what its status means (shop_order_statuses).
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_order;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_order AS
SELECT 'order' AS invariant, s.shop_id, s.seq_no AS order_seq_no,
       CONCAT('order ', s.seq_no) AS subject,
       CASE WHEN s.seal IS NULL THEN 'no seal' ELSE 'changed since it was sealed' END AS detail
FROM v_order_seals s
WHERE s.seal <> s.seal_now
   OR (s.seal IS NULL AND s.seq_no > (SELECT f.seq_no FROM shop_orders f WHERE f.seal IS NOT NULL
                                       ORDER BY f.seq_no LIMIT 1))
UNION ALL
SELECT 'order', o.shop_id, o.seq_no, CONCAT('order ', o.seq_no),
       CONCAT('approval ', COALESCE(o.approval_no, 'none'),
              ', payment ', COALESCE(p.approval_no, 'none'),
              ', paid at ', COALESCE(o.paid_at, 'none'))
FROM shop_orders o
LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
LEFT JOIN shop_payments p ON p.order_seq_no = o.seq_no AND p.status = 'paid'
WHERE (t.settled = 'yes' AND (p.seq_no IS NOT NULL OR o.total_payment = 0) AND o.pg <> 'adopted'
       AND (o.paid_at IS NULL OR COALESCE(o.approval_no, '') <> COALESCE(p.approval_no, '')
            OR COALESCE(o.approval_msg, '') <> COALESCE(p.result_msg, '')))
   OR (t.settled = 'no' AND o.pg <> 'adopted'
       AND (o.paid_at IS NOT NULL OR o.approval_no IS NOT NULL
            OR (o.approval_msg IS NOT NULL AND o.order_status <> 12)))
   OR t.order_status IS NULL;
