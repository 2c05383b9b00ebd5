-- tr_shop_pg_duties_update: what is owed, to whom and why does not change;
-- only what was done about it does.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_pg_duties SET amount = 1 WHERE seq_no = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_pg_duties_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_pg_duties_update
BEFORE UPDATE ON shop_pg_duties
FOR EACH ROW
BEGIN
    IF NOT (NEW.seq_no <=> OLD.seq_no AND NEW.shop_id <=> OLD.shop_id
            AND NEW.order_seq_no <=> OLD.order_seq_no AND NEW.payment_seq_no <=> OLD.payment_seq_no
            AND NEW.message_seq_no <=> OLD.message_seq_no AND NEW.pg <=> OLD.pg
            AND NEW.merchant_id <=> OLD.merchant_id AND NEW.duty <=> OLD.duty
            AND NEW.duty_key <=> OLD.duty_key AND NEW.amount <=> OLD.amount
            AND NEW.reason <=> OLD.reason AND NEW.create_date <=> OLD.create_date) THEN
        CALL _raise('ROW_IS_KEPT', 'shop_pg_duties', 'UPDATE');
    END IF;
END//
DELIMITER ;
