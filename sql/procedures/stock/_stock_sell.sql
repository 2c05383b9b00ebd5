-- _stock_sell: an order's held units are sold. No stock row is touched: they left
-- `free` when they were held.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
--   po_sold          OUT: 1 when every unit was still held and is sold now; 0 when
--                    not, and nothing changed
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
    -- What is not held becomes NULL, which the column refuses: then none of them is sold.
    DECLARE EXIT HANDLER FOR 1048 SET po_sold = 0;

    UPDATE shop_stock_reservations FORCE INDEX (PRIMARY)
    SET state = CASE state WHEN 'held' THEN 'sold' END, update_date = UTC_TIMESTAMP(6)
    WHERE order_seq_no = pi_order_seq_no;
    SET po_sold = ROW_COUNT() > 0;
END//
DELIMITER ;
