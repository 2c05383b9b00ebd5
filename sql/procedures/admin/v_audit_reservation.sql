-- v_audit_reservation: units reserved that are not those ordered. Read through shop_audit.
--
-- - Units reserved <> units ordered, per order and product; of a set those of its parts.
-- - A reservation whose shop, deadline or state is not its order's, or a hold on a stock row that
--   does not exist.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_reservation;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_reservation AS
SELECT 'reservation' AS invariant, u.shop_id, u.order_seq_no,
       CONCAT('order ', u.order_seq_no, ' ', u.product_id) AS subject,
       CONCAT('ordered ', SUM(u.ordered), ', reserved ', SUM(u.reserved)) AS detail
FROM (SELECT o.shop_id, o.seq_no AS order_seq_no,
             COALESCE(e.product_id, l.product_id) AS product_id,
             l.quantity * COALESCE(e.quantity, 1) AS ordered, 0 AS reserved
      FROM shop_orders o
      JOIN shop_order_product l ON l.order_seq_no = o.seq_no
      LEFT JOIN shop_order_parts e ON e.order_seq_no = l.order_seq_no AND e.line_no = l.line_no
      UNION ALL
      SELECT o.shop_id, o.seq_no, r.product_id, 0, r.quantity
      FROM shop_orders o
      JOIN shop_stock_reservations r ON r.order_seq_no = o.seq_no) u
GROUP BY u.shop_id, u.order_seq_no, u.product_id
HAVING SUM(u.ordered) <> SUM(u.reserved)
UNION ALL
SELECT 'reservation', COALESCE(o.shop_id, r.shop_id), r.order_seq_no,
       CONCAT('order ', r.order_seq_no, ' ', r.product_id),
       CONCAT(r.state, ' on slot ', r.slot, ' until ', r.expires_at,
              ' in status ', COALESCE(o.order_status, 'none'),
              CASE WHEN r.state = 'held' AND s.shop_id IS NULL THEN ', no such slot' ELSE '' END)
FROM shop_stock_reservations r
LEFT JOIN shop_orders o ON o.seq_no = r.order_seq_no
LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
LEFT JOIN shop_stock s
    ON r.state = 'held' AND s.shop_id = r.shop_id AND s.product_id = r.product_id
       AND s.option_hash = r.option_hash AND s.slot = r.slot
WHERE o.seq_no IS NULL OR r.shop_id <> o.shop_id
   OR TIMESTAMPDIFF(MINUTE, r.expires_at, o.expires_at) <> 0
   OR (r.state = 'held' AND s.shop_id IS NULL)
   -- The hold of an order that can still be paid may be with others, once it has lapsed.
   OR r.state <> CASE WHEN t.phase = 'open' AND r.state = 'released'
                           AND r.expires_at <= r.update_date
                          THEN 'released'
                      WHEN t.phase = 'open' THEN 'held'
                      WHEN t.phase = 'paid' THEN 'sold'
                      ELSE 'released' END;
