-- v_audit_totals: order headers that are not the sum of their lines. Read through shop_audit.
--
-- - Number, sum and tax-free part of the lines, less what was taken off these and what points and
--   cash pay of them, are not the header's, or a line names another shop.
-- - Lines of no order.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_totals;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_totals AS
SELECT 'totals' AS invariant, o.shop_id, CONCAT('order ', o.seq_no) AS subject,
       CONCAT('header ', o.line_count, ' lines ', o.product_total_price,
              ' tax free ', o.tax_free_amount,
              ', lines ', COUNT(l.line_no), ' ', COALESCE(SUM(l.line_amount), 0), ' tax free ',
              COALESCE(SUM(CASE l.tax_type WHEN 'free' THEN l.line_amount - COALESCE(k.amount, 0)
                              ELSE 0 END), 0)) AS detail
FROM shop_orders o
LEFT JOIN shop_order_product l ON l.order_seq_no = o.seq_no
LEFT JOIN (SELECT x.order_seq_no, x.line_no, SUM(x.amount) AS amount
           FROM (SELECT order_seq_no, line_no, amount FROM shop_order_discount_lines
                 UNION ALL
                 SELECT order_seq_no, line_no, amount FROM shop_order_credit_lines) x
           GROUP BY x.order_seq_no, x.line_no) k
    ON k.order_seq_no = l.order_seq_no AND k.line_no = l.line_no
GROUP BY o.seq_no, o.shop_id, o.line_count, o.product_total_price, o.tax_free_amount
HAVING COUNT(l.line_no) <> o.line_count
    OR COALESCE(SUM(l.line_amount), 0) <> o.product_total_price
    OR COALESCE(SUM(CASE l.tax_type WHEN 'free' THEN l.line_amount - COALESCE(k.amount, 0)
                    ELSE 0 END), 0)
       <> o.tax_free_amount
    OR COALESCE(MAX(l.shop_id), o.shop_id) <> o.shop_id
    OR COALESCE(MIN(l.shop_id), o.shop_id) <> o.shop_id
UNION ALL
SELECT 'totals', l.shop_id, CONCAT('order ', l.order_seq_no), CONCAT(COUNT(*), ' lines of no order')
FROM shop_order_product l
LEFT JOIN shop_orders o ON o.seq_no = l.order_seq_no
WHERE o.seq_no IS NULL
GROUP BY l.shop_id, l.order_seq_no;
