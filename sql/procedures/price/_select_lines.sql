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
        line_no      INT           PATH '$.line_no',
        cart_id      BIGINT UNSIGNED PATH '$.cart_id',
        product_id   VARCHAR(30)   PATH '$.product_id',
        product_name VARCHAR(200)  PATH '$.product_name',
        option_hash  VARCHAR(64)   PATH '$.option_hash',
        option_name  VARCHAR(200)  PATH '$.option_name',
        unit_price   DECIMAL(18,2) PATH '$.unit_price',
        quantity     INT UNSIGNED  PATH '$.quantity',
        line_amount  DECIMAL(18,2) PATH '$.line_amount',
        orderable    TINYINT       PATH '$.orderable',
        product_thumb_img_url VARCHAR(400) PATH '$.product_thumb_img_url')) x
    ORDER BY x.line_no;
END//
DELIMITER ;
