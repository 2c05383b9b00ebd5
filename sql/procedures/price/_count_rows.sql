-- _count_rows: how many of these cart rows can be ordered, whatever they cost. A row that an order
-- has which waits for its payment or is paid (soft_lock, or a hand put it back) is none of them:
-- one cart row, at most one live order.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _parse_ids returns it
--   po_count                OUT: fewer than ids when one is consumed, foreign or unknown
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _count_rows(1, 'demo1', '[1,2]', @n);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _count_rows;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _count_rows(
    pi_shop_id   INT UNSIGNED,
    pi_user_id   VARCHAR(63),
    pi_ids       LONGTEXT,
    OUT po_count INT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Counts cart rows'
BEGIN
    SELECT COUNT(*) INTO po_count
    FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY)
        ON c.seq_no = x.id AND c.shop_id + 0 = pi_shop_id
        AND CONCAT(c.user_id) = pi_user_id
    LEFT JOIN shop_order_product l FORCE INDEX (uq_shop_order_product_live)
        ON l.live_cart_seq_no = c.seq_no
    WHERE l.order_seq_no IS NULL AND c.order_seq_no IS NULL;
END//
DELIMITER ;
