-- _settle_free_order: an order of total 0 has nothing to pay: it is paid in the transaction that
-- makes it.
--
-- Parameters
--   pi_order_seq_no  order, just inserted, its stock held
-- Returns nothing
-- Errors  none
-- Locks   order and reservations, both new
-- Example
--   CALL _settle_free_order(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _settle_free_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _settle_free_order(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'An order of total 0 is paid at once'
BEGIN
    DECLARE v_sold TINYINT;
    DECLARE v_status TINYINT UNSIGNED DEFAULT 1;

    CALL _stock_sell(pi_order_seq_no, v_sold);
    CALL _order_transition(pi_order_seq_no, v_status, 'free', 'buyer', 'nothing to pay', v_status);
    UPDATE shop_orders SET paid_at = UTC_TIMESTAMP(6) WHERE seq_no = pi_order_seq_no;
END//
DELIMITER ;
