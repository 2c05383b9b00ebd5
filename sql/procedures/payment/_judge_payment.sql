-- _judge_payment: what an authentic message means for an order. Decides; writes nothing.
--
-- Money is what an approval is about: a refusal takes nothing and owes nothing, whatever else it
-- says.
--
-- Parameters
--   pi_success        1 = the PG approved
--   pi_has_tx         1 = the message has a transaction number
--   pi_tx_known       status of the payment with this transaction number, NULL = none
--   pi_tx_same        1 = that payment has this order, amount and approval number
--   pi_approval_used  1 = another transaction has this approval number
--   pi_on_payment     what a right payment is to the order, see shop_order_statuses; NULL = there
--                     is no such order
--   pi_restored       1 = its lines were put back into the cart
--   pi_amount_equal   1 = the amount is exactly the order's total
--   po_verdict        OUT, see shop_payment_verdicts; _settle_order makes paid late when the
--                     order's units cannot be had
-- Returns nothing
-- Errors  none
-- Locks   none: the caller holds the order
-- Example
--   CALL _judge_payment(1, 1, NULL, 0, 0, 'late', 0, 1, @verdict);   -- late
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _judge_payment;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _judge_payment(
    pi_success       TINYINT,
    pi_has_tx        TINYINT,
    pi_tx_known      VARCHAR(20),
    pi_tx_same       TINYINT,
    pi_approval_used TINYINT,
    pi_on_payment    VARCHAR(7),
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
            WHEN pi_tx_known IS NULL AND pi_on_payment = 'pay' THEN 'failed'
            ELSE 'ignored' END
        WHEN pi_has_tx = 0 THEN 'incomplete'
        -- A refusal is forgotten when the same transaction is approved after all.
        WHEN pi_tx_known <> 'failed'
            THEN CASE pi_tx_same WHEN 1 THEN 'repeated' ELSE 'contradiction' END
        WHEN pi_approval_used = 1 THEN 'approval_reused'
        WHEN pi_on_payment IS NULL THEN 'unknown_order'
        WHEN pi_amount_equal = 0 THEN 'amount_mismatch'
        WHEN pi_on_payment = 'pay' THEN 'paid'
        -- Refused, or out of time: if nothing was done with it since.
        WHEN pi_on_payment = 'revive' THEN CASE pi_restored WHEN 0 THEN 'paid' ELSE 'late' END
        ELSE pi_on_payment END;
END//
DELIMITER ;
