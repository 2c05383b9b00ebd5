-- update_adm_order_payment: enter a payment by hand, when the payment gateway's console says that
-- an order is paid and no message came. It settles the order, or is refused with nothing written:
-- transaction number, amount, approval number and the order's state must all be right.
--
-- When the gateway's own message comes afterwards and says the same, it is a repetition; if it says
-- anything else, a contradiction that must be looked up. The same payment entered again changes
-- nothing.
--
-- Parameters
--   pi_shop_id      shop
--   pi_order_name   order, by any of its names
--   pi_pg, pi_merchant_id   payment gateway and our account there; an account of this shop
--   pi_pg_tx        the gateway's transaction number, exactly as its console shows it
--   pi_amount       amount that was paid; must be the order's total
--   pi_approval_no  approval number; NULL or '' = none is known; where the gateway has one number
--                   for both, that number
--   pi_reason       why by hand, 1 to 200 characters, for the log
-- Returns one row: result, replayed (1 = was there already, nothing changed), order_key,
--   order_number, order_code, order_status, events (for counters: pay, NULL when replayed)
-- Errors  nothing is changed by any of them
--   INVALID_INPUT, ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS,
--   MERCHANT_NOT_FOUND (also an account of another shop)
--   AMOUNT_MISMATCH
--   DUPLICATE_APPROVAL   transaction or approval number was seen before, with something else or not
--                        as a payment
--   STATE_NOT_ALLOWED    paid otherwise, cancelled, or its lines are back in the cart
--   ORDER_EXPIRED        and the shop gives money for expired orders back (shops.late_payment)
--   OUT_OF_STOCK         the order had lost its units, and they cannot be had any more
-- Locks, in this order
--   order, payment of this transaction, reservations, stock by (product, option)
-- Example
--   CALL update_adm_order_payment(1, 'T20261120-0001', 'wallet', 'M_DEMO',
--       'W0123456789abcdef0123456789abcdef', '33000', NULL,
--       'paid according to the console, no notification');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_adm_order_payment;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_adm_order_payment(
    pi_shop_id     INT UNSIGNED,
    pi_order_name  TEXT,
    pi_pg          TEXT,
    pi_merchant_id TEXT,
    pi_pg_tx       TEXT,
    pi_amount      TEXT,
    pi_approval_no TEXT,
    pi_reason      TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Enters a payment by hand'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    -- the payment
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_approval_no VARCHAR(100);
    DECLARE v_reason VARCHAR(200);
    -- the adapter
    DECLARE v_pg VARCHAR(20);
    DECLARE v_merchant VARCHAR(40);
    DECLARE v_pattern VARCHAR(100);
    DECLARE v_one_number TINYINT;
    DECLARE v_late_payment VARCHAR(8);
    -- the order
    DECLARE v_attempt TINYINT UNSIGNED DEFAULT 0;
    DECLARE v_order_seq_no, v_payment_seq_no BIGINT UNSIGNED;
    DECLARE v_order_number VARCHAR(64);
    DECLARE v_status TINYINT UNSIGNED;
    DECLARE v_on_payment VARCHAR(7);
    DECLARE v_total DECIMAL(18,2);
    DECLARE v_tx_known, v_verdict VARCHAR(20);
    DECLARE v_restored, v_tx_order, v_tx_same, v_approval_used, v_approval_new TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_adm_order_payment', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'order', LEFT(pi_order_name, 64),
                        'pg', LEFT(pi_pg, 20), 'merchant_id', LEFT(pi_merchant_id, 40),
                        'pg_tx', LEFT(pi_pg_tx, 100)));
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 THEN
        CALL _fit_session();
    END IF;
    CALL _parse_amount(pi_amount, 'amount', v_amount);
    -- The engines take a name with a blank at its end for the name without it; a person's pasted
    -- blank is no part of it.
    IF COALESCE(pi_pg_tx, '')
            NOT REGEXP '\\A[^[:space:][:cntrl:]]([^[:cntrl:]]*[^[:space:][:cntrl:]])?\\z'
        OR CHAR_LENGTH(pi_pg_tx) > 100 THEN
        CALL _raise('INVALID_INPUT', 'pg_tx', '1 to 100 characters, no blank at either end');
    END IF;
    IF COALESCE(pi_approval_no, '') <> ''
        AND (pi_approval_no
                 NOT REGEXP '\\A[^[:space:][:cntrl:]]([^[:cntrl:]]*[^[:space:][:cntrl:]])?\\z'
             OR CHAR_LENGTH(pi_approval_no) > 100) THEN
        CALL _raise('INVALID_INPUT', 'approval_no',
                    'at most 100 characters, no blank at either end');
    END IF;
    IF _text_fault(COALESCE(pi_reason, '')) IN ('control', 'blank')
        OR CHAR_LENGTH(pi_reason) > 200 THEN
        CALL _raise('INVALID_INPUT', 'reason', '1 to 200 characters, no line breaks');
    END IF;
    -- Free text is where a card number may be.
    SET v_reason = REGEXP_REPLACE(TRIM(pi_reason), '[0-9][0-9 -]{10,}[0-9]', '***');

    SET v_step = 'find the account';
    SELECT a.pg, a.merchant_id, a.pattern_pg_tx, a.field_approval_no = a.field_pg_tx, s.late_payment
    INTO v_pg, v_merchant, v_pattern, v_one_number, v_late_payment
    FROM shop_pg_adapters a JOIN shops s ON s.shop_id = a.shop_id
    WHERE a.pg = pi_pg AND a.merchant_id = pi_merchant_id AND a.shop_id = pi_shop_id
      AND pi_pg NOT LIKE '% ' AND pi_merchant_id NOT LIKE '% ';
    IF v_pg IS NULL THEN
        CALL _raise('MERCHANT_NOT_FOUND', 'merchant_id', pi_merchant_id);
    END IF;
    IF pi_pg_tx NOT REGEXP CONCAT('\\A(', v_pattern, ')\\z') THEN
        CALL _raise('INVALID_INPUT', 'pg_tx', 'does not look like a transaction of this gateway');
    END IF;
    SET v_approval_no = COALESCE(NULLIF(pi_approval_no, ''),
                                 CASE v_one_number WHEN 1 THEN pi_pg_tx ELSE '' END);
    IF v_one_number = 1 AND v_approval_no <> pi_pg_tx THEN
        CALL _raise('INVALID_INPUT', 'approval_no', 'this gateway has one number for both');
    END IF;

    settle: LOOP
        BEGIN
            -- Another message has just claimed this transaction for another order: look again.
            DECLARE EXIT HANDLER FOR 1062
            BEGIN
                ROLLBACK AND NO CHAIN NO RELEASE;
                SET v_attempt = v_attempt + 1;
                IF v_attempt = 20 THEN
                    RESIGNAL;
                END IF;
            END;

            SET v_step = 'lock the order';
            CALL _start_writing();
            CALL _find_order(pi_shop_id, NULL, pi_order_name, v_order_seq_no);
            -- It may take cart rows again, and the cart is locked before the order.
            SELECT order_number INTO v_order_number FROM shop_orders WHERE seq_no = v_order_seq_no;
            CALL _lock_cart_of_order(pi_shop_id, v_order_number);
            -- A subquery locks nothing of what it reads, which a join would.
            SELECT order_number, order_status, total_payment, restored_at IS NOT NULL,
                   (SELECT t.on_payment FROM shop_order_statuses t
                    WHERE t.order_status = o.order_status)
            INTO v_order_number, v_status, v_total, v_restored, v_on_payment
            FROM shop_orders o WHERE seq_no = v_order_seq_no FOR UPDATE;

            SET v_step = 'find the payment';
            CALL _find_payment(v_pg, v_merchant, pi_pg_tx, v_approval_no,
                               v_order_number, v_order_seq_no, v_amount,
                               v_payment_seq_no, v_tx_known, v_tx_order,
                               v_tx_same, v_approval_used, v_approval_new);
            CALL _judge_payment(1, 1, v_tx_known, v_tx_same, v_approval_used, v_on_payment,
                                v_restored, v_amount = v_total, v_verdict);
            CASE
                WHEN v_verdict = 'paid' THEN BEGIN END;
                WHEN v_verdict = 'repeated' AND v_tx_known = 'paid' THEN
                    ROLLBACK AND NO CHAIN NO RELEASE;
                    LEAVE settle;
                WHEN v_tx_known <> 'failed' THEN
                    CALL _raise('DUPLICATE_APPROVAL', 'pg_tx', CONCAT('known: ', v_tx_known));
                WHEN v_verdict = 'approval_reused' THEN
                    CALL _raise('DUPLICATE_APPROVAL', 'approval_no', 'of another transaction');
                WHEN v_verdict = 'amount_mismatch' THEN
                    CALL _raise('AMOUNT_MISMATCH', 'amount', v_total);
                ELSE
                    CALL _raise('STATE_NOT_ALLOWED', 'order_status', CONCAT('status ', v_status,
                        CASE v_restored WHEN 1 THEN ', lines are back in the cart' ELSE '' END));
            END CASE;

            SET v_step = 'settle the order';
            CALL _settle_order(v_order_seq_no, v_status, v_on_payment, v_verdict,
                               v_approval_no, 'entered by hand', 'dba', v_reason);
            IF v_verdict <> 'paid' THEN
                IF v_status = 12 OR v_late_payment = 'revive' THEN
                    CALL _raise('OUT_OF_STOCK', 'order_name',
                                'its units or cart rows went to others');
                END IF;
                CALL _raise('ORDER_EXPIRED', 'order_name', 'late_payment is refund');
            END IF;

            SET v_step = 'record the payment';
            INSERT INTO shop_pg_messages
                (received_at, pg, merchant_id, channel,
                 order_number, order_seq_no, pg_tx, verdict, fields_json)
            VALUES
                (UTC_TIMESTAMP(6), v_pg, v_merchant, 'operator',
                 v_order_number, v_order_seq_no, pi_pg_tx, v_verdict,
                 JSON_OBJECT('actor', 'dba', 'account', LEFT(USER(), 100), 'reason', v_reason,
                             'amount', CAST(v_amount AS CHAR), 'approval_no', v_approval_no));
            CALL _write_payment(pi_shop_id, v_order_seq_no, v_pg, v_merchant, pi_pg_tx,
                                v_approval_no, v_order_number, v_amount, '', 'entered by hand', '',
                                LAST_INSERT_ID(), 0, v_verdict, v_payment_seq_no, v_approval_new);
            COMMIT AND NO CHAIN NO RELEASE;
            LEAVE settle;
        END;
    END LOOP;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_verdict = 'repeated' AS replayed,
           _uuid_text(order_key) AS order_key, order_number, order_code, order_status,
           CASE v_verdict WHEN 'repeated' THEN NULL ELSE 'pay' END AS events
    FROM shop_orders WHERE seq_no = v_order_seq_no;
END//
DELIMITER ;
