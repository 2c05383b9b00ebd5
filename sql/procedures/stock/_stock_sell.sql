-- _stock_sell: an order's held units are sold. No stock row is touched: they left `free` when they were held.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
--   po_sold          OUT: 1 when every unit was still held and is sold now; 0 when not, and nothing changed
-- Returns nothing
-- Errors  none
-- Locks   shop_stock_reservations rows of the order
-- Example
--   CALL _stock_sell(1, @sold);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_sell;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_sell(
    pi_order_seq_no BIGINT UNSIGNED,
    OUT po_sold     TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Held units become sold units'
BEGIN
    SELECT COALESCE(MIN(state = 'held'), 0) INTO po_sold
    FROM shop_stock_reservations
    WHERE order_seq_no = pi_order_seq_no
    FOR UPDATE;
    IF po_sold = 1 THEN
        UPDATE shop_stock_reservations
        SET state = 'sold', update_date = UTC_TIMESTAMP(6)
        WHERE order_seq_no = pi_order_seq_no AND state = 'held';
    END IF;
END//
DELIMITER ;
