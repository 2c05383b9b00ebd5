-- _select_payment: how the buyer pays an order, while it can be paid.
--
-- Parameters
--   pi_order_seq_no  order
-- Returns one row, or none when the order cannot be paid (any more)
--   pay_method (GET | POST), pay_url, pay_fields_json: where the buyer's browser goes, and with which fields
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_payment(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_payment;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_payment(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'How an order is paid'
BEGIN
    -- Values go into the JSON text of request_fields_json: those that a person typed are quoted and put in last,
    -- so that a name with braces is not taken for a placeholder.
    SELECT t.pay_method, t.pay_url,
           REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(t.request_fields_json,
               '{merchant_id}', t.merchant_id), '{order_number}', t.order_number), '{amount}', t.amount),
               '{hash}', SHA2(REPLACE(REPLACE(REPLACE(REPLACE(t.request_hash_template,
                   '{merchant_id}', t.merchant_id), '{order_number}', t.order_number), '{amount}', t.amount),
                   '{key}', t.secret_key), 256)),
               '{return_url}', CONCAT(t.base_url, '/return')), '{notify_url}', CONCAT(t.base_url, '/notify')),
               '{title}', SUBSTRING(t.title, 2, CHAR_LENGTH(t.title) - 2)) AS pay_fields_json
    FROM (SELECT a.request_method AS pay_method, a.request_url AS pay_url, a.request_fields_json,
                 a.request_hash_template, a.secret_key, o.merchant_id, o.order_number,
                 CASE s.currency_digits WHEN 0 THEN CAST(CAST(o.total_payment AS DECIMAL(18,0)) AS CHAR)
                                        ELSE CAST(o.total_payment AS CHAR) END AS amount,
                 CONCAT(s.gateway_url, '/pg/', o.pg, '/', o.merchant_id) AS base_url,
                 JSON_QUOTE(CONCAT(LEFT(l.product_name, 60), CASE WHEN o.line_count > 1
                     THEN CONCAT(' 외 ', o.line_count - 1, '건') ELSE '' END)) AS title
          FROM shop_orders o
          JOIN shops s ON s.shop_id = o.shop_id
          JOIN shop_pg_adapters a ON a.pg = o.pg AND a.merchant_id = o.merchant_id
          JOIN shop_order_product l ON l.order_seq_no = o.seq_no AND l.line_no = 1
          WHERE o.seq_no = pi_order_seq_no AND o.order_status = 1 AND o.expires_at > UTC_TIMESTAMP(6)) t;
END//
DELIMITER ;
