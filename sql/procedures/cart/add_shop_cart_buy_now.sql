-- add_shop_cart_buy_now: buy a product now, beside whatever is in the cart: a row of its own, of
-- which this many units are ordered. With 2 in the cart, 1 bought now is 1, and the cart is not
-- listed, counted or added to for it. The answer's cart_id is what order form and order are for.
--
-- A buyer has one such row of a product and option: bought again before it is ordered it has the
-- new quantity, whichever page of the shop is still open. What was bought now and not ordered for
-- shops.buy_now_hours is deleted here, when its buyer comes again, and written down in
-- shop_cart_deletions.
--
-- Whether an order was bought now is told by its rows: order_mode is direct when all of them are
-- such rows, whatever the caller of shop_order_insert says.
--
-- Parameters
--   pi_shop_id      shop
--   pi_user_id      buyer
--   pi_product_id   product
--   pi_option_hash  what was chosen, as JSON or as its hash, see add_shop_cart; NULL, '' or
--                   '__noopt__' = nothing
--   pi_quantity     units to buy, from 1
-- Returns one row: result, cart_id, cart_count (rows of the cart, which has not changed),
--   price_changes_json (see refresh_shop_cart); then the row (see _select_lines)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_UNAVAILABLE (unknown, off sale, or not with this
--         option), CART_FULL (1,000 rows bought now and not ordered)
--   INVALID_INPUT (option): what was chosen does not fit the product, see _read_option
--   QUANTITY_NOT_ALLOWED (quantity): not what the product asks of one order, or of one buyer
--   INVALID_INPUT (quantity) also when price × quantity has more than 15 digits before the point
-- Locks   cart header, cart rows bought now
-- Example
--   CALL add_shop_cart_buy_now(1, 'demo1', 'D0001', NULL, '1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS add_shop_cart_buy_now;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE add_shop_cart_buy_now(
    pi_shop_id     INT UNSIGNED,
    pi_user_id     TEXT,
    pi_product_id  TEXT,
    pi_option_hash TEXT,
    pi_quantity    TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Buys a product now, beside the cart'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_option_hash, v_combination_hash, v_fault VARCHAR(64);
    DECLARE v_normal LONGTEXT;
    DECLARE v_cart_id, v_price_id BIGINT UNSIGNED;
    DECLARE v_count, v_bought, v_old INT UNSIGNED;
    DECLARE v_quantity    BIGINT UNSIGNED;
    DECLARE v_hours       SMALLINT UNSIGNED;
    DECLARE v_now         DATETIME(6);
    DECLARE v_orderable, v_too_many, v_looks, v_quantity_rules TINYINT;
    DECLARE v_current TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('add_shop_cart_buy_now', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL,
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

    SET v_step = 'find the row', v_now = UTC_TIMESTAMP(6);
    SELECT buy_now_hours INTO v_hours FROM shops WHERE shop_id = pi_shop_id;
    SELECT COUNT(*), COALESCE(SUM(buy_now), 0),
           MIN(CASE WHEN buy_now = 1 AND product_id = pi_product_id AND option_hash = v_option_hash
                    THEN seq_no END),
           COALESCE(SUM(buy_now = 1 AND update_date < v_now - INTERVAL v_hours HOUR), 0)
    INTO v_count, v_bought, v_cart_id, v_old
    FROM shop_cart FORCE INDEX (ix_shop_cart_item)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no IS NULL;
    SET v_count = v_count - v_bought;

    IF v_old > 0 THEN
        SET v_step = 'delete what is old';
        INSERT INTO shop_cart_deletions
            (shop_id, user_id, cart_seq_no, deleted_at, product_id, option_hash, combination_hash,
             quantity, price_id, create_date, update_date, reason)
        SELECT c.shop_id, c.user_id, c.seq_no, v_now, c.product_id, c.option_hash,
               c.combination_hash, c.quantity, c.price_id, c.create_date, c.update_date,
               CONCAT('buy_now_hours ', v_hours)
        FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
        WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.buy_now = 1
          AND c.order_seq_no IS NULL AND c.update_date < v_now - INTERVAL v_hours HOUR
          AND NOT c.seq_no <=> v_cart_id;
        SET v_bought = v_bought - ROW_COUNT();
        DELETE c
        FROM shop_cart_deletions d
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = d.cart_seq_no
        WHERE d.shop_id = pi_shop_id AND d.user_id = pi_user_id AND d.deleted_at = v_now
          AND c.shop_id = d.shop_id AND CONCAT(c.user_id) = pi_user_id;
    END IF;

    SET v_step = 'write the row';
    -- As in add_shop_cart: nobody waits for a change of the product.
    IF v_normal IS NULL THEN
        CALL _find_combination(pi_shop_id, pi_product_id, v_option_hash, v_combination_hash);
    END IF;
    SELECT MAX(CASE WHEN holds_until <= v_now THEN next_price_id ELSE price_id END),
           (SELECT CASE price_policy WHEN 'current' THEN 1 ELSE 0 END FROM shops
            WHERE shop_id = pi_shop_id), MAX(quantity_rules)
    INTO v_price_id, v_current, v_quantity_rules
    FROM shop_offers
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id
      AND option_hash = COALESCE(v_combination_hash, v_option_hash) AND plan_id = 0;
    IF v_quantity_rules = 1 THEN
        -- All of the order is this row: what is too few for it is said at once.
        CALL _quantity_fault(pi_shop_id, pi_user_id, pi_product_id, v_quantity, 0, v_fault);
        IF v_fault <> '' THEN
            CALL _raise('QUANTITY_NOT_ALLOWED', 'quantity', v_fault);
        END IF;
    END IF;
    SET @jumun_cart_price = CASE v_current WHEN 1 THEN v_price_id END;
    IF v_cart_id IS NOT NULL THEN
        UPDATE shop_cart
        SET quantity = v_quantity, create_date = v_now, update_date = v_now,
            price_id = COALESCE(v_price_id, price_id)
        WHERE seq_no = v_cart_id;
        SET @jumun_cart_price = NULL;
    ELSE
        IF v_bought >= 1000 THEN
            CALL _raise('CART_FULL', 'product_id', 'at most 1000 rows bought now');
        END IF;
        INSERT INTO shop_cart
            (shop_id, user_id, product_id, option_hash, quantity,
             create_date, update_date, price_id, combination_hash, buy_now)
        VALUES
            (pi_shop_id, pi_user_id, pi_product_id, v_option_hash, v_quantity,
             v_now, v_now, v_price_id, v_combination_hash, 1);
        SET v_cart_id = LAST_INSERT_ID();
    END IF;

    SET v_step = 'check the product';
    SELECT orderable, unit_price <= 999999999999999.99 AND line_amount > 999999999999999.99, looks
    INTO v_orderable, v_too_many, v_looks
    FROM v_cart_lines WHERE cart_id = v_cart_id;
    IF v_too_many = 1 THEN
        CALL _raise('INVALID_INPUT', 'quantity', 'so many cost more than 15 digits can say');
    END IF;
    IF v_orderable <> 1 THEN
        CALL _raise('PRODUCT_UNAVAILABLE', 'product_id', pi_product_id);
    END IF;
    IF v_looks = 1 AND v_normal IS NULL THEN
        CALL _refuse_option(pi_shop_id, pi_user_id, CONCAT('[', v_cart_id, ']'));
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_cart_id AS cart_id, v_count AS cart_count,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
    CALL _select_lines(pi_shop_id, pi_user_id, CONCAT('[', v_cart_id, ']'), v_now);
END//
DELIMITER ;
