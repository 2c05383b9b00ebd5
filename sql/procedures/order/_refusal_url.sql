-- _refusal_url: the shop's page that tells a buyer why an order was refused.
--
-- Parameters
--   pi_shop_id       shop
--   pi_order_number  mTrdNo as it was sent; left out when it is none
--   pi_code          code in shop_error_codes
--   pi_field         outward name of the field that is wrong, or ''
-- Returns TEXT; NULL for an unknown shop
-- Errors  none
-- Locks   none
-- Example
--   SELECT _refusal_url(1, 'T20261120-0001', 'PRICE_CHANGED', 'trdAmt');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _refusal_url;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _refusal_url(
    pi_shop_id      INT UNSIGNED,
    pi_order_number TEXT,
    pi_code         TEXT,
    pi_field        TEXT)
    RETURNS TEXT
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    READS SQL DATA
    COMMENT 'Page of the shop that says why an order was refused'
BEGIN
    DECLARE v_error_url VARCHAR(400);

    SELECT error_url INTO v_error_url FROM shops WHERE shop_id = pi_shop_id;
    -- Names of fields are ours and need no escaping.
    RETURN CONCAT(
        _return_url(v_error_url, NULL,
                    CASE WHEN pi_order_number REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z' THEN pi_order_number END,
                    LEFT(pi_code, 40)),
        CASE WHEN COALESCE(pi_field, '') = '' THEN '' ELSE CONCAT('&field=', pi_field) END);
END//
DELIMITER ;
