-- _shortage: which products of some cart rows are short.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _parse_ids returns it
--   po_shortage             OUT: JSON, one object per stock row that has fewer free units than
--                           these rows want together
--                           [{"product_id", "option_hash", "wanted", "free",
--                             "cart_ids": [the rows that want it]}]; '[]' = none any more
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
    SELECT /*+ SET_VAR(group_concat_max_len = 1048576) */
           CONCAT('[',
                  GROUP_CONCAT(JSON_OBJECT('product_id', t.product_id,
                                           'option_hash', t.option_hash,
                                           'wanted', t.wanted, 'free', t.free,
                                           'cart_ids', JSON_EXTRACT(t.cart_ids, '$'))
                               ORDER BY t.product_id, t.option_hash),
                  ']')
    INTO po_shortage
    FROM (SELECT w.product_id, w.option_hash, w.wanted, w.cart_ids, COALESCE(SUM(s.free), 0) AS free
          FROM (SELECT l.product_id, l.stock_option_hash AS option_hash, SUM(l.quantity) AS wanted,
                       CONCAT('[', GROUP_CONCAT(l.cart_id ORDER BY l.cart_id), ']') AS cart_ids
                FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
                STRAIGHT_JOIN v_cart_lines l ON l.cart_id = x.id
                WHERE l.shop_id + 0 = pi_shop_id AND CONCAT(l.user_id) = pi_user_id
                GROUP BY l.product_id, l.stock_option_hash) w
          LEFT JOIN shop_stock s
              ON s.shop_id = pi_shop_id AND s.product_id = w.product_id
              AND s.option_hash = w.option_hash
          GROUP BY w.product_id, w.option_hash, w.wanted, w.cart_ids
          HAVING COALESCE(SUM(s.free), 0) < w.wanted) t;
    SET po_shortage = COALESCE(po_shortage, '[]');
END//
DELIMITER ;
