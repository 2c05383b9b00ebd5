-- v_carts: every cart that has rows: what it comes to now, and what its header says.
--
-- The header is brought up by whoever changes or reads a cart through the routines (see
-- _count_cart); what an order has taken since, what a page has changed by itself and what costs
-- something else by now is told here at once. It reads all carts, unless shop_id and user_id are
-- given.
--
-- Parameters  none (a view)
-- Returns one row per buyer with rows in the cart
--   shop_id, user_id
--   item_count, unit_count, amount, cart_total_hash   of the rows as they are now
--   last_added_at      when something was put in last; NULL = not known
--   cart_version       as select_shop_cart answers it
--   is_known           1 = the header says the same rows and prices
--   header_item_count, header_amount, last_calc_at    of the header
-- Errors  none
-- Locks   none
-- Example
--   SELECT item_count, amount FROM v_carts WHERE shop_id = 1 AND user_id = 'demo1';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_carts AS
SELECT n.shop_id, n.user_id, n.item_count, n.unit_count, n.amount, n.cart_total_hash,
       CASE WHEN n.newest > COALESCE(k.last_added_at, '1000-01-01') THEN n.newest
            ELSE k.last_added_at END AS last_added_at,
       COALESCE(k.cart_version, 0) + 1 - (k.cart_total_hash <=> n.cart_total_hash) AS cart_version,
       k.cart_total_hash <=> n.cart_total_hash AS is_known,
       k.item_count AS header_item_count, k.amount AS header_amount, k.last_calc_at
FROM (SELECT c.shop_id, c.user_id, COUNT(*) AS item_count, SUM(c.quantity) AS unit_count,
             MAX(c.create_date) AS newest,
             GREATEST(LEAST(COALESCE(SUM(
                 CASE WHEN c.pinned_no = h.pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
                      THEN a.unit_price
                      WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                      WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                      ELSE f.unit_price END * c.quantity), 0),
                 9999999999999999.99), -9999999999999999.99) AS amount,
             SHA2(COALESCE(GROUP_CONCAT(
                 c.seq_no, ' ', c.product_id, ' ', c.option_hash, ' ', c.quantity, ' ',
                 COALESCE(CASE WHEN c.pinned_no = h.pinned_no
                                AND c.promised_until > UTC_TIMESTAMP(6)
                               THEN a.unit_price
                               WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                               WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                               ELSE f.unit_price END, '-')
                 ORDER BY c.seq_no SEPARATOR '\n'), ''), 256) AS cart_total_hash
      FROM shop_cart c
      LEFT JOIN shops h ON h.shop_id = c.shop_id AND h.price_policy = 'pinned'
      LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
          ON f.shop_id = c.shop_id AND f.product_id = c.product_id
          AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
      LEFT JOIN shop_product_prices a FORCE INDEX (PRIMARY) ON a.price_id = c.price_id
      LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = c.order_seq_no
      LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
      LEFT JOIN shop_order_transitions m ON m.from_status = o.order_status AND m.action = 'expire'
          AND m.actor = 'job'
      WHERE c.buy_now = 0
        AND (o.seq_no IS NULL OR t.phase = 'ended' AND o.paid_at IS NULL
             OR t.phase = 'open' AND o.expires_at <= UTC_TIMESTAMP(6)
                AND m.to_status IS NOT NULL)
      GROUP BY c.shop_id, c.user_id) n
LEFT JOIN shop_cart_headers k FORCE INDEX (PRIMARY)
    ON k.shop_id = n.shop_id AND k.user_id = n.user_id;
