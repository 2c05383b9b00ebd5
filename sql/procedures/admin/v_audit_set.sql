-- v_audit_set: sets that are not what they should be. Read through shop_audit.
--
-- - A product counts other parts, or other sets that it is in, than there are (shop_set_parts and
--   its triggers), or it is a set and a part of one. Or a shop counts other parts.
-- - A part is on another stock row than its option, or its option is gone, which makes the set sold
--   out: give it another part. What is right and only not written down is, by
--   UPDATE shop_set_parts SET stock_option_hash = ''.
-- - What a line of an order consisted of belongs to no line, or is numbered with a gap.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_set;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_set AS
SELECT 'set' AS invariant, t.shop_id, CAST(NULL AS UNSIGNED) AS order_seq_no,
       CONCAT('product ', t.product_id) AS subject,
       CONCAT('counts ', SUM(t.counted), ' parts, has ', SUM(t.parts), '; in ', SUM(t.counted_in),
              ' sets, is in ', SUM(t.sets)) AS detail
FROM (SELECT shop_id, product_id, set_parts AS counted, in_sets AS counted_in, 0 AS parts, 0 AS sets
      FROM shop_products
      WHERE set_parts > 0 OR in_sets > 0
      UNION ALL
      SELECT shop_id, product_id, 0, 0, 1, 0 FROM shop_set_parts
      UNION ALL
      SELECT shop_id, part_product_id, 0, 0, 0, 1 FROM shop_set_parts) t
GROUP BY t.shop_id, t.product_id
HAVING SUM(t.counted) <> SUM(t.parts) OR SUM(t.counted_in) <> SUM(t.sets)
    OR SUM(t.parts) > 0 AND SUM(t.sets) > 0
UNION ALL
SELECT 'set', s.shop_id, CAST(NULL AS UNSIGNED), 'shop',
       CONCAT('counts ', s.set_parts, ' parts, has ', COUNT(e.shop_id))
FROM shops s
LEFT JOIN shop_set_parts e ON e.shop_id = s.shop_id
GROUP BY s.shop_id, s.set_parts
HAVING s.set_parts <> COUNT(e.shop_id)
UNION ALL
SELECT 'set', e.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('set ', e.product_id, ' ', e.part_product_id, ' ', e.part_option_hash),
       CONCAT('on stock row ', CASE e.stock_option_hash WHEN '' THEN 'none'
                                                        ELSE e.stock_option_hash END,
              ', its option on ', COALESCE(f.stock_option_hash, 'none: it is gone'))
FROM shop_set_parts e
LEFT JOIN shop_offers f ON f.shop_id = e.shop_id AND f.product_id = e.part_product_id
    AND f.option_hash = e.part_option_hash AND f.plan_id = 0
WHERE f.shop_id IS NULL
   OR CAST(e.stock_option_hash AS BINARY) <> CAST(f.stock_option_hash AS BINARY)
UNION ALL
SELECT 'set', MAX(e.shop_id), e.order_seq_no,
       CONCAT('order ', e.order_seq_no, ' line ', e.line_no),
       CONCAT(COUNT(*), ' parts, numbered up to ', MAX(e.part_no),
              CASE WHEN MAX(l.line_no) IS NULL THEN ', of no line' ELSE '' END)
FROM shop_order_parts e
LEFT JOIN shop_order_product l ON l.order_seq_no = e.order_seq_no AND l.line_no = e.line_no
    AND l.shop_id = e.shop_id
GROUP BY e.order_seq_no, e.line_no
HAVING MAX(l.line_no) IS NULL OR MIN(e.part_no) <> 1 OR MAX(e.part_no) <> COUNT(*);
