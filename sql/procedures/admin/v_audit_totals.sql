-- v_audit_totals: order headers that are not the sum of their lines. Read through shop_audit.
--
-- - Number, sum and tax-free part of the lines, less what was taken off these and what points and
--   cash pay of them, are not the header's, or a line names another shop.
-- - Lines of no order.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_totals;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_totals AS
SELECT 'totals' AS invariant, t.shop_id, t.order_seq_no,
       CONCAT('order ', t.order_seq_no) AS subject,
       CONCAT('header ', t.line_count, ' lines ', t.product_total_price,
              ' tax free ', t.tax_free_amount,
              ', lines ', COUNT(t.line_no), ' ', COALESCE(SUM(t.line_amount), 0), ' tax free ',
              COALESCE(SUM(CASE t.tax_type WHEN 'free' THEN t.line_amount - t.taken_off
                                           ELSE 0 END), 0)) AS detail
FROM (SELECT o.seq_no AS order_seq_no, o.shop_id, o.line_count, o.product_total_price,
             o.tax_free_amount, l.shop_id AS line_shop_id, l.line_no, l.line_amount, l.tax_type,
             COALESCE((SELECT SUM(d.amount) FROM shop_order_discount_lines d
                       WHERE d.order_seq_no = l.order_seq_no AND d.line_no = l.line_no), 0)
             + COALESCE((SELECT SUM(k.amount) FROM shop_order_credit_lines k
                         WHERE k.order_seq_no = l.order_seq_no AND k.line_no = l.line_no), 0)
                 AS taken_off
      FROM shop_orders o
      LEFT JOIN shop_order_product l ON l.order_seq_no = o.seq_no) t
GROUP BY t.shop_id, t.order_seq_no, t.line_count, t.product_total_price, t.tax_free_amount
HAVING COUNT(t.line_no) <> t.line_count
    OR COALESCE(SUM(t.line_amount), 0) <> t.product_total_price
    OR COALESCE(SUM(CASE t.tax_type WHEN 'free' THEN t.line_amount - t.taken_off ELSE 0 END), 0)
       <> t.tax_free_amount
    OR COALESCE(MAX(t.line_shop_id), t.shop_id) <> t.shop_id
    OR COALESCE(MIN(t.line_shop_id), t.shop_id) <> t.shop_id
UNION ALL
SELECT 'totals', l.shop_id, l.order_seq_no, CONCAT('order ', l.order_seq_no),
       CONCAT(COUNT(*), ' lines of no order')
FROM shop_order_product l
LEFT JOIN shop_orders o ON o.seq_no = l.order_seq_no
WHERE o.seq_no IS NULL
GROUP BY l.shop_id, l.order_seq_no;
