-- _price_discounts: what promotions and the coupons of a quote or order take off its lines and its
-- delivery.
--
-- What is taken off the goods comes first, then what is taken off their delivery; of each,
-- promotions first, then coupons; of these, those of products, then of categories, of the order;
-- among those of one target the lower apply_order, then the lower number of a coupon, the first
-- name of a promotion. Delivery whose policy is judged after discounts is priced between the two.
-- Each is judged by what the ones before it have left.
-- What it takes off is spread over its lines by what is left of them: each line gets its part cut
-- down to the smallest unit of the currency, and the units that remain go to the lines with the
-- largest remainders, of equal ones to the first. A promotion that cannot be used is passed over; a
-- coupon that cannot is a fault.
--
-- Parameters
--   pi_shop_id, pi_user_id  buyer
--   pi_list          what was priced, see shop_order_insert
--   pi_coupon_ids    '[1,2]' as _parse_ids returns it; '[]' = none
--   pi_promotions    promotions of the shop that are enabled, see shops.promotions; 0 = look for
--                    none
--   pi_rules         of an order that was made: '[[1,5],[2,null]]', the rules by which something
--                    was taken off, as it was, and the coupon of each; NULL = none. Who has the
--                    coupon now, and whether it is a first order, is not asked
--   pi_area_rule_id  the area that costs more, or NULL
--   pi_digits        decimals of the currency
--   pi_now           UTC; judged by this moment
--   pio_shipping_fee, pio_parcels  INOUT: delivery, see _price_parcels; priced again where a policy
--                    is judged after discounts, and there are some
--   po_discounts     OUT: '[{"coupon_no":5,"rule_id":1,"amount":"1000.00","lines":[[1,"600.00"],
--                    [2,"400.00"]]},…]', as they were taken off; coupon_no null = a promotion;
--                    line 0 = delivery
--   po_discount      OUT: all of them
--   pio_tax_free     INOUT: sum of the lines that are tax free; less what is taken off them
--   po_fault         OUT: '5 min_amount': the first coupon that cannot be used, and why; NULL =
--                    all can. Then the others are not looked at.
--                      unknown    no coupon of this buyer      no_target  none of its lines
--                      used       an order was paid with it    min_amount its lines cost too little
--                      held       an order has it that waits   stacking   another one of its group
--                                 for its payment              nothing    it would take nothing off
--                      disabled, not_yet, over                 used_up    its use_limit is reached
-- Returns nothing
-- Errors  INVALID_INPUT (selected_cart_ids): with delivery after discounts, more than 15 digits
-- Locks   none: what may have changed when the order is written is seen by _take_coupons
-- Example
--   CALL _price_discounts(1, 'demo1', '[[1,1,1,1,1]]', '[5]', 0, NULL, NULL, 0,
--       UTC_TIMESTAMP(6), @fee, @parcels, @discounts, @discount, @tax_free, @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _price_discounts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _price_discounts(
    pi_shop_id             INT UNSIGNED,
    pi_user_id             VARCHAR(63),
    pi_list                LONGTEXT,
    pi_coupon_ids          LONGTEXT,
    pi_promotions          INT UNSIGNED,
    pi_rules               LONGTEXT,
    pi_area_rule_id        BIGINT UNSIGNED,
    pi_digits              TINYINT UNSIGNED,
    pi_now                 DATETIME(6),
    INOUT pio_shipping_fee DECIMAL(52,2),
    INOUT pio_parcels      LONGTEXT,
    OUT po_discounts       LONGTEXT,
    OUT po_discount        DECIMAL(18,2),
    INOUT pio_tax_free     DECIMAL(52,2),
    OUT po_fault           TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What promotions and coupons take off'
BEGIN
    DECLARE v_unit DECIMAL(18,2) DEFAULT CASE pi_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END;
    DECLARE v_lines, v_shares, v_groups, v_undelivered LONGTEXT;
    DECLARE v_parcels LONGTEXT DEFAULT pio_parcels;
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_coupon_no, v_rule_id BIGINT UNSIGNED;
    DECLARE v_target VARCHAR(8);
    DECLARE v_kind VARCHAR(6);
    DECLARE v_amount, v_max_discount, v_round_to, v_min_amount, v_fee DECIMAL(18,2);
    DECLARE v_rate DECIMAL(5,4);
    DECLARE v_stack_group VARCHAR(20);
    DECLARE v_fault VARCHAR(10);
    DECLARE v_count INT UNSIGNED;
    DECLARE v_sum, v_base, v_off, v_free, v_goods, v_surcharge DECIMAL(18,2);
    DECLARE v_tax_free DECIMAL(52,2);
    DECLARE v_shipping_fee DECIMAL(52,2) DEFAULT pio_shipping_fee;
    DECLARE v_judged_after TINYINT;
    DECLARE v_cut DECIMAL(40,6);
    DECLARE v_first_order TINYINT;
    DECLARE v_buy_units, v_free_units SMALLINT UNSIGNED;
    DECLARE v_units BIGINT UNSIGNED;
    DECLARE v_gift DECIMAL(18,2);
    DECLARE c_discounts CURSOR FOR
        SELECT k.coupon_no, r.rule_id, r.target, r.kind, r.amount, r.rate, r.buy_units,
               r.free_units, r.first_order, r.max_discount, r.round_to, r.min_amount, r.stack_group,
               k.fault
        FROM (SELECT NULL AS coupon_no, m.rule_id, NULL AS fault, 0 AS place
              FROM shop_promotions m FORCE INDEX (ix_shop_promotions_live)
              WHERE pi_promotions > 0 AND m.shop_id = pi_shop_id AND m.enabled = 1
                AND (m.valid_until > pi_now OR m.valid_until IS NULL)
                AND COALESCE(m.valid_from <= pi_now, 1)
                AND (m.target IN ('order', 'delivery') OR EXISTS (
                    SELECT 1
                    FROM JSON_TABLE(v_lines, '$[*]' COLUMNS (
                        price_id BIGINT UNSIGNED PATH '$[1]')) l
                    STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY)
                        ON p.price_id = l.price_id
                    STRAIGHT_JOIN shop_discount_targets g FORCE INDEX (PRIMARY)
                        ON g.rule_id = m.rule_id AND g.target_id =
                            CASE m.target WHEN 'product' THEN p.product_id ELSE p.category_id END))
              UNION ALL
              SELECT x.coupon_no, c.rule_id,
                     CASE WHEN i.coupon_no IS NULL THEN 'unknown'
                          WHEN i.order_seq_no IS NOT NULL AND COALESCE(t.phase, 'paid') <> 'open'
                              THEN 'used'
                          -- A coupon of an order that is out of time comes back, see
                          -- _settle_held.
                          WHEN i.order_seq_no IS NOT NULL
                               AND NOT (o.expires_at <= pi_now AND m.to_status IS NOT NULL)
                              THEN 'held'
                          WHEN c.enabled = 0 THEN 'disabled'
                          WHEN c.valid_from > pi_now THEN 'not_yet'
                          WHEN c.valid_until <= pi_now OR i.valid_until <= pi_now THEN 'over'
                          WHEN c.use_limit IS NOT NULL
                               AND (SELECT SUM(u.free) FROM shop_coupon_counters u
                                    WHERE u.shop_id = c.shop_id AND u.coupon_code = c.coupon_code
                                      AND u.kind = 'use') <= 0 THEN 'used_up' END, 0
              FROM JSON_TABLE(pi_coupon_ids, '$[*]' COLUMNS (
                  coupon_no BIGINT UNSIGNED PATH '$')) x
              LEFT JOIN shop_issued_coupons i FORCE INDEX (PRIMARY)
                  ON i.coupon_no = x.coupon_no AND i.shop_id = pi_shop_id
                  AND CONCAT(i.user_id) = pi_user_id
              LEFT JOIN shop_coupons c FORCE INDEX (PRIMARY)
                  ON c.shop_id = i.shop_id AND c.coupon_code = i.coupon_code
              LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = i.order_seq_no
              LEFT JOIN shop_order_statuses t FORCE INDEX (PRIMARY)
                  ON t.order_status = o.order_status
              LEFT JOIN shop_order_transitions m FORCE INDEX (PRIMARY)
                  ON m.from_status = o.order_status AND m.action = 'expire'
                  AND m.actor = 'job'
              UNION ALL
              SELECT y.coupon_no, y.rule_id, NULL, y.place
              FROM JSON_TABLE(COALESCE(pi_rules, '[]'), '$[*]' COLUMNS (
                  place     FOR ORDINALITY,
                  rule_id   BIGINT UNSIGNED PATH '$[0]',
                  coupon_no BIGINT UNSIGNED PATH '$[1]')) y) k
        LEFT JOIN shop_discount_rules r FORCE INDEX (PRIMARY) ON r.rule_id = k.rule_id
        ORDER BY k.place, COALESCE(r.target = 'delivery', 0), k.coupon_no IS NOT NULL,
                 CASE r.target WHEN 'product' THEN 1 WHEN 'category' THEN 2 WHEN 'order' THEN 3
                               ELSE 0 END,
                 r.apply_order, k.coupon_no, r.promotion_code;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    SET po_discounts = '', po_discount = 0, po_fault = NULL, v_tax_free = pio_tax_free,
        v_fee = pio_shipping_fee, v_groups = ',';
    -- Lines as they are before and after what was taken off so far: [line, price, amount, rest,
    -- units].
    SELECT CONCAT('[', GROUP_CONCAT('[', x.line_no, ',', x.price_id, ',"',
                                    p.unit_price * x.quantity, '","',
                                    p.unit_price * x.quantity, '",', x.quantity, ']'
                                    ORDER BY x.line_no), ']'),
           SUM(p.unit_price * x.quantity), MAX(d.amount_basis = 'after_discounts')
    INTO v_lines, v_goods, v_judged_after
    FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
        line_no  FOR ORDINALITY,
        quantity INT UNSIGNED    PATH '$[1]',
        price_id BIGINT UNSIGNED PATH '$[2]',
        rule_id  BIGINT UNSIGNED PATH '$[3]')) x
    STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = x.price_id
    STRAIGHT_JOIN shop_delivery_rules d FORCE INDEX (PRIMARY) ON d.rule_id = x.rule_id;
    OPEN c_discounts;
    next_discount: LOOP
        FETCH c_discounts INTO v_coupon_no, v_rule_id, v_target, v_kind, v_amount, v_rate,
            v_buy_units, v_free_units, v_first_order, v_max_discount, v_round_to, v_min_amount,
            v_stack_group, v_fault;
        IF v_judged_after = 1 AND (v_end = 1 OR v_target = 'delivery') THEN
            -- All that is taken off the goods is known.
            SET v_judged_after = 0;
            IF po_discount > 0 THEN
                SELECT MAX(surcharge) INTO v_surcharge
                FROM shop_area_rules
                WHERE area_rule_id = pi_area_rule_id;
                SELECT CONCAT('[', GROUP_CONCAT('[', x.id, ',', x.quantity, ',', x.price_id, ',',
                                                x.rule_id, ',', x.policy_id, ',null,"',
                                                COALESCE(o.off, 0), '"]' ORDER BY x.line_no), ']')
                INTO v_shares
                FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
                    line_no   FOR ORDINALITY,
                    id        BIGINT UNSIGNED PATH '$[0]',
                    quantity  INT UNSIGNED    PATH '$[1]',
                    price_id  BIGINT UNSIGNED PATH '$[2]',
                    rule_id   BIGINT UNSIGNED PATH '$[3]',
                    policy_id INT UNSIGNED    PATH '$[4]')) x
                LEFT JOIN (SELECT y.line_no, SUM(y.share) AS off
                           FROM JSON_TABLE(CONCAT('[', po_discounts, ']'),
                                           '$[*].lines[*]' COLUMNS (
                               line_no INT UNSIGNED  PATH '$[0]',
                               share   DECIMAL(18,2) PATH '$[1]')) y
                           GROUP BY y.line_no) o ON o.line_no = x.line_no;
                CALL _price_parcels(v_shares, v_surcharge, v_shipping_fee, v_parcels,
                                    v_undelivered);
                IF v_goods + v_shipping_fee > 999999999999999.99 THEN
                    CALL _raise('INVALID_INPUT', 'selected_cart_ids',
                                'together more than 15 digits');
                END IF;
                SET v_fee = v_shipping_fee;
            END IF;
        END IF;
        IF v_end = 1 THEN
            LEAVE next_discount;
        END IF;
        IF v_first_order = 1 AND pi_rules IS NULL THEN
            -- Under the lock of the cart, an order of this buyer that is made just now is seen.
            SELECT COUNT(*) INTO v_count
            FROM (SELECT 1
                  FROM shop_orders o FORCE INDEX (ix_shop_orders_user)
                  STRAIGHT_JOIN shop_order_statuses t FORCE INDEX (PRIMARY)
                      ON t.order_status = o.order_status AND t.phase <> 'ended'
                  WHERE o.shop_id = pi_shop_id AND o.user_id = pi_user_id
                  LIMIT 1) x;
            IF v_count > 0 THEN
                ITERATE next_discount;
            END IF;
        END IF;
        IF COALESCE(v_fault, 'used_up') = 'used_up' THEN
            SELECT COUNT(*), SUM(l.amount), SUM(l.rest), SUM(l.units),
                   SUM(LEAST(l.rest, l.units DIV (v_buy_units + v_free_units) * v_free_units
                                     * p.unit_price))
            INTO v_count, v_sum, v_base, v_units, v_gift
            FROM JSON_TABLE(v_lines, '$[*]' COLUMNS (
                price_id BIGINT UNSIGNED PATH '$[1]',
                amount   DECIMAL(18,2)   PATH '$[2]',
                rest     DECIMAL(18,2)   PATH '$[3]',
                units    INT UNSIGNED    PATH '$[4]')) l
            STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = l.price_id
            LEFT JOIN shop_discount_targets g FORCE INDEX (PRIMARY) ON g.rule_id = v_rule_id
                AND g.target_id = CASE v_target WHEN 'product' THEN p.product_id
                                                WHEN 'category' THEN p.category_id END
            WHERE v_target IN ('order', 'delivery') OR g.rule_id IS NOT NULL;
            IF v_kind = 'steps' THEN
                SELECT MAX(rate) INTO v_rate
                FROM (SELECT rate FROM shop_discount_steps
                      WHERE rule_id = v_rule_id AND from_units <= v_units
                      ORDER BY from_units DESC LIMIT 1) x;
            END IF;
            SET v_base = CASE v_target WHEN 'delivery' THEN v_fee ELSE v_base END,
                v_cut = v_base * v_rate,
                v_cut = CASE v_kind WHEN 'amount' THEN v_amount WHEN 'units' THEN v_gift
                                    ELSE COALESCE(v_cut - MOD(v_cut, v_round_to), 0) END,
                v_off = LEAST(v_cut, v_base, COALESCE(v_max_discount, v_base)),
                v_fault = CASE WHEN v_count = 0 THEN 'no_target'
                               WHEN v_sum < v_min_amount THEN 'min_amount'
                               WHEN LOCATE(CONCAT(',', JSON_QUOTE(v_stack_group), ','),
                                           v_groups) > 0 THEN 'stacking'
                               WHEN v_off <= 0 THEN 'nothing'
                               ELSE v_fault END;
        END IF;
        IF v_fault IS NOT NULL AND v_coupon_no IS NULL THEN
            ITERATE next_discount;
        END IF;
        IF v_fault IS NOT NULL THEN
            SET po_fault = CONCAT(v_coupon_no, ' ', v_fault), po_discount = 0;
            LEAVE next_discount;
        END IF;
        IF v_target = 'delivery' THEN
            SET v_fee = v_fee - v_off, v_shares = CONCAT('[0,"', v_off, '"]');
        ELSE
            -- Whole numbers: a line's part is (off × rest) ÷ base, cut down to units, with what
            -- that leaves as its remainder.
            SELECT CONCAT('[', GROUP_CONCAT('[', s.line_no, ',', s.price_id, ',"', s.amount, '","',
                                            s.rest - s.share, '",', s.units, ']'
                                            ORDER BY s.line_no), ']'),
                   GROUP_CONCAT(CASE WHEN s.share > 0
                                     THEN CONCAT('[', s.line_no, ',"', s.share, '"]') END
                                ORDER BY s.line_no),
                   SUM(CASE s.tax_type WHEN 'free' THEN s.share ELSE 0 END)
            INTO v_lines, v_shares, v_free
            FROM (SELECT w.line_no, w.price_id, w.amount, w.rest, w.units, w.tax_type,
                         CAST(w.part + CASE WHEN ROW_NUMBER() OVER (ORDER BY w.remainder DESC,
                                                                             w.line_no) * v_unit
                                                 <= v_off - SUM(w.part) OVER ()
                                            THEN v_unit ELSE 0 END AS DECIMAL(18,2)) AS share
                  FROM (SELECT y.*, CASE v_kind WHEN 'units' THEN y.gift
                                         ELSE (v_off * y.its_rest - y.remainder) / v_base END
                                    AS part
                        FROM (SELECT z.*, MOD(v_off * z.its_rest, v_base * v_unit) AS remainder,
                                     LEAST(z.its_rest, z.units DIV (v_buy_units + v_free_units)
                                                       * v_free_units * z.unit_price) AS gift
                              FROM (SELECT l.line_no, l.price_id, l.amount, l.rest, l.units,
                                           p.tax_type, p.unit_price,
                                           CASE WHEN v_target = 'order' OR g.rule_id IS NOT NULL
                                                THEN l.rest ELSE 0 END AS its_rest
                                    FROM JSON_TABLE(v_lines, '$[*]' COLUMNS (
                                        line_no  SMALLINT UNSIGNED PATH '$[0]',
                                        price_id BIGINT UNSIGNED   PATH '$[1]',
                                        amount   DECIMAL(18,2)     PATH '$[2]',
                                        rest     DECIMAL(18,2)     PATH '$[3]',
                                        units    INT UNSIGNED      PATH '$[4]')) l
                                    STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY)
                                        ON p.price_id = l.price_id
                                    LEFT JOIN shop_discount_targets g FORCE INDEX (PRIMARY)
                                        ON g.rule_id = v_rule_id AND g.target_id =
                                            CASE v_target WHEN 'product' THEN p.product_id
                                                          WHEN 'category' THEN p.category_id END
                                   ) z) y) w) s;
            SET v_tax_free = v_tax_free - v_free;
        END IF;
        SET po_discounts = CONCAT(po_discounts, CASE po_discounts WHEN '' THEN '' ELSE ',' END,
                                  '{"coupon_no":', COALESCE(v_coupon_no, 'null'),
                                  ',"rule_id":', v_rule_id,
                                  ',"amount":"', v_off, '","lines":[', v_shares, ']}'),
            po_discount = po_discount + v_off,
            v_groups = CONCAT(v_groups, COALESCE(CONCAT(JSON_QUOTE(v_stack_group), ','), ''));
    END LOOP;
    CLOSE c_discounts;
    IF po_fault IS NULL THEN
        SET po_discounts = CONCAT('[', po_discounts, ']'), pio_tax_free = v_tax_free,
            pio_shipping_fee = v_shipping_fee, pio_parcels = v_parcels;
    ELSE
        SET po_discounts = '[]';
    END IF;
END//
DELIMITER ;
