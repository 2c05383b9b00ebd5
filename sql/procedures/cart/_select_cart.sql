-- _select_cart: answer the buyer's whole cart as a result set, priced.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
-- Returns one row per cart row, oldest first
--   cart_id, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount, orderable,
--   product_thumb_img_url
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_cart(1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The cart as a result set'
BEGIN
    SELECT cart_id, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount,
           orderable, product_thumb_img_url
    FROM v_cart_lines
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id
    ORDER BY cart_id;
END//
DELIMITER ;
