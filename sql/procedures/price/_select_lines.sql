-- _select_lines: answer priced lines as a result set.
--
-- Parameters
--   pi_lines  JSON array as _price_lines returns it; NULL gives no rows
-- Returns one row per line
--   cart_id, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount, orderable,
--   product_thumb_img_url
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_lines('[]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_lines(
    pi_lines LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Priced lines as a result set'
BEGIN
    SELECT x.cart_id, x.product_id, x.product_name, x.option_hash, x.option_name, x.unit_price, x.quantity,
           x.line_amount, x.orderable, x.product_thumb_img_url
    FROM JSON_TABLE(COALESCE(pi_lines, '[]'), '$[*]' COLUMNS (
        line_no      INT           PATH '$[0]',
        cart_id      BIGINT UNSIGNED PATH '$[1]',
        product_id   VARCHAR(30)   PATH '$[3]',
        product_name VARCHAR(200)  PATH '$[6]',
        option_hash  VARCHAR(64)   PATH '$[7]',
        option_name  VARCHAR(200)  PATH '$[8]',
        unit_price   DECIMAL(18,2) PATH '$[9]',
        quantity     INT UNSIGNED  PATH '$[2]',
        line_amount  DECIMAL(18,2) PATH '$[10]',
        orderable    TINYINT       PATH '$[13]',
        product_thumb_img_url VARCHAR(400) PATH '$[14]')) x
    ORDER BY x.line_no;
END//
DELIMITER ;
