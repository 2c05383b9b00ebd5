-- _settle_order: do to the order what a verdict asks for.
--
-- Paying is held -> sold. Units of an order that was refused or ran out of time are with others or
-- free: it is paid only if all of them can be taken again, in this commit; for an order out of time
-- the shop may say that it never is (shops.late_payment). An order that has left its rows in the
-- cart (soft_lock) takes them again, or is not revived, see _take_rows_again; so does one that had
-- points, cash or coupons, see _take_credits and _take_coupons. Stock comes last:
-- lines that stand for cart rows again have neighbours in their index, which may be of an order
-- that waits for the same stock.
--
-- Parameters
--   pi_order_seq_no   order, locked by the caller; before it the cart, when it is to be revived
--   pio_status        INOUT: its status
--   pi_on_payment     what a right payment is to that status, see shop_order_statuses
--   pio_verdict       INOUT: as _judge_payment returns it; paid becomes late when the order's
--                     units, points, cash or coupons cannot be had
--   pi_approval_no, pi_message   for the order
--   pi_actor          pg | dba: who says so
--   pi_log_message    words for the log of a payment
-- Returns nothing
-- Errors  STATE_NOT_ALLOWED when shop_order_transitions lacks the move
-- Locks   order (held already), reservations, of a revived order cart rows, points, cash and
--         coupons, lines and their neighbours by cart row; of one that ends points, cash and
--         coupons; stock by (product, option)
-- Example
--   CALL _settle_order(1, @status, 'pay', @verdict, 'A1', 'approved', 'pg', 'A1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _settle_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _settle_order(
    pi_order_seq_no   BIGINT UNSIGNED,
    INOUT pio_status  TINYINT UNSIGNED,
    pi_on_payment     VARCHAR(7),
    INOUT pio_verdict VARCHAR(20),
    pi_approval_no    VARCHAR(100),
    pi_message        VARCHAR(200),
    pi_actor          VARCHAR(8),
    pi_log_message    VARCHAR(200))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Moves an order by a verdict'
BEGIN
    IF pio_verdict = 'paid' THEN
        BEGIN
            DECLARE v_sold, v_taken TINYINT;
            DECLARE v_status TINYINT UNSIGNED;
            DECLARE v_late_payment VARCHAR(8);
            DECLARE v_credit_fault, v_coupon_fault VARCHAR(40);

            CALL _stock_sell(pi_order_seq_no, v_sold);
            IF v_sold = 0 AND pio_status <> 12 THEN
                SELECT s.late_payment INTO v_late_payment
                FROM shop_orders o JOIN shops s ON s.shop_id = o.shop_id
                WHERE o.seq_no = pi_order_seq_no;
            END IF;
            IF v_sold = 1 OR pio_status = 12 OR v_late_payment = 'revive' THEN
                SAVEPOINT settle_order;
                SET v_taken = 1;
                IF pi_on_payment = 'revive' THEN
                    CALL _take_rows_again(pi_order_seq_no, v_taken);
                    IF v_taken = 1 THEN
                        CALL _take_credits(pi_order_seq_no, UTC_TIMESTAMP(6), v_credit_fault);
                        IF v_credit_fault IS NULL THEN
                            CALL _take_coupons(pi_order_seq_no, NULL, v_coupon_fault);
                        END IF;
                        IF COALESCE(v_credit_fault, v_coupon_fault) IS NOT NULL THEN
                            SET v_taken = 0;
                            ROLLBACK TO SAVEPOINT settle_order;
                        END IF;
                    END IF;
                END IF;
                IF v_taken = 1 THEN
                    -- Paid means that it is pay or revive.
                    CALL _order_transition(pi_order_seq_no, pio_status, pi_on_payment, pi_actor,
                                           pi_log_message, v_status);
                    UPDATE shop_orders
                    SET approval_no = pi_approval_no, approval_msg = pi_message,
                        paid_at = UTC_TIMESTAMP(6)
                    WHERE seq_no = pi_order_seq_no;
                    IF v_sold = 0 THEN
                        CALL _stock_hold_again(pi_order_seq_no, v_sold);
                        IF v_sold = 1 THEN
                            CALL _stock_sell(pi_order_seq_no, v_sold);
                        ELSE
                            ROLLBACK TO SAVEPOINT settle_order;
                        END IF;
                    END IF;
                END IF;
            END IF;
            IF v_sold = 1 THEN
                SET pio_status = v_status;
            ELSE
                SET pio_verdict = 'late';
                IF pi_on_payment = 'pay' AND pi_actor = 'pg' THEN
                    CALL _order_transition(pi_order_seq_no, pio_status, 'expire', 'pg',
                                           'stock went to others', pio_status);
                    CALL _stock_release(pi_order_seq_no);
                END IF;
            END IF;
        END;
    ELSEIF pi_on_payment = 'pay' THEN
        BEGIN
            DECLARE v_action VARCHAR(20);

            SELECT moves INTO v_action FROM shop_payment_verdicts WHERE verdict = pio_verdict;
            IF v_action = 'fail' THEN
                CALL _order_transition(pi_order_seq_no, pio_status, 'fail', 'pg',
                                       CONCAT_WS(': ', pio_verdict, NULLIF(pi_message, '')),
                                       pio_status);
                UPDATE shop_orders SET approval_msg = pi_message WHERE seq_no = pi_order_seq_no;
                CALL _stock_release(pi_order_seq_no);
            END IF;
        END;
    END IF;
END//
DELIMITER ;
