-- _seal_order: seal an order anew after a change that is meant. An order from before there were
-- seals gets none.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
-- Returns nothing
-- Errors  none
-- Locks   shop_orders row
-- Example
--   UPDATE shop_orders SET address_detail = '3F' WHERE seq_no = 1;
--   CALL _seal_order(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _seal_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _seal_order(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Seals an order anew'
BEGIN
    UPDATE v_order_seals SET seal = seal_now WHERE seq_no = pi_order_seq_no AND seal IS NOT NULL;
END//
DELIMITER ;
