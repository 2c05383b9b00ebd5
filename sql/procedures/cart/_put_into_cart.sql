-- _put_into_cart: put units of one product into a cart, or say why not. For lists, in which a line
-- that cannot be added does not stop the others; what can be added is what add_shop_cart takes. Or
-- put back what was there before: then it need not be for sale, and as many come as a row can
-- hold.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart; the caller has locked it
--   pi_product_id           product
--   pi_option_hash          all that the buyer chose, __noopt__ = nothing
--   pi_combination_hash     combination by which the price is found; NULL = pi_option_hash itself
--   pi_quantity             units to add, from 1; 0 with pi_put_back: they are there already, and
--                           are only judged
--   pi_put_back             1 = they were there before: the code says what stands against ordering
--                           them, and they come back all the same
--   po_rows                 INOUT: rows in the cart
--   po_code                 OUT: OK | PRODUCT_NOT_FOUND | PRODUCT_UNAVAILABLE | CART_FULL |
--                           INVALID_INPUT (too many) | QUANTITY_NOT_ALLOWED
--   po_put                  OUT: units that went in
--   po_detail               OUT: what is wrong, for people; '' = see the code
--   po_cart_id              OUT: the row that has the units; NULL = none
--   po_in_cart              OUT: units of this product and option in the cart now
--   po_free                 OUT: units of it that nobody holds, of a set: whole ones;
--                           NULL = unknown product
-- Returns nothing
-- Errors  none
-- Locks   the cart row
-- Example
--   SET @rows = 0;
--   CALL _put_into_cart(1, 'demo1', 'D0001', '__noopt__', NULL, 2, 0, @rows, @code, @put, @detail,
--       @cart_id, @in_cart, @free);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _put_into_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _put_into_cart(
    pi_shop_id          INT UNSIGNED,
    pi_user_id          VARCHAR(63),
    pi_product_id       VARCHAR(30),
    pi_option_hash      VARCHAR(64),
    pi_combination_hash VARCHAR(64),
    pi_quantity         BIGINT UNSIGNED,
    pi_put_back         TINYINT,
    INOUT po_rows       INT UNSIGNED,
    OUT po_code         VARCHAR(40),
    OUT po_put          BIGINT UNSIGNED,
    OUT po_detail       VARCHAR(64),
    OUT po_cart_id      BIGINT UNSIGNED,
    OUT po_in_cart      BIGINT UNSIGNED,
    OUT po_free         BIGINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts units of one product into a cart, or says why not'
BEGIN
    DECLARE v_price_id          BIGINT UNSIGNED;
    DECLARE v_unit_price        DECIMAL(20,2);
    DECLARE v_orderable         TINYINT;
    DECLARE v_stock_option_hash VARCHAR(64);
    DECLARE v_looks, v_quantity_rules, v_is_set TINYINT;
    DECLARE v_current TINYINT;
    DECLARE v_units_code VARCHAR(40);
    DECLARE v_combination_hash VARCHAR(64) DEFAULT pi_combination_hash;
    DECLARE v_fault VARCHAR(64) DEFAULT '';

    IF v_combination_hash IS NULL AND CHAR_LENGTH(pi_option_hash) = 64 THEN
        CALL _find_combination(pi_shop_id, pi_product_id, pi_option_hash, v_combination_hash);
    END IF;
    -- MAX and MIN: a row in any case, so that no caller's handler takes none for the end of a list.
    -- The price is read without a lock, as in add_shop_cart.
    SELECT MAX(CASE WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_price_id ELSE price_id END),
           MAX(CASE WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_unit_price ELSE unit_price END),
           (SELECT CASE price_policy WHEN 'current' THEN 1 ELSE 0 END FROM shops
            WHERE shop_id = pi_shop_id),
           MAX(orderable), MAX(stock_option_hash), MAX(quantity_rules), MAX(set_parts > 0),
           MAX(option_groups > 0 AND (v_combination_hash IS NOT NULL OR required_texts > 0))
    INTO v_price_id, v_unit_price, v_current, v_orderable, v_stock_option_hash, v_quantity_rules,
         v_is_set, v_looks
    FROM shop_offers
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id
      AND option_hash = COALESCE(v_combination_hash, pi_option_hash) AND plan_id = 0;
    IF v_is_set = 1 THEN
        SELECT MAX(sets_left) INTO po_free FROM v_sets_left
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
    ELSE
        SELECT SUM(free) INTO po_free
        FROM shop_stock
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id
          AND option_hash = v_stock_option_hash;
    END IF;
    SELECT MIN(seq_no), COALESCE(SUM(quantity), 0) INTO po_cart_id, po_in_cart
    FROM shop_cart FORCE INDEX (ix_shop_cart_item)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND product_id = pi_product_id
      AND option_hash = pi_option_hash AND buy_now = 0 AND order_seq_no IS NULL;
    IF v_looks = 1 THEN
        CALL _option_fault(pi_shop_id, pi_product_id, pi_option_hash, v_combination_hash, v_fault);
    END IF;
    CALL _judge_units(pi_shop_id, pi_user_id, pi_product_id, v_quantity_rules, v_unit_price,
                      po_in_cart + pi_quantity, NULLIF(pi_quantity, 0), v_units_code, po_detail);
    SET po_free = CASE WHEN v_price_id IS NOT NULL THEN COALESCE(po_free, 0) END,
        po_code = CASE
            WHEN v_price_id IS NULL THEN 'PRODUCT_NOT_FOUND'
            WHEN v_orderable < 1 OR v_fault <> '' THEN 'PRODUCT_UNAVAILABLE'
            WHEN po_detail <> '' THEN v_units_code
            -- As in add_shop_cart: a cart can be ordered whole.
            WHEN po_cart_id IS NULL AND po_rows >= 1000 AND pi_put_back = 0 THEN 'CART_FULL'
            ELSE 'OK' END,
        po_put = CASE WHEN pi_put_back = 1
                      THEN LEAST(pi_quantity, 99999 - LEAST(po_in_cart, 99999))
                      WHEN po_code = 'OK' THEN pi_quantity ELSE 0 END;

    IF po_code <> 'OK' THEN
        SET po_detail = CASE po_code WHEN v_units_code THEN po_detail
                                     WHEN 'CART_FULL' THEN 'at most 1000 rows'
                                     WHEN 'PRODUCT_UNAVAILABLE' THEN v_fault ELSE '' END;
    END IF;
    IF po_put > 0 THEN
        -- See tr_shop_cart_insert.
        SET @jumun_cart_price = CASE v_current WHEN 1 THEN v_price_id END;
        IF po_cart_id IS NOT NULL THEN
            UPDATE shop_cart SET quantity = quantity + po_put, update_date = UTC_TIMESTAMP(6)
            WHERE seq_no = po_cart_id;
        ELSE
            INSERT INTO shop_cart
                (shop_id, user_id, product_id, option_hash, quantity,
                 create_date, update_date, price_id, combination_hash)
            VALUES
                (pi_shop_id, pi_user_id, pi_product_id, pi_option_hash, po_put,
                 UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), v_price_id, v_combination_hash);
            SET po_cart_id = LAST_INSERT_ID(), po_rows = po_rows + 1;
        END IF;
        SET po_in_cart = po_in_cart + po_put, @jumun_cart_price = NULL;
    END IF;
END//
DELIMITER ;
