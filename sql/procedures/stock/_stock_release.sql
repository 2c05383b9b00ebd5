-- _stock_release: give an order's held units back to the stock rows they were taken from. Does so
-- once: units that are sold or released already are left alone.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
-- Returns nothing
-- Errors  none
-- Locks   shop_stock_reservations rows of the order, then shop_stock rows by (product, option)
-- Example
--   CALL _stock_release(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_release;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_release(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives held units back to stock'
BEGIN
    UPDATE shop_stock_reservations r FORCE INDEX (PRIMARY)
    STRAIGHT_JOIN shop_stock s FORCE INDEX (PRIMARY)
        ON s.shop_id = r.shop_id AND s.product_id = r.product_id
        AND s.option_hash = r.option_hash AND s.slot = r.slot
    SET r.state = 'released', r.update_date = UTC_TIMESTAMP(6), s.free = s.free + r.quantity
    WHERE r.order_seq_no = pi_order_seq_no AND r.state = 'held';
END//
DELIMITER ;
