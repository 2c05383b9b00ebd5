-- _shortage: which products of some cart rows are short.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _parse_ids returns it
--   po_shortage             OUT: JSON, one object per cart row of which too few units are free: its
--                           stock row has fewer than all of these rows on it want together; of a
--                           set one per part that is short, with the part's product and units
--                           [{"product_id", "option_hash", "wanted", "free", "cart_id"}], rows on
--                           one stock row beside each other; '[]' = none any more
-- Returns nothing
-- Errors  none
-- Locks   none: a picture of now, taken after the rollback
-- Example
--   CALL _shortage(1, 'demo1', '[1,2]', @shortage);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _shortage;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _shortage(
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    pi_ids          LONGTEXT,
    OUT po_shortage LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Which products are short'
BEGIN
    -- Numbers and short texts only: MariaDB writes a temporary table with long ones to disk.
    SELECT /*+ SET_VAR(group_concat_max_len = 1048576) */
           CONCAT('[',
                  GROUP_CONCAT(JSON_OBJECT('product_id', t.product_id,
                                           'option_hash', t.option_hash,
                                           'wanted', t.wanted, 'free', t.free,
                                           'cart_id', t.cart_id)
                               ORDER BY t.product_id, t.option_hash, t.cart_id),
                  ']')
    INTO po_shortage
    FROM (SELECT w.cart_id, w.product_id, w.option_hash,
                 SUM(w.quantity) OVER (PARTITION BY w.product_id, w.option_hash) AS wanted,
                 COALESCE((SELECT SUM(s.free) FROM shop_stock s FORCE INDEX (PRIMARY)
                           WHERE s.shop_id = pi_shop_id AND s.product_id = w.product_id
                             AND s.option_hash = w.option_hash), 0) AS free
          FROM (SELECT c.seq_no AS cart_id, COALESCE(e.part_product_id, c.product_id) AS product_id,
                       COALESCE(e.stock_option_hash, f.stock_option_hash, '__noopt__')
                           AS option_hash,
                       SUM(c.quantity * COALESCE(e.quantity, 1)) AS quantity
                FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
                STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY)
                    ON c.seq_no = x.id AND c.shop_id + 0 = pi_shop_id
                    AND CONCAT(c.user_id) = pi_user_id
                LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
                    ON f.shop_id = c.shop_id AND f.product_id = c.product_id
                    AND f.option_hash = COALESCE(c.combination_hash, c.option_hash)
                    AND f.plan_id = 0
                LEFT JOIN shop_set_parts e ON e.shop_id = f.shop_id AND e.product_id = f.product_id
                GROUP BY c.seq_no, COALESCE(e.part_product_id, c.product_id),
                         COALESCE(e.stock_option_hash, f.stock_option_hash, '__noopt__')) w) t
    WHERE t.free < t.wanted;
    SET po_shortage = COALESCE(po_shortage, '[]');
END//
DELIMITER ;
