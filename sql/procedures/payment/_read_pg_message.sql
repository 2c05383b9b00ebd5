-- _read_pg_message: what a message of a payment gateway says, and whether it is authentic.
--
-- Parameters
--   pi_pg, pi_merchant_id  adapter
--   pi_channel             manual is authentic by its caller; return and notify by their hash
--   pi_fields              JSON object, flat
--   po_shop_id … po_approved_at   OUT: the fields the adapter names, as text, '' when missing or too long; po_amount
--                          is NULL when it is no amount; po_success 1 = approved
-- Returns nothing
-- Errors  SIGNATURE_INVALID: hash missing or wrong, another account or none named, or a field that does not look like
--         one of this PG
-- Locks   none
-- Example
--   CALL _read_pg_message('wallet', 'M_DEMO', 'notify', @fields, @shop, @no, @tx, @appr, @amt, @ok, @code, @msg, @at);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _read_pg_message;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _read_pg_message(
    pi_pg               VARCHAR(20),
    pi_merchant_id      VARCHAR(40),
    pi_channel          VARCHAR(8),
    pi_fields           LONGTEXT,
    OUT po_order_number VARCHAR(64),
    OUT po_pg_tx        VARCHAR(100),
    OUT po_approval_no  VARCHAR(100),
    OUT po_amount       DECIMAL(18,2),
    OUT po_success      TINYINT,
    OUT po_result_code  VARCHAR(20),
    OUT po_result_msg   VARCHAR(200),
    OUT po_approved_at  VARCHAR(40))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Reads and authenticates a message'
BEGIN
    DECLARE v_pattern_pg_tx, v_pattern_approved_at VARCHAR(100);
    DECLARE v_order_number, v_pg_tx, v_approval_no, v_merchant_id, v_hash, v_expected, v_amount LONGTEXT;

    SELECT _json_text(pi_fields, field_order_number), _json_text(pi_fields, field_pg_tx),
           _json_text(pi_fields, field_approval_no), _json_text(pi_fields, field_amount),
           COALESCE(_json_text(pi_fields, field_result_code) = success_code, 0),
           LEFT(COALESCE(_json_text(pi_fields, field_result_code), ''), 20),
           LEFT(COALESCE(_json_text(pi_fields, field_result_message), ''), 200),
           LEFT(COALESCE(_json_text(pi_fields, field_approved_at), ''), 40),
           CASE field_merchant_id WHEN '' THEN merchant_id ELSE _json_text(pi_fields, field_merchant_id) END,
           LOWER(_json_text(pi_fields, field_hash)),
           SHA2(_fill_template(hash_template, pi_fields, secret_key), 256), pattern_pg_tx, pattern_approved_at
    INTO v_order_number, v_pg_tx, v_approval_no, v_amount, po_success, po_result_code, po_result_msg,
         po_approved_at, v_merchant_id, v_hash, v_expected, v_pattern_pg_tx, v_pattern_approved_at
    FROM shop_pg_adapters
    WHERE pg = pi_pg AND merchant_id = pi_merchant_id;

    IF pi_channel <> 'manual' THEN
        IF COALESCE(v_hash, '') <> v_expected OR COALESCE(v_merchant_id, '') <> pi_merchant_id THEN
            CALL _raise('SIGNATURE_INVALID', '', '');
        END IF;
        -- The hash proves the characters, not where one field ends and the next begins: somebody who holds an approved
        -- message could move digits from the transaction number to the amount, or from the time.
        IF COALESCE(v_pg_tx, '') <> '' AND v_pg_tx NOT REGEXP CONCAT('\\A(', v_pattern_pg_tx, ')\\z')
            OR po_success = 1 AND po_approved_at NOT REGEXP CONCAT('\\A(', v_pattern_approved_at, ')\\z') THEN
            CALL _raise('SIGNATURE_INVALID', '', 'a field does not look like one of this PG');
        END IF;
    END IF;
    -- Free text is where a PG may put a card number.
    SET po_result_msg = REGEXP_REPLACE(po_result_msg, '[0-9][0-9 -]{10,}[0-9]', '***');
    -- Cut short, one name could become another: what is too long to be ours counts as missing.
    SET po_order_number = CASE WHEN CHAR_LENGTH(v_order_number) <= 64 THEN TRIM(v_order_number) ELSE '' END,
        po_pg_tx = CASE WHEN CHAR_LENGTH(v_pg_tx) <= 100 THEN TRIM(v_pg_tx) ELSE '' END,
        po_approval_no = CASE WHEN CHAR_LENGTH(v_approval_no) <= 100 THEN TRIM(v_approval_no) ELSE '' END;
    IF v_amount REGEXP '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z' THEN
        SET po_amount = CAST(v_amount AS DECIMAL(18,2));
    ELSE
        SET po_amount = NULL;
    END IF;
END//
DELIMITER ;
