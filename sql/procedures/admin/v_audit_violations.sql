-- v_audit_violations: every violated invariant, one view each.
-- Read it through shop_audit, which explains them.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   CALL shop_audit();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_violations AS
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_cart
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_order
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_totals
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_coupon
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_credit
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_stock
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_reservation
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_payment
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_duty
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_contradiction
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_log
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_adapter
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_price
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_option
UNION ALL
SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_set;
