-- tr_shop_orders_status: no order moves from a status to another one but as
-- shop_order_transitions knows it, by whoever's hand. A move that is allowed, made without its
-- log row, is what shop_audit finds.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  STATE_NOT_ALLOWED
-- Locks   the rows that it reads, shared: only a load of newer files writes them
-- Example
--   UPDATE shop_orders SET order_status = 8 WHERE seq_no = 1;   -- refused when it is pending
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_orders_status;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_orders_status
BEFORE UPDATE ON shop_orders
FOR EACH ROW
BEGIN
    IF NOT (NEW.order_status <=> OLD.order_status AND NEW.restored_at <=> OLD.restored_at) THEN
        -- Once its cart was restored, an order stays at its end: its lines are somebody's
        -- cart again.
        IF (NEW.restored_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM shop_order_statuses
                            WHERE order_status = NEW.order_status AND phase = 'ended'))
            OR (NOT NEW.order_status <=> OLD.order_status
                AND NOT EXISTS (SELECT 1 FROM shop_order_transitions
                                WHERE from_status = OLD.order_status
                                  AND to_status = NEW.order_status)) THEN
            CALL _raise('STATE_NOT_ALLOWED', 'order_status',
                        CONCAT(OLD.order_status, ' to ', NEW.order_status));
        END IF;
    END IF;
END//
DELIMITER ;
