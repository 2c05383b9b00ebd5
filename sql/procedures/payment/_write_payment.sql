-- _write_payment: record the payment of a message, and what is owed for it.
--
-- Parameters
--   pi_shop_id … pi_approved_at   message and order; pi_amount NULL = it was no amount
--   pi_message_seq_no  shop_pg_messages.seq_no of the message
--   pi_duty_minutes    deadline of a duty
--   pi_verdict         as _settle_order left it; shop_payment_verdicts says which of them leave a
--                      payment or a duty
--   pi_payment_seq_no  payment of this transaction, NULL = none yet (a failed one may turn
--                      into an approved one, also of another order)
--   pi_approval_new    1 = a repetition brings the approval number that was missing
-- Returns nothing
-- Errors  1062 when another message has just recorded this transaction or approval: the caller
--   starts again
-- Locks   the shop_payments row; the new shop_pg_duties row
-- Example
--   see shop_order_update
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _write_payment;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _write_payment(
    pi_shop_id        INT UNSIGNED,
    pi_order_seq_no   BIGINT UNSIGNED,
    pi_pg             VARCHAR(20),
    pi_merchant_id    VARCHAR(40),
    pi_pg_tx          VARCHAR(100),
    pi_approval_no    VARCHAR(100),
    pi_order_number   VARCHAR(64),
    pi_amount         DECIMAL(18,2),
    pi_result_code    VARCHAR(20),
    pi_result_msg     VARCHAR(200),
    pi_approved_at    VARCHAR(40),
    pi_message_seq_no BIGINT UNSIGNED,
    pi_duty_minutes   INT UNSIGNED,
    pi_verdict        VARCHAR(20),
    pi_payment_seq_no BIGINT UNSIGNED,
    pi_approval_new   TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Records a payment and what is owed for it'
BEGIN
    DECLARE v_payment_seq_no BIGINT UNSIGNED DEFAULT pi_payment_seq_no;
    DECLARE v_approval_no VARCHAR(100);
    DECLARE v_duty VARCHAR(8);
    DECLARE v_keeps_payment TINYINT;
    DECLARE v_used_approval_no VARCHAR(100) DEFAULT
        CASE pi_verdict WHEN 'approval_reused' THEN pi_approval_no END;
    DECLARE v_name VARCHAR(100) DEFAULT
        CASE pi_verdict WHEN 'incomplete' THEN CONCAT('order ', pi_order_number)
                        ELSE pi_pg_tx END;

    SELECT keeps_payment, CASE keeps_approval WHEN 1 THEN NULLIF(pi_approval_no, '') END, duty
    INTO v_keeps_payment, v_approval_no, v_duty
    FROM shop_payment_verdicts WHERE verdict = pi_verdict;
    IF v_keeps_payment = 1 THEN
        IF v_payment_seq_no IS NULL THEN
            INSERT INTO shop_payments
                (shop_id, order_seq_no, pg, merchant_id, pg_tx,
                 approval_no, amount, status, result_code, result_msg,
                 approved_at, create_date, update_date,
                 order_number, used_approval_no)
            VALUES
                (pi_shop_id, pi_order_seq_no, pi_pg, pi_merchant_id, NULLIF(pi_pg_tx, ''),
                 v_approval_no, COALESCE(pi_amount, 0), pi_verdict, pi_result_code, pi_result_msg,
                 pi_approved_at, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6),
                 pi_order_number, v_used_approval_no);
            SET v_payment_seq_no = LAST_INSERT_ID();
        ELSE
            UPDATE shop_payments
            SET order_seq_no = pi_order_seq_no, approval_no = v_approval_no,
                amount = COALESCE(pi_amount, 0), status = pi_verdict,
                result_code = pi_result_code, result_msg = pi_result_msg,
                approved_at = pi_approved_at, order_number = pi_order_number,
                used_approval_no = v_used_approval_no, update_date = UTC_TIMESTAMP(6)
            WHERE seq_no = v_payment_seq_no;
        END IF;
    ELSEIF pi_verdict = 'repeated' AND pi_approval_new = 1 THEN
        UPDATE shop_payments
        SET approval_no = pi_approval_no, update_date = UTC_TIMESTAMP(6)
        WHERE seq_no = v_payment_seq_no;
        UPDATE shop_orders o
        JOIN shop_payments p ON p.seq_no = v_payment_seq_no AND p.order_seq_no = o.seq_no
            AND p.status = 'paid'
        SET o.approval_no = pi_approval_no
        WHERE o.seq_no = pi_order_seq_no;
    END IF;

    IF v_duty IS NOT NULL THEN
        -- Money without a transaction number or a readable amount, under an approval number that
        -- was used, or of which two things were said, cannot be refunded before it is looked up.
        -- Where the transaction number does not tell one from the other, a hash of what was said
        -- does: of nothing that was said the money is nowhere.
        INSERT INTO shop_pg_duties
            (shop_id, order_seq_no, payment_seq_no, message_seq_no,
             pg, merchant_id, duty, duty_key,
             amount, reason, state, due_at, next_try_at, create_date)
        VALUES
            (pi_shop_id, pi_order_seq_no, v_payment_seq_no, pi_message_seq_no,
             pi_pg, pi_merchant_id, CASE WHEN pi_amount IS NULL THEN 'lookup' ELSE v_duty END,
             CASE v_keeps_payment WHEN 0
                  THEN CONCAT(LEFT(v_name, 35), ' ', SHA2(CONCAT_WS(',',
                           HEX(v_name), HEX(pi_order_number),
                           COALESCE(pi_amount, '-'), HEX(pi_approval_no),
                           CASE pi_verdict WHEN 'incomplete' THEN HEX(pi_approved_at) END), 256))
                  ELSE pi_pg_tx END,
             COALESCE(pi_amount, 0), pi_verdict, 'owed',
             UTC_TIMESTAMP(6) + INTERVAL pi_duty_minutes MINUTE,
             UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
        ON DUPLICATE KEY UPDATE shop_pg_duties.seq_no = shop_pg_duties.seq_no;
    END IF;
END//
DELIMITER ;
