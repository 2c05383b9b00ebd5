-- tr_shop_payments_update: a payment stays as it was recorded, but for two things that a payment
-- gateway may say later. It approves a transaction that it had refused, which keeps its name; and
-- it tells the approval number of one that had none.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_payments SET amount = 1 WHERE status = 'paid';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_payments_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_payments_update
BEFORE UPDATE ON shop_payments
FOR EACH ROW
BEGIN
    IF NOT (NEW.seq_no <=> OLD.seq_no AND NEW.shop_id <=> OLD.shop_id AND NEW.pg <=> OLD.pg
            AND NEW.merchant_id <=> OLD.merchant_id AND NEW.pg_tx <=> OLD.pg_tx
            AND NEW.create_date <=> OLD.create_date)
        OR NOT ((OLD.status = 'failed' AND NEW.status <> 'failed')
                OR (OLD.approval_no IS NULL AND NEW.approval_no IS NOT NULL
                    AND OLD.status <> 'failed' AND OLD.pg <> 'adopted'
                    AND NEW.order_seq_no <=> OLD.order_seq_no AND NEW.amount <=> OLD.amount
                    AND NEW.status <=> OLD.status AND NEW.result_code <=> OLD.result_code
                    AND NEW.result_msg <=> OLD.result_msg
                    AND NEW.approved_at <=> OLD.approved_at)) THEN
        CALL _raise('ROW_IS_KEPT', 'shop_payments', 'UPDATE');
    END IF;
END//
DELIMITER ;
