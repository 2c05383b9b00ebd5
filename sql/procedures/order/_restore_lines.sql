-- _restore_lines: put an order's lines into its buyer's cart, and say of each what came of it.
-- Units are added to the row of their product and option where there is one. What cannot be bought
-- now comes back as well, and the cart marks it; units that a row cannot hold do not.
--
-- Lines of an order that has left its rows in the cart (soft_lock) are there already, or have been
-- since the order ended: nothing is added, and what stands against ordering them is said likewise.
-- What of it was bought now becomes part of the cart, where the buyer looks for it.
--
-- Parameters
--   pi_order_seq_no         order that has ended, locked by the caller
--   pi_shop_id, pi_user_id  buyer, whose cart the caller has locked
--   po_results              OUT: '[…]', an object for each line: line_no, product_id, option_hash,
--                           quantity (ordered), restored (units that came back), code (OK, or why
--                           it could not, or cannot be ordered as it is), detail, cart_id, in_cart,
--                           free (units that nobody holds, this order's given back)
-- Returns nothing
-- Errors  none
-- Locks   cart rows of the buyer
-- Example
--   CALL _restore_lines(1, 1, 'demo1', @results);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _restore_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _restore_lines(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    OUT po_results  LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts an order''s lines into the cart'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_kept, v_rows, v_line_no INT UNSIGNED;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash, v_combination_hash, v_detail VARCHAR(64);
    DECLARE v_code VARCHAR(40);
    DECLARE v_quantity, v_row, v_cart_id, v_put, v_in_cart BIGINT UNSIGNED;
    DECLARE v_free, v_sets BIGINT;
    DECLARE v_results LONGTEXT DEFAULT '';
    DECLARE c_lines CURSOR FOR
        SELECT line_no, product_id, option_hash, combination_hash, quantity, cart_seq_no
        FROM shop_order_product
        WHERE order_seq_no = pi_order_seq_no
        ORDER BY line_no;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    SELECT COUNT(*) INTO v_kept
    FROM shop_cart_checkouts
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no = pi_order_seq_no;
    IF v_kept > 0 THEN
        CALL _settle_checkouts(pi_shop_id, pi_user_id, pi_order_seq_no);
        UPDATE shop_order_product l
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = l.cart_seq_no
        SET c.buy_now = 0
        WHERE l.order_seq_no = pi_order_seq_no AND c.order_seq_no IS NULL AND c.buy_now = 1;
    END IF;
    SET v_rows = 0, v_end = 0;
    OPEN c_lines;
    next_line: LOOP
        FETCH c_lines INTO v_line_no, v_product_id, v_option_hash, v_combination_hash, v_quantity,
            v_row;
        IF v_end = 1 THEN
            LEAVE next_line;
        END IF;
        CALL _put_into_cart(pi_shop_id, pi_user_id, v_product_id, v_option_hash,
            v_combination_hash, CASE v_kept WHEN 0 THEN v_quantity ELSE 0 END, 1, v_rows, v_code,
            v_put, v_detail, v_cart_id, v_in_cart, v_free);
        IF v_kept > 0 THEN
            SELECT MAX(seq_no), COALESCE(MAX(quantity), 0)
            INTO v_cart_id, v_in_cart
            FROM shop_cart FORCE INDEX (PRIMARY)
            WHERE seq_no = v_row AND shop_id = pi_shop_id AND CONCAT(user_id) = pi_user_id
              AND product_id = v_product_id AND option_hash = v_option_hash
              AND order_seq_no IS NULL;
            SET v_put = LEAST(v_in_cart, v_quantity),
                v_code = CASE WHEN v_cart_id IS NULL THEN 'CART_NOT_FOUND' ELSE v_code END,
                v_detail = CASE WHEN v_cart_id IS NULL THEN 'it came back, and is gone since'
                                ELSE v_detail END;
        END IF;
        -- What the order itself still holds is given back in the same commit, after the cart. Of a
        -- set, see v_sets_left, the units are its parts'.
        SELECT MIN(FLOOR((t.free + t.held) / t.units)) INTO v_sets
        FROM (SELECT SUM(e.quantity) AS units,
                     COALESCE((SELECT SUM(k.free) FROM shop_stock k
                               WHERE k.shop_id = e.shop_id AND k.product_id = e.part_product_id
                                 AND k.option_hash = e.stock_option_hash), 0) AS free,
                     COALESCE((SELECT SUM(r.quantity) FROM shop_stock_reservations r
                               WHERE r.order_seq_no = pi_order_seq_no AND r.state = 'held'
                                 AND r.shop_id = e.shop_id AND r.product_id = e.part_product_id
                                 AND r.option_hash = e.stock_option_hash), 0) AS held
              FROM shop_set_parts e
              WHERE e.shop_id = pi_shop_id AND e.product_id = v_product_id
              GROUP BY e.shop_id, e.part_product_id, e.stock_option_hash) t;
        SELECT COALESCE(v_sets, v_free + COALESCE(SUM(r.quantity), 0)) INTO v_free
        FROM shop_order_product l
        STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = l.price_id
        STRAIGHT_JOIN shop_stock_reservations r ON r.order_seq_no = l.order_seq_no
            AND r.shop_id = p.shop_id AND r.product_id = p.product_id
            AND r.option_hash = p.stock_option_hash AND r.state = 'held'
        WHERE l.order_seq_no = pi_order_seq_no AND l.line_no = v_line_no;
        -- As in add_shop_cart_items.
        SET v_results = CONCAT(v_results, CASE v_results WHEN '' THEN '' ELSE ',' END,
                JSON_OBJECT('code', v_code, 'free', v_free + 0, 'detail', v_detail,
                            'cart_id', v_cart_id + 0, 'in_cart', v_in_cart + 0,
                            'line_no', v_line_no + 0, 'quantity', v_quantity + 0,
                            'restored', v_put + 0, 'product_id', v_product_id,
                            'option_hash', v_option_hash));
    END LOOP;
    CLOSE c_lines;
    SET po_results = CONCAT('[', v_results, ']');
END//
DELIMITER ;
