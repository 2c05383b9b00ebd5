-- shop_order_update: take in what a payment gateway says about an order. Return and notification may come twice,
-- together, in any order, or not at all: the first one settles, all get the same answer.
--
-- An authentic message is always committed, whatever it says: message, payment, verdict and, when money is owed, a
-- duty. An unauthentic one changes nothing. Any account of the shop at any PG may settle any of its orders: money that
-- is proven and equal is taken wherever it came in. A payment that no message tells of is entered by
-- update_adm_order_payment.
--
-- Parameters
--   pi_pg, pi_merchant_id  which payment gateway and account
--   pi_channel             return (the buyer's browser) | notify (the PG)
--   pi_fields_json         JSON object: the message, with the PG's own field names, at most 200. _order_key is ours: the
--                          order whose return URL was called; it only leads the buyer home when something is wrong
-- Returns one row
--   result, http_status, content_type, body, location   exactly what this PG must be told, or where the browser goes
--   order_key, order_number, order_status               of the order; NULL when there is none
--   verdict                                             see _judge_payment
--   events                                              for counters: pay | fail | expire; NULL when nothing moved
-- Errors
--   INVALID_INPUT, MERCHANT_NOT_FOUND, SIGNATURE_INVALID, CHANNEL_NOT_ALLOWED: nothing changed
--   STATE_NOT_ALLOWED when shop_order_transitions lacks a move of payments: nothing changed
-- Locks, in this order
--   order (never the cart), payment of this transaction, reservations, stock by (product, option)
-- Example
--   CALL shop_order_update('wallet', 'M_DEMO', 'notify', '{"mTrdNo":"T20261120-0001","trdNo":"W0a1b2c3d",
--       "trdAmt":"33000","rsltCd":"0000","authDt":"20261120120000","mId":"M_DEMO","pktHash":"…"}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_update(
    pi_pg          TEXT,
    pi_merchant_id TEXT,
    pi_channel     TEXT,
    pi_fields_json LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes in a message of a payment gateway'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    -- the adapter
    DECLARE v_pg VARCHAR(20) DEFAULT LEFT(COALESCE(pi_pg, ''), 20);
    DECLARE v_merchant VARCHAR(40) DEFAULT LEFT(COALESCE(pi_merchant_id, ''), 40);
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_result_url, v_error_url VARCHAR(400);
    DECLARE v_ack_http_status SMALLINT UNSIGNED;
    DECLARE v_ack_content_type VARCHAR(100);
    DECLARE v_ack_body VARCHAR(200);
    DECLARE v_duty_minutes INT UNSIGNED;
    -- the message
    DECLARE v_order_number VARCHAR(64);
    DECLARE v_pg_tx, v_approval_no VARCHAR(100);
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_success TINYINT;
    DECLARE v_result_code VARCHAR(20);
    DECLARE v_result_msg VARCHAR(200);
    DECLARE v_approved_at VARCHAR(40);
    DECLARE v_masked_fields LONGTEXT;
    -- the order and the payment
    DECLARE v_attempt TINYINT UNSIGNED DEFAULT 0;
    DECLARE v_order_seq_no, v_payment_seq_no BIGINT UNSIGNED;
    DECLARE v_order_key BINARY(16);
    DECLARE v_status, v_old_status TINYINT UNSIGNED;
    DECLARE v_total DECIMAL(18,2);
    DECLARE v_tx_known VARCHAR(20);
    DECLARE v_tx_order, v_tx_same, v_approval_used, v_approval_new, v_restored TINYINT;
    DECLARE v_verdict, v_outcome VARCHAR(20);
    DECLARE v_code VARCHAR(40);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        IF pi_channel = 'return' THEN
            CALL _key_of_return(v_shop_id, pi_fields_json, v_order_key);
        END IF;
        CALL _failed('shop_order_update', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail, '',
                     CASE WHEN pi_channel = 'return' THEN _return_url(v_error_url, v_order_key, NULL,
                         CASE v_sqlstate WHEN '45000' THEN LEFT(v_message, 40) ELSE 'INTERNAL_ERROR' END) END,
                     JSON_OBJECT('pg', v_pg, 'merchant_id', v_merchant, 'channel', LEFT(pi_channel, 8), 'order_number', v_order_number,
                                 'pg_tx', v_pg_tx));
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 THEN
        CALL _fit_session();
    END IF;
    SELECT a.pg, a.merchant_id, a.shop_id, s.result_url, s.error_url,
           a.ack_http_status, a.ack_content_type, a.ack_body, a.duty_minutes
    INTO v_pg, v_merchant, v_shop_id, v_result_url, v_error_url,
         v_ack_http_status, v_ack_content_type, v_ack_body, v_duty_minutes
    FROM shop_pg_adapters a JOIN shops s ON s.shop_id = a.shop_id
    WHERE a.pg = pi_pg AND a.merchant_id = pi_merchant_id;
    -- The lengths, since = passes over blanks at the end.
    IF v_shop_id IS NULL OR CHAR_LENGTH(v_pg) <> CHAR_LENGTH(pi_pg)
        OR CHAR_LENGTH(v_merchant) <> CHAR_LENGTH(pi_merchant_id) THEN
        SET v_error_url = NULL;
        CALL _raise('MERCHANT_NOT_FOUND', 'merchant_id', pi_merchant_id);
    END IF;
    IF COALESCE(pi_channel, '') NOT REGEXP '\\A(return|notify)\\z' THEN
        CALL _raise('CHANNEL_NOT_ALLOWED', 'channel', pi_channel);
    END IF;
    BEGIN
        -- As in _read_ids: nested too deeply, or a line break in a name.
        DECLARE EXIT HANDLER FOR 3157 CALL _raise('INVALID_INPUT', 'fields', 'not JSON');
        IF pi_fields_json IS NULL OR LOCATE('\0', pi_fields_json) > 0 OR NOT JSON_VALID(pi_fields_json) THEN
            CALL _raise('INVALID_INPUT', 'fields', 'not JSON');
        END IF;
        -- Each field that is looked up costs a walk through all of them, and no PG sends as many as that.
        IF JSON_LENGTH(pi_fields_json) > 200 THEN
            CALL _raise('INVALID_INPUT', 'fields', 'more than 200 fields');
        END IF;
        IF JSON_EXTRACT(pi_fields_json, '$') IS NULL THEN
            CALL _raise('INVALID_INPUT', 'fields', 'not JSON');
        END IF;
    END;
    IF JSON_TYPE(pi_fields_json) <> 'OBJECT' THEN
        CALL _raise('INVALID_INPUT', 'fields', 'not a JSON object');
    END IF;

    SET v_step = 'check the message';
    CALL _read_pg_message(v_pg, v_merchant, pi_fields_json, v_order_number, v_pg_tx, v_approval_no,
                          v_amount, v_success, v_result_code, v_result_msg, v_approved_at);

    CALL _mask_fields(v_pg, v_merchant, pi_fields_json, v_masked_fields);

    settle: LOOP
        BEGIN
            -- Another message has just claimed this transaction for another order: look again.
            DECLARE EXIT HANDLER FOR 1062
            BEGIN
                ROLLBACK AND NO CHAIN NO RELEASE;
                SET v_attempt = v_attempt + 1;
                IF v_attempt = 3 THEN
                    RESIGNAL;
                END IF;
            END;

            SET v_step = 'lock the order';
            CALL _start_writing();
            SET v_order_seq_no = NULL, v_order_key = NULL, v_status = NULL, v_total = NULL, v_restored = 0;
            SELECT seq_no INTO v_order_seq_no
            FROM shop_orders WHERE shop_id = v_shop_id AND order_number = v_order_number;
            SELECT order_key, order_status, order_status, total_payment, restored_at IS NOT NULL
            INTO v_order_key, v_status, v_old_status, v_total, v_restored
            FROM shop_orders WHERE seq_no = v_order_seq_no FOR UPDATE;

            SET v_step = 'find the payment';
            CALL _find_payment(v_pg, v_merchant, v_pg_tx, CASE v_success WHEN 1 THEN v_approval_no ELSE '' END,
                               v_order_number, v_order_seq_no, v_amount, v_payment_seq_no, v_tx_known, v_tx_order,
                               v_tx_same, v_approval_used, v_approval_new);
            CALL _judge_payment(v_success, v_pg_tx <> '', v_tx_known, v_tx_same, v_approval_used, v_status, v_restored,
                                COALESCE(v_amount = v_total, 0), v_verdict);
            IF v_verdict = 'surplus' THEN
                CALL _judge_adopted(v_order_seq_no, v_pg_tx, v_approval_no, v_amount, v_verdict, v_tx_known);
            END IF;

            SET v_step = 'settle the order';
            CALL _settle_order(v_order_seq_no, v_status, v_verdict, v_approval_no, v_result_msg, 'pg', v_approval_no);

            SET v_step = 'record the message';
            INSERT INTO shop_pg_messages
                (received_at, pg, merchant_id, channel, order_number, order_seq_no, pg_tx, verdict, fields_json)
            VALUES
                (UTC_TIMESTAMP(6), v_pg, v_merchant, pi_channel, v_order_number, v_order_seq_no, v_pg_tx, v_verdict,
                 v_masked_fields);
            CALL _write_payment(v_shop_id, v_order_seq_no, v_pg, v_merchant, v_pg_tx, v_approval_no, v_order_number,
                                v_amount, v_result_code, v_result_msg, v_approved_at, LAST_INSERT_ID(), v_duty_minutes,
                                v_verdict, v_payment_seq_no, v_approval_new);
            COMMIT AND NO CHAIN NO RELEASE;
            LEAVE settle;
        END;
    END LOOP;

    SET v_step = 'answer';
    -- A repeat is told what the first one was told.
    SET v_outcome = CASE v_verdict WHEN 'repeated' THEN v_tx_known ELSE v_verdict END;
    SET v_code = CASE
        WHEN v_outcome = 'paid' THEN ''
        WHEN v_outcome = 'amount_mismatch' THEN 'AMOUNT_MISMATCH'
        WHEN v_outcome = 'unknown_order' THEN 'ORDER_NOT_FOUND'
        WHEN v_outcome IN ('surplus', 'contradiction', 'approval_reused') THEN 'DUPLICATE_APPROVAL'
        WHEN v_outcome = 'incomplete' THEN 'INVALID_INPUT'
        WHEN v_outcome = 'late' THEN CASE v_status WHEN 10 THEN 'ORDER_EXPIRED' ELSE 'STATE_NOT_ALLOWED' END
        -- Refused once, and paid since.
        WHEN v_outcome IN ('ignored', 'failed') AND v_status IN (2, 3, 4, 5, 6) THEN ''
        WHEN v_outcome = 'ignored' AND v_status = 10 THEN 'ORDER_EXPIRED'
        ELSE 'PAYMENT_FAILED' END;
    SELECT 'OK' AS result,
           CASE pi_channel WHEN 'return' THEN 303 ELSE v_ack_http_status END AS http_status,
           CASE pi_channel WHEN 'notify' THEN v_ack_content_type ELSE 'text/plain; charset=utf-8' END AS content_type,
           CASE pi_channel WHEN 'notify' THEN v_ack_body ELSE '' END AS body,
           -- A second payment of a paid order will be refunded, and what contradicts its payment looked up; to its buyer
           -- the order is paid.
           CASE WHEN pi_channel <> 'return' THEN NULL
                WHEN v_code = '' OR v_outcome = 'surplus'
                    OR (v_outcome = 'contradiction' AND v_tx_order = 1 AND v_status IN (2, 3, 4, 5, 6)) THEN
                    _return_url(v_result_url, v_order_key, v_order_number, '')
                ELSE _return_url(v_error_url, v_order_key, CASE WHEN v_order_key IS NOT NULL THEN v_order_number END,
                                 v_code) END AS location,
           _uuid_text(v_order_key) AS order_key,
           CASE WHEN v_order_key IS NOT NULL THEN v_order_number END AS order_number,
           v_status AS order_status, v_verdict AS verdict,
           CASE WHEN v_status <> v_old_status THEN CASE v_status WHEN 2 THEN 'pay' WHEN 10 THEN 'expire' ELSE 'fail' END
           END AS events;
END//
DELIMITER ;
