-- _order_url: the shop's page for an order that there is nothing to pay for.
--
-- Parameters
--   pi_shop_id                                shop
--   pi_status, pi_order_key, pi_order_number  of the order; pending means that its time is over
-- Returns TEXT
-- Errors  none
-- Locks   none
-- Example
--   SELECT _order_url(1, 2, order_key, order_number) FROM shop_orders;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _order_url;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _order_url(
    pi_shop_id      INT UNSIGNED,
    pi_status       TINYINT UNSIGNED,
    pi_order_key    BINARY(16),
    pi_order_number VARCHAR(64))
    RETURNS TEXT
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    READS SQL DATA
    COMMENT 'Page of the shop for an order that cannot be paid'
BEGIN
    DECLARE v_result_url, v_error_url VARCHAR(400);

    SELECT result_url, error_url INTO v_result_url, v_error_url FROM shops WHERE shop_id = pi_shop_id;
    RETURN CASE
        -- Paid, or on its way to be.
        WHEN pi_status IN (2, 3, 4, 5, 6, 11, 13) THEN _return_url(v_result_url, pi_order_key, pi_order_number, '')
        ELSE _return_url(v_error_url, pi_order_key, pi_order_number, CASE
            WHEN pi_status IN (1, 10) THEN 'ORDER_EXPIRED'
            WHEN pi_status = 12 THEN 'PAYMENT_FAILED'
            ELSE 'STATE_NOT_ALLOWED' END) END;
END//
DELIMITER ;
