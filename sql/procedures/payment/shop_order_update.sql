-- shop_order_update: take in what a payment gateway says about an order. Return and notification
-- may come twice, together, in any order, or not at all: the first one settles, all get the same
-- answer.
--
-- What nearly every message is costs little: a flat object of plain texts is read at once, and an
-- approval of an order that waits for it is settled by one UPDATE, which is refused when anything
-- has changed since it was looked at. Both are cases of the general way, which every other message
-- goes: _parse_signed_text and _parse_pg_message, _find_payment, _judge_payment, _settle_order,
-- _write_payment. What authentic means stands here once, for both.
--
-- An authentic message is always committed, whatever it says: message, payment, verdict and, when
-- money is owed, a duty. An unauthentic one changes nothing. Any account of the shop at any PG may
-- settle any of its orders: money that is proven and equal is taken wherever it came in. A payment
-- that no message tells of is entered by update_adm_order_payment.
--
-- Parameters
--   pi_pg, pi_merchant_id  which payment gateway and account
--   pi_channel             return (the buyer's browser) | notify (the PG)
--   pi_fields_json         JSON object: the message, with the PG's own field names, at most 200.
--                          _order_key is ours: the order whose return URL was called; it only leads
--                          the buyer home when something is wrong
-- Returns one row
--   result, http_status, content_type, body, location   exactly what this PG must be told, or where
--                                                       the browser goes
--   order_key, order_number, order_status               of the order; NULL when there is none
--   verdict                                             see shop_payment_verdicts
--   events                                              for counters: pay | fail | expire; NULL
--                                                       when nothing moved
-- Errors
--   INVALID_INPUT, MERCHANT_NOT_FOUND, SIGNATURE_INVALID, CHANNEL_NOT_ALLOWED: nothing changed
--   STATE_NOT_ALLOWED when shop_order_transitions lacks a move of payments: nothing changed
-- Locks, in this order
--   cart header, only where an order is revived that has rows in the cart; order, payment of this
--   transaction, reservations, cart rows of such an order; points, cash and coupons of one that
--   ends or is revived; stock by (product, option)
-- Example
--   CALL shop_order_update('wallet', 'M_DEMO', 'notify',
--       '{"mTrdNo":"T20261120-0001","trdNo":"W0a1b2c3d",
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
    DECLARE v_step VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_error_url TEXT;
    -- the adapter
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_ack_http_status SMALLINT UNSIGNED;
    DECLARE v_ack_content_type, v_ack_body, v_key, v_success_code, v_pattern, v_kept TEXT;
    DECLARE v_duty_minutes INT UNSIGNED;
    DECLARE v_path_order_number, v_path_pg_tx, v_path_approval_no,
            v_path_amount, v_path_result_code, v_path_result_msg,
            v_path_approved_at, v_path_merchant_id, v_path_hash TEXT;
    -- the message; v_filled is the text that its PG hashed, v_kept what is kept of it
    DECLARE v_fields JSON;
    DECLARE v_filled, v_hash, v_order_number, v_pg_tx, v_approval_no, v_amount_text,
            v_result_code, v_result_msg, v_approved_at, v_named_merchant, v_name TEXT;
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_success, v_careful TINYINT DEFAULT 0;
    -- the order and the payment
    DECLARE v_attempt TINYINT UNSIGNED DEFAULT 0;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_order_key BINARY(16);
    DECLARE v_key_text, v_verdict, v_tx_known, v_location, v_events TEXT;
    DECLARE v_status, v_paid_status TINYINT UNSIGNED;
    DECLARE v_tx_order TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        DECLARE v_errno SMALLINT UNSIGNED;
        DECLARE v_sqlstate CHAR(5);
        DECLARE v_message, v_field, v_detail TEXT;
        -- The error of this handler: on MySQL the declarations above have forgotten the current
        -- one.
        GET /*!80000 STACKED */ DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        IF pi_channel = 'return' THEN
            CALL _key_of_return(v_shop_id, pi_fields_json, v_order_key, v_error_url);
        END IF;
        CALL _report_error('shop_order_update', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '',
            CASE WHEN pi_channel = 'return' THEN
                _return_url(v_error_url, v_order_key, NULL,
                            CASE v_sqlstate WHEN '45000' THEN LEFT(v_message, 40)
                                            ELSE 'INTERNAL_ERROR' END) END,
            JSON_OBJECT('pg', COALESCE(LEFT(pi_pg, 20), ''),
                        'merchant_id', COALESCE(LEFT(pi_merchant_id, 40), ''),
                        'channel', LEFT(pi_channel, 8),
                        'order_number', LEFT(v_order_number, 64),
                        'pg_tx', LEFT(v_pg_tx, 100)));
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    -- 1. The account. The lengths, since = passes over blanks at the end.
    SELECT shop_id, ack_http_status, ack_content_type, ack_body, duty_minutes,
           secret_key, success_code, read_pattern, usual_template, kept_template,
           path_order_number, path_pg_tx, path_approval_no, path_amount, path_result_code,
           path_result_message, path_approved_at, path_merchant_id, path_hash
    INTO v_shop_id, v_ack_http_status, v_ack_content_type, v_ack_body, v_duty_minutes,
         v_key, v_success_code, v_pattern, v_filled, v_kept,
         v_path_order_number, v_path_pg_tx, v_path_approval_no, v_path_amount, v_path_result_code,
         v_path_result_msg, v_path_approved_at, v_path_merchant_id, v_path_hash
    FROM shop_pg_adapters
    WHERE pg = pi_pg AND merchant_id = pi_merchant_id
      AND CHAR_LENGTH(pg) = CHAR_LENGTH(pi_pg)
      AND CHAR_LENGTH(merchant_id) = CHAR_LENGTH(pi_merchant_id);
    IF v_shop_id IS NULL THEN
        CALL _raise('MERCHANT_NOT_FOUND', 'merchant_id', pi_merchant_id);
    END IF;
    IF NOT COALESCE(pi_channel IN ('return', 'notify') AND CHAR_LENGTH(pi_channel) = 6, 0) THEN
        CALL _raise('CHANNEL_NOT_ALLOWED', 'channel', pi_channel);
    END IF;

    SET v_step = 'check the message';
    -- 2. The text that was hashed. A usual message is a flat object of plain names and texts
    -- without a backslash, brace or control character: nothing in it can be a mark of the template
    -- or needs to be looked at twice. No name holds twelve digits, no text is longer than what is
    -- kept of it. Anything else is read with care.
    IF LENGTH(pi_fields_json) <= 8000 AND pi_fields_json REGEXP
        '\\A\\{(?:"[A-Za-z_]{1,40}+[A-Za-z_0-9]{0,11}+":"[^"\\\\{}\\x00-\\x1F]{0,100}+"(?:,(?=")|(?=\\})))++\\}\\z'
        AND (LENGTH(pi_fields_json) <= 700 OR JSON_LENGTH(pi_fields_json) <= 100) THEN
        -- Read into a JSON variable, it is taken apart once on MySQL.
        SET v_fields = pi_fields_json, v_hash = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_hash)),
            v_order_number = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_order_number)),
            v_pg_tx = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_pg_tx)),
            v_approval_no = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_approval_no)),
            v_amount_text = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_amount)),
            v_result_code = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_result_code)),
            v_approved_at = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_approved_at)),
            v_named_merchant = CASE v_path_merchant_id
                WHEN '$.""' THEN ''
                ELSE JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_merchant_id)) END,
            v_filled = REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(v_filled,
                '{ order}', v_order_number),
                '{ tx}', v_pg_tx),
                '{ approval}', v_approval_no),
                '{ amount}', v_amount_text),
                '{ code}', v_result_code),
                '{ at}', v_approved_at),
                '{ account}', v_named_merchant);
        -- Fields that this PG hashes besides.
        WHILE LOCATE('{', v_filled) > 0 DO
            SET v_name = SUBSTRING_INDEX(SUBSTRING_INDEX(v_filled, '{', -1), '}', 1),
                v_filled = REPLACE(v_filled, CONCAT('{', v_name, '}'), COALESCE(
                    JSON_UNQUOTE(JSON_EXTRACT(v_fields, CONCAT('$.', JSON_QUOTE(v_name)))), ''));
        END WHILE;
        SET v_filled = REPLACE(v_filled, '}}', v_key);
    ELSE
        SET v_filled = NULL;
    END IF;
    -- NULL also when a named field is missing, or too long for the columns that keep it.
    IF v_filled IS NULL OR CHAR_LENGTH(v_result_code) > 20 OR CHAR_LENGTH(v_approved_at) > 40 THEN
        SET v_careful = 1;
        CALL _parse_signed_text(pi_pg, pi_merchant_id, pi_fields_json, v_hash, v_filled);
    END IF;

    -- 3. Is it authentic? The hash first: what a stranger sends should cost as little as can be.
    -- Some PGs write hexadecimal in capitals. The length, since = passes over blanks at the end.
    IF COALESCE(v_pattern, '') = '' THEN
        CALL _raise('SIGNATURE_INVALID', '', 'the adapter is not proven: see shop_audit');
    END IF;
    IF NOT COALESCE(LENGTH(v_hash) = 64
                    AND LOWER(v_hash)
                        = SHA2(REPLACE(v_filled, CHAR(30 USING utf8mb4), ''), 256), 0) THEN
        CALL _raise('SIGNATURE_INVALID', '', '');
    END IF;
    -- The hash proves the letters, not where one field ends and the next begins: the patterns do.
    -- They prove the order number's form as well, and that no blank ends a transaction or approval
    -- number (_adapter_reading).
    IF v_filled NOT REGEXP v_pattern THEN
        CALL _raise('SIGNATURE_INVALID', '', 'a field does not look like one of this PG');
    END IF;
    IF v_careful = 1 THEN
        CALL _parse_pg_message(pi_pg, pi_merchant_id, pi_fields_json, v_order_number, v_pg_tx,
            v_approval_no, v_amount_text, v_result_code, v_result_msg, v_approved_at,
            v_named_merchant);
    END IF;
    IF v_path_merchant_id <> '$.""'
        AND NOT COALESCE(CAST(v_named_merchant AS BINARY) = CAST(pi_merchant_id AS BINARY), 0) THEN
        CALL _raise('SIGNATURE_INVALID', '', '');
    END IF;
    SET v_success = CAST(v_result_code AS BINARY) = CAST(v_success_code AS BINARY);
    IF v_amount_text REGEXP '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z' THEN
        SET v_amount = v_amount_text;
    -- Nor is an amount that has borrowed from its neighbours one. Of a refusal a PG may leave it
    -- out.
    ELSEIF v_success = 1 OR CHAR_LENGTH(v_amount_text) > 0 THEN
        CALL _raise('SIGNATURE_INVALID', '', 'the amount is no amount');
    END IF;

    -- 4. What is kept of it: the named fields; of all others the name.
    IF v_careful = 0 THEN
        SET v_result_msg = JSON_UNQUOTE(JSON_EXTRACT(v_fields, v_path_result_msg));
        -- Free text is where a PG may put a card number.
        IF CHAR_LENGTH(v_result_msg) >= 12 THEN
            SET v_result_msg = REGEXP_REPLACE(v_result_msg, '[0-9][0-9 -]{10,}[0-9]', '***');
        END IF;
        SET v_name = JSON_KEYS(JSON_REMOVE(v_fields,
                v_path_order_number, v_path_pg_tx, v_path_approval_no, v_path_amount,
                v_path_result_code, v_path_result_msg, v_path_approved_at, v_path_merchant_id)),
            -- NULL where a name comes twice, which only MariaDB lets stand: kept with care, once.
            v_kept = CASE WHEN JSON_LENGTH(JSON_KEYS(v_fields)) = JSON_LENGTH(v_fields) THEN
                CONCAT(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(v_kept,
                    '{ order}', v_order_number),
                    '{ tx}', v_pg_tx),
                    '{ approval}', v_approval_no),
                    '{ amount}', v_amount_text),
                    '{ code}', v_result_code),
                    '{ at}', v_approved_at),
                    '{ account}', v_named_merchant),
                    '{ message}', v_result_msg),
                -- ["pktHash", "cardNm"] becomes "pktHash":"***","cardNm":"***"
                REPLACE(SUBSTR(v_name, 2, CHAR_LENGTH(v_name) - 2), '", "', '":"***","'),
                ':"***"}') END,
            v_result_msg = COALESCE(v_result_msg, '');
    END IF;
    IF v_careful = 1 OR v_kept IS NULL THEN
        CALL _mask_fields(pi_pg, pi_merchant_id, pi_fields_json, v_kept);
    END IF;

    settle: LOOP
        BEGIN
            -- 1062: another message has just claimed this transaction for another order, or had it
            -- before. 1048: a unit of this order is not held any more. Look again, with care.
            DECLARE EXIT HANDLER FOR 1062, 1048
            BEGIN
                ROLLBACK AND NO CHAIN NO RELEASE;
                SET v_attempt = v_attempt + 1;
                IF v_attempt = 20 THEN
                    RESIGNAL;
                END IF;
            END;

            SET v_step = 'find the order';
            IF v_attempt > 0 THEN
                CALL _start_writing();
                IF v_careful = 2 THEN
                    CALL _lock_cart_of_order(v_shop_id, v_order_number);
                END IF;
            END IF;
            SET v_order_seq_no = NULL, v_order_key = NULL, v_key_text = NULL,
                v_status = NULL, v_paid_status = NULL;
            SELECT o.seq_no, o.order_key,
                   LOWER(INSERT(INSERT(INSERT(INSERT(HEX(o.order_key),
                       9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')),
                   -- Points and cash are used when it is paid: with care.
                   o.order_status,
                   CASE WHEN o.point_used = 0 AND o.cash_used = 0 THEN t.to_status END
            INTO v_order_seq_no, v_order_key, v_key_text, v_status, v_paid_status
            FROM shop_orders o
            LEFT JOIN shop_order_transitions t ON t.from_status = o.order_status
                AND t.action = 'pay' AND t.actor = 'pg'
            WHERE o.shop_id = v_shop_id AND o.order_number = v_order_number;

            -- 5. The usual payment: approved, for an order that waits for one. What was read is
            -- only believed where the UPDATE finds it again, and that neither transaction nor
            -- approval number was seen before is what their unique keys say. FORCE INDEX: through
            -- the index on status, two messages would wait for each other.
            IF v_attempt = 0 AND v_success = 1 AND v_paid_status IS NOT NULL
                AND CHAR_LENGTH(v_pg_tx) > 0 THEN
                SET v_step = 'settle the order';
                UPDATE shop_orders FORCE INDEX (PRIMARY)
                SET order_status = v_paid_status, approval_no = v_approval_no,
                    approval_msg = v_result_msg, paid_at = UTC_TIMESTAMP(6),
                    update_date = UTC_TIMESTAMP(6)
                WHERE seq_no = v_order_seq_no AND order_status = v_status
                  AND total_payment = v_amount;
                IF ROW_COUNT() = 1 THEN
                    INSERT INTO shop_payments
                        (shop_id, order_seq_no, pg, merchant_id, pg_tx,
                         approval_no, amount, status, result_code, result_msg,
                         approved_at, create_date, update_date, order_number)
                    VALUES
                        (v_shop_id, v_order_seq_no, pi_pg, pi_merchant_id, v_pg_tx,
                         NULLIF(v_approval_no, ''), v_amount, 'paid', v_result_code, v_result_msg,
                         v_approved_at, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), v_order_number);
                    -- As in _stock_sell: what is not held becomes NULL, which the column refuses.
                    UPDATE shop_stock_reservations FORCE INDEX (PRIMARY)
                    SET state = CASE state WHEN 'held' THEN 'sold' END,
                        update_date = UTC_TIMESTAMP(6)
                    WHERE order_seq_no = v_order_seq_no;
                    IF ROW_COUNT() > 0 THEN
                        SET v_step = 'record the message';
                        INSERT INTO shop_order_logs
                            (order_seq_no, log_date, from_status, to_status,
                             action, actor, actor_name, log_message)
                        VALUES
                            (v_order_seq_no, UTC_TIMESTAMP(6), v_status, v_paid_status,
                             'pay', 'pg', LEFT(USER(), 100), v_approval_no);
                        INSERT INTO shop_pg_messages
                            (received_at, pg, merchant_id, channel,
                             order_number, order_seq_no, pg_tx, verdict, fields_json)
                        VALUES
                            (UTC_TIMESTAMP(6), pi_pg, pi_merchant_id, pi_channel,
                             v_order_number, v_order_seq_no, v_pg_tx, 'paid', v_kept);
                        COMMIT AND NO CHAIN NO RELEASE;
                        SET v_status = v_paid_status, v_verdict = 'paid', v_events = 'pay';
                        LEAVE settle;
                    END IF;
                END IF;
                SET v_attempt = 1;
                ITERATE settle;
            END IF;

            -- 6. Anything else, judged under the lock of the order.
            BEGIN
                DECLARE v_payment_seq_no BIGINT UNSIGNED;
                DECLARE v_old_status TINYINT UNSIGNED;
                DECLARE v_on_payment VARCHAR(7);
                DECLARE v_total DECIMAL(18,2);
                DECLARE v_tx_same, v_approval_used, v_approval_new, v_restored TINYINT DEFAULT 0;

                SET v_step = 'lock the order', v_status = NULL;
                -- A subquery locks nothing of what it reads, which a join would.
                SELECT order_status, order_status, total_payment, restored_at IS NOT NULL,
                       (SELECT t.on_payment FROM shop_order_statuses t
                        WHERE t.order_status = o.order_status)
                INTO v_status, v_old_status, v_total, v_restored, v_on_payment
                FROM shop_orders o WHERE seq_no = v_order_seq_no FOR UPDATE;

                SET v_step = 'find the payment';
                CALL _find_payment(pi_pg, pi_merchant_id, v_pg_tx,
                                   CASE v_success WHEN 1 THEN v_approval_no ELSE '' END,
                                   v_order_number, v_order_seq_no, v_amount,
                                   v_payment_seq_no, v_tx_known, v_tx_order,
                                   v_tx_same, v_approval_used, v_approval_new);
                CALL _judge_payment(v_success, v_pg_tx <> '', v_tx_known, v_tx_same,
                                    v_approval_used, v_on_payment, v_restored,
                                    COALESCE(v_amount = v_total, 0), v_verdict);
                IF v_verdict = 'paid' AND v_on_payment = 'revive' AND v_careful <> 2 THEN
                    -- It may take cart rows again, and the cart is locked before the order.
                    SET v_careful = 2, v_attempt = v_attempt + 1;
                    ITERATE settle;
                END IF;
                IF v_verdict = 'surplus' THEN
                    CALL _judge_adopted(v_order_seq_no, v_pg_tx, v_approval_no, v_amount,
                                        v_verdict, v_tx_known);
                END IF;

                SET v_step = 'settle the order';
                CALL _settle_order(v_order_seq_no, v_status, v_on_payment, v_verdict,
                                   v_approval_no, v_result_msg, 'pg', v_approval_no);

                SET v_step = 'record the message';
                INSERT INTO shop_pg_messages
                    (received_at, pg, merchant_id, channel,
                     order_number, order_seq_no, pg_tx, verdict, fields_json)
                VALUES
                    (UTC_TIMESTAMP(6), pi_pg, pi_merchant_id, pi_channel,
                     v_order_number, v_order_seq_no, v_pg_tx, v_verdict, v_kept);
                IF v_verdict <> 'repeated' OR v_approval_new = 1 THEN
                    CALL _write_payment(v_shop_id, v_order_seq_no, pi_pg, pi_merchant_id,
                                        v_pg_tx, v_approval_no, v_order_number, v_amount,
                                        v_result_code, v_result_msg, v_approved_at,
                                        LAST_INSERT_ID(), v_duty_minutes, v_verdict,
                                        v_payment_seq_no, v_approval_new);
                END IF;
                IF v_status <> v_old_status THEN
                    SELECT moves INTO v_events FROM shop_payment_verdicts WHERE verdict = v_verdict;
                END IF;
                COMMIT AND NO CHAIN NO RELEASE;
            END;
            LEAVE settle;
        END;
    END LOOP;

    -- 7. The answer.
    SET v_step = 'answer';
    IF v_order_seq_no IS NULL THEN
        SET v_order_number = NULL;
    END IF;
    IF pi_channel = 'return' THEN
        SET v_ack_http_status = 303, v_ack_content_type = 'text/plain; charset=utf-8',
            v_ack_body = '';
        BEGIN
            DECLARE v_page, v_code TEXT;
            -- A repeat is told what the first one was told.
            DECLARE v_outcome TEXT DEFAULT
                CASE v_verdict WHEN 'repeated' THEN v_tx_known ELSE v_verdict END;

            -- What contradicts the order's own payment is looked up; to its buyer the order is
            -- paid.
            SELECT CASE WHEN t.phase = 'paid' AND v_outcome = 'contradiction' AND v_tx_order = 1
                        THEN ''
                        WHEN t.phase = 'paid' THEN v.code_if_paid
                        WHEN t.order_status = 10 THEN v.code_if_expired
                        ELSE v.error_code END,
                   s.result_url, s.error_url
            INTO v_code, v_page, v_error_url
            FROM shops s
            JOIN shop_payment_verdicts v ON v.verdict = v_outcome
            LEFT JOIN shop_order_statuses t ON t.order_status = v_status
            WHERE s.shop_id = v_shop_id;
            SET v_location = _return_url(CASE v_code WHEN '' THEN v_page ELSE v_error_url END,
                                         v_order_key, v_order_number, v_code);
        END;
    END IF;
    SELECT 'OK' AS result, v_ack_http_status AS http_status,
           v_ack_content_type AS content_type, v_ack_body AS body, v_location AS location,
           v_key_text AS order_key, v_order_number AS order_number, v_status AS order_status,
           v_verdict AS verdict, v_events AS events;
END//
DELIMITER ;
