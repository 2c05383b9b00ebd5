-- shop_order_restore_cart: put the lines of an order that came to nothing back into the cart,
-- exactly once. Rows the buyer has added since keep what they have: quantities add up, at most to
-- 99999. What was bought now comes into the cart as well. An order that still waits for its payment
-- becomes unpayable in the same commit (cancelled by buyer, stock released).
--
-- Parameters
--   pi_shop_id    shop
--   pi_user_id    buyer
--   pi_order_key  order, by any of its names, see _find_order
-- Returns one row: result, replayed (1 = was done before, nothing changed), order_number,
--   order_status, cart_count, cart_version, cart_amount, cart_total_hash (see select_shop_cart),
--   price_changes_json (see refresh_shop_cart), events (for counters)
-- then the cart (see _select_cart)
-- then what came of each line, none when it was done before: line_no, product_id, option_hash,
--   quantity (ordered), restored (units that came back), code, detail, cart_id, in_cart, free (as
--   add_shop_cart_items). code
--     OK                  all of it came back
--     PRODUCT_UNAVAILABLE, PRODUCT_NOT_FOUND   it came back, and cannot be bought now
--     INVALID_INPUT       as many as the cart can hold of it came back, see restored; or so many
--                         cost more than an order can
--     QUANTITY_NOT_ALLOWED   it came back, and is more than one order, or one buyer, may have
--     CART_NOT_FOUND      it came back when the order ended (soft_lock), and is gone since
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS, STATE_NOT_ALLOWED
--   (paid, shipped, refunded, …)
-- Locks, in this order
--   cart header, order, cart rows, reservations, stock by (product, option)
-- Example
--   CALL shop_order_restore_cart(1, 'demo1', 'T20261120-0001');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_restore_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_restore_cart(
    pi_shop_id   INT UNSIGNED,
    pi_user_id   TEXT,
    pi_order_key TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts an order''s lines back into the cart'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_status       TINYINT UNSIGNED;
    DECLARE v_next_step    VARCHAR(12);
    DECLARE v_restored_at  DATETIME(6);
    DECLARE v_results      LONGTEXT DEFAULT '[]';
    DECLARE v_replayed     TINYINT DEFAULT 0;
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
        CALL _report_error('shop_order_restore_cart', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'order', LEFT(pi_order_key, 64)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);

    SET v_step = 'lock the cart';
    CALL _lock_cart(pi_shop_id, pi_user_id);

    SET v_step = 'lock the order';
    CALL _find_order(pi_shop_id, pi_user_id, pi_order_key, v_order_seq_no);
    -- A subquery locks nothing of what it reads, which a join would.
    SELECT order_status, restored_at,
           (SELECT t.next_step FROM shop_order_statuses t WHERE t.order_status = o.order_status)
    INTO v_status, v_restored_at, v_next_step
    FROM shop_orders o WHERE seq_no = v_order_seq_no FOR UPDATE;

    IF v_restored_at IS NOT NULL THEN
        SET v_replayed = 1;
    ELSE
        SET v_step = 'end the order';
        IF v_next_step <> 'restore_cart' THEN
            CALL _order_transition(v_order_seq_no, v_status, 'restore_cart', 'buyer', '', v_status);
        END IF;
        SET v_step = 'put the lines back';
        CALL _restore_order(v_order_seq_no, pi_shop_id, pi_user_id, v_results);
    END IF;
    CALL _renew_due(pi_shop_id, pi_user_id);
    SET v_step = 'count the cart';
    CALL _count_cart(pi_shop_id, pi_user_id, v_replayed = 0, v_rows_now, v_cart_version,
                     v_cart_amount, v_cart_hash, v_known_hash);
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_replayed AS replayed, order_number, order_status,
           (SELECT COUNT(*) FROM shop_cart FORCE INDEX (ix_shop_cart_item)
            WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND buy_now = 0
              AND order_seq_no IS NULL) AS cart_count,
           v_cart_version AS cart_version, v_cart_amount AS cart_amount,
           v_cart_hash AS cart_total_hash,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json,
           CASE v_replayed WHEN 0 THEN 'restore_cart' END AS events
    FROM shop_orders WHERE seq_no = v_order_seq_no;
    CALL _select_cart(pi_shop_id, pi_user_id);
    SELECT x.line_no, x.product_id, x.option_hash, x.quantity, x.restored, x.code, x.detail,
           x.cart_id, x.in_cart, x.free
    FROM JSON_TABLE(v_results, '$[*]' COLUMNS (
        line_no     INT UNSIGNED    PATH '$.line_no',
        product_id  VARCHAR(30)     PATH '$.product_id',
        option_hash VARCHAR(64)     PATH '$.option_hash',
        quantity    INT UNSIGNED    PATH '$.quantity',
        restored    INT UNSIGNED    PATH '$.restored',
        code        VARCHAR(40)     PATH '$.code',
        detail      VARCHAR(64)     PATH '$.detail',
        cart_id     BIGINT UNSIGNED PATH '$.cart_id',
        in_cart     BIGINT UNSIGNED PATH '$.in_cart',
        free        BIGINT          PATH '$.free')) x
    ORDER BY x.line_no;
END//
DELIMITER ;
