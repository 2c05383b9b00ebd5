-- calc_cart_totals: price cart rows and turn them into totals, for a quote; nothing is written. An
-- order (shop_order_insert, step 4) reads the same by the same words (a test compares them), so
-- that quote and order agree.
--
-- One statement reads the rows, once, and everything is computed from what it returned: under
-- READ COMMITTED a second read may see another price. What was priced is a list of numbers,
-- see shop_order_insert.
--
-- Delivery: lines of one parcel pay once, the highest fee that one of its policies asks for the
-- parcel's sum, weight or units; and, where delivery to the address's area costs more, what that
-- is, once for each parcel, also for one that costs nothing else, unless all of its policies ask
-- the same everywhere. Tax: prices contain VAT; delivery is taxable. A row of an unknown product
-- or option has no amount and no policy.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _parse_ids returns it
--   pi_digits               decimals of the currency
--   pi_vat_rate             0.1 = 10 %
--   pi_post_code            where it goes; NULL = not known: what an area costs more is not in it
--   pi_coupon_ids           '[1,2]' as _parse_ids returns it; '[]' = none. Where one of them cannot
--                           be used, nothing is taken off, by promotions neither
--   pio_point, pio_cash     INOUT: points and cash to be used; 0 where they cannot be
--   po_count                OUT: how many rows; fewer than ids when one is
--                           consumed, foreign or unknown
--   po_ids                  OUT: the rows that have a price, sorted
--   po_list                 OUT: what was priced
--   po_product_total        OUT: sum of the lines
--   po_shipping_fee         OUT: delivery
--   po_discount             OUT: what promotions and coupons take off
--   po_total                OUT: what is charged
--   po_supply, po_vat, po_tax_free   OUT: the same total, split by tax
--   po_discounts            OUT: what takes it off, see _price_discounts; NULL = nothing does
--   po_area_rule_id         OUT: the area that costs more, or NULL
-- Returns nothing (OUT parameters: it is called by other routines, not by the gateway)
-- Errors  when an amount has more than 15 digits before the point: PRODUCT_UNAVAILABLE when a row
--   is among them that cannot be ordered, else INVALID_INPUT (selected_cart_ids): all that is left
--   to say is that it is too much
-- Locks   none
-- Example
--   SET @point = 0, @cash = 0;
--   CALL calc_cart_totals(1, 'demo1', '[1,2]', 0, 0.1, '63001', '[]', @point, @cash, @n, @ids,
--       @list, @p, @f, @d, @t, @s, @v, @free, @discounts, @area);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS calc_cart_totals;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE calc_cart_totals(
    pi_shop_id           INT UNSIGNED,
    pi_user_id           VARCHAR(63),
    pi_ids               LONGTEXT,
    pi_digits            TINYINT UNSIGNED,
    pi_vat_rate          DECIMAL(5,4),
    pi_post_code         TEXT,
    pi_coupon_ids        LONGTEXT,
    INOUT pio_point      DECIMAL(18,2),
    INOUT pio_cash       DECIMAL(18,2),
    OUT po_count         INT UNSIGNED,
    OUT po_ids           LONGTEXT,
    OUT po_list          LONGTEXT,
    OUT po_product_total DECIMAL(18,2),
    OUT po_shipping_fee  DECIMAL(18,2),
    OUT po_discount      DECIMAL(18,2),
    OUT po_total         DECIMAL(18,2),
    OUT po_supply        DECIMAL(18,2),
    OUT po_vat           DECIMAL(18,2),
    OUT po_tax_free      DECIMAL(18,2),
    OUT po_discounts     LONGTEXT,
    OUT po_area_rule_id  BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Cart rows to totals'
BEGIN
    DECLARE v_ids LONGTEXT DEFAULT pi_ids;
    DECLARE v_list, v_found_ids, v_first_name, v_parcels_json, v_undelivered, v_code LONGTEXT;
    DECLARE v_shares LONGTEXT;
    DECLARE v_fault TEXT;
    DECLARE v_made_mode VARCHAR(8);
    DECLARE v_id_count, v_fit, v_parcels INT UNSIGNED DEFAULT JSON_LENGTH(pi_ids);
    DECLARE v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_surcharge DECIMAL(18,2);
    DECLARE v_slots SMALLINT UNSIGNED;
    DECLARE v_pinned_no, v_promotions INT UNSIGNED;
    DECLARE v_product_total, v_tax_free, v_shipping_fee DECIMAL(52,2);
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_oldest DATETIME(6);

    SELECT MAX(CASE price_policy WHEN 'pinned' THEN pinned_no END),
           v_now - INTERVAL NULLIF(MAX(cart_days), 0) DAY, MAX(promotions)
    INTO v_pinned_no, v_oldest, v_promotions
    FROM shops
    WHERE shop_id = pi_shop_id;
    -- As shop_order_insert does.
    SET v_code = REPLACE(REPLACE(pi_post_code, ' ', ''), '-', '');
    SELECT MAX(z.area_rule_id), MAX(z.surcharge)
    INTO v_area_rule_id, v_surcharge
    FROM (SELECT g.area_code, g.to_code
          FROM shop_area_codes g FORCE INDEX (PRIMARY)
          WHERE g.shop_id = pi_shop_id AND g.code_length = CHAR_LENGTH(v_code)
            AND g.from_code <= v_code
          ORDER BY g.from_code DESC
          LIMIT 1) c
    STRAIGHT_JOIN shop_delivery_areas z FORCE INDEX (PRIMARY)
        ON z.shop_id = pi_shop_id AND z.area_code = c.area_code
    WHERE c.to_code >= v_code;
    SELECT SUM(f.orderable = 1 AND c.combination_hash IS NULL
               AND p.unit_price * c.quantity BETWEEN 0 AND 999999999999999.99
               AND s.free >= c.quantity),
           MAX(f.stock_slots), SUM(p.unit_price * c.quantity),
           SUM(CASE p.tax_type WHEN 'free' THEN p.unit_price * c.quantity ELSE 0 END),
           CASE WHEN COUNT(d.parcel_bit) < COUNT(*) THEN NULL
                WHEN MAX(d.rule_id) = MIN(d.rule_id) THEN COUNT(*)
                ELSE BIT_COUNT(BIT_OR(d.parcel_bit)) END,
           CASE WHEN MAX(d.rule_id) <> MIN(d.rule_id)
                THEN SUM(CASE WHEN p.unit_price * c.quantity >= d.free_over THEN 0
                              ELSE d.fee END)
                WHEN SUM(p.unit_price * c.quantity) >= MAX(d.free_over) THEN 0
                ELSE MAX(d.fee) END,
           CONCAT('[', GROUP_CONCAT(DISTINCT c.seq_no ORDER BY c.seq_no), ']'),
           GROUP_CONCAT(
               '[', c.seq_no, ',', c.quantity, ',', p.price_id, ',',
               d.rule_id, ',', d.policy_id,
               CASE WHEN c.combination_hash IS NULL THEN ']'
                    ELSE CONCAT(',', LEFT(JSON_QUOTE(c.option_hash), 400), ']') END),
           MAX(CASE x.line_no WHEN 1 THEN f.product_name END),
           CASE MIN(c.buy_now) WHEN 1 THEN 'direct' ELSE 'cart' END
    INTO v_fit, v_slots, v_product_total, v_tax_free, v_parcels, v_shipping_fee,
         v_found_ids, v_list, v_first_name, v_made_mode
    FROM JSON_TABLE(v_ids, '$[*]' COLUMNS (
        line_no FOR ORDINALITY,
        id      BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY)
        ON c.seq_no = x.id AND c.shop_id + 0 = pi_shop_id
        AND CONCAT(c.user_id) = pi_user_id AND c.order_seq_no IS NULL
        AND (v_oldest IS NULL OR c.update_date >= v_oldest)
    STRAIGHT_JOIN shop_offers f FORCE INDEX (PRIMARY)
        ON f.shop_id = c.shop_id AND f.product_id = c.product_id
        AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
    STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id =
        CASE WHEN c.pinned_no = v_pinned_no AND c.promised_until > v_now THEN c.price_id
             WHEN f.next_until <= v_now THEN NULL
             WHEN f.holds_until <= v_now THEN f.next_price_id ELSE f.price_id END
    STRAIGHT_JOIN shop_delivery_now d FORCE INDEX (PRIMARY) ON d.shop_id = f.shop_id
        AND d.policy_id = f.delivery_policy_id
    LEFT JOIN shop_stock s FORCE INDEX (PRIMARY)
        ON s.shop_id = f.shop_id AND s.product_id = f.product_id
        AND s.option_hash = f.stock_option_hash AND s.slot = 0;
    SET v_list = CONCAT('[', v_list, ']');
    -- Rows that ship together pay once, the highest fee that one of their policies asks for the
    -- sum. One rule for all of them, or a parcel for each, needs no second look; a fee by steps (no
    -- number of parcels), or an area where delivery costs more, is looked at by _price_parcels.
    IF v_parcels IS NULL OR v_area_rule_id IS NOT NULL THEN
        CALL _price_parcels(v_list,
            CASE WHEN v_area_rule_id IS NOT NULL THEN v_surcharge END, v_shipping_fee,
            v_parcels_json, v_undelivered);
    ELSEIF v_parcels < v_id_count THEN
        SELECT COALESCE(SUM(g.fee), 0) INTO v_shipping_fee
        FROM (SELECT MAX(CASE WHEN w.amount >= w.free_over THEN 0 ELSE w.fee END) AS fee
              FROM (SELECT d.parcel, d.fee, d.free_over,
                           SUM(p.unit_price * x.quantity)
                               OVER (PARTITION BY d.parcel) AS amount
                    FROM JSON_TABLE(v_list, '$[*]' COLUMNS (
                        quantity INT UNSIGNED    PATH '$[1]',
                        price_id BIGINT UNSIGNED PATH '$[2]',
                        rule_id  BIGINT UNSIGNED PATH '$[3]')) x
                    STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY)
                        ON p.price_id = x.price_id
                    STRAIGHT_JOIN shop_delivery_rules d FORCE INDEX (PRIMARY)
                        ON d.rule_id = x.rule_id) w
              GROUP BY w.parcel) g;
    END IF;
    SET v_product_total = COALESCE(v_product_total, 0), v_tax_free = COALESCE(v_tax_free, 0),
        v_shipping_fee = COALESCE(v_shipping_fee, 0);
    CALL _check_amounts(v_product_total, v_tax_free, v_shipping_fee,
                        pi_shop_id, pi_user_id, pi_ids);
    -- Rows without a price are rows all the same.
    SET po_count = v_id_count;
    IF NOT v_found_ids <=> pi_ids THEN
        CALL _count_rows(pi_shop_id, pi_user_id, pi_ids, po_count);
    END IF;
    SET po_ids = v_found_ids, po_list = v_list, po_product_total = v_product_total,
        po_tax_free = v_tax_free, po_discount = 0, po_area_rule_id = v_area_rule_id;
    IF pi_coupon_ids <> '[]' OR v_promotions > 0 THEN
        CALL _price_discounts(pi_shop_id, pi_user_id, v_list, pi_coupon_ids, v_promotions, NULL,
            v_area_rule_id, pi_digits, v_now, v_shipping_fee, v_parcels_json, po_discounts,
            po_discount, po_tax_free, v_fault);
    END IF;
    SET po_shipping_fee = v_shipping_fee;
    IF pio_point + pio_cash > 0 THEN
        CALL _price_credits(pi_shop_id, pi_user_id, v_list, po_discounts, po_shipping_fee,
            pio_point, pio_cash, pi_digits, v_now, v_shares, po_tax_free, v_fault);
        IF v_fault IS NOT NULL THEN
            SET pio_point = 0, pio_cash = 0;
        END IF;
    END IF;
    SET po_total = po_product_total - po_discount - pio_point - pio_cash + po_shipping_fee,
        po_vat = ROUND((po_total - po_tax_free) * pi_vat_rate / (1 + pi_vat_rate), pi_digits),
        po_supply = po_total - po_tax_free - po_vat;
END//
DELIMITER ;
