-- _refuse_checkout: refuse to change or order cart rows that an order has, which waits for its
-- payment (soft_lock). The caller has settled the cart: what is still marked is in checkout, or its
-- order was paid a moment ago: then it is not in the cart, and no matter of this.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _parse_ids returns it
--   pi_field                name of the input
-- Returns nothing
-- Errors  CART_IN_CHECKOUT, with the row as detail
-- Locks   none
-- Example
--   CALL _refuse_checkout(1, 'demo1', '[1,2]', 'selected_cart_ids');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_checkout;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_checkout(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_ids     LONGTEXT,
    pi_field   VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses rows that are in checkout'
BEGIN
    DECLARE v_row BIGINT UNSIGNED;

    SELECT MIN(c.seq_no) INTO v_row
    FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY)
        ON c.seq_no = x.id AND c.shop_id + 0 = pi_shop_id
        AND CONCAT(c.user_id) = pi_user_id
    WHERE c.order_seq_no IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM v_cart_checkouts k
                      WHERE k.shop_id = c.shop_id AND k.user_id = c.user_id
                        AND k.order_seq_no = c.order_seq_no AND k.fate = 'ordered');
    IF v_row IS NOT NULL THEN
        CALL _raise('CART_IN_CHECKOUT', pi_field, v_row);
    END IF;
END//
DELIMITER ;
