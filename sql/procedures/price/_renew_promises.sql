-- _renew_promises: an event at a buyer's cart: what it means for the prices that the rows were
-- promised. Nothing, in a shop that is not pinned, and for the asking when no row is due.
--
-- A row that an order has (soft_lock) is left as it is.
--
-- Which rows got another price is in @jumun_price_changes afterwards (see tr_shop_cart_update).
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_event
--     read    somebody reads: rows whose time is over get the price in force
--     first   somebody orders: rows that were never promised a price since the shop is pinned, and
--             those whose time is over, if they cost the same: there is nothing to be said of them;
--             where an order goes on at another price (shops.price_change), of the rows in pi_ids
--             all whose time is over
--     enter   the cart page was entered: all rows, unless the last step was this cart's order form;
--             then as read
--     stay    the buyer is still there: all rows, once page_minutes are over; until then as read.
--             A quote of before was the page's own, for its sum: no order form is open
--     leave   the cart page was left: after 10 minutes the time of its rows is over, unless an
--             order form is opened by then. Said after that, it means nothing
--     form    an order form was opened: what pi_ids names holds as long as that; over: as read.
--             Other rows hold as they did before the page was left.
--             Nothing, if one of them cannot be ordered: no form is opened for them
--             Between the form and enter or leave, read and first are no step of the buyer
--   pi_ids      '[1,2]' as _parse_ids returns it; form and first only
-- Returns nothing; the transaction has ended
-- Errors  none
-- Locks   cart header, cart rows of the buyer; none when there is nothing to do
-- Example
--   CALL _renew_promises(1, 'demo1', 'enter', NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _renew_promises;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _renew_promises(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_event   VARCHAR(5),
    pi_ids     LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'What an event means for promised prices'
_renew_promises: BEGIN
    DECLARE v_pinned_no INT UNSIGNED;
    DECLARE v_page_minutes SMALLINT UNSIGNED;
    DECLARE v_due, v_missing INT UNSIGNED DEFAULT 0;
    DECLARE v_version, v_form_version BIGINT UNSIGNED;
    DECLARE v_entered_at, v_now DATETIME(6);
    DECLARE v_how VARCHAR(5) DEFAULT 'read';
    DECLARE v_goes_on TINYINT;

    SELECT MAX(pinned_no), MAX(page_minutes), MAX(price_change) = 'go_on'
    INTO v_pinned_no, v_page_minutes, v_goes_on
    FROM shops
    WHERE shop_id = pi_shop_id AND price_policy = 'pinned';
    IF v_pinned_no IS NULL THEN
        ROLLBACK AND NO CHAIN NO RELEASE;
        LEAVE _renew_promises;
    END IF;
    IF pi_event IN ('read', 'first') THEN
        -- What is not on sale has no price to promise.
        SELECT COUNT(*) INTO v_due
        FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
        STRAIGHT_JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = c.shop_id AND f.product_id = c.product_id
            AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
        WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.order_seq_no IS NULL
          AND NOT (c.pinned_no <=> v_pinned_no AND c.promised_until > UTC_TIMESTAMP(6));
        IF v_due = 0 THEN
            -- Without autocommit reading has begun a transaction.
            ROLLBACK AND NO CHAIN NO RELEASE;
            LEAVE _renew_promises;
        END IF;
    END IF;

    CALL _lock_cart(pi_shop_id, pi_user_id);
    SET v_now = UTC_TIMESTAMP(6);
    SELECT version, form_version, entered_at INTO v_version, v_form_version, v_entered_at
    FROM shop_cart_headers
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    SET v_how = CASE
            WHEN pi_event = 'form' THEN 'form'
            WHEN pi_event = 'leave' AND NOT v_form_version <=> v_version - 1 THEN 'leave'
            WHEN pi_event = 'enter' AND NOT v_form_version <=> v_version - 1 THEN 'page'
            WHEN pi_event = 'stay'
                AND COALESCE(v_entered_at + INTERVAL v_page_minutes MINUTE <= v_now, 1) THEN 'page'
            WHEN pi_event = 'leave' THEN ''
            ELSE 'read' END;

    IF v_how = 'form' THEN
        SELECT COUNT(*) INTO v_missing
        FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
        LEFT JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.id
            AND c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.order_seq_no IS NULL
        WHERE c.seq_no IS NULL;
        SET v_how = CASE v_missing WHEN 0 THEN 'form' ELSE '' END;
    END IF;
    SET @jumun_promise = v_how;
    IF v_how = 'form' THEN
        UPDATE JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.id
        SET c.update_date = c.update_date
        WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.order_seq_no IS NULL;
        -- The cart page was left on the way here: that is no mark on the other rows either.
        SET @jumun_promise = 'back';
        UPDATE shop_cart FORCE INDEX (ix_shop_cart_item)
        SET update_date = update_date
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no IS NULL
          AND unmarked_until IS NOT NULL AND promised_until > v_now
        ORDER BY seq_no;
    ELSEIF v_how <> '' THEN
        -- All of them, or those that are due.
        UPDATE shop_cart FORCE INDEX (ix_shop_cart_item)
        SET update_date = update_date
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no IS NULL
          AND (v_how IN ('page', 'leave') AND buy_now = 0
               OR NOT (pinned_no <=> v_pinned_no
                       AND (promised_until > v_now
                            OR pi_event = 'first'
                               AND NOT (v_goes_on AND JSON_CONTAINS(pi_ids, CONCAT(seq_no)))
                               AND COALESCE(
                                (SELECT a.unit_price FROM shop_product_prices a
                                 WHERE a.price_id = shop_cart.price_id)
                                <> (SELECT CASE WHEN f.next_until <= v_now THEN NULL
                                                WHEN f.holds_until <= v_now
                                                THEN f.next_unit_price ELSE f.unit_price END
                                    FROM shop_offers f
                                    WHERE f.shop_id = shop_cart.shop_id
                                      AND f.product_id = shop_cart.product_id
                                      AND f.option_hash = COALESCE(shop_cart.combination_hash,
                                                                   shop_cart.option_hash)
                                      AND f.plan_id = 0), 1))))
        ORDER BY seq_no;
    END IF;
    SET @jumun_promise = NULL;
    UPDATE shop_cart_headers
    SET form_version = CASE
            WHEN v_how = 'form' OR (pi_event NOT IN ('enter', 'stay')
                                    AND v_form_version = v_version - 1) THEN version END,
        entered_at = CASE
            WHEN pi_event = 'enter' OR (pi_event = 'stay' AND v_how = 'page') THEN v_now
            WHEN pi_event = 'leave' THEN NULL
            ELSE entered_at END
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
