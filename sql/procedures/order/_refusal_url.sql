-- _refusal_url: the shop's page that tells a buyer why an order was refused.
--
-- Parameters
--   pi_error_url     of the shop
--   pi_order_number  mTrdNo as it was sent; left out when it is none
--   pi_code          code in shop_error_codes
--   pi_field         outward name of the field that is wrong, or ''
--   pi_shortage      what is short, as _shortage returns it, or NULL
-- Returns TEXT; NULL without pi_error_url. What is short is told as short=7:1,8:0: cart rows and
--   how many units are free for each, of the first 50 rows, so that the address stays one that
--   every browser and server takes
-- Errors  none
-- Locks   none
-- Example
--   SELECT _refusal_url('https://shop.example/error', 'T20261120-0001', 'PRICE_CHANGED', 'trdAmt',
--       NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _refusal_url;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _refusal_url(
    pi_error_url    VARCHAR(400),
    pi_order_number TEXT,
    pi_code         TEXT,
    pi_field        TEXT,
    pi_shortage     LONGTEXT)
    RETURNS TEXT
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    NO SQL
    COMMENT 'Page of the shop that says why an order was refused'
BEGIN
    DECLARE v_short TEXT;

    IF pi_shortage IS NOT NULL THEN
        SELECT /*+ SET_VAR(group_concat_max_len = 4096) */
               GROUP_CONCAT(x.cart_id, ':', x.free ORDER BY x.position) INTO v_short
        FROM JSON_TABLE(pi_shortage, '$[*]' COLUMNS (
            position FOR ORDINALITY,
            free     DECIMAL(32,0)   PATH '$.free',
            cart_id  BIGINT UNSIGNED PATH '$.cart_id')) x
        WHERE x.position <= 50;
    END IF;
    -- Names of fields are ours and need no escaping.
    RETURN _return_url(pi_error_url, NULL,
                       CASE WHEN pi_order_number REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z'
                            THEN pi_order_number END,
                       CONCAT(LEFT(pi_code, 40),
                              CASE WHEN COALESCE(pi_field, '') = '' THEN ''
                                   ELSE CONCAT('&field=', pi_field) END,
                              CASE WHEN v_short IS NULL THEN ''
                                   ELSE CONCAT('&short=', v_short) END));
END//
DELIMITER ;
