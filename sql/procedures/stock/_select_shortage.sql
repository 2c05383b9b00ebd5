-- _select_shortage: answer which products of some lines are short.
--
-- Parameters
--   pi_shop_id  shop
--   pi_lines    JSON array as _price_lines returns it
-- Returns one row per stock row that has fewer free units than the lines want together
--   product_id, option_hash, wanted, free
-- Errors  none
-- Locks   none: a picture of now, taken after the rollback
-- Example
--   CALL _select_shortage(1, @lines);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_shortage;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_shortage(
    pi_shop_id INT UNSIGNED,
    pi_lines   LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Which products are short'
BEGIN
    SELECT w.product_id, w.option_hash, w.wanted, COALESCE(SUM(s.free), 0) AS free
    FROM (SELECT x.product_id, x.option_hash, SUM(x.quantity) AS wanted
          FROM JSON_TABLE(pi_lines, '$[*]' COLUMNS (
              product_id  VARCHAR(30) COLLATE utf8mb4_bin PATH '$[3]',
              option_hash VARCHAR(64) COLLATE utf8mb4_bin PATH '$[4]',
              quantity    INT UNSIGNED PATH '$[2]')) x
          GROUP BY x.product_id, x.option_hash) w
    LEFT JOIN shop_stock s
        ON s.shop_id = pi_shop_id AND s.product_id = w.product_id AND s.option_hash = w.option_hash
    GROUP BY w.product_id, w.option_hash, w.wanted
    HAVING COALESCE(SUM(s.free), 0) < w.wanted
    ORDER BY w.product_id, w.option_hash;
END//
DELIMITER ;
