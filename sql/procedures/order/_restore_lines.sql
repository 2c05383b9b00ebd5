-- _restore_lines: put an order's lines into its buyer's cart: add to rows that are there, insert the others.
--
-- Parameters
--   pi_order_seq_no         order, locked by the caller
--   pi_shop_id, pi_user_id  buyer, whose cart the caller has locked
-- Returns nothing
-- Errors  none
-- Locks   cart rows of the buyer
-- Example
--   CALL _restore_lines(1, 1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _restore_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _restore_lines(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(20))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts an order''s lines into the cart'
BEGIN
    -- The cart is locked: what is there now is there until the commit.
    UPDATE shop_order_product l
    STRAIGHT_JOIN shop_cart c
        ON c.shop_id = pi_shop_id AND c.user_id = pi_user_id
           AND c.product_id = l.product_id AND c.option_hash = l.option_hash
    SET c.quantity = LEAST(c.quantity + l.quantity, 99999), c.update_date = UTC_TIMESTAMP(6)
    WHERE l.order_seq_no = pi_order_seq_no;

    INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
    SELECT pi_shop_id, pi_user_id, l.product_id, l.option_hash, l.quantity, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
    FROM shop_order_product l
    LEFT JOIN shop_cart c
        ON c.shop_id = pi_shop_id AND c.user_id = pi_user_id
           AND c.product_id = l.product_id AND c.option_hash = l.option_hash
    WHERE l.order_seq_no = pi_order_seq_no AND c.seq_no IS NULL
    ORDER BY l.line_no;
END//
DELIMITER ;
