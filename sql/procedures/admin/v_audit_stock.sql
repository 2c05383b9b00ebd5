-- v_audit_stock: units that appeared or vanished. Read through shop_audit.
--
-- - Ledger <> free + held + sold, per product and option.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_stock;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_stock AS
SELECT 'stock' AS invariant, t.shop_id, CAST(NULL AS UNSIGNED) AS order_seq_no,
       CONCAT(t.product_id, ' ', t.option_hash) AS subject,
       CONCAT('ledger ', SUM(t.ledger), ', free ', SUM(t.free),
              ', held and sold ', SUM(t.reserved)) AS detail
FROM (SELECT shop_id, product_id, option_hash, difference AS ledger, 0 AS free, 0 AS reserved
      FROM shop_stock_ledger
      UNION ALL
      SELECT shop_id, product_id, option_hash, 0, free, 0
      FROM shop_stock
      UNION ALL
      SELECT shop_id, product_id, option_hash, 0, 0, quantity
      FROM shop_stock_reservations
      WHERE state IN ('held', 'sold')) t
GROUP BY t.shop_id, t.product_id, t.option_hash
HAVING SUM(t.ledger) <> SUM(t.free) + SUM(t.reserved);
