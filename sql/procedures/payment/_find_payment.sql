-- _find_payment: has this transaction, or this approval, been seen before?
--
-- Parameters
--   pi_pg, pi_merchant_id, pi_pg_tx   transaction; '' = the message has none
--   pi_approval_no    approval number; '' = none
--   pi_order_seq_no   order of the message, locked by the caller; NULL = unknown
--   po_payment_seq_no OUT: shop_payments.seq_no, NULL = not seen
--   po_status         OUT: its status, NULL = not seen
--   po_same_order     OUT: 1 = it belongs to this order
--   po_approval_used  OUT: 1 = another transaction has this approval number
-- Returns nothing
-- Errors  none
-- Locks   the payment of this transaction
-- Example
--   CALL _find_payment('wallet', 'M_DEMO', 'W1', 'W1', 1, @seq_no, @status, @same, @used);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _find_payment;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _find_payment(
    pi_pg                 VARCHAR(20),
    pi_merchant_id        VARCHAR(40),
    pi_pg_tx              VARCHAR(100),
    pi_approval_no        VARCHAR(100),
    pi_order_seq_no       BIGINT UNSIGNED,
    OUT po_payment_seq_no BIGINT UNSIGNED,
    OUT po_status         VARCHAR(20),
    OUT po_same_order     TINYINT,
    OUT po_approval_used  TINYINT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Finds the payment of a transaction'
BEGIN
    SET po_payment_seq_no = NULL, po_status = NULL, po_same_order = 0, po_approval_used = 0;
    SELECT seq_no, status, order_seq_no <=> pi_order_seq_no INTO po_payment_seq_no, po_status, po_same_order
    FROM shop_payments WHERE pg = pi_pg AND merchant_id = pi_merchant_id AND pg_tx = pi_pg_tx
    -- A refused transaction may be approved for two orders at once: one of them gets it.
    FOR UPDATE;
    SELECT COUNT(*) INTO po_approval_used
    FROM shop_payments
    WHERE pg = pi_pg AND merchant_id = pi_merchant_id AND approval_no = pi_approval_no AND NOT pg_tx <=> pi_pg_tx;
END//
DELIMITER ;
