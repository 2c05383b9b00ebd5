-- select_shop_cart: the cart, priced. Where the shop promises prices, rows whose time is over are
-- promised the price in force, and the answer says so.
--
-- Parameters
--   pi_shop_id  shop
--   pi_user_id  buyer
--   pi_event    enter = the cart page is entered, see refresh_shop_cart: for pages that do not
--               report it by themselves; NULL or '' = nothing happens
-- Returns one row
--   result, cart_count (rows), cart_version (another one than before: rows, their units or their
--   prices have changed), cart_amount (what they cost together, without delivery), cart_total_hash
--   (of rows, units and prices, see _count_cart), price_changes_json (see refresh_shop_cart)
-- then the cart (see _select_cart)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND
-- Locks   none that it waits for: what a page has changed in the cart by itself, or what costs
--         something else by now, is written into the header, unless somebody holds that (see
--         _note_cart); in a pinned shop cart header and cart rows, where a row is promised another
--         price
-- Example
--   CALL select_shop_cart(1, 'demo1', NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_shop_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_shop_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id TEXT,
    pi_event   TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'The cart, priced'
BEGIN
    DECLARE v_step VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_pinned_no, v_count, v_set_parts INT UNSIGNED;
    DECLARE v_cart_days SMALLINT UNSIGNED;
    DECLARE v_version BIGINT UNSIGNED;
    DECLARE v_sets_left LONGTEXT;
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_hash, v_noted VARCHAR(64);
    DECLARE v_newest DATETIME(6);
    DECLARE v_tried TINYINT DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        -- Declared here, where only who is refused pays for them (25 k instructions on MariaDB). On
        -- MySQL a DECLARE forgets the error, which the stacked area still has.
        DECLARE v_errno    SMALLINT UNSIGNED;
        DECLARE v_sqlstate CHAR(5);
        DECLARE v_message, v_field, v_detail TEXT;
        GET /*!80000 STACKED */ DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_shop_cart', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63)));
        RESIGNAL;
    END;

    -- Begun as _start_reading does. What is not plainly a user id in a session that is fit is
    -- looked at with care.
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF pi_user_id IS NULL OR pi_user_id NOT REGEXP '\\A[!-~]{1,63}\\z' OR pi_event <> ''
        OR @@sql_big_selects = 0 OR @@max_error_count = 0
        OR @@group_concat_max_len < 1048576 THEN
        CALL _check_user(pi_user_id);
        IF NOT COALESCE(CAST(pi_event AS BINARY) IN ('', 'enter'), 1) THEN
            CALL _raise('INVALID_INPUT', 'event', 'enter, or nothing');
        END IF;
        IF @@sql_big_selects = 0 OR @@max_error_count = 0 OR @@group_concat_max_len < 1048576 THEN
            CALL _fit_session();
        END IF;
    END IF;

    SET v_step = 'answer';
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    START TRANSACTION READ ONLY;
    read_cart: LOOP
        SELECT MAX(CASE s.price_policy WHEN 'pinned' THEN s.pinned_no END),
               MAX(NULLIF(s.cart_days, 0)), MAX(s.set_parts), COALESCE(MAX(k.cart_version), 0),
               COALESCE(MAX(k.cart_total_hash), SHA2('', 256))
        INTO v_pinned_no, v_cart_days, v_set_parts, v_version, v_noted
        FROM shops s
        LEFT JOIN shop_cart_headers k FORCE INDEX (PRIMARY)
            ON k.shop_id = s.shop_id AND k.user_id = pi_user_id
        WHERE s.shop_id = pi_shop_id;
        IF v_pinned_no IS NOT NULL AND v_tried = 0 THEN
            SET v_step = 'renew promised prices', v_tried = 1, @jumun_price_changes = NULL;
            COMMIT AND NO CHAIN NO RELEASE;
            CALL _renew_promises(pi_shop_id, pi_user_id,
                                 CASE pi_event WHEN 'enter' THEN 'enter' ELSE 'read' END, NULL);
            SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
            START TRANSACTION READ ONLY;
            ITERATE read_cart;
        END IF;
        -- The words of _count_cart.
        SELECT COUNT(*),
               GREATEST(LEAST(COALESCE(SUM(
                   CASE WHEN c.pinned_no = v_pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
                        THEN a.unit_price
                        WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                        WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                        ELSE f.unit_price END * c.quantity), 0),
                   9999999999999999.99), -9999999999999999.99),
               SHA2(COALESCE(GROUP_CONCAT(
                   c.seq_no, ' ', c.product_id, ' ', c.option_hash, ' ', c.quantity, ' ',
                   COALESCE(CASE WHEN c.pinned_no = v_pinned_no
                                  AND c.promised_until > UTC_TIMESTAMP(6)
                                 THEN a.unit_price
                                 WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                                 WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                                 ELSE f.unit_price END, '-')
                   ORDER BY c.seq_no SEPARATOR '\n'), ''), 256),
               MAX(c.create_date)
        INTO v_count, v_amount, v_hash, v_newest
        FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
        LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = c.shop_id + 0 * c.seq_no AND f.product_id = c.product_id
            AND f.option_hash = COALESCE(c.combination_hash, c.option_hash)
            AND f.plan_id = 0 * c.seq_no
        LEFT JOIN shop_product_prices a FORCE INDEX (PRIMARY) ON a.price_id = c.price_id
        LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = c.order_seq_no
        LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
        LEFT JOIN shop_order_transitions m ON m.from_status = o.order_status AND m.action = 'expire'
            AND m.actor = 'job'
        WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.buy_now = 0
          AND (o.seq_no IS NULL OR t.phase = 'ended' AND o.paid_at IS NULL
               OR t.phase = 'open' AND o.expires_at <= UTC_TIMESTAMP(6)
                  AND m.to_status IS NOT NULL);
        IF v_hash = v_noted OR v_tried = 2 THEN
            LEAVE read_cart;
        END IF;
        -- The header says something else: the first who sees it writes it down.
        SET v_tried = 2;
        COMMIT AND NO CHAIN NO RELEASE;
        CALL _note_cart(pi_shop_id, pi_user_id);
        SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
        START TRANSACTION READ ONLY;
    END LOOP;
    IF v_set_parts > 0 THEN
        CALL _sets_left(pi_shop_id, pi_user_id, v_sets_left);
    END IF;
    SELECT 'OK' AS result, v_count AS cart_count,
           v_version + (v_hash <> v_noted) AS cart_version, v_amount AS cart_amount,
           v_hash AS cart_total_hash,
           CASE WHEN v_pinned_no IS NULL THEN '[]'
                ELSE CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') END AS price_changes_json;
    -- The words of _select_cart.
    SELECT c.seq_no AS cart_id, c.product_id,
           COALESCE(f.product_name, p.product_name) AS product_name, c.option_hash,
           COALESCE(f.option_name, '') AS option_name,
           CASE WHEN c.pinned_no = v_pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
                THEN a.unit_price
                WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                ELSE f.unit_price END AS unit_price, c.quantity,
           CASE WHEN c.pinned_no = v_pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
                THEN a.unit_price
                WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                ELSE f.unit_price END * c.quantity AS line_amount,
           CASE WHEN f.orderable >= 1
                 AND (o.seq_no IS NULL OR t.phase = 'ended' AND o.paid_at IS NULL
                      OR t.phase = 'open' AND o.expires_at <= UTC_TIMESTAMP(6)
                         AND m.to_status IS NOT NULL)
                 AND NOT COALESCE(c.update_date < UTC_TIMESTAMP(6) - INTERVAL v_cart_days DAY, 0)
                 AND CASE WHEN c.pinned_no = v_pinned_no AND c.promised_until > UTC_TIMESTAMP(6)
                      THEN a.unit_price
                      WHEN f.next_until <= UTC_TIMESTAMP(6) THEN NULL
                      WHEN f.holds_until <= UTC_TIMESTAMP(6) THEN f.next_unit_price
                      ELSE f.unit_price END * c.quantity
                     BETWEEN 0 AND 999999999999999.99
                 AND (f.required_texts = 0 OR c.combination_hash IS NOT NULL)
                 AND (c.combination_hash IS NULL OR f.option_groups = 0
                      OR w.combination_hash = c.combination_hash) THEN 1
                ELSE 0 END AS orderable,
           NULLIF(LEAST(COALESCE(CASE WHEN f.set_parts = 0 THEN (
               SELECT SUM(k.free) FROM shop_stock k FORCE INDEX (PRIMARY)
               WHERE k.shop_id = f.shop_id AND k.product_id = f.product_id
                 AND k.option_hash = f.stock_option_hash /*M! AND RAND() >= 0 */)
               ELSE CAST(JSON_EXTRACT(v_sets_left, CONCAT('$."', c.seq_no, '"')) AS SIGNED) END, 0),
               c.quantity), c.quantity) AS stock_left,
           a.unit_price AS added_price, p.product_thumb_img_url,
           CASE WHEN o.seq_no IS NULL OR t.phase = 'ended' AND o.paid_at IS NULL
                  OR t.phase = 'open' AND o.expires_at <= UTC_TIMESTAMP(6)
                     AND m.to_status IS NOT NULL
                THEN CASE WHEN p.product_id IS NULL
                            OR c.update_date < UTC_TIMESTAMP(6) - INTERVAL v_cart_days DAY
                          THEN 'expired' ELSE 'in_cart' END
                WHEN t.phase = 'open' AND o.paid_at IS NULL THEN 'in_checkout'
                ELSE 'ordered' END AS item_state,
           w.payload_json AS option_json,
           p.min_quantity, p.max_quantity, p.quantity_step, p.member_quantity, p.member_days,
           CASE WHEN f.quantity_rules = 1 THEN (
               SELECT SUM(k.quantity) BETWEEN COALESCE(p.min_quantity, 0)
                                          AND COALESCE(p.max_quantity, 4294967295)
                      AND COALESCE(SUM(k.quantity) MOD NULLIF(p.quantity_step, 0) = 0, 1)
               FROM shop_cart k FORCE INDEX (ix_shop_cart_item)
               WHERE k.shop_id = c.shop_id AND k.user_id = c.user_id
                 AND k.product_id = c.product_id AND k.buy_now = 0 AND k.order_seq_no IS NULL)
               ELSE 1 END AS quantity_kept
    FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
    LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
        ON f.shop_id = c.shop_id + 0 * c.seq_no AND f.product_id = c.product_id
        AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0 * c.seq_no
    LEFT JOIN shop_product_prices a FORCE INDEX (PRIMARY) ON a.price_id = c.price_id
    LEFT JOIN shop_option_payloads w FORCE INDEX (PRIMARY)
        ON w.shop_id = c.shop_id AND w.product_id = c.product_id
        AND w.option_hash = c.option_hash AND c.option_hash <> '__noopt__'
    LEFT JOIN shop_products p FORCE INDEX (PRIMARY) ON p.shop_id = c.shop_id + 0 * c.seq_no
        AND p.product_id = c.product_id
    LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = c.order_seq_no
    LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
    LEFT JOIN shop_order_transitions m ON m.from_status = o.order_status AND m.action = 'expire'
        AND m.actor = 'job'
    WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.buy_now = 0
      AND (o.seq_no IS NULL OR t.phase <> 'paid' AND o.paid_at IS NULL)
    ORDER BY c.seq_no;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
