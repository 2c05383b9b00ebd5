-- _select_lines: answer cart rows, priced, as a result set.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _read_ids returns it
-- Returns one row per cart row, in the order of pi_ids
--   cart_id, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount, orderable,
--   product_thumb_img_url
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_lines(1, 'demo1', '[1,2]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_lines(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_ids     LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Priced lines as a result set'
BEGIN
    SELECT l.cart_id, l.product_id, l.product_name, l.option_hash, l.option_name, l.unit_price, l.quantity,
           l.line_amount, l.orderable, l.product_thumb_img_url
    FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (
        line_no FOR ORDINALITY,
        id      BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN v_cart_lines l ON l.cart_id = x.id
    WHERE l.shop_id + 0 = pi_shop_id AND CONCAT(l.user_id) = pi_user_id
    ORDER BY x.line_no;
END//
DELIMITER ;
