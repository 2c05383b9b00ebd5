-- _return_url: where a buyer's browser goes after paying.
--
-- Parameters
--   pi_url           page of the shop
--   pi_order_key     order, or NULL
--   pi_order_number  mTrdNo, or NULL
--   pi_code          '' or why it was not paid
-- Returns TEXT
-- Errors  none
-- Locks   none
-- Example
--   SELECT _return_url('https://shop.example/result.php', NULL, NULL, 'PAYMENT_FAILED');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _return_url;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _return_url(
    pi_url          TEXT,
    pi_order_key    BINARY(16),
    pi_order_number VARCHAR(64),
    pi_code         VARCHAR(40))
    RETURNS TEXT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Page of the shop with the order in its query'
BEGIN
    -- Order numbers and codes are made of characters that need no escaping.
    RETURN CONCAT(pi_url, CASE WHEN LOCATE('?', pi_url) > 0 THEN '&' ELSE '?' END,
        CONCAT_WS('&',
            CONCAT('order_key=', _uuid_text(pi_order_key)),
            CONCAT('mTrdNo=', pi_order_number),
            CONCAT('code=', NULLIF(pi_code, ''))));
END//
DELIMITER ;
