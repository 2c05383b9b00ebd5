-- _settle_order: do to the order what a verdict asks for.
--
-- Parameters
--   pi_order_seq_no   order, locked by the caller
--   pio_status        INOUT: its status
--   pio_verdict       INOUT: as _judge_payment returns it; paid becomes late when the order's units went to others
--   pi_approval_no, pi_message   for the order
-- Returns nothing
-- Errors  STATE_NOT_ALLOWED when shop_order_transitions lacks the move
-- Locks   order (held already), reservations, stock by (product, option)
-- Example
--   CALL _settle_order(1, @status, @verdict, 'A1', 'approved');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _settle_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _settle_order(
    pi_order_seq_no   BIGINT UNSIGNED,
    INOUT pio_status  TINYINT UNSIGNED,
    INOUT pio_verdict VARCHAR(20),
    pi_approval_no    VARCHAR(100),
    pi_message        VARCHAR(200))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Moves an order by a verdict'
BEGIN
    DECLARE v_sold TINYINT;

    IF pio_verdict = 'paid' THEN
        CALL _stock_sell(pi_order_seq_no, v_sold);
        IF v_sold = 1 THEN
            CALL _order_transition(pi_order_seq_no, pio_status, 'pay', 'pg', pi_approval_no, pio_status);
            UPDATE shop_orders
            SET approval_no = pi_approval_no, approval_msg = pi_message, paid_at = UTC_TIMESTAMP(6)
            WHERE seq_no = pi_order_seq_no;
        ELSE
            SET pio_verdict = 'late';
            CALL _order_transition(pi_order_seq_no, pio_status, 'expire', 'pg', 'stock went to others', pio_status);
            CALL _stock_release(pi_order_seq_no);
        END IF;
    ELSEIF pio_verdict IN ('failed', 'amount_mismatch') AND pio_status IN (1, 11, 13) THEN
        CALL _order_transition(pi_order_seq_no, pio_status, 'fail', 'pg',
                               CONCAT_WS(': ', pio_verdict, NULLIF(pi_message, '')), pio_status);
        UPDATE shop_orders SET approval_msg = pi_message WHERE seq_no = pi_order_seq_no;
        CALL _stock_release(pi_order_seq_no);
    END IF;
END//
DELIMITER ;
