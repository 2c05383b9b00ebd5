-- _find_payment: has this transaction, or this approval, been seen before, and did it say the same?
--
-- An approval number that is missing says nothing: one channel of a payment gateway may bring it
-- and the other not.
--
-- Parameters
--   pi_pg, pi_merchant_id, pi_pg_tx   transaction; '' = the message has none
--   pi_approval_no    approval number; '' = none
--   pi_order_number, pi_order_seq_no  order of the message, locked by the caller;
--                     seq_no NULL = unknown
--   pi_amount         amount of the message; NULL = it was no amount
--   po_payment_seq_no OUT: shop_payments.seq_no, NULL = not seen
--   po_status         OUT: its status, NULL = not seen
--   po_same_order     OUT: 1 = it belongs to this order
--   po_same           OUT: 1 = order, amount and approval number are those of that payment
--   po_approval_used  OUT: 1 = another transaction has this approval number
--   po_approval_new   OUT: 1 = that payment was recorded without an approval number, and this
--                     message brings it
-- Returns nothing
-- Errors  none
-- Locks   the payment of this transaction
-- Example
--   CALL _find_payment('wallet', 'M_DEMO', 'W1', 'W1', 'T-1', 1, 1000,
--       @seq_no, @status, @same_order, @same, @used, @new);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _find_payment;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _find_payment(
    pi_pg                 VARCHAR(20),
    pi_merchant_id        VARCHAR(40),
    pi_pg_tx              VARCHAR(100),
    pi_approval_no        VARCHAR(100),
    pi_order_number       VARCHAR(64),
    pi_order_seq_no       BIGINT UNSIGNED,
    pi_amount             DECIMAL(18,2),
    OUT po_payment_seq_no BIGINT UNSIGNED,
    OUT po_status         VARCHAR(20),
    OUT po_same_order     TINYINT,
    OUT po_same           TINYINT,
    OUT po_approval_used  TINYINT,
    OUT po_approval_new   TINYINT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Finds the payment of a transaction'
BEGIN
    DECLARE v_order_number VARCHAR(64);
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_approval_no VARCHAR(100);
    DECLARE v_keeps_approval TINYINT;

    SET po_payment_seq_no = NULL, po_status = NULL, po_same_order = 0, po_same = 0,
        po_approval_used = 0, po_approval_new = 0;
    SELECT seq_no, status, order_number, order_seq_no, amount,
           COALESCE(approval_no, used_approval_no),
           -- A subquery locks nothing of what it reads, which a join would.
           (SELECT v.keeps_approval FROM shop_payment_verdicts v WHERE v.verdict = p.status)
    INTO po_payment_seq_no, po_status, v_order_number, v_order_seq_no, v_amount,
         v_approval_no, v_keeps_approval
    FROM shop_payments p WHERE pg = pi_pg AND merchant_id = pi_merchant_id AND pg_tx = pi_pg_tx
    -- A refused transaction may be approved for two orders at once: one of them gets it.
    FOR UPDATE;
    SELECT COUNT(*) INTO po_approval_used
    FROM shop_payments
    WHERE pg = pi_pg AND merchant_id = pi_merchant_id AND approval_no = pi_approval_no
      AND NOT pg_tx <=> pi_pg_tx;

    IF po_payment_seq_no IS NOT NULL THEN
        -- An order that the gateway named before it existed is the order of that number: the
        -- message is the same.
        SET po_same_order = CASE WHEN v_order_number IS NULL THEN v_order_seq_no <=> pi_order_seq_no
                                 ELSE v_order_number = pi_order_number END,
            po_same = po_same_order = 1 AND v_amount = COALESCE(pi_amount, 0)
                AND CASE WHEN pi_approval_no = '' THEN 1
                         WHEN v_approval_no IS NOT NULL THEN v_approval_no = pi_approval_no
                         -- Before it was kept, nothing said which number had been used.
                         WHEN po_status = 'approval_reused' THEN 1
                         ELSE po_approval_used = 0 END,
            po_approval_new = po_same = 1 AND pi_approval_no <> '' AND v_approval_no IS NULL
                AND v_keeps_approval = 1;
    END IF;
END//
DELIMITER ;
