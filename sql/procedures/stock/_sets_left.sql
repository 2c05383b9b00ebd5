-- _sets_left: how many of each set in a cart can be ordered, see v_sets_left. Read beforehand and
-- not in the statement of the lines, which would cost a tenth more in shops without sets: those do
-- not call this.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart, with what is bought now
--   po_sets_left            OUT: JSON object, by cart row: {"7": 3}; NULL = no sets
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _sets_left(1, 'demo1', @sets_left);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _sets_left;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _sets_left(
    pi_shop_id       INT UNSIGNED,
    pi_user_id       VARCHAR(63),
    OUT po_sets_left LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'How many of each set in a cart can be ordered'
BEGIN
    IF @@group_concat_max_len < 1048576 THEN
        CALL _fit_session();
    END IF;
    SELECT CONCAT('{', GROUP_CONCAT('"', w.cart_id, '":', w.sets_left), '}') INTO po_sets_left
    FROM (SELECT t.cart_id, MIN(FLOOR(t.free / t.units)) AS sets_left
          FROM (SELECT c.seq_no AS cart_id, SUM(e.quantity) AS units,
                       COALESCE((SELECT SUM(k.free) FROM shop_stock k
                                 WHERE k.shop_id = e.shop_id AND k.product_id = e.part_product_id
                                   AND k.option_hash = e.stock_option_hash), 0) AS free
                FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
                STRAIGHT_JOIN shop_set_parts e
                    ON e.shop_id = c.shop_id AND e.product_id = c.product_id
                WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id
                GROUP BY c.seq_no, e.shop_id, e.part_product_id, e.stock_option_hash) t
          GROUP BY t.cart_id) w;
END//
DELIMITER ;
