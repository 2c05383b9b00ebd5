-- v_audit_cart: cart rows that should not be there. Read through shop_audit.
--
-- - A cart row that was ordered is still in the cart.
-- - A buyer has two rows of one product and option in the cart, or two that were bought now.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_cart;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_cart AS
SELECT 'cart' AS invariant, c.shop_id, CONCAT('cart row ', c.seq_no) AS subject,
       CONCAT('ordered by order ', l.order_seq_no) AS detail
FROM shop_cart c
JOIN shop_order_product l ON l.cart_seq_no = c.seq_no
UNION ALL
SELECT 'cart', shop_id, CONCAT('buyer ', user_id),
       CONCAT(COUNT(*), ' rows of ', product_id, ' ', option_hash)
FROM shop_cart
GROUP BY shop_id, user_id, product_id, option_hash, buy_now
HAVING COUNT(*) > 1;
