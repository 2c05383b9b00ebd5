-- _restore_order: put the lines of an order that has come to nothing back into the cart, once: for
-- its buyer, or for the job.
--
-- Parameters
--   pi_order_seq_no         order that has ended and was not restored, locked by the caller
--   pi_shop_id, pi_user_id  buyer, whose cart the caller has locked before it
--   po_results              OUT: what came of each line, see _restore_lines
-- Returns nothing
-- Errors  none
-- Locks   order (held already), cart rows, reservations, stock by (product, option)
-- Example
--   CALL _restore_order(1, 1, 'demo1', @results);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _restore_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _restore_order(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    OUT po_results  LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts an ended order back into the cart, once'
BEGIN
    UPDATE shop_orders SET restored_at = UTC_TIMESTAMP(6) WHERE seq_no = pi_order_seq_no;
    CALL _seal_order(pi_order_seq_no);
    CALL _restore_lines(pi_order_seq_no, pi_shop_id, pi_user_id, po_results);
    CALL _stock_release(pi_order_seq_no);
END//
DELIMITER ;
