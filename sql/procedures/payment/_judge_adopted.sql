-- _judge_adopted: an approval for an order that was paid before jumun: is it that payment, or a
-- second one?
--
-- The old shop kept no transaction numbers that could be compared. The approval number says it;
-- without one nobody can tell, and what may be the only money of the order must not be listed to be
-- refunded: it is looked up.
--
-- Parameters
--   pi_order_seq_no   order, paid, locked by the caller
--   pi_pg_tx, pi_approval_no, pi_amount   of the message
--   pio_verdict       INOUT: surplus; repeated when it is the adopted payment, contradiction when
--                     nobody can tell
--   pio_tx_known      INOUT: status of the payment, for the answer to a repetition
-- Returns nothing
-- Errors  none
-- Locks   none: the caller holds the order
-- Example
--   CALL _judge_adopted(1, 'W1', 'A1', 1000, @verdict, @known);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _judge_adopted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _judge_adopted(
    pi_order_seq_no    BIGINT UNSIGNED,
    pi_pg_tx           VARCHAR(100),
    pi_approval_no     VARCHAR(100),
    pi_amount          DECIMAL(18,2),
    INOUT pio_verdict  VARCHAR(20),
    INOUT pio_tx_known VARCHAR(20))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Tells an adopted payment from a second one'
BEGIN
    DECLARE v_amount DECIMAL(18,2) DEFAULT NULL;
    DECLARE v_approval_no VARCHAR(100);

    SELECT MAX(amount), MAX(approval_no) INTO v_amount, v_approval_no
    FROM shop_payments WHERE order_seq_no = pi_order_seq_no AND status = 'adopted';
    IF v_amount = pi_amount THEN
        IF v_approval_no IN (pi_approval_no, pi_pg_tx) THEN
            SET pio_verdict = 'repeated', pio_tx_known = 'paid';
        ELSEIF v_approval_no IS NULL OR pi_approval_no = '' THEN
            SET pio_verdict = 'contradiction';
        END IF;
    END IF;
END//
DELIMITER ;
