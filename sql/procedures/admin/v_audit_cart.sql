-- v_audit_cart: cart rows that should not be there. Read through shop_audit.
--
-- - A cart row that was ordered is still in the cart, and not marked with its order (soft_lock).
-- - A cart row is marked with an order that does not have it, or that nothing would take it from.
-- - A buyer has two rows of one product and option in the cart, or two that were bought now. Rows
--   that came back from an order are not counted: they are as they were.
-- - A cart header names the rows that are there, and says another number of them or another amount.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_cart;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_cart AS
SELECT 'cart' AS invariant, c.shop_id, l.order_seq_no, CONCAT('cart row ', c.seq_no) AS subject,
       CONCAT('ordered by order ', l.order_seq_no) AS detail
FROM shop_cart c
JOIN shop_order_product l ON l.cart_seq_no = c.seq_no
JOIN shop_orders o ON o.seq_no = l.order_seq_no
JOIN shop_order_statuses t ON t.order_status = o.order_status
WHERE t.phase <> 'ended' AND NOT c.order_seq_no <=> l.order_seq_no
UNION ALL
SELECT 'cart', c.shop_id, CAST(NULL AS UNSIGNED), CONCAT('cart row ', c.seq_no),
       CONCAT('marked with order ', c.order_seq_no,
              CASE WHEN l.order_seq_no IS NULL THEN ', which does not have it'
                   ELSE ', which gives back nothing' END)
FROM shop_cart c
LEFT JOIN shop_order_product l ON l.cart_seq_no = c.seq_no AND l.order_seq_no = c.order_seq_no
LEFT JOIN shop_cart_checkouts k ON k.shop_id = c.shop_id AND k.user_id = c.user_id
    AND k.order_seq_no = c.order_seq_no AND k.settled_at IS NULL
WHERE c.order_seq_no IS NOT NULL AND (l.order_seq_no IS NULL OR k.order_seq_no IS NULL)
UNION ALL
SELECT 'cart', shop_id, CAST(NULL AS UNSIGNED), CONCAT('buyer ', user_id),
       CONCAT(COUNT(*), ' rows of ', product_id, ' ', option_hash)
FROM shop_cart c
WHERE c.order_seq_no IS NULL
  AND NOT EXISTS (SELECT 1 FROM shop_order_product l WHERE l.cart_seq_no = c.seq_no)
GROUP BY shop_id, user_id, product_id, option_hash, buy_now
HAVING COUNT(*) > 1
UNION ALL
SELECT 'cart', shop_id, CAST(NULL AS UNSIGNED), CONCAT('header of ', user_id),
       CONCAT(header_item_count, ' rows for ', header_amount, ', not ', item_count, ' for ', amount)
FROM v_carts
WHERE is_known = 1 AND NOT (header_item_count = item_count AND header_amount = amount)
UNION ALL
SELECT 'cart', shop_id, CAST(NULL AS UNSIGNED), CONCAT('header of ', user_id),
       CONCAT(item_count, ' rows for ', amount, ', not 0 for 0.00')
FROM shop_cart_headers
WHERE cart_total_hash = SHA2('', 256) AND NOT (item_count = 0 AND amount = 0);
