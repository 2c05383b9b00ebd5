-- _lock_cart_of_order: lock the cart of an order's buyer, as the first lock of a transaction: an
-- order that is revived may take rows again that it had left in the cart (soft_lock). For an order
-- that has left none nobody is waited for.
--
-- Parameters
--   pi_shop_id, pi_order_number  the order
-- Returns nothing
-- Errors  none
-- Locks   cart header
-- Example
--   CALL _lock_cart_of_order(1, 'T20261120-0001');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _lock_cart_of_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _lock_cart_of_order(
    pi_shop_id      INT UNSIGNED,
    pi_order_number VARCHAR(64))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Locks the cart of the buyer of an order'
BEGIN
    DECLARE v_user_id VARCHAR(63);

    SELECT MAX(k.user_id) INTO v_user_id
    FROM shop_orders o
    JOIN shop_cart_checkouts k ON k.shop_id = o.shop_id AND k.user_id = o.user_id
        AND k.order_seq_no = o.seq_no
    WHERE o.shop_id = pi_shop_id AND o.order_number = pi_order_number;
    IF v_user_id IS NOT NULL THEN
        UPDATE shop_cart_headers SET version = version + 1
        WHERE shop_id = pi_shop_id AND user_id = v_user_id;
    END IF;
END//
DELIMITER ;
