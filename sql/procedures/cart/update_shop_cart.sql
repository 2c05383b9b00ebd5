-- update_shop_cart: set the quantity of a cart row. Where a page has left several rows of its
-- product and option they are one item: it has that many units then, all in this row. A row that
-- was bought now is an item of its own, and stays beside the cart.
--
-- Parameters
--   pi_shop_id   shop
--   pi_user_id   buyer
--   pi_cart_id   cart row
--   pi_quantity  new number of units, at most 99999; price × quantity has at most 15 digits before
--                the point. 0 or less deletes the item; fewer than before are always taken
-- Returns one row: result, cart_id, cart_count, cart_version, cart_amount, cart_total_hash (see
--   select_shop_cart), price_changes_json (see refresh_shop_cart);
--   then the cart (see _select_cart)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND (consumed, foreign or unknown),
--   CART_IN_CHECKOUT (an order has the row, which waits for its payment: soft_lock),
--   QUANTITY_NOT_ALLOWED (quantity): more of the product than one order, or one buyer, may have
-- Locks   cart header, the cart rows of the item
-- Example
--   CALL update_shop_cart(1, 'demo1', '7', '3');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_shop_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_shop_cart(
    pi_shop_id  INT UNSIGNED,
    pi_user_id  TEXT,
    pi_cart_id  TEXT,
    pi_quantity TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Sets the quantity of a cart row'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_cart_id  BIGINT UNSIGNED;
    DECLARE v_quantity INT;
    DECLARE v_own, v_doubles INT UNSIGNED;
    DECLARE v_buy_now TINYINT;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_unit_price DECIMAL(20,2);
    DECLARE v_quantity_rules TINYINT;
    DECLARE v_units BIGINT;
    DECLARE v_code, v_fault VARCHAR(64);
    DECLARE v_doubled_ids LONGTEXT;
    DECLARE v_count    INT UNSIGNED;
    DECLARE v_rows_now INT UNSIGNED;
    DECLARE v_cart_version BIGINT UNSIGNED;
    DECLARE v_cart_amount DECIMAL(18,2);
    DECLARE v_cart_hash VARCHAR(64);
    DECLARE v_known_hash TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_shop_cart', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'cart_id', LEFT(pi_cart_id, 20)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    CALL _parse_id(pi_cart_id, 'cart_id', v_cart_id);
    IF pi_quantity IS NULL OR pi_quantity NOT REGEXP '\\A(-[0-9]{1,9}|[0-9]{1,5})\\z' THEN
        CALL _raise('INVALID_INPUT', 'quantity', 'a whole number up to 99999');
    END IF;
    SET v_quantity = CAST(pi_quantity AS SIGNED);

    SET v_step = 'lock the cart';
    CALL _lock_cart(pi_shop_id, pi_user_id);

    SET v_step = 'find the row';
    SELECT COALESCE(SUM(buy_now = 0), 0), COALESCE(SUM(seq_no = v_cart_id), 0),
           COALESCE(SUM(seq_no = v_cart_id AND buy_now = 1), 0),
           COUNT(*) - COUNT(DISTINCT product_id, option_hash, buy_now)
    INTO v_count, v_own, v_buy_now, v_doubles
    FROM shop_cart FORCE INDEX (ix_shop_cart_item)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no IS NULL;
    IF v_own = 0 THEN
        CALL _refuse_checkout(pi_shop_id, pi_user_id, CONCAT('[', v_cart_id, ']'), 'cart_id');
        CALL _raise('CART_NOT_FOUND', 'cart_id', v_cart_id);
    END IF;

    SET v_step = 'judge the quantity';
    IF v_quantity > 0 THEN
        SELECT MAX(c.product_id),
               MAX(CASE WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                        ELSE f.unit_price END),
               MAX(f.quantity_rules), SUM(o.quantity)
        INTO v_product_id, v_unit_price, v_quantity_rules, v_units
        FROM shop_cart c FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN shop_cart o FORCE INDEX (ix_shop_cart_item)
            ON o.shop_id = c.shop_id AND o.user_id = c.user_id AND o.product_id = c.product_id
            AND o.option_hash = c.option_hash AND o.buy_now = c.buy_now
            AND o.order_seq_no IS NULL
        LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = c.shop_id AND f.product_id = c.product_id
            AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
        WHERE c.seq_no = v_cart_id;
        CALL _judge_units(pi_shop_id, pi_user_id, v_product_id,
                          CASE v_buy_now WHEN 0 THEN v_quantity_rules END, v_unit_price,
                          v_quantity, v_quantity - v_units, v_code, v_fault);
        IF v_code = 'QUANTITY_NOT_ALLOWED' THEN
            CALL _raise('QUANTITY_NOT_ALLOWED', 'quantity', v_fault);
        ELSEIF v_code <> 'OK' THEN
            CALL _raise('INVALID_INPUT', 'quantity', v_fault);
        END IF;
    END IF;

    IF v_doubles > 0 THEN
        SET v_step = 'take in the other rows';
        IF @@group_concat_max_len < 1048576 THEN
            CALL _fit_session();
        END IF;
        SELECT CONCAT('[', GROUP_CONCAT(o.seq_no), ']') INTO v_doubled_ids
        FROM shop_cart c FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN shop_cart o FORCE INDEX (ix_shop_cart_item)
            ON o.shop_id = c.shop_id AND o.user_id = c.user_id AND o.product_id = c.product_id
            AND o.option_hash = c.option_hash AND o.seq_no <> c.seq_no AND o.buy_now = c.buy_now
            AND o.order_seq_no IS NULL
        WHERE c.seq_no = v_cart_id;
        IF v_doubled_ids IS NOT NULL THEN
            CALL _note_deletions(pi_shop_id, pi_user_id, v_doubled_ids,
                CASE WHEN v_quantity > 0 THEN CONCAT('merged into ', v_cart_id) ELSE 'buyer' END);
        END IF;
        DELETE o FROM shop_cart c FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN shop_cart o FORCE INDEX (ix_shop_cart_item)
            ON o.shop_id = c.shop_id AND o.user_id = c.user_id AND o.product_id = c.product_id
            AND o.option_hash = c.option_hash AND o.seq_no <> c.seq_no AND o.buy_now = c.buy_now
            AND o.order_seq_no IS NULL
        WHERE c.seq_no = v_cart_id;
        SET v_count = v_count - CASE v_buy_now WHEN 0 THEN ROW_COUNT() ELSE 0 END;
    END IF;

    SET v_step = 'write the row';
    IF v_quantity > 0 THEN
        -- Another quantity of the item, though this row had so many already, renews its price.
        SET @jumun_promise = CASE WHEN v_quantity <> v_units THEN 'renew' END;
        UPDATE shop_cart SET quantity = v_quantity, update_date = UTC_TIMESTAMP(6)
        WHERE seq_no = v_cart_id;
        SET @jumun_promise = NULL;
    ELSE
        CALL _renew_others(pi_shop_id, pi_user_id, CONCAT('[', v_cart_id, ']'));
        CALL _note_deletions(pi_shop_id, pi_user_id, CONCAT('[', v_cart_id, ']'), 'buyer');
        DELETE FROM shop_cart WHERE seq_no = v_cart_id;
        SET v_count = v_count - (v_buy_now = 0);
    END IF;
    CALL _renew_due(pi_shop_id, pi_user_id);
    SET v_step = 'count the cart';
    CALL _count_cart(pi_shop_id, pi_user_id, COALESCE(v_quantity > v_units, 0), v_rows_now,
                     v_cart_version, v_cart_amount, v_cart_hash, v_known_hash);
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_cart_id AS cart_id, v_count AS cart_count,
           v_cart_version AS cart_version, v_cart_amount AS cart_amount,
           v_cart_hash AS cart_total_hash,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
    CALL _select_cart(pi_shop_id, pi_user_id);
END//
DELIMITER ;
