-- _parse_pg_message: the fields of a message of any form, as text. What shop_order_update reads at
-- once when a message is a usual one is read here with care.
--
-- Parameters
--   pi_pg, pi_merchant_id  adapter
--   pi_fields              JSON object, flat; its hash has been compared
--   po_order_number … po_named_merchant   OUT: the fields the adapter names; numbers '' when
--                          missing or too long to be ours, amount and account NULL when missing,
--                          words cut to their columns and without card numbers
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _parse_pg_message('wallet', 'M_DEMO', @fields,
--       @no, @tx, @appr, @amt, @code, @msg, @at, @account);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_pg_message;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_pg_message(
    pi_pg                 TEXT,
    pi_merchant_id        TEXT,
    pi_fields             LONGTEXT,
    OUT po_order_number   LONGTEXT,
    OUT po_pg_tx          LONGTEXT,
    OUT po_approval_no    LONGTEXT,
    OUT po_amount         LONGTEXT,
    OUT po_result_code    LONGTEXT,
    OUT po_result_msg     LONGTEXT,
    OUT po_approved_at    LONGTEXT,
    OUT po_named_merchant LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Reads the fields of a message'
BEGIN
    DECLARE v_field_order_number, v_field_pg_tx, v_field_approval_no,
            v_field_amount, v_field_result_code, v_field_result_msg,
            v_field_approved_at, v_field_merchant_id VARCHAR(40);

    SELECT field_order_number, field_pg_tx, field_approval_no, field_amount,
           field_result_code, field_result_message, field_approved_at, field_merchant_id
    INTO v_field_order_number, v_field_pg_tx, v_field_approval_no, v_field_amount,
         v_field_result_code, v_field_result_msg, v_field_approved_at, v_field_merchant_id
    FROM shop_pg_adapters
    WHERE pg = pi_pg AND merchant_id = pi_merchant_id;

    SET po_order_number = _json_text(pi_fields, v_field_order_number),
        po_pg_tx = _json_text(pi_fields, v_field_pg_tx),
        po_approval_no = CASE v_field_approval_no
            WHEN v_field_pg_tx THEN po_pg_tx
            ELSE _json_text(pi_fields, v_field_approval_no) END,
        po_amount = _json_text(pi_fields, v_field_amount),
        po_result_code = LEFT(COALESCE(_json_text(pi_fields, v_field_result_code), ''), 20),
        po_approved_at = LEFT(COALESCE(_json_text(pi_fields, v_field_approved_at), ''), 40),
        po_named_merchant = _json_text(pi_fields, v_field_merchant_id),
        -- Free text is where a PG may put a card number.
        po_result_msg = REGEXP_REPLACE(
            LEFT(COALESCE(_json_text(pi_fields, v_field_result_msg), ''), 200),
            '[0-9][0-9 -]{10,}[0-9]', '***'),
        -- Cut short, one name could become another: what is too long to be ours counts as missing.
        po_order_number = CASE WHEN po_order_number REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z'
                               THEN po_order_number ELSE '' END,
        po_pg_tx = CASE WHEN CHAR_LENGTH(po_pg_tx) <= 100 AND po_pg_tx NOT LIKE '% '
                        THEN po_pg_tx ELSE '' END,
        po_approval_no = CASE WHEN CHAR_LENGTH(po_approval_no) <= 100
                               AND po_approval_no NOT LIKE '% '
                              THEN po_approval_no ELSE '' END;
END//
DELIMITER ;
