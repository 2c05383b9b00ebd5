-- select_shop_orders: the orders of a buyer, the newest first, whatever became of them.
--
-- An order that is made while somebody turns the pages comes before the first one, and moves none.
--
-- Parameters
--   pi_shop_id  shop
--   pi_user_id  buyer
--   pi_after    next_after of the page before: the order_key of its last order; NULL or '' = the
--               first page
--   pi_limit    at most so many orders, 1 to 100; NULL or '' = 20
-- Returns one row: result, order_count (orders on this page), next_after (NULL = there are no more)
-- then the orders
--   order_number, order_key, order_code, order_date (UTC), order_status
--   phase           open | paid | ended, see shop_order_statuses
--   next_step       what the buyer can do, as shop_order_select says it
--   currency, total_payment, discount_total, line_count
--   product_name    of the first line, when it was ordered
--   payable         1 = it waits for its payment, and there is time; past expires_at it is 0,
--                   though the status may be the same until shop_order_expire ends the order
--   expires_at      UTC; until then it can be paid
--   restorable      1 = shop_order_restore_cart would put its lines back into the cart; an order
--                   that waits for its payment can then not be paid any more
-- Errors  INVALID_INPUT (after: also another buyer's order), SHOP_NOT_FOUND
-- Locks   none
-- Example
--   CALL select_shop_orders(1, 'demo1', NULL, '20');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_shop_orders;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_shop_orders(
    pi_shop_id INT UNSIGNED,
    pi_user_id TEXT,
    pi_after   TEXT,
    pi_limit   TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The orders of a buyer'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_limit, v_count INT UNSIGNED DEFAULT 0;
    -- An order is on the page from v_last to before v_before.
    DECLARE v_before BIGINT UNSIGNED DEFAULT 18446744073709551615;
    DECLARE v_last, v_more BIGINT UNSIGNED;
    DECLARE v_user_id  VARCHAR(63);
    DECLARE v_next_after CHAR(36);
    DECLARE v_shops    INT UNSIGNED DEFAULT 0;
    DECLARE v_now      DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_shop_orders', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'after', LEFT(pi_after, 40), 'limit', LEFT(pi_limit, 10)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    IF CHAR_LENGTH(pi_limit) > 0 AND (pi_limit NOT REGEXP '\\A[1-9][0-9]{0,2}\\z'
        OR pi_limit + 0 > 100) THEN
        CALL _raise('INVALID_INPUT', 'limit', 'a whole number from 1 to 100');
    END IF;
    SET v_limit = COALESCE(NULLIF(pi_limit, ''), 20), v_user_id = pi_user_id;

    SET v_step = 'find the page';
    CALL _start_reading();
    SELECT COUNT(*) INTO v_shops FROM shops WHERE shop_id = pi_shop_id;
    IF v_shops = 0 THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    IF CHAR_LENGTH(pi_after) > 0 THEN
        SET v_before = NULL;
        IF pi_after REGEXP '\\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z' THEN
            SELECT seq_no INTO v_before
            FROM shop_orders
            WHERE order_key = UNHEX(REPLACE(pi_after, '-', '')) AND shop_id = pi_shop_id
              AND user_id = v_user_id;
        END IF;
        IF v_before IS NULL THEN
            CALL _raise('INVALID_INPUT', 'after', 'next_after of the page before');
        END IF;
    END IF;
    -- By seq_no, which the index of the buyer ends with: no two orders have the same, and a buyer's
    -- orders are made one after another. Read no further than the page. Of the index alone MySQL
    -- would rather read all buyers behind this one where it has not counted the table, so something
    -- of the row is asked for as well.
    SELECT COUNT(x.order_date), MIN(x.seq_no) INTO v_count, v_last
    FROM (SELECT seq_no, order_date
          FROM shop_orders FORCE INDEX (ix_shop_orders_user)
          WHERE shop_id = pi_shop_id AND user_id = v_user_id AND seq_no < v_before
          ORDER BY seq_no DESC LIMIT v_limit) x;
    IF v_count = v_limit THEN
        SELECT x.seq_no INTO v_more
        FROM (SELECT MAX(seq_no) AS seq_no
              FROM shop_orders FORCE INDEX (ix_shop_orders_user)
              WHERE shop_id = pi_shop_id AND user_id = v_user_id AND seq_no < v_last) x;
        IF v_more IS NOT NULL THEN
            SELECT _uuid_text(order_key) INTO v_next_after
            FROM shop_orders WHERE seq_no = v_last;
        END IF;
    END IF;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_count AS order_count, v_next_after AS next_after;
    SELECT o.order_number,
           LOWER(INSERT(INSERT(INSERT(INSERT(HEX(o.order_key), 21, 0, '-'), 17, 0, '-'), 13, 0,
                               '-'), 9, 0, '-')) AS order_key,
           o.order_code, o.order_date, o.order_status, t.phase,
           CASE WHEN o.restored_at IS NOT NULL THEN 'none'
                WHEN o.expires_at > v_now THEN t.next_step
                ELSE t.late_step END AS next_step,
           o.currency, o.total_payment, o.discount_total, o.line_count, l.product_name,
           CASE WHEN t.next_step IN ('pay', 'deposit') AND o.expires_at > v_now
                THEN 1 ELSE 0 END AS payable,
           o.expires_at,
           CASE WHEN o.restored_at IS NULL
                     AND (t.next_step = 'restore_cart' OR m.to_status IS NOT NULL)
                THEN 1 ELSE 0 END AS restorable
    FROM shop_orders o FORCE INDEX (ix_shop_orders_user)
    STRAIGHT_JOIN shop_order_statuses t FORCE INDEX (PRIMARY)
        ON t.order_status = o.order_status
    LEFT JOIN shop_order_transitions m FORCE INDEX (PRIMARY)
        ON m.from_status = o.order_status AND m.action = 'restore_cart' AND m.actor = 'buyer'
    LEFT JOIN shop_order_product l FORCE INDEX (PRIMARY)
        ON l.order_seq_no = o.seq_no AND l.line_no = 1
    WHERE o.shop_id = pi_shop_id AND o.user_id = v_user_id
      AND o.seq_no >= v_last AND o.seq_no < v_before
    ORDER BY o.seq_no DESC;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
