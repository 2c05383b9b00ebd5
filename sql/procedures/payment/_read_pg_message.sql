-- _read_pg_message: what a message of a payment gateway says, and whether it is authentic.
--
-- Parameters
--   pi_pg, pi_merchant_id  adapter
--   pi_fields              JSON object, flat
--   po_order_number … po_approved_at   OUT: the fields the adapter names, as text, '' when missing or too long; po_amount
--                          is NULL when a refusal has none; po_success 1 = approved
-- Returns nothing
-- Errors  SIGNATURE_INVALID: hash missing or wrong, another account or none named, a field that does not look like one of
--         this PG, an amount that is none, or an adapter that is not proven (see _adapter_reading)
-- Locks   none
-- Example
--   CALL _read_pg_message('wallet', 'M_DEMO', @fields, @no, @tx, @appr, @amt, @ok, @code, @msg, @at);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _read_pg_message;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _read_pg_message(
    pi_pg               VARCHAR(20),
    pi_merchant_id      VARCHAR(40),
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
    DECLARE v_template, v_field_order_number, v_field_pg_tx, v_field_approval_no, v_field_amount, v_field_result_code,
            v_field_result_msg, v_field_approved_at, v_field_merchant_id, v_field_hash VARCHAR(1000);
    DECLARE v_pattern, v_secret_key VARCHAR(2000);
    DECLARE v_success_code VARCHAR(20);
    DECLARE v_hash, v_text, v_order_number, v_pg_tx, v_approval_no, v_amount, v_merchant_id LONGTEXT;

    SELECT read_template, read_pattern, secret_key, success_code, field_order_number, field_pg_tx, field_approval_no,
           field_amount, field_result_code, field_result_message, field_approved_at, field_merchant_id, field_hash
    INTO v_template, v_pattern, v_secret_key, v_success_code, v_field_order_number, v_field_pg_tx, v_field_approval_no,
         v_field_amount, v_field_result_code, v_field_result_msg, v_field_approved_at, v_field_merchant_id, v_field_hash
    FROM shop_pg_adapters
    WHERE pg = pi_pg AND merchant_id = pi_merchant_id;

    -- The hash first: what a stranger sends should cost as little as can be.
    IF v_pattern = '' THEN
        CALL _raise('SIGNATURE_INVALID', '', 'the adapter is not proven: see shop_audit');
    END IF;
    SET v_hash = _json_text(pi_fields, v_field_hash);
    -- Some PGs write hexadecimal in capitals. The form is asked for letter by letter: = passes over blanks at the end.
    IF v_hash IS NULL OR v_hash NOT REGEXP '\\A[0-9a-fA-F]{64}\\z' THEN
        CALL _raise('SIGNATURE_INVALID', '', '');
    END IF;
    SET v_text = _fill_template(v_template, pi_fields, v_secret_key);
    IF LOWER(v_hash) <> SHA2(REPLACE(v_text, CHAR(30 USING utf8mb4), ''), 256) THEN
        CALL _raise('SIGNATURE_INVALID', '', '');
    END IF;
    -- The hash proves the letters, not where one field ends and the next begins: the patterns do.
    IF v_text NOT REGEXP v_pattern THEN
        CALL _raise('SIGNATURE_INVALID', '', 'a field does not look like one of this PG');
    END IF;
    SET v_merchant_id = CASE v_field_merchant_id WHEN '' THEN pi_merchant_id
                                                 ELSE _json_text(pi_fields, v_field_merchant_id) END;
    IF v_merchant_id IS NULL OR CAST(v_merchant_id AS BINARY) <> CAST(pi_merchant_id AS BINARY) THEN
        CALL _raise('SIGNATURE_INVALID', '', '');
    END IF;

    SET v_order_number = _json_text(pi_fields, v_field_order_number), v_pg_tx = _json_text(pi_fields, v_field_pg_tx),
        v_amount = _json_text(pi_fields, v_field_amount),
        po_result_code = LEFT(COALESCE(_json_text(pi_fields, v_field_result_code), ''), 20),
        po_result_msg = LEFT(COALESCE(_json_text(pi_fields, v_field_result_msg), ''), 200),
        po_approved_at = LEFT(COALESCE(_json_text(pi_fields, v_field_approved_at), ''), 40);
    SET v_approval_no = CASE v_field_approval_no WHEN v_field_pg_tx THEN v_pg_tx
                                                 ELSE _json_text(pi_fields, v_field_approval_no) END,
        po_success = CAST(po_result_code AS BINARY) = CAST(v_success_code AS BINARY);
    IF v_amount REGEXP '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z' THEN
        SET po_amount = CAST(v_amount AS DECIMAL(18,2));
    -- Nor is an amount that has borrowed from its neighbours one. Of a refusal a PG may leave it out.
    ELSEIF po_success = 1 OR CHAR_LENGTH(v_amount) > 0 THEN
        CALL _raise('SIGNATURE_INVALID', '', 'the amount is no amount');
    ELSE
        SET po_amount = NULL;
    END IF;
    -- Free text is where a PG may put a card number.
    SET po_result_msg = REGEXP_REPLACE(po_result_msg, '[0-9][0-9 -]{10,}[0-9]', '***');
    -- Cut short, one name could become another: what is too long to be ours counts as missing.
    SET po_order_number = CASE WHEN v_order_number REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z' THEN v_order_number ELSE '' END,
        po_pg_tx = CASE WHEN CHAR_LENGTH(v_pg_tx) <= 100 AND v_pg_tx NOT LIKE '% ' THEN v_pg_tx ELSE '' END,
        po_approval_no = CASE WHEN CHAR_LENGTH(v_approval_no) <= 100 AND v_approval_no NOT LIKE '% ' THEN v_approval_no
                              ELSE '' END;
END//
DELIMITER ;
