-- v_cart_items: every item that ever lay in a cart, and what became of it.
--
-- Parameters  none (a view)
-- Returns one row per cart row, also of those that are gone
--   shop_id, user_id, cart_id, product_id, option_hash, quantity
--   item_state
--     in_cart      it lies there
--     in_checkout  an order has it, which waits for its payment (soft_lock)
--     expired      it lies there, and nobody has changed it for shops.cart_days, or its product is
--                  gone; or it was deleted for its age
--     ordered      an order has taken it: order_seq_no says which, order_status what became of it
--     deleted      by the buyer, or because its units went into another row: see reason
--   state_date    since when, as far as it is known: when the row was last changed, ordered or
--                 deleted; UTC
--   reason        of deletions, see shop_cart_deletions
--   order_seq_no, order_status   the order that has or had it last
-- A row that a page has deleted by itself, and no order had, is not told of.
-- Errors  none
-- Locks   none
-- Example
--   SELECT cart_id, item_state FROM v_cart_items WHERE shop_id = 1 AND user_id = 'demo1';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_cart_items AS
SELECT c.shop_id, c.user_id, c.seq_no AS cart_id, c.product_id, c.option_hash, c.quantity,
       CASE WHEN o.seq_no IS NULL OR t.phase = 'ended' AND o.paid_at IS NULL
              OR t.phase = 'open' AND o.expires_at <= UTC_TIMESTAMP(6)
                 AND m.to_status IS NOT NULL
            THEN CASE WHEN p.product_id IS NULL
                        OR c.update_date < UTC_TIMESTAMP(6) - INTERVAL NULLIF(y.cart_days, 0) DAY
                      THEN 'expired' ELSE 'in_cart' END
            WHEN t.phase = 'open' AND o.paid_at IS NULL THEN 'in_checkout'
            ELSE 'ordered' END AS item_state,
       COALESCE(o.order_date, c.update_date) AS state_date, '' AS reason,
       o.seq_no AS order_seq_no, o.order_status
FROM shop_cart c
LEFT JOIN shops y ON y.shop_id = c.shop_id
LEFT JOIN shop_products p FORCE INDEX (PRIMARY)
    ON p.shop_id = c.shop_id AND p.product_id = c.product_id
LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = c.order_seq_no
LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
LEFT JOIN shop_order_transitions m ON m.from_status = o.order_status AND m.action = 'expire'
    AND m.actor = 'job'
UNION ALL
SELECT o.shop_id, o.user_id, l.cart_seq_no, l.product_id, l.option_hash, l.quantity,
       'ordered', o.order_date, '', o.seq_no, o.order_status
FROM shop_order_product l
JOIN shop_orders o ON o.seq_no = l.order_seq_no
WHERE NOT EXISTS (SELECT 1 FROM shop_cart c WHERE c.seq_no = l.cart_seq_no)
  AND NOT EXISTS (SELECT 1 FROM shop_cart_deletions d
                  WHERE d.shop_id = o.shop_id AND d.user_id = o.user_id
                    AND d.cart_seq_no = l.cart_seq_no)
  AND NOT EXISTS (SELECT 1 FROM shop_order_product n
                  WHERE n.cart_seq_no = l.cart_seq_no AND n.order_seq_no > l.order_seq_no)
UNION ALL
SELECT d.shop_id, d.user_id, d.cart_seq_no, d.product_id, d.option_hash, d.quantity,
       CASE WHEN d.reason LIKE 'cart_delete_days%' OR d.reason LIKE 'buy_now_hours%' THEN 'expired'
            ELSE 'deleted' END,
       d.deleted_at, d.reason, NULL, NULL
FROM shop_cart_deletions d;
