-- v_cart_checkouts: orders that have left their cart rows where they are (shops.cart_at_order =
-- soft_lock), and what these rows are now. Judged by the order: payments and refusals touch no cart
-- row, and its time is over on the second, whether a job runs or not.
--
-- Parameters  none (a view)
-- Returns one row per such order that has rows in the cart: order_seq_no, shop_id, user_id,
--   settled_at (NULL = its rows are marked with it; else when they were given back), fate
--     in_checkout  it waits for its payment: its rows can be neither changed nor ordered
--     lapsed       it would wait, but its time is over: its rows are free as soon as it is ended
--     free         it came to nothing: its rows are as they were
--     ordered      it was paid: its rows are gone
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_cart_checkouts WHERE shop_id = 1 AND user_id = 'demo1';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_cart_checkouts AS
SELECT k.order_seq_no, k.shop_id, k.user_id, k.settled_at,
       CASE WHEN o.paid_at IS NOT NULL OR t.phase = 'paid' THEN 'ordered'
            WHEN t.phase = 'ended' THEN 'free'
            WHEN o.expires_at <= UTC_TIMESTAMP(6) AND m.to_status IS NOT NULL THEN 'lapsed'
            ELSE 'in_checkout' END AS fate
FROM shop_cart_checkouts k
JOIN shop_orders o ON o.seq_no = k.order_seq_no
JOIN shop_order_statuses t ON t.order_status = o.order_status
LEFT JOIN shop_order_transitions m ON m.from_status = o.order_status AND m.action = 'expire'
    AND m.actor = 'job';
