-- _judge_payment: what an authentic message means for an order. Decides; writes nothing.
--
-- Money is what an approval is about: a refusal takes nothing and owes nothing, whatever else it says.
--
-- Parameters
--   pi_success        1 = the PG approved
--   pi_has_tx         1 = the message has a transaction number
--   pi_tx_known       status of the payment with this transaction number, NULL = none
--   pi_tx_same        1 = that payment has this order, amount and approval number
--   pi_approval_used  1 = another transaction has this approval number
--   pi_order_status   status of the order, NULL = there is no such order
--   pi_restored       1 = its lines were put back into the cart
--   pi_amount_equal   1 = the amount is exactly the order's total
--   po_verdict        OUT
--     paid             settles the order; _settle_order makes it late when its units cannot be had
--     failed           the order's payment failed
--     repeated         said before, nothing changes
--     ignored          a failure that comes too late to matter
--     contradiction    approved, with a transaction that was approved with another order, amount or approval number
--     approval_reused  approved, with an approval number that another transaction had
--     incomplete       approved, without a transaction number
--     unknown_order    approved, for an order we do not have
--     amount_mismatch  approved, for another amount
--     surplus          approved, for an order that is paid already
--     late             approved, for an order that has ended
--   All but repeated, ignored, contradiction and incomplete become the status of the payment (shop_payments).
-- Returns nothing
-- Errors  none
-- Locks   none: the caller holds the order
-- Example
--   CALL _judge_payment(1, 1, NULL, 0, 0, 9, 0, 1, @verdict);   -- late
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _judge_payment;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _judge_payment(
    pi_success       TINYINT,
    pi_has_tx        TINYINT,
    pi_tx_known      VARCHAR(20),
    pi_tx_same       TINYINT,
    pi_approval_used TINYINT,
    pi_order_status  TINYINT UNSIGNED,
    pi_restored      TINYINT,
    pi_amount_equal  TINYINT,
    OUT po_verdict   VARCHAR(20))
    SQL SECURITY DEFINER
    NO SQL
    COMMENT 'Verdict on a message'
BEGIN
    SET po_verdict = CASE
        WHEN pi_success = 0 THEN CASE
            WHEN pi_tx_known = 'failed' AND pi_tx_same = 1 THEN 'repeated'
            WHEN pi_tx_known IS NULL AND pi_order_status IN (1, 11, 13) THEN 'failed'
            ELSE 'ignored' END
        WHEN pi_has_tx = 0 THEN 'incomplete'
        -- A refusal is forgotten when the same transaction is approved after all.
        WHEN pi_tx_known <> 'failed' THEN CASE pi_tx_same WHEN 1 THEN 'repeated' ELSE 'contradiction' END
        WHEN pi_approval_used = 1 THEN 'approval_reused'
        WHEN pi_order_status IS NULL THEN 'unknown_order'
        WHEN pi_amount_equal = 0 THEN 'amount_mismatch'
        WHEN pi_order_status IN (1, 11, 13) THEN 'paid'
        -- Refused, or out of time: nothing was done with it since.
        WHEN pi_order_status IN (10, 12) AND pi_restored = 0 THEN 'paid'
        WHEN pi_order_status IN (2, 3, 4, 5, 6) THEN 'surplus'
        ELSE 'late' END;
END//
DELIMITER ;
