-- add_shop_cart: put a product into the cart; the same product with the same option adds up. Pages
-- that write the cart themselves may have left several rows of it: then the units go into the
-- first, and all of them count for the limit.
--
-- Parameters
--   pi_shop_id      shop
--   pi_user_id      buyer
--   pi_product_id   product
--   pi_option_hash  option: what was chosen, as a JSON object of group name and value (see
--                   _normal_option), or its hash; NULL, '', 'null', '{}', '[]', '__noopt__' = none
--   pi_quantity     units to add, from 1
-- Returns one row: result, cart_id, cart_count, price_changes_json (see refresh_shop_cart);
--   then the cart (see _select_cart)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_UNAVAILABLE (unknown, off sale, or not with this
--         option), CART_FULL
--   INVALID_INPUT (option) when what was chosen cannot be read, or does not fit the product's
--         groups (shop_option_groups): an unknown one, a required one left out, a text too long
--   INVALID_INPUT (quantity) also when price × quantity has more than 15 digits before the point
--   QUANTITY_NOT_ALLOWED (quantity): more of the product than one order, or one buyer, may have
-- Locks   cart header, the cart row
-- Example
--   CALL add_shop_cart(1, 'demo1', 'D0001', NULL, '2');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS add_shop_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE add_shop_cart(
    pi_shop_id     INT UNSIGNED,
    pi_user_id     TEXT,
    pi_product_id  TEXT,
    pi_option_hash TEXT,
    pi_quantity    TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts a product into the cart'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_option_hash, v_combination_hash, v_fault VARCHAR(64);
    DECLARE v_normal LONGTEXT;
    DECLARE v_looks, v_quantity_rules TINYINT;
    DECLARE v_current TINYINT;
    DECLARE v_unit_price DECIMAL(20,2);
    DECLARE v_code VARCHAR(40);
    DECLARE v_cart_id, v_price_id BIGINT UNSIGNED;
    DECLARE v_count       INT UNSIGNED;
    DECLARE v_quantity, v_in_cart BIGINT UNSIGNED;
    DECLARE v_orderable TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('add_shop_cart', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'product_id', LEFT(pi_product_id, 30)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    IF pi_product_id IS NULL OR CHAR_LENGTH(pi_product_id) NOT BETWEEN 1 AND 30
        OR pi_product_id LIKE '% ' THEN -- the engines would find the product in spite of the blank
        CALL _raise('INVALID_INPUT', 'product_id', '1 to 30 characters');
    END IF;
    IF pi_quantity IS NULL OR pi_quantity NOT REGEXP '\\A[0-9]{1,5}\\z' OR pi_quantity = 0 THEN
        CALL _raise('INVALID_INPUT', 'quantity', 'a whole number from 1 to 99999');
    END IF;
    SET v_quantity = CAST(pi_quantity AS UNSIGNED);
    SET v_option_hash = '__noopt__';
    IF CHAR_LENGTH(pi_option_hash) > 0 THEN
        CALL _take_option(pi_shop_id, pi_product_id, pi_option_hash, v_option_hash,
                          v_combination_hash, v_normal);
    END IF;

    SET v_step = 'lock the cart';
    CALL _lock_cart(pi_shop_id, pi_user_id);

    SET v_step = 'find the row';
    SELECT COUNT(*),
           MIN(CASE WHEN product_id = pi_product_id AND option_hash = v_option_hash
                    THEN seq_no END),
           COALESCE(SUM(CASE WHEN product_id = pi_product_id AND option_hash = v_option_hash
                             THEN quantity END), 0)
    INTO v_count, v_cart_id, v_in_cart
    FROM shop_cart FORCE INDEX (ix_shop_cart_item)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND buy_now = 0 AND order_seq_no IS NULL;
    -- Read here, without a lock: the trigger would wait for whoever is changing the product
    -- (tr_shop_cart_insert). A hash that is no combination may be what somebody chose before.
    read_offer: LOOP
        SELECT MAX(CASE WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_price_id ELSE price_id END),
               MAX(CASE WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_unit_price
                        ELSE unit_price END),
               (SELECT CASE price_policy WHEN 'current' THEN 1 ELSE 0 END FROM shops
                WHERE shop_id = pi_shop_id), MAX(quantity_rules)
        INTO v_price_id, v_unit_price, v_current, v_quantity_rules
        FROM shop_offers
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id
          AND option_hash = COALESCE(v_combination_hash, v_option_hash) AND plan_id = 0;
        IF v_price_id IS NULL AND v_combination_hash IS NULL THEN
            CALL _find_combination(pi_shop_id, pi_product_id, v_option_hash, v_combination_hash);
            IF v_combination_hash IS NOT NULL THEN
                ITERATE read_offer;
            END IF;
        END IF;
        LEAVE read_offer;
    END LOOP;
    IF v_quantity_rules = 1 OR v_in_cart + v_quantity > 99999
        OR v_unit_price * (v_in_cart + v_quantity) > 999999999999999.99 THEN
        CALL _judge_units(pi_shop_id, pi_user_id, pi_product_id, v_quantity_rules, v_unit_price,
                          v_in_cart + v_quantity, v_quantity, v_code, v_fault);
        IF v_code = 'QUANTITY_NOT_ALLOWED' THEN
            CALL _raise('QUANTITY_NOT_ALLOWED', 'quantity', v_fault);
        ELSEIF v_code <> 'OK' THEN
            CALL _raise('INVALID_INPUT', 'quantity', v_fault);
        END IF;
    END IF;

    SET v_step = 'write the row',
        @jumun_cart_price = CASE v_current WHEN 1 THEN v_price_id END;
    IF v_cart_id IS NOT NULL THEN
        UPDATE shop_cart SET quantity = quantity + v_quantity, update_date = UTC_TIMESTAMP(6)
        WHERE seq_no = v_cart_id;
        -- A new row's time says it itself, see _count_cart.
        UPDATE shop_cart_headers SET last_added_at = UTC_TIMESTAMP(6)
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    ELSE
        -- An order takes at most 1,000 rows: a cart that could never be ordered whole helps nobody.
        IF v_count >= 1000 THEN
            CALL _raise('CART_FULL', 'product_id', 'at most 1000 rows');
        END IF;
        INSERT INTO shop_cart
            (shop_id, user_id, product_id, option_hash, quantity,
             create_date, update_date, price_id, combination_hash)
        VALUES
            (pi_shop_id, pi_user_id, pi_product_id, v_option_hash, v_quantity,
             UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), v_price_id, v_combination_hash);
        SET v_cart_id = LAST_INSERT_ID(), v_count = v_count + 1;
    END IF;

    SET v_step = 'check the product', @jumun_cart_price = NULL;
    SELECT orderable, looks INTO v_orderable, v_looks
    FROM v_cart_lines WHERE cart_id = v_cart_id;
    IF v_orderable <> 1 THEN
        CALL _raise('PRODUCT_UNAVAILABLE', 'product_id', pi_product_id);
    END IF;
    IF v_looks = 1 AND v_normal IS NULL THEN
        CALL _refuse_option(pi_shop_id, pi_user_id, CONCAT('[', v_cart_id, ']'));
    END IF;
    IF v_current = 0 THEN
        CALL _renew_due(pi_shop_id, pi_user_id);
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_cart_id AS cart_id, v_count AS cart_count,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
    CALL _select_cart(pi_shop_id, pi_user_id);
END//
DELIMITER ;
