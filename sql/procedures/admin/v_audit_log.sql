-- v_audit_log: orders whose log does not lead to their status. Read through shop_audit.
--
-- - The last row does not lead to the status.
-- - A move that is not allowed or does not follow, or a log row of no order.
-- - A payment at another time, or a refusal in other words, than the order says.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_log;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_log AS
SELECT 'log' AS invariant, o.shop_id, o.seq_no AS order_seq_no,
       CONCAT('order ', o.seq_no) AS subject,
       CONCAT('status ', o.order_status, ', last log ', COALESCE(e.to_status, 'none')) AS detail
FROM shop_orders o
LEFT JOIN shop_order_logs e
    ON e.seq_no = (SELECT MAX(m.seq_no) FROM shop_order_logs m WHERE m.order_seq_no = o.seq_no)
WHERE e.to_status IS NULL OR e.to_status <> o.order_status
UNION ALL
SELECT 'log', COALESCE(o.shop_id, 0), e.order_seq_no,
       CONCAT('order ', e.order_seq_no, ' log ', e.seq_no),
       CONCAT(e.action, ' by ', e.actor, ' from ', e.from_status, ' to ', e.to_status,
              ', status was ', COALESCE(e.previous, 0),
              CASE WHEN o.seq_no IS NULL THEN ', no such order' ELSE '' END)
FROM (SELECT g.seq_no, g.order_seq_no, g.log_date, g.from_status, g.to_status, g.action, g.actor,
             LAG(g.to_status) OVER (PARTITION BY g.order_seq_no ORDER BY g.seq_no) AS previous
      FROM shop_order_logs g) e
LEFT JOIN shop_orders o ON o.seq_no = e.order_seq_no
-- Its words are long and seldom needed: the table that is sorted is smaller without.
LEFT JOIN shop_order_logs w ON e.action = 'fail' AND w.seq_no = e.seq_no
LEFT JOIN shop_order_transitions t
    ON t.from_status = e.from_status AND t.action = e.action
       AND t.actor = e.actor AND t.to_status = e.to_status
WHERE o.seq_no IS NULL OR t.to_status IS NULL OR COALESCE(e.previous, 0) <> e.from_status
   -- One transaction writes both; a clock that is set in between does not matter.
   OR (e.to_status = 2 AND e.action <> 'note' AND o.pg <> 'adopted'
       AND ABS(TIMESTAMPDIFF(SECOND, o.paid_at, e.log_date)) > 600)
   -- The log has the verdict before the words, see _settle_order.
   OR (o.order_status = 12 AND e.action = 'fail'
       AND w.log_message <> LEFT(CONCAT_WS(': ',
                                           SUBSTRING_INDEX(w.log_message, ': ', 1),
                                           NULLIF(o.approval_msg, '')),
                                 200));
