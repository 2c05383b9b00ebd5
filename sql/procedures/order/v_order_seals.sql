-- v_order_seals: the seal of every order, and what it would be by the order's columns as they are
-- now. They differ when somebody has changed the order past the routines.
--
-- In the seal is what never changes: who ordered what, when, for whom and for how much. Not in it:
-- the status, which the log proves; approval number and time of payment, which the payment proves;
-- the deadline, which the holds prove; and what the shop's own pages write. A column that is added
-- later goes to the end, and is NULL in old orders: NULL counts for nothing, so their seals stay
-- right. The number is in the seals of old orders only: a new order is sealed before it has one,
-- and has its key in it. shop_order_insert and sql/adopt/fill/26_shop_orders.sql compute the same.
--
-- Parameters  none (a view)
-- Returns one row per order: seq_no, shop_id, seal, seal_now, seal_before_restore (what it was
--   before the cart was restored)
-- Errors  none
-- Locks   none
-- Example
--   SELECT seq_no FROM v_order_seals WHERE seal <> seal_now;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_order_seals AS
SELECT seq_no, shop_id, seal,
       CRC32(CONCAT_WS('\n', CASE WHEN pricing_version IS NULL THEN seq_no END,
           shop_id, order_number, HEX(order_key), order_code, order_date, order_mode, user_id,
           user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail,
           delivery_msg, currency, line_count, product_total_price, discount_total, point_used,
           shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, client_total,
           HEX(request_sha256), pg, merchant_id, pay_type, restored_at, vat_rate,
           pricing_version, area_rule_id, NULLIF(cash_used, 0))) AS seal_now,
       CRC32(CONCAT_WS('\n', CASE WHEN pricing_version IS NULL THEN seq_no END,
           shop_id, order_number, HEX(order_key), order_code, order_date, order_mode, user_id,
           user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail,
           delivery_msg, currency, line_count, product_total_price, discount_total, point_used,
           shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, client_total,
           HEX(request_sha256), pg, merchant_id, pay_type, vat_rate,
           pricing_version, area_rule_id, NULLIF(cash_used, 0))) AS seal_before_restore
FROM shop_orders;
