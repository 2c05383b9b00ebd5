-- _write_order_parts: write down what the sets of an order consist of, as it is now. Its units are
-- held, and later checked, by these rows; whoever packs the order reads them.
--
-- Parameters
--   pi_order_seq_no  order, whose lines are written
-- Returns nothing
-- Errors  none
-- Locks   the order's shop_order_parts rows (new)
-- Example
--   CALL _write_order_parts(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _write_order_parts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _write_order_parts(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Writes down what the sets of an order consist of'
BEGIN
    INSERT INTO shop_order_parts
        (order_seq_no, line_no, part_no, shop_id, product_id, product_name,
         option_hash, option_name, stock_option_hash, quantity)
    SELECT l.order_seq_no, l.line_no,
           ROW_NUMBER() OVER (PARTITION BY l.line_no
                              ORDER BY e.position, e.part_product_id, e.part_option_hash),
           e.shop_id, e.part_product_id, COALESCE(f.product_name, ''), e.part_option_hash,
           COALESCE(f.option_name, ''), e.stock_option_hash, e.quantity
    FROM shop_order_product l
    STRAIGHT_JOIN shop_set_parts e ON e.shop_id = l.shop_id AND e.product_id = l.product_id
    LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
        ON f.shop_id = e.shop_id AND f.product_id = e.part_product_id
        AND f.option_hash = e.part_option_hash AND f.plan_id = 0
    WHERE l.order_seq_no = pi_order_seq_no;
END//
DELIMITER ;
