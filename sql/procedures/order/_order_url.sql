-- _order_url: the shop's page for an order that there is nothing to pay for.
--
-- Parameters
--   pi_result_url, pi_error_url               of the shop
--   pi_status, pi_order_key, pi_order_number  of the order; pending means that its time is over
-- Returns TEXT
-- Errors  none
-- Locks   none
-- Example
--   SELECT _order_url(s.result_url, s.error_url, 2, o.order_key, o.order_number)
--   FROM shop_orders o JOIN shops s ON s.shop_id = o.shop_id;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _order_url;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _order_url(
    pi_result_url   VARCHAR(400),
    pi_error_url    VARCHAR(400),
    pi_status       TINYINT UNSIGNED,
    pi_order_key    BINARY(16),
    pi_order_number VARCHAR(64))
    RETURNS TEXT
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    NO SQL
    COMMENT 'Page of the shop for an order that cannot be paid'
BEGIN
    RETURN CASE
        -- Paid, or on its way to be.
        WHEN pi_status IN (2, 3, 4, 5, 6, 11, 13) THEN _return_url(pi_result_url, pi_order_key, pi_order_number, '')
        ELSE _return_url(pi_error_url, pi_order_key, pi_order_number, CASE
            WHEN pi_status IN (1, 10) THEN 'ORDER_EXPIRED'
            WHEN pi_status = 12 THEN 'PAYMENT_FAILED'
            ELSE 'STATE_NOT_ALLOWED' END) END;
END//
DELIMITER ;
