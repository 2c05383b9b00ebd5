-- _payment_fields: the fields with which a buyer's browser goes to the payment gateway.
-- shop_order_insert says the same in the same words, since a call costs it three times as much; a
-- test compares them.
--
-- Parameters
--   pi_fields_json, pi_hash_template, pi_secret_key   of shop_pg_adapters
--   pi_merchant_id   our account there
--   pi_order_key, pi_order_number  order; the key as text
--   pi_total         what is charged
--   pi_digits        decimals of the currency
--   pi_gateway_url   shops.gateway_url
--   pi_pg            payment gateway
--   pi_product_name  name of the first line
--   pi_line_count    number of lines
-- Returns JSON object
-- Errors  none
-- Locks   none
-- Example
--   SELECT _payment_fields('{"mId":"{merchant_id}"}', '{merchant_id}{key}', 'secret', 'M1',
--       '01900000-0000-7000-8000-000000000000', 'T1', 1000, 0,
--       'https://pay.example', 'wallet', 'Lamp', 1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _payment_fields;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _payment_fields(
    pi_fields_json   TEXT,
    pi_hash_template TEXT,
    pi_secret_key    TEXT,
    pi_merchant_id   VARCHAR(40),
    pi_order_key     CHAR(36),
    pi_order_number  VARCHAR(64),
    pi_total         DECIMAL(18,2),
    pi_digits        TINYINT UNSIGNED,
    pi_gateway_url   VARCHAR(200),
    pi_pg            VARCHAR(20),
    pi_product_name  VARCHAR(200),
    pi_line_count    INT UNSIGNED)
    RETURNS LONGTEXT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Fields for the payment page'
BEGIN
    DECLARE v_amount VARCHAR(21) DEFAULT
        CASE pi_digits WHEN 0 THEN CAST(CAST(pi_total AS DECIMAL(18,0)) AS CHAR)
                       ELSE CAST(pi_total AS CHAR) END;
    DECLARE v_title TEXT DEFAULT JSON_QUOTE(CONCAT(LEFT(pi_product_name, 60),
        CASE WHEN pi_line_count > 1 THEN CONCAT(' 외 ', pi_line_count - 1, '건') ELSE '' END));

    -- Values go into the JSON text: those that a person typed are quoted and put in last, so that a
    -- name with braces is not taken for a placeholder.
    RETURN REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(pi_fields_json,
        '{merchant_id}', pi_merchant_id),
        '{order_number}', pi_order_number),
        '{amount}', v_amount),
        '{hash}', SHA2(REPLACE(REPLACE(REPLACE(REPLACE(pi_hash_template,
            '{merchant_id}', pi_merchant_id),
            '{order_number}', pi_order_number),
            '{amount}', v_amount),
            '{key}', pi_secret_key), 256)),
        '{return_url}',
            CONCAT(pi_gateway_url, '/pg/', pi_pg, '/', pi_merchant_id, '/return/', pi_order_key)),
        '{notify_url}',
            CONCAT(pi_gateway_url, '/pg/', pi_pg, '/', pi_merchant_id, '/notify')),
        '{title}', SUBSTRING(v_title, 2, CHAR_LENGTH(v_title) - 2));
END//
DELIMITER ;
