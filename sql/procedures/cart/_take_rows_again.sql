-- _take_rows_again: an order that came to nothing is paid after all. Where it had left its cart
-- rows in the cart (soft_lock) it takes them again, if every one of them is what was ordered and
-- free: what the buyer has changed, deleted or ordered since was given back for good.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller, who has locked the cart before it
--   po_taken         OUT: 1 = taken, or the order had left none; 0 = some are not what they were
-- Returns nothing
-- Errors  none
-- Locks   cart rows of the order
-- Example
--   CALL _take_rows_again(1, @taken);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _take_rows_again;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _take_rows_again(
    pi_order_seq_no BIGINT UNSIGNED,
    OUT po_taken    TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes an order''s cart rows again'
BEGIN
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_lines, v_fit INT UNSIGNED;
    DECLARE v_expires_at DATETIME(6);

    SELECT MAX(k.shop_id), MAX(k.user_id), MAX(o.line_count), MAX(o.expires_at)
    INTO v_shop_id, v_user_id, v_lines, v_expires_at
    FROM shop_orders o
    JOIN shop_cart_checkouts k ON k.shop_id = o.shop_id AND k.user_id = o.user_id
        AND k.order_seq_no = o.seq_no
    WHERE o.seq_no = pi_order_seq_no;
    -- Whatever its rows were: another order that lives has none of them.
    SELECT COUNT(*) = 0 INTO po_taken
    FROM shop_order_product l
    STRAIGHT_JOIN shop_order_product x FORCE INDEX (uq_shop_order_product_live)
        ON x.live_cart_seq_no = l.cart_seq_no
        AND x.order_seq_no <> l.order_seq_no
    WHERE l.order_seq_no = pi_order_seq_no;
    IF po_taken = 1 AND v_user_id IS NOT NULL THEN
        SELECT COUNT(*) INTO v_fit
        FROM shop_order_product l
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = l.cart_seq_no
        WHERE l.order_seq_no = pi_order_seq_no AND c.quantity = l.quantity
          AND c.product_id = l.product_id AND c.option_hash = l.option_hash
          AND c.combination_hash <=> l.combination_hash
          AND c.shop_id = v_shop_id AND CONCAT(c.user_id) = v_user_id
          AND COALESCE(c.order_seq_no, l.order_seq_no) = l.order_seq_no
        FOR UPDATE;
        SET po_taken = v_fit = v_lines;
        IF po_taken = 1 THEN
            UPDATE shop_order_product l
            STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = l.cart_seq_no
            SET c.order_seq_no = l.order_seq_no, c.locked_until = v_expires_at
            WHERE l.order_seq_no = pi_order_seq_no;
            UPDATE shop_cart_checkouts SET settled_at = NULL
            WHERE shop_id = v_shop_id AND user_id = v_user_id
              AND order_seq_no = pi_order_seq_no;
        END IF;
    END IF;
END//
DELIMITER ;
