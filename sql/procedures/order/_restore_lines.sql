-- _restore_lines: put an order's lines into its buyer's cart: add to rows that are there, insert
-- the others. Lines of one product and option become one row; where the cart has several of it, the
-- first one takes the units, and all of them count for the limit of 99999.
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
    pi_user_id      VARCHAR(63))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts an order''s lines into the cart'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash, v_combination_hash VARCHAR(64);
    DECLARE v_quantity, v_in_cart BIGINT UNSIGNED;
    DECLARE v_cart_id, v_price_id BIGINT UNSIGNED;
    DECLARE c_lines CURSOR FOR
        SELECT product_id, option_hash, MIN(combination_hash), SUM(quantity)
        FROM shop_order_product
        WHERE order_seq_no = pi_order_seq_no
        GROUP BY product_id, option_hash
        ORDER BY MIN(line_no);
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_lines;
    next_product: LOOP
        FETCH c_lines INTO v_product_id, v_option_hash, v_combination_hash, v_quantity;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        SELECT MIN(seq_no), COALESCE(SUM(quantity), 0) INTO v_cart_id, v_in_cart
        FROM shop_cart
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND product_id = v_product_id
          AND option_hash = v_option_hash AND buy_now = 0 AND order_seq_no IS NULL;
        IF v_cart_id IS NOT NULL THEN
            UPDATE shop_cart
            SET quantity = quantity + LEAST(v_quantity, 99999 - LEAST(v_in_cart, 99999)),
                update_date = UTC_TIMESTAMP(6)
            WHERE seq_no = v_cart_id;
        ELSE
            -- As in add_shop_cart: nobody waits for a change of the product.
            SELECT MAX(CASE WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_price_id
                            ELSE price_id END)
            INTO v_price_id
            FROM shop_offers
            WHERE shop_id = pi_shop_id AND product_id = v_product_id
              AND option_hash = COALESCE(v_combination_hash, v_option_hash) AND plan_id = 0;
            SET @jumun_cart_price = v_price_id;
            INSERT INTO shop_cart
                (shop_id, user_id, product_id, option_hash, quantity,
                 create_date, update_date, price_id, combination_hash)
            VALUES
                (pi_shop_id, pi_user_id, v_product_id, v_option_hash, LEAST(v_quantity, 99999),
                 UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), v_price_id, v_combination_hash);
        END IF;
    END LOOP;
    CLOSE c_lines;
END//
DELIMITER ;
