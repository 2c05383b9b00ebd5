-- _mask_fields: a message of a payment gateway as it may be kept: the fields that the adapter names
-- stay, except the hash and long numbers in free text; of all others only the name stays, since a
-- PG may send card data and secrets under names nobody told us. A plain message is masked the same
-- way in shop_order_update, step 4.
--
-- Parameters
--   pi_pg, pi_merchant_id  adapter
--   pi_fields              JSON object
--   po_masked              OUT: JSON object
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _mask_fields('wallet', 'M_DEMO', '{"trdAmt":"1000","cardNo":"4111111111111111"}',
--       @masked);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _mask_fields;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _mask_fields(
    pi_pg          VARCHAR(20),
    pi_merchant_id VARCHAR(40),
    pi_fields      LONGTEXT,
    OUT po_masked  LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'A message without what must not be kept'
BEGIN
    -- A card number is no less secret where a name should be.
    SELECT JSON_OBJECTAGG(REGEXP_REPLACE(k.name, '[0-9][0-9 -]{10,}[0-9]', '***'),
               -- = passes over blanks at the end, and no name is no field.
               CASE WHEN k.name = '' OR k.name LIKE '% ' THEN '***'
                    WHEN k.name IN (a.field_order_number, a.field_pg_tx, a.field_approval_no,
                                    a.field_amount, a.field_result_code,
                                    a.field_approved_at, a.field_merchant_id)
                    THEN LEFT(_json_text(pi_fields, k.name), 400)
                    WHEN k.name = a.field_result_message
                    THEN REGEXP_REPLACE(LEFT(_json_text(pi_fields, k.name), 400),
                                        '[0-9][0-9 -]{10,}[0-9]', '***')
                    ELSE '***' END)
    INTO po_masked
    FROM JSON_TABLE(JSON_KEYS(pi_fields), '$[*]' COLUMNS (
        position FOR ORDINALITY,
        name VARCHAR(200) COLLATE utf8mb4_bin PATH '$')) k
    JOIN shop_pg_adapters a ON a.pg = pi_pg AND a.merchant_id = pi_merchant_id
    WHERE k.position <= 100 AND CHAR_LENGTH(k.name) <= 64;
    SET po_masked = COALESCE(po_masked, '{}');
END//
DELIMITER ;
