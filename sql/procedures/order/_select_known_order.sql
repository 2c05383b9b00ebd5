-- _select_known_order: answer a request with its order as it is now: one that has been answered
-- before, or that made an order which is not simply waiting for its payment.
--
-- Parameters
--   pi_order_seq_no  order
--   pi_replayed      1 = the request was answered before
-- Returns the two sets of shop_order_insert; the second has a row only while the order can be paid
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_known_order(1, 1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_known_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_known_order(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_replayed     TINYINT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Answer to a repeated order'
BEGIN
    SELECT 'OK' AS result, pi_replayed AS replayed, o.order_number,
           _uuid_text(o.order_key) AS order_key, o.order_code, o.order_status,
           CASE WHEN o.restored_at IS NOT NULL THEN 'none'
                WHEN o.expires_at > UTC_TIMESTAMP(6) THEN t.next_step
                ELSE t.late_step END AS next_step,
           o.currency, o.total_payment, o.expires_at,
           CASE WHEN t.next_step <> 'pay' OR o.expires_at <= UTC_TIMESTAMP(6)
                THEN _return_url(CASE t.error_code WHEN '' THEN s.result_url ELSE s.error_url END,
                                 o.order_key, o.order_number, t.error_code) END AS location,
           CASE WHEN pi_replayed = 1 THEN NULL
                WHEN o.order_status = 1 THEN 'order'
                ELSE 'order,free' END AS events,
           ABS(o.total_payment - o.client_total)
           > COALESCE(s.total_tolerance,
                      CASE s.currency_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END)
               AS price_changed,
           CASE WHEN ABS(o.total_payment - o.client_total)
                > COALESCE(s.total_tolerance,
                           CASE s.currency_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END)
                THEN o.client_total END AS old_total
    FROM shop_orders o
    JOIN shop_order_statuses t ON t.order_status = o.order_status
    JOIN shops s ON s.shop_id = o.shop_id
    WHERE o.seq_no = pi_order_seq_no;

    SELECT a.request_method AS pay_method, a.request_url AS pay_url,
           _payment_fields(a.request_fields_json, a.request_hash_template, a.secret_key,
                           o.merchant_id, _uuid_text(o.order_key), o.order_number, o.total_payment,
                           s.currency_digits, s.gateway_url, o.pg, l.product_name, o.line_count)
               AS pay_fields_json
    FROM shop_orders o
    JOIN shops s ON s.shop_id = o.shop_id
    JOIN shop_pg_adapters a ON a.pg = o.pg AND a.merchant_id = o.merchant_id
    JOIN shop_order_product l ON l.order_seq_no = o.seq_no AND l.line_no = 1
    WHERE o.seq_no = pi_order_seq_no AND o.order_status = 1 AND o.expires_at > UTC_TIMESTAMP(6);
END//
DELIMITER ;
