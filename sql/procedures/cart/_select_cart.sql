-- _select_cart: answer the buyer's whole cart as a result set, priced. What was bought now is not
-- in the cart.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
-- Returns one row per cart row, oldest first
--   cart_id, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount,
--   orderable, stock_left (NULL = enough units are there for this row alone; else so
--   many), added_price (price in force when it was put in; NULL = not known; where
--   the shop promises prices: the last that was promised),
--   product_thumb_img_url, item_state (in_cart | in_checkout: an order has it, which waits for its
--   payment, so that it can be neither changed nor ordered | expired: nobody has changed it for
--   shops.cart_days, until its quantity is set or added to; or its product is gone),
--   option_json (what was chosen, in its normal form, see _normal_option;
--   NULL = nothing, or only its hash is known), min_quantity, max_quantity, quantity_step (of the
--   product in one order, NULL = no rule), member_quantity, member_days (for one buyer),
--   quantity_kept (0 = all rows of the product together do not keep the rules of one order, see
--   _quantity_fault; what the buyer has ordered before is looked at when something is added or
--   ordered)
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_cart(1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The cart as a result set'
BEGIN
    DECLARE v_pinned_no, v_set_parts INT UNSIGNED;
    DECLARE v_cart_days SMALLINT UNSIGNED;
    DECLARE v_sets_left LONGTEXT;

    SELECT MAX(CASE price_policy WHEN 'pinned' THEN pinned_no END), MAX(NULLIF(cart_days, 0)),
           MAX(set_parts)
    INTO v_pinned_no, v_cart_days, v_set_parts
    FROM shops
    WHERE shop_id = pi_shop_id;
    IF v_set_parts > 0 THEN
        CALL _sets_left(pi_shop_id, pi_user_id, v_sets_left);
    END IF;
    -- As v_cart_lines says, without opening the view. Times 0: a key made of the cart row's number
    -- is no constant, and for constants MariaDB estimates ranges before it looks (40 k
    -- instructions). RAND as in _select_lines. select_shop_cart says the same, word for word.
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
END//
DELIMITER ;
