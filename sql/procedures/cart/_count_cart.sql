-- _count_cart: bring the counters in a cart's header to what its rows say now, or only tell what
-- they would be.
--
-- Whoever changes rows calls it before COMMIT, but for the two that are called most, an order and
-- add_shop_cart, which it would cost a third more: they have raised version, and calc_version, left
-- behind, says that the counters may be out of date. Nor do pages that write shop_cart themselves.
-- Therefore nothing relies on the counters alone: a reader calculates, and compares cart_total_hash
-- (see select_shop_cart).
--
-- cart_total_hash is the SHA-256 of a text with one line for each row that counts, by cart_id:
--   cart_id product_id option_hash quantity unit_price
-- with single blanks and line feeds between them; unit_price with two decimals, or - where a row
-- has none. An empty cart is the empty text. For two rows, of 2 at 15000 and of 1 at 800:
--   7 D0001 __noopt__ 2 15000.00
--   9 D0002 af600af4a5b9a5daf47d7e6f44f022ab295f6da4098f426e6b7d1f1598210248 1 800.00
-- cart_version is raised when that text is another one than at the last time.
--
-- Not counted are rows bought now, and rows that an order has which waits for its payment
-- (soft_lock), or was paid. Counted is also what cannot be ordered: it lies in the cart.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_added                1 = something was put in, 0 = not: counters are written, and the caller
--                           has locked the header; NULL = nothing is written
--   po_count                OUT: rows in the cart
--   po_version              OUT: cart_version, raised if the rows are not what the header says
--   po_amount               OUT: what they cost; a row without a price costs nothing. No more than
--                           a column can hold, which is more than any order can come to
--   po_hash                 OUT: cart_total_hash
--   po_known                OUT: 1 = the header had it so already
-- Returns nothing
-- Errors  none
-- Locks   none but the header
-- Example
--   CALL _count_cart(1, 'demo1', NULL, @count, @version, @amount, @hash, @known);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _count_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _count_cart(
    pi_shop_id     INT UNSIGNED,
    pi_user_id     VARCHAR(63),
    pi_added       TINYINT,
    OUT po_count   INT UNSIGNED,
    OUT po_version BIGINT UNSIGNED,
    OUT po_amount  DECIMAL(18,2),
    OUT po_hash    VARCHAR(64),
    OUT po_known   TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Counters of a cart''s header'
BEGIN
    DECLARE v_count, v_pinned_no INT UNSIGNED;
    DECLARE v_version BIGINT UNSIGNED;
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_hash, v_noted VARCHAR(64);
    DECLARE v_newest DATETIME(6);

    IF @@group_concat_max_len < 1048576 THEN
        CALL _fit_session();
    END IF;
    SELECT MAX(CASE s.price_policy WHEN 'pinned' THEN s.pinned_no END),
           COALESCE(MAX(k.cart_version), 0), COALESCE(MAX(k.cart_total_hash), SHA2('', 256))
    INTO v_pinned_no, v_version, v_noted
    FROM shops s
    LEFT JOIN shop_cart_headers k FORCE INDEX (PRIMARY)
        ON k.shop_id = s.shop_id AND k.user_id = pi_user_id
    WHERE s.shop_id = pi_shop_id;
    -- Without a lock. select_shop_cart says the same, word for word.
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
        AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0 * c.seq_no
    LEFT JOIN shop_product_prices a FORCE INDEX (PRIMARY) ON a.price_id = c.price_id
    LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = c.order_seq_no
    LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
    LEFT JOIN shop_order_transitions m ON m.from_status = o.order_status AND m.action = 'expire'
        AND m.actor = 'job'
    WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.buy_now = 0
      AND (o.seq_no IS NULL OR t.phase = 'ended' AND o.paid_at IS NULL
           OR t.phase = 'open' AND o.expires_at <= UTC_TIMESTAMP(6) AND m.to_status IS NOT NULL);
    SET po_known = v_hash = v_noted, po_count = v_count, po_amount = v_amount, po_hash = v_hash,
        po_version = v_version + 1 - po_known;
    IF pi_added IS NOT NULL THEN
        UPDATE shop_cart_headers
        SET cart_version = po_version, cart_total_hash = v_hash, item_count = v_count,
            amount = v_amount, last_calc_at = UTC_TIMESTAMP(6), calc_version = version,
            last_added_at = CASE
                WHEN pi_added = 1 THEN UTC_TIMESTAMP(6)
                -- A page has written it.
                WHEN v_newest > COALESCE(last_added_at, '1000-01-01') THEN v_newest
                ELSE last_added_at END
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    END IF;
END//
DELIMITER ;
