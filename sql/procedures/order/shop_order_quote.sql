-- shop_order_quote: what order_form.php shows before the order is placed. Where the shop promises
-- prices (shops.price_policy pinned), what is quoted holds for form_minutes at least. The quote is
-- kept for shops.quote_minutes: an order that names it is told what has changed since, and takes
-- it where its total is still the one to be paid.
--
-- Parameters
--   pi_shop_id          shop
--   pi_user_id          buyer
--   pi_cart_ids_json    JSON array of cart rows, see _parse_ids
--   pi_address_id       stored address, or one of the two below; NULL or '' = the default one, if
--                       any
--   pi_coupon_ids_json  JSON array of coupon_id, see select_shop_coupons; NULL, '' or [] = none
--   pi_point_to_use     points, or NULL
--   pi_receiver_json    a typed address, see _parse_receiver; NULL or '' = none
--   pi_post_code        a postal code alone, while the rest is not typed yet; NULL or '' = none
--   pi_cash_to_use      cash, or NULL
--   pi_quote_id         the quote that the buyer was shown before, or NULL
-- Returns one row
--   result, quote_id, currency, currency_digits, product_total_price, discount_total, point_used,
--   cash_used, shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, user_id,
--   user_name, user_phone, address_id, receiver_name, receiver_phone, post_code, address,
--   address_detail, delivery_msg, price_changes_json (see refresh_shop_cart),
--   parcels_json: an object for each parcel that costs something
--     policy_ids  delivery policies of its lines
--     amount, fee what its goods cost (where that is judged after discounts: what is left of it),
--                 and what it costs
--     surcharge   what of the fee is asked since it goes to an area that costs more
--     free_over   sum of its goods from which no more than the surcharge is asked; null = none
--     missing     what is missing until then; null = nothing, or it always costs something
--   area_name     where it goes, when that costs more
--   fee_final     0 = no address is known, and there are areas that cost more
--   undelivered_ids_json  cart rows that are not delivered there: an order of them would fail
--   discounts_json: an object for each promotion and coupon, as they are taken off
--     coupon_id, coupon_code, coupon_name   the coupon; null = a promotion
--     promotion_code, promotion_name        the promotion; null = a coupon
--     target      product | category | order | delivery
--     amount      what it takes off
--     lines       [{"cart_id", "amount"}]: how that is spread; of delivery none
-- then the lines (see _select_lines); a line with orderable = 0 or quantity_kept = 0 would make the
--   order fail
-- then, with pi_quote_id, what has changed since that quote (see _select_quote_changes); no row
--   when it is not kept any more, was another buyer's, or of other rows
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, CART_IN_CHECKOUT, ADDRESS_NOT_FOUND,
--   COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH (detail says why, see _price_credits)
--   PRODUCT_UNAVAILABLE  with the set lines: a row whose amount has more than 15 digits
--                        before the point
-- Locks   shop_quotes (new); where ordered rows of the buyer are still marked (soft_lock), before
--         it reads, as _settle_cart; in a pinned shop, for a moment before it reads, cart header
--         and cart rows
-- Example
--   CALL shop_order_quote(1, 'demo1', '[1,2]', NULL, NULL, NULL, NULL, '63001', NULL, NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_quote;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_quote(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         TEXT,
    pi_cart_ids_json   LONGTEXT,
    pi_address_id      TEXT,
    pi_coupon_ids_json LONGTEXT,
    pi_point_to_use    TEXT,
    pi_receiver_json   LONGTEXT,
    pi_post_code       TEXT,
    pi_cash_to_use     TEXT,
    pi_quote_id        TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Buyer, address, lines and totals before the order'
BEGIN
    DECLARE v_step VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_ids, v_list, v_found_ids, v_first_name LONGTEXT;
    DECLARE v_made_mode VARCHAR(8);
    DECLARE v_id_count, v_count, v_fit, v_parcels, v_slots, v_pinned_no, v_areas,
        v_promotions INT UNSIGNED;
    DECLARE v_product_total, v_tax_free, v_shipping_fee DECIMAL(52,2);
    DECLARE v_point, v_cash, v_total, v_vat DECIMAL(18,2) DEFAULT 0;
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_address_id, v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_surcharge DECIMAL(18,2);
    DECLARE v_post_code, v_area_name, v_coupon_fault TEXT;
    DECLARE v_fee_final TINYINT DEFAULT 1;
    DECLARE v_quote_minutes SMALLINT UNSIGNED;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_oldest DATETIME(6);
    DECLARE v_parcels_json, v_undelivered, v_coupon_ids, v_discounts_json LONGTEXT DEFAULT '[]';
    DECLARE v_discount DECIMAL(18,2) DEFAULT 0;
    DECLARE v_text VARCHAR(64);
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
        CALL _report_error('shop_order_quote', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, CASE v_message WHEN 'PRODUCT_UNAVAILABLE' THEN 'lines' ELSE '' END, NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'cart_ids', LEFT(pi_cart_ids_json, 500)));
        IF v_message = 'PRODUCT_UNAVAILABLE' THEN
            CALL _select_lines(pi_shop_id, pi_user_id, v_ids, UTC_TIMESTAMP(6));
        END IF;
        RESIGNAL;
    END;

    -- The usual request is recognised by what it looks like, see shop_order_insert; anything else
    -- is read with care. 2,000 characters hold no more than 1,000 ids; to count them in the pattern
    -- costs 300 k instructions. Coupons are spread over lines in the order of an order's, as are
    -- promotions, see below.
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF COALESCE(pi_receiver_json, '') = '' AND COALESCE(pi_post_code, '') = ''
        AND pi_coupon_ids_json IS NULL AND COALESCE(pi_quote_id, '') = ''
        AND CHAR_LENGTH(pi_cart_ids_json) <= 2000
        AND CONCAT_WS('\n', COALESCE(pi_user_id, ''), pi_cart_ids_json,
                      COALESCE(pi_address_id, '')) REGEXP
        '\\A[!-~]{1,63}\n\\[[1-9][0-9]{0,17}(,[1-9][0-9]{0,17})*\\]\n([1-9][0-9]{0,17})?\\z' THEN
        SET v_ids = pi_cart_ids_json, v_address_id = NULLIF(pi_address_id, ''),
            v_id_count = 1 + CHAR_LENGTH(v_ids) - CHAR_LENGTH(REPLACE(v_ids, ',', ''));
    ELSE
        CALL _check_user(pi_user_id);
        CALL _parse_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_id_count);
        CALL _parse_destination(pi_address_id, pi_receiver_json, pi_post_code,
                                v_address_id, v_post_code);
        CALL _check_quote_id(pi_quote_id);
    END IF;

    -- The shop, and the address that was asked for, or else the one that is offered first.
    SET v_step = 'read the shop';
    IF @@sql_big_selects = 0 OR @@max_error_count = 0
        OR @@group_concat_max_len < 500 * v_id_count THEN
        CALL _fit_session();
    END IF;
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    START TRANSACTION;
    SELECT MAX(s.currency_digits), MAX(s.vat_rate), MAX(a.seq_no),
           MAX(CASE s.price_policy WHEN 'pinned' THEN s.pinned_no END),
           v_now - INTERVAL NULLIF(MAX(s.cart_days), 0) DAY, MAX(s.delivery_areas),
           MAX(s.promotions), MAX(s.quote_minutes)
    INTO v_digits, v_vat_rate, v_address_id, v_pinned_no, v_oldest, v_areas, v_promotions,
         v_quote_minutes
    FROM shops s
    LEFT JOIN shop_shipping_address a ON a.shop_id = s.shop_id AND a.user_id = pi_user_id
        AND CASE WHEN v_address_id IS NULL THEN a.is_default = 1 AND v_post_code IS NULL
                 ELSE a.seq_no = v_address_id END
    WHERE s.shop_id = pi_shop_id;
    IF v_areas > 0 THEN
        -- As shop_order_insert does.
        SET v_text = v_post_code;
        IF v_address_id IS NOT NULL THEN
            SELECT MAX(post_code) INTO v_text
            FROM shop_shipping_address FORCE INDEX (PRIMARY)
            WHERE seq_no = v_address_id;
        END IF;
        SET v_fee_final = v_text IS NOT NULL,
            v_text = REPLACE(REPLACE(v_text, ' ', ''), '-', '');
        SELECT MAX(z.area_rule_id), MAX(z.surcharge), MAX(z.area_name)
        INTO v_area_rule_id, v_surcharge, v_area_name
        FROM (SELECT g.area_code, g.to_code
              FROM shop_area_codes g FORCE INDEX (PRIMARY)
              WHERE g.shop_id = pi_shop_id AND g.code_length = CHAR_LENGTH(v_text)
                AND g.from_code <= v_text
              ORDER BY g.from_code DESC
              LIMIT 1) c
        STRAIGHT_JOIN shop_delivery_areas z FORCE INDEX (PRIMARY)
            ON z.shop_id = pi_shop_id AND z.area_code = c.area_code
        WHERE c.to_code >= v_text;
    END IF;
    IF v_digits IS NULL OR v_pinned_no IS NOT NULL
        OR COALESCE(pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use) IS NOT NULL THEN
        IF v_digits IS NULL THEN
            CALL _raise('SHOP_NOT_FOUND', '', pi_shop_id);
        END IF;
        IF COALESCE(pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use) IS NOT NULL THEN
            CALL _parse_coupons_and_credits(pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use,
                                            v_coupon_ids, v_point, v_cash);
            CALL _check_digits(v_point, v_digits, 'point_to_use');
            CALL _check_digits(v_cash, v_digits, 'cash_to_use');
            IF v_coupon_ids <> '[]' OR v_point + v_cash > 0 THEN
                SET v_step = 'settle coupons and points';
                COMMIT AND NO CHAIN NO RELEASE;
                CALL _settle_held(pi_shop_id, pi_user_id, v_coupon_ids, v_point + v_cash > 0);
                SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
                START TRANSACTION;
                SET v_now = UTC_TIMESTAMP(6);
            END IF;
        END IF;
        -- An address that is not there is refused below: no form is opened.
        IF v_pinned_no IS NOT NULL AND (v_address_id IS NOT NULL
                                        OR COALESCE(pi_address_id, '') = '') THEN
            -- The order form is open: its rows keep their prices. Written before anything is read
            -- of them, so that what is shown is what was kept.
            SET v_step = 'renew promised prices', @jumun_price_changes = NULL;
            COMMIT AND NO CHAIN NO RELEASE;
            CALL _renew_promises(pi_shop_id, pi_user_id, 'form', v_ids);
            SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
            START TRANSACTION;
            SET v_now = UTC_TIMESTAMP(6);
        END IF;
    END IF;

    SET v_step = 'price the lines';
    price_the_lines: LOOP
        -- As calc_cart_totals does, word for word.
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
        -- sum. One rule for all of them, or a parcel for each, needs no second look; a fee by steps
        -- (no number of parcels), or an area where delivery costs more, is looked at by
        -- _price_parcels.
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
        -- Usually the rows that were asked for are there, in this order, at a price that an
        -- amount can say.
        IF NOT COALESCE(v_found_ids = v_ids
                AND GREATEST(ABS(v_product_total), ABS(v_tax_free), v_shipping_fee,
                             ABS(v_product_total + v_shipping_fee)) <= 999999999999999.99, 0) THEN
            SET v_product_total = COALESCE(v_product_total, 0),
                v_tax_free = COALESCE(v_tax_free, 0),
                v_shipping_fee = COALESCE(v_shipping_fee, 0);
            CALL _check_amounts(v_product_total, v_tax_free, v_shipping_fee,
                                pi_shop_id, pi_user_id, v_ids);
            CALL _check_user(pi_user_id);
            CALL _parse_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_id_count);
            -- Rows without a price are rows all the same, and rows whose order has ended or is out
            -- of time can be ordered again: those are given back first, and all is priced once
            -- more.
            IF v_step = 'price the lines' THEN
                SELECT COUNT(*) INTO v_count
                FROM shop_cart_checkouts
                WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND settled_at IS NULL;
                IF v_count > 0 THEN
                    SET v_step = 'settle the cart';
                    COMMIT AND NO CHAIN NO RELEASE;
                    CALL _settle_cart(pi_shop_id, pi_user_id);
                    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
                    START TRANSACTION;
                    SET v_step = 'price the lines again', v_now = UTC_TIMESTAMP(6);
                    ITERATE price_the_lines;
                END IF;
            END IF;
            CALL _refuse_checkout(pi_shop_id, pi_user_id, v_ids, 'selected_cart_ids');
            CALL _count_rows(pi_shop_id, pi_user_id, v_ids, v_count);
            IF v_count <> v_id_count THEN
                CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
            END IF;
            -- Rows that were asked for in another order than an order has them: discounts are
            -- spread over the lines as they will be.
            IF v_promotions > 0 AND v_ids <> pi_cart_ids_json AND v_step = 'price the lines' THEN
                SET v_step = 'price the lines again';
                ITERATE price_the_lines;
            END IF;
        END IF;
        LEAVE price_the_lines;
    END LOOP;
    IF v_ids <> pi_cart_ids_json OR v_address_id IS NULL THEN
        IF LOCATE('{', pi_cart_ids_json) > 0 THEN
            CALL _check_quantities(NULL, pi_shop_id, pi_user_id, pi_cart_ids_json);
        END IF;
        IF v_address_id IS NULL AND pi_address_id <> '' THEN
            SET v_step = 'find the address';
            CALL _raise('ADDRESS_NOT_FOUND', 'address_id', pi_address_id);
        END IF;
    END IF;

    IF v_coupon_ids <> '[]' OR v_promotions > 0 OR v_point + v_cash > 0 THEN
        SET v_step = 'price the discounts';
        IF v_coupon_ids <> '[]' OR v_promotions > 0 THEN
            CALL _price_discounts(pi_shop_id, pi_user_id, v_list, v_coupon_ids, v_promotions, NULL,
                v_area_rule_id, v_digits, v_now, v_shipping_fee, v_parcels_json, v_discounts_json,
                v_discount, v_tax_free, v_coupon_fault);
            IF v_coupon_fault IS NOT NULL THEN
                CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_ids', v_coupon_fault);
            END IF;
        END IF;
        IF v_point + v_cash > 0 THEN
            BEGIN
                DECLARE v_shares LONGTEXT;
                DECLARE v_credit_fault TEXT;

                SET v_step = 'price points and cash';
                CALL _price_credits(pi_shop_id, pi_user_id, v_list, v_discounts_json,
                    v_shipping_fee, v_point, v_cash, v_digits, v_now, v_shares, v_tax_free,
                    v_credit_fault);
                CALL _refuse_credits(v_credit_fault);
            END;
        END IF;
        CALL _tell_discounts(v_discounts_json, v_list, v_discounts_json);
    END IF;

    -- The parcels that make the fee. Usually all rows ship by one rule: then they are one parcel.
    -- One of several policies costs nothing once none of those that ask for a fee does.
    IF v_shipping_fee > 0 AND v_parcels_json = '[]' THEN
        SET v_text = CONCAT(',', JSON_EXTRACT(v_list, '$[0][3]'), ',',
                            JSON_EXTRACT(v_list, '$[0][4]'), ']');
        IF CHAR_LENGTH(REPLACE(v_list, v_text, '')) + v_id_count * CHAR_LENGTH(v_text)
            = CHAR_LENGTH(v_list) THEN
            SELECT CONCAT('[{"policy_ids":[', d.policy_id, '],"amount":"',
                          CAST(v_product_total AS DECIMAL(18,2)), '","fee":"', d.fee,
                          '","surcharge":"0.00","free_over":',
                          COALESCE(CONCAT('"', d.free_over, '"'), 'null'), ',"missing":',
                          COALESCE(CONCAT('"', d.free_over
                                          - CAST(v_product_total AS DECIMAL(18,2)), '"'),
                                   'null'), '}]')
            INTO v_parcels_json
            FROM shop_delivery_rules d
            WHERE d.rule_id = CAST(JSON_EXTRACT(v_list, '$[0][3]') AS UNSIGNED);
        ELSE
            SELECT CONCAT('[', GROUP_CONCAT('{"policy_ids":[', g.policy_ids,
                       '],"amount":"', g.amount, '","fee":"', g.fee,
                       '","surcharge":"0.00","free_over":',
                       COALESCE(CONCAT('"', g.free_over, '"'), 'null'), ',"missing":',
                       COALESCE(CONCAT('"', g.free_over - g.amount, '"'), 'null'), '}'
                       ORDER BY g.policy_ids), ']')
            INTO v_parcels_json
            FROM (SELECT GROUP_CONCAT(DISTINCT w.policy_id ORDER BY w.policy_id) AS policy_ids,
                         CAST(MAX(w.amount) AS DECIMAL(18,2)) AS amount,
                         MAX(CASE WHEN w.amount >= w.free_over THEN 0 ELSE w.fee END) AS fee,
                         CASE WHEN SUM(w.fee > 0 AND w.free_over IS NULL) = 0
                              THEN MAX(CASE WHEN w.fee > 0 THEN w.free_over END) END
                             AS free_over
                  FROM (SELECT d.parcel, d.fee, d.free_over, x.policy_id,
                               SUM(p.unit_price * x.quantity)
                                   OVER (PARTITION BY d.parcel) AS amount
                        FROM JSON_TABLE(v_list, '$[*]' COLUMNS (
                            quantity  INT UNSIGNED    PATH '$[1]',
                            price_id  BIGINT UNSIGNED PATH '$[2]',
                            rule_id   BIGINT UNSIGNED PATH '$[3]',
                            policy_id INT UNSIGNED    PATH '$[4]')) x
                        STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY)
                            ON p.price_id = x.price_id
                        STRAIGHT_JOIN shop_delivery_rules d FORCE INDEX (PRIMARY)
                            ON d.rule_id = x.rule_id) w
                  GROUP BY w.parcel
                  HAVING fee > 0) g;
        END IF;
    END IF;

    SET v_step = 'keep the quote',
        v_total = v_product_total - v_discount - v_point - v_cash + v_shipping_fee,
        v_vat = ROUND((v_total - v_tax_free) * v_vat_rate / (1 + v_vat_rate), v_digits);
    INSERT INTO shop_quotes
        (shop_id, user_id, quoted_at, kept_until, total_payment, point_used, cash_used, cart_ids,
         lines_json, discounts_json, area_rule_id)
    VALUES
        (pi_shop_id, pi_user_id, v_now, v_now + INTERVAL v_quote_minutes MINUTE, v_total, v_point,
         v_cash, v_ids, COALESCE(v_list, '[]'), v_discounts_json, v_area_rule_id);
    SELECT 'OK' AS result, LAST_INSERT_ID() AS quote_id, s.currency, s.currency_digits,
           CAST(v_product_total AS DECIMAL(18,2)) AS product_total_price,
           v_discount AS discount_total, v_point AS point_used, v_cash AS cash_used,
           CAST(v_shipping_fee AS DECIMAL(18,2)) AS shipping_fee, v_total AS total_payment,
           CAST(v_total - v_tax_free - v_vat AS DECIMAL(18,2)) AS supply_amount,
           v_vat AS vat_amount, CAST(v_tax_free AS DECIMAL(18,2)) AS tax_free_amount,
           LEFT(pi_user_id, 63) AS user_id, m.user_name, m.user_phone,
           a.seq_no AS address_id, a.receiver_name, a.receiver_phone,
           COALESCE(a.post_code, v_post_code) AS post_code,
           a.address, a.address_detail, a.delivery_msg,
           CASE WHEN v_pinned_no IS NULL THEN '[]'
                ELSE CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') END AS price_changes_json,
           v_parcels_json AS parcels_json,
           v_area_name AS area_name, v_fee_final AS fee_final,
           v_undelivered AS undelivered_ids_json, v_discounts_json AS discounts_json
    FROM shops s
    LEFT JOIN member m ON m.shop_id = s.shop_id AND m.user_id = pi_user_id
    LEFT JOIN shop_shipping_address a ON a.seq_no = v_address_id
    WHERE s.shop_id = pi_shop_id;
    IF v_fit = v_id_count THEN
        -- As _select_lines answers, of what was priced: all of it is on sale, and enough of each is
        -- in its first slot.
        SELECT c.seq_no AS cart_id, c.product_id, r.product_name, c.option_hash, r.option_name,
               r.unit_price, c.quantity, r.unit_price * c.quantity AS line_amount, 1 AS orderable,
               NULL AS stock_left, a.unit_price AS added_price, p.product_thumb_img_url,
               'in_cart' AS item_state, w.payload_json AS option_json,
               p.min_quantity, p.max_quantity, p.quantity_step, p.member_quantity, p.member_days,
               1 AS quantity_kept
        FROM JSON_TABLE(v_list, '$[*]' COLUMNS (
            id       BIGINT UNSIGNED PATH '$[0]',
            price_id BIGINT UNSIGNED PATH '$[2]')) x
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.id
        STRAIGHT_JOIN shop_product_prices r FORCE INDEX (PRIMARY) ON r.price_id = x.price_id
        LEFT JOIN shop_product_prices a FORCE INDEX (PRIMARY) ON a.price_id = c.price_id
        LEFT JOIN shop_option_payloads w FORCE INDEX (PRIMARY)
            ON w.shop_id = c.shop_id AND w.product_id = c.product_id
            AND w.option_hash = c.option_hash AND c.option_hash <> '__noopt__'
        LEFT JOIN shop_products p FORCE INDEX (PRIMARY)
            ON p.shop_id = c.shop_id AND p.product_id = c.product_id
        ORDER BY c.seq_no;
    ELSE
        CALL _select_lines(pi_shop_id, pi_user_id, v_ids, v_now);
    END IF;
    IF pi_quote_id <> '' THEN
        SET v_step = 'tell what has changed';
        CALL _select_quote_changes(pi_quote_id, LAST_INSERT_ID());
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
