-- v_audit_contradiction: of two things said about one transaction nobody knows yet which is true.
-- Read through shop_audit.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_contradiction;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_contradiction AS
SELECT 'contradiction' AS invariant, shop_id, order_seq_no, CONCAT('duty ', seq_no) AS subject,
       CONCAT('order ', COALESCE(order_seq_no, 'none'),
              ', payment ', COALESCE(payment_seq_no, 'none'),
              ', said ', amount) AS detail
FROM shop_pg_duties
WHERE reason = 'contradiction' AND state = 'owed';
