-- select_adm_abandoned_carts: buyers who left something in the cart: nothing of it was added or
-- changed for some hours, and they were not contacted since (update_adm_cart_contacted). A cart
-- that is changed afterwards and left again is listed again.
--
-- What was bought now and not ordered is no cart, nor are rows whose order waits for its payment.
--
-- A page is found by reading on behind the last buyer of the page before, at most 20,000 cart rows:
-- where few are left, it may have fewer buyers than asked for, or none, and there are more all
-- the same. It is at its end when next_after is NULL.
--
-- Parameters
--   pi_shop_id  shop
--   pi_hours    so long ago at least, 1 to 8760; NULL or '' = 24
--   pi_after    next_after of the page before; NULL or '' = the first page
--   pi_limit    at most so many buyers, 1 to 200; NULL or '' = 100
-- Returns one row: result, currency, cart_count (buyers on this page), next_after
-- then the buyers by user_id: user_id, item_count (rows), unit_count, amount (of the rows that can
--   be ordered, at today's price), oldest_change, newest_change, contacted_at (about an earlier
--   cart; NULL = never)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND
-- Locks   none
-- Example
--   CALL select_adm_abandoned_carts(1, '24', NULL, '100');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_adm_abandoned_carts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_adm_abandoned_carts(
    pi_shop_id INT UNSIGNED,
    pi_hours   TEXT,
    pi_after   TEXT,
    pi_limit   TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Buyers who left something in the cart'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_currency CHAR(3);
    DECLARE v_before   DATETIME(6);
    DECLARE v_after, v_until, v_end, v_last, v_next_after VARCHAR(63);
    DECLARE v_limit, v_window, v_rows, v_more, v_found INT UNSIGNED DEFAULT 0;
    DECLARE v_to_read  INT DEFAULT 20000;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_adm_abandoned_carts', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'hours', LEFT(pi_hours, 10),
                        'limit', LEFT(pi_limit, 10)));
        RESIGNAL;
    END;

    IF CHAR_LENGTH(pi_hours) > 0 AND (pi_hours NOT REGEXP '\\A[1-9][0-9]{0,3}\\z'
        OR pi_hours + 0 > 8760) THEN
        CALL _raise('INVALID_INPUT', 'hours', 'a whole number from 1 to 8760');
    END IF;
    IF CHAR_LENGTH(pi_after) > 63 THEN
        CALL _raise('INVALID_INPUT', 'after', 'next_after of the page before');
    END IF;
    IF CHAR_LENGTH(pi_limit) > 0 AND (pi_limit NOT REGEXP '\\A[1-9][0-9]{0,2}\\z'
        OR pi_limit + 0 > 200) THEN
        CALL _raise('INVALID_INPUT', 'limit', 'a whole number from 1 to 200');
    END IF;
    SET v_limit = COALESCE(NULLIF(pi_limit, ''), 100), v_window = GREATEST(5 * v_limit, 50),
        v_after = COALESCE(pi_after, ''), v_until = v_after, v_end = v_after,
        v_before = UTC_TIMESTAMP(6) - INTERVAL COALESCE(NULLIF(pi_hours, ''), 24) HOUR;

    SET v_step = 'answer';
    CALL _start_reading();
    SELECT currency INTO v_currency FROM shops WHERE shop_id = pi_shop_id;
    IF v_currency IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;

    -- How far the page goes. Buyer by buyer as the index has them, some rows at a time: a page that
    -- is full soon reads no more than it needs, and one that finds nobody comes to an end.
    next_rows: LOOP
        SELECT COUNT(*), MAX(x.user_id) INTO v_rows, v_until
        FROM (SELECT user_id
              FROM shop_cart FORCE INDEX (ix_shop_cart_item)
              WHERE shop_id = pi_shop_id AND user_id > v_end
              ORDER BY user_id LIMIT v_window) x;
        IF v_rows = 0 THEN
            SET v_next_after = NULL;
            LEAVE next_rows;
        END IF;
        SELECT COUNT(*), MAX(x.user_id) INTO v_more, v_last
        FROM (SELECT c.user_id
              FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
              LEFT JOIN shop_cart_contacts k ON k.shop_id = c.shop_id AND k.user_id = c.user_id
              WHERE c.shop_id = pi_shop_id AND c.user_id > v_end AND c.user_id <= v_until
                AND c.buy_now = 0 AND c.order_seq_no IS NULL
              GROUP BY c.user_id
              HAVING MAX(c.update_date) <= v_before AND (MAX(k.contacted_at) IS NULL
                     OR MAX(k.contacted_at) < MAX(c.update_date))
              ORDER BY c.user_id LIMIT v_limit) x;
        -- A window may end among the rows of its last buyer, all of whose rows are read.
        SET v_to_read = v_to_read - v_rows, v_found = v_found + v_more;
        IF v_more = v_limit THEN
            SET v_end = v_last, v_next_after = v_last;
            LEAVE next_rows;
        END IF;
        SET v_end = v_until, v_next_after = v_until, v_limit = v_limit - v_more;
        IF v_rows < v_window THEN
            SET v_next_after = NULL;
        END IF;
        IF v_rows < v_window OR v_to_read <= 0 THEN
            LEAVE next_rows;
        END IF;
    END LOOP;

    SELECT 'OK' AS result, v_currency AS currency, v_found AS cart_count,
           v_next_after AS next_after;
    -- Priced as v_cart_lines does.
    SELECT x.user_id, COUNT(*) AS item_count, SUM(c.quantity) AS unit_count,
           COALESCE(SUM(CASE WHEN f.orderable = 1
                                  AND f.unit_price * c.quantity <= 999999999999999.99
                             THEN f.unit_price * c.quantity END), 0) AS amount,
           MIN(c.update_date) AS oldest_change, MAX(c.update_date) AS newest_change,
           MAX(x.contacted_at) AS contacted_at
    FROM (SELECT c.user_id, MAX(k.contacted_at) AS contacted_at
          FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
          LEFT JOIN shop_cart_contacts k ON k.shop_id = c.shop_id AND k.user_id = c.user_id
          WHERE c.shop_id = pi_shop_id AND c.user_id > v_after AND c.user_id <= v_end
            AND c.buy_now = 0 AND c.order_seq_no IS NULL
          GROUP BY c.user_id
          HAVING MAX(c.update_date) <= v_before AND (MAX(k.contacted_at) IS NULL
                 OR MAX(k.contacted_at) < MAX(c.update_date))) x
    STRAIGHT_JOIN shop_cart c FORCE INDEX (ix_shop_cart_item)
        ON c.shop_id = pi_shop_id AND c.user_id = x.user_id AND c.buy_now = 0
        AND c.order_seq_no IS NULL
    LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
        ON f.shop_id = c.shop_id AND f.product_id = c.product_id
        AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
    GROUP BY x.user_id
    ORDER BY x.user_id;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
