-- merge_shop_cart: a guest has logged in: what lies in the cart under the session's id goes into
-- the member's, exactly once: rows move, and a second call finds none. A product and option that
-- the member has already adds up, and keeps the older time of adding; any other row moves as it is,
-- with its cart_id, its time and its price. Rows that cannot be ordered now move too.
--
-- What does not fit stays whole in the guest's cart, where the next call finds it: a 1,001st row,
-- more than 99,999 units of one thing, an amount of more than 15 digits, or more of a product that
-- the member has already than one order, or one buyer, may have.
--
-- Parameters
--   pi_shop_id   shop
--   pi_guest_id  id under which the guest's cart was kept; no member's, so that a forged one opens
--                nobody's cart
--   pi_user_id   the member, whose cart takes the rows
-- Returns one row
--   result, moved (rows that the guest's cart has no more), kept (rows that stayed there),
--   cart_count, cart_version, cart_amount, cart_total_hash (of the member, see select_shop_cart),
--   items_json: an object for each row of the guest's cart, oldest first
--     product_id, option_hash, quantity   as they lay there
--     code         OK | CART_FULL | INVALID_INPUT (too many) | QUANTITY_NOT_ALLOWED
--     field, detail   what is wrong
--     cart_id      row in which the units are now: the member's, or the guest's when it stayed
--     in_cart      units of this product and option in the member's cart now
--   price_changes_json (see refresh_shop_cart): a row that takes units is promised anew
-- then the member's cart (see _select_cart)
-- Errors  INVALID_INPUT (guest_id, X-User-Id), SHOP_NOT_FOUND
-- Locks, in this order
--   both cart headers by user_id, cart rows of the guest oldest first, each with that of the member
-- Example
--   CALL merge_shop_cart(1, 'session-7f3a', 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS merge_shop_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE merge_shop_cart(
    pi_shop_id  INT UNSIGNED,
    pi_guest_id TEXT,
    pi_user_id  TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Moves a guest''s cart into a member''s'
BEGIN
    DECLARE v_replaced LONGTEXT;
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_results LONGTEXT DEFAULT '';
    DECLARE v_members, v_rows, v_bought, v_known INT UNSIGNED;
    DECLARE v_moved, v_kept INT UNSIGNED DEFAULT 0;
    DECLARE v_row, v_cart_id, v_quantity, v_in_cart BIGINT UNSIGNED;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash, v_combination_hash VARCHAR(64);
    DECLARE v_unit_price DECIMAL(20,2);
    DECLARE v_quantity_rules TINYINT;
    DECLARE v_of_product BIGINT UNSIGNED;
    DECLARE v_fault VARCHAR(64);
    DECLARE v_create_date DATETIME(6);
    DECLARE v_code VARCHAR(40);
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_rows_now INT UNSIGNED;
    DECLARE v_cart_version BIGINT UNSIGNED;
    DECLARE v_cart_amount DECIMAL(18,2);
    DECLARE v_cart_hash VARCHAR(64);
    DECLARE v_known_hash TINYINT;
    DECLARE c_rows CURSOR FOR
        SELECT seq_no FROM shop_cart FORCE INDEX (ix_shop_cart_item)
        WHERE shop_id = pi_shop_id AND user_id = pi_guest_id AND buy_now = 0
          AND order_seq_no IS NULL
        ORDER BY seq_no;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('merge_shop_cart', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'guest_id', LEFT(pi_guest_id, 63)));
        RESIGNAL;
    END;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    CALL _check_user(pi_user_id);
    IF pi_guest_id IS NULL OR CHAR_LENGTH(pi_guest_id) NOT BETWEEN 1 AND 63
        OR _text_fault(pi_guest_id) IS NOT NULL THEN
        CALL _raise('INVALID_INPUT', 'guest_id', '1 to 63 characters, as X-User-Id');
    END IF;
    IF pi_guest_id = pi_user_id THEN
        CALL _raise('INVALID_INPUT', 'guest_id', 'is the buyer''s own id');
    END IF;
    SELECT COUNT(*) INTO v_members
    FROM member WHERE shop_id = pi_shop_id AND user_id = pi_guest_id;
    IF v_members > 0 THEN
        CALL _raise('INVALID_INPUT', 'guest_id', 'is a member''s');
    END IF;

    SET v_step = 'lock the carts';
    -- Most sessions never had a cart, and get no header for that.
    SELECT (SELECT COUNT(*) FROM shop_cart_headers
            WHERE shop_id = pi_shop_id AND user_id = pi_guest_id)
         + (SELECT COUNT(*) FROM shop_cart FORCE INDEX (ix_shop_cart_item)
            WHERE shop_id = pi_shop_id AND user_id = pi_guest_id)
    INTO v_known;
    IF v_known = 0 THEN
        CALL _lock_cart(pi_shop_id, pi_user_id);
    ELSE
        CALL _lock_two_carts(pi_shop_id, pi_user_id, pi_guest_id);
    END IF;
    SELECT COALESCE(SUM(user_id = pi_user_id AND buy_now = 0), 0),
           COALESCE(SUM(user_id = pi_guest_id AND buy_now = 1), 0)
    INTO v_rows, v_bought
    FROM shop_cart FORCE INDEX (ix_shop_cart_item)
    WHERE shop_id = pi_shop_id AND user_id IN (pi_user_id, pi_guest_id) AND order_seq_no IS NULL;

    IF v_bought > 0 THEN
        -- An order form that is open at login is for this very row: it stays beside the cart, in
        -- place of one that the member had of the same.
        SET v_step = 'move what was bought now';
        IF @@group_concat_max_len < 1048576 THEN
            CALL _fit_session();
        END IF;
        SELECT CONCAT('[', GROUP_CONCAT(DISTINCT m.seq_no), ']') INTO v_replaced
        FROM shop_cart g FORCE INDEX (ix_shop_cart_item)
        STRAIGHT_JOIN shop_cart m FORCE INDEX (ix_shop_cart_item)
            ON m.shop_id = g.shop_id AND m.user_id = pi_user_id AND m.product_id = g.product_id
            AND m.option_hash = g.option_hash AND m.buy_now = 1 AND m.order_seq_no IS NULL
        WHERE g.shop_id = pi_shop_id AND g.user_id = pi_guest_id AND g.buy_now = 1
          AND g.order_seq_no IS NULL;
        IF v_replaced IS NOT NULL THEN
            CALL _note_deletions(pi_shop_id, pi_user_id, v_replaced, 'bought now again');
            DELETE m FROM JSON_TABLE(v_replaced, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
            STRAIGHT_JOIN shop_cart m FORCE INDEX (PRIMARY) ON m.seq_no = x.id;
        END IF;
        UPDATE shop_cart FORCE INDEX (ix_shop_cart_item) SET user_id = pi_user_id
        WHERE shop_id = pi_shop_id AND user_id = pi_guest_id AND buy_now = 1
          AND order_seq_no IS NULL;
    END IF;

    SET v_step = 'move the rows', v_end = 0;
    OPEN c_rows;
    next_row: LOOP
        FETCH c_rows INTO v_row;
        IF v_end = 1 THEN
            LEAVE next_row;
        END IF;
        -- Pages that write carts themselves do not know the header: the row as it is now.
        SET v_product_id = NULL;
        SELECT product_id, option_hash, combination_hash, quantity, create_date
        INTO v_product_id, v_option_hash, v_combination_hash, v_quantity, v_create_date
        FROM shop_cart
        WHERE seq_no = v_row AND shop_id = pi_shop_id AND user_id = pi_guest_id AND buy_now = 0
          AND order_seq_no IS NULL
        FOR UPDATE;
        IF v_product_id IS NULL THEN
            SET v_end = 0;
            ITERATE next_row;
        END IF;

        SELECT MIN(seq_no), COALESCE(SUM(quantity), 0) INTO v_cart_id, v_in_cart
        FROM shop_cart FORCE INDEX (ix_shop_cart_item)
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND product_id = v_product_id
          AND option_hash = v_option_hash AND buy_now = 0 AND order_seq_no IS NULL;
        SELECT MAX(unit_price), MAX(quantity_rules) INTO v_unit_price, v_quantity_rules
        FROM shop_offers
        WHERE shop_id = pi_shop_id AND product_id = v_product_id
          AND option_hash = COALESCE(v_combination_hash, v_option_hash) AND plan_id = 0;
        -- What the member has nothing of moves as it is.
        SET v_code = 'OK', v_fault = '', v_of_product = v_in_cart;
        IF v_quantity_rules = 1 AND v_in_cart = 0 THEN
            SELECT COALESCE(SUM(quantity), 0) INTO v_of_product
            FROM shop_cart FORCE INDEX (ix_shop_cart_item)
            WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND product_id = v_product_id
              AND buy_now = 0 AND order_seq_no IS NULL;
        END IF;
        IF v_of_product > 0 THEN
            CALL _judge_units(pi_shop_id, pi_user_id, v_product_id, v_quantity_rules,
                CASE WHEN v_cart_id IS NOT NULL THEN v_unit_price END,
                v_in_cart + v_quantity, v_quantity, v_code, v_fault);
        END IF;
        SET v_code = CASE WHEN v_cart_id IS NULL AND v_rows >= 1000 THEN 'CART_FULL'
                          ELSE v_code END,
            v_detail = CASE v_code WHEN 'CART_FULL' THEN 'at most 1000 rows' ELSE v_fault END;

        IF v_code <> 'OK' THEN
            SET v_cart_id = v_row, v_kept = v_kept + 1;
        ELSEIF v_cart_id IS NULL THEN
            UPDATE shop_cart SET user_id = pi_user_id, update_date = UTC_TIMESTAMP(6)
            WHERE seq_no = v_row;
            SET v_cart_id = v_row, v_rows = v_rows + 1;
        ELSE
            UPDATE shop_cart
            SET quantity = quantity + v_quantity, create_date = LEAST(create_date, v_create_date),
                update_date = UTC_TIMESTAMP(6)
            WHERE seq_no = v_cart_id;
            CALL _note_deletions(pi_shop_id, pi_guest_id, CONCAT('[', v_row, ']'),
                                 CONCAT('merged into ', v_cart_id));
            DELETE FROM shop_cart WHERE seq_no = v_row;
        END IF;
        -- As in add_shop_cart_items.
        SET v_moved = v_moved + (v_code = 'OK'),
            v_results = CONCAT(v_results, CASE v_results WHEN '' THEN '' ELSE ',' END,
                JSON_OBJECT('code', v_code,
                            'field', CASE WHEN v_code IN ('INVALID_INPUT', 'QUANTITY_NOT_ALLOWED')
                                          THEN 'quantity' ELSE '' END,
                            'detail', v_detail, 'cart_id', v_cart_id + 0,
                            'in_cart', v_in_cart
                                + CASE v_code WHEN 'OK' THEN v_quantity ELSE 0 END,
                            'quantity', v_quantity + 0, 'product_id', v_product_id,
                            'option_hash', v_option_hash));
    END LOOP;
    CLOSE c_rows;
    CALL _renew_due(pi_shop_id, pi_user_id);
    SET v_step = 'count the carts';
    IF v_known > 0 THEN
        CALL _count_cart(pi_shop_id, pi_guest_id, 0, v_rows_now, v_cart_version, v_cart_amount,
                         v_cart_hash, v_known_hash);
    END IF;
    CALL _count_cart(pi_shop_id, pi_user_id, v_moved > 0, v_rows_now, v_cart_version, v_cart_amount,
                     v_cart_hash, v_known_hash);
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_moved AS moved, v_kept AS kept, v_rows AS cart_count,
           v_cart_version AS cart_version, v_cart_amount AS cart_amount,
           v_cart_hash AS cart_total_hash,
           CONCAT('[', v_results, ']') AS items_json,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
    CALL _select_cart(pi_shop_id, pi_user_id);
END//
DELIMITER ;
