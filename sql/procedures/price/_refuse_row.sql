-- _refuse_row: refuse a cart with a row that cannot be ordered, and say which: the first.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _parse_ids returns it
-- Returns nothing
-- Errors  PRODUCT_UNAVAILABLE, with the product as detail
-- Locks   none
-- Example
--   CALL _refuse_row(1, 'demo1', '[1,2]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_row;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_row(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_ids     LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Names the row that cannot be ordered'
BEGIN
    DECLARE v_product_id VARCHAR(30);

    SELECT MAX(t.product_id) INTO v_product_id
    FROM (SELECT l.product_id
          FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
          STRAIGHT_JOIN v_cart_lines l ON l.cart_id = x.id
          WHERE l.shop_id + 0 = pi_shop_id AND CONCAT(l.user_id) = pi_user_id AND l.orderable = 0
          ORDER BY l.cart_id
          LIMIT 1) t;
    IF v_product_id IS NOT NULL THEN
        CALL _raise('PRODUCT_UNAVAILABLE', 'selected_cart_ids', v_product_id);
    END IF;
END//
DELIMITER ;
