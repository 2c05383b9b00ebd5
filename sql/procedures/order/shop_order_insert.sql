-- shop_order_insert: turn cart rows into an order, exactly once, at the right price. One call, one
-- transaction, ten steps:
--
--    1 read the request        5 write the order      8 log
--    2 lock the cart           6 write the lines      9 empty the cart
--    3 read the parties        7 hold the units      10 take them from stock, the hot rows, last;
--                                                       COMMIT, answer
--    4 price the rows, once, and compare the total with what the buyer saw
--
-- The usual request is recognised by what it looks like, and made by steps that neither call nor
-- loop: a nested CALL, a cursor or a function in a statement costs as much as several plain
-- statements. Whatever is unusual, and whatever falls short (a total, a row, a unit), is rolled
-- back, read with care, and goes through the same steps once more; what falls short then is given
-- its reason by _refuse_order; what is sold out, by _refuse_sold_out before anything is written.
--
-- What was priced is a list, one line each: [cart row, quantity, price, delivery rule, delivery
-- policy], and all that the buyer chose where that is more than what finds the price. Everything
-- later is made of that list and of rows that never change, so it cannot see another price; and
-- each step counts its rows.
--
-- An order of total 0 has nothing to pay and is paid at once.
--
-- Parameters
--   pi_shop_id          shop
--   pi_user_id          buyer
--   pi_mTrdNo           the shop's transaction number: letters, digits, . _ -, at most 64.
--                       Idempotency key
--   pi_cart_ids_json    JSON array of cart rows, see _parse_ids
--   pi_address_id       stored address, or
--   pi_receiver_json    a typed one, see _parse_receiver
--   pi_coupon_ids_json  JSON array of coupon_id, see select_shop_coupons; NULL, '' or [] = none
--   pi_point_to_use     points, or NULL
--   pi_cash_to_use      cash, or NULL
--   pi_client_total     the total the buyer saw; required, compared, never charged
--   pi_order_mode       cart | direct; also cart_all, cart_selected, direct_buy; NULL or '' = cart.
--                       It is part of the request; what the order is told to be follows from its
--                       rows: direct when all of them were bought now (add_shop_cart_buy_now)
--   pi_pg               payment gateway
--   pi_quote_id         quote_id of shop_order_quote, or of an order that was refused, or NULL: its
--                       total is what the buyer saw, whatever trdAmt says. One that is not kept any
--                       more, or was another's, is PRICE_CHANGED
-- Returns one row
--   result, replayed (1 = this request was answered before), order_number, order_key,
--   order_code, order_status, next_step (see shop_order_statuses), currency, total_payment,
--   expires_at, location: the shop's page for an order that cannot be paid (any more), NULL
--   while it can. With errors: the shop's page that says why. events: for counters, what was
--   done to orders: order, or order and free. price_changed 1: ordered at another total than the
--   buyer saw (shops.price_change is go_on), who must be told before paying; old_total: what the
--   buyer saw, NULL unless price_changed
-- then how to pay: pay_method (GET | POST), pay_url, pay_fields_json (see _payment_fields), while
--   it can be paid; and, where this call has made an order at another total, which is to be paid,
--   what has changed (see _select_quote_changes)
-- Errors
--   INVALID_INPUT, SHOP_NOT_FOUND, IDEMPOTENCY_MISMATCH (same key, other request or other buyer),
--   CART_NOT_FOUND (consumed, foreign or unknown), CART_IN_CHECKOUT (an order has the row, which
--   waits for its payment: soft_lock), ADDRESS_NOT_FOUND, PG_NOT_AVAILABLE,
--   COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH (detail says why, see _price_credits)
--   PRODUCT_UNAVAILABLE  with the set lines
--   QUANTITY_NOT_ALLOWED with the set lines: fewer or more units of a product than its rules allow,
--                        see _quantity_fault
--   AREA_NOT_SERVED      a row is not delivered to this address: detail names the cart rows
--   PRICE_CHANGED        with the sets quote, lines and changes (see _select_quote_changes): what
--                        it costs now, and what has changed since the quote that the buyer saw. The
--                        new quote_id can be ordered: with the same mTrdNo, and trdAmt as it was.
--                        Where prices are promised: also when a promise is over and another price
--                        is in force. With shops.price_change go_on only for a quote that is not
--                        kept
--   OUT_OF_STOCK         with the set shortage
--   STATE_NOT_ALLOWED    a free order, when shop_order_transitions does not let it be paid
--   A call that failed left nothing: its key is free.
-- Locks, in this order
--   cart header; order, lines, holds, log (new); cart rows by number; the buyer's points, cash;
--   coupons by number, of each that has a use_limit a slot of what is left; stock by (product,
--   option, slot); after all that, where the price has changed, shop_quotes (new)
-- Example
--   CALL shop_order_insert(1, 'demo1', 'T20261120-0001', '[1,2]', '1', NULL, NULL, NULL, NULL,
--       '33000', 'cart', 'wallet', NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_insert(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         TEXT,
    pi_mTrdNo          TEXT,
    pi_cart_ids_json   LONGTEXT,
    pi_address_id      TEXT,
    pi_receiver_json   LONGTEXT,
    pi_coupon_ids_json LONGTEXT,
    pi_point_to_use    TEXT,
    pi_cash_to_use     TEXT,
    pi_client_total    TEXT,
    pi_order_mode      TEXT,
    pi_pg              TEXT,
    pi_quote_id        TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Turns cart rows into an order, exactly once'
shop_order_insert: BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    -- the request; v_usual = 1: by the short path
    DECLARE v_usual, v_attempt TINYINT DEFAULT 0;
    DECLARE v_ids, v_text LONGTEXT;
    DECLARE v_coupon_ids LONGTEXT DEFAULT '[]';
    DECLARE v_id_count INT UNSIGNED;
    DECLARE v_mode, v_made_mode VARCHAR(8);
    DECLARE v_client_total DECIMAL(18,2);
    DECLARE v_point, v_cash DECIMAL(18,2) DEFAULT 0;
    DECLARE v_address_id BIGINT UNSIGNED;
    DECLARE v_name, v_phone, v_post_code, v_address, v_address_detail, v_delivery_msg LONGTEXT;
    DECLARE v_request_sha256 BINARY(32);
    -- the parties
    DECLARE v_currency CHAR(3);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_tolerance DECIMAL(18,2);
    DECLARE v_gateway_url VARCHAR(200);
    DECLARE v_cart_at_order VARCHAR(11);
    DECLARE v_user_name VARCHAR(60);
    DECLARE v_user_phone VARCHAR(20);
    DECLARE v_merchant_id VARCHAR(40);
    DECLARE v_pay_type VARCHAR(20);
    DECLARE v_pay_method VARCHAR(4);
    DECLARE v_pay_url VARCHAR(400);
    DECLARE v_pay_fields, v_pay_hash_template, v_secret_key TEXT;
    -- what was priced
    DECLARE v_list, v_found_ids, v_first_name, v_parcels_json, v_undelivered, v_discounts,
        v_shares LONGTEXT;
    DECLARE v_fit, v_parcels, v_pinned_no, v_kept, v_areas, v_promotions INT UNSIGNED;
    DECLARE v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_surcharge DECIMAL(18,2);
    DECLARE v_slots SMALLINT UNSIGNED;
    DECLARE v_product_total, v_tax_free, v_shipping_fee, v_total DECIMAL(52,2);
    DECLARE v_discount DECIMAL(18,2) DEFAULT 0;
    DECLARE v_vat DECIMAL(18,2);
    -- the order
    DECLARE v_now, v_expires_at, v_oldest DATETIME(6);
    DECLARE v_order_key CHAR(36);
    DECLARE v_order_code CHAR(17);
    DECLARE v_seal, v_holds INT UNSIGNED;
    DECLARE v_order_seq_no BIGINT UNSIGNED;

    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        DECLARE v_errno SMALLINT UNSIGNED;
        DECLARE v_sqlstate CHAR(5);
        DECLARE v_message, v_field, v_detail TEXT;
        -- The error of this handler: on MySQL the declarations above have forgotten the
        -- current one.
        GET /*!80000 STACKED */ DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_order_error(pi_shop_id, pi_user_id, pi_mTrdNo, pi_cart_ids_json, v_step,
            v_errno, v_sqlstate, v_message, v_field, v_detail, v_ids, v_currency, v_digits,
            v_vat_rate, v_post_code, v_coupon_ids, v_point, v_cash, v_client_total,
            CASE v_message WHEN 'PRICE_CHANGED' THEN NULLIF(pi_quote_id, '') END);
        RESIGNAL;
    END;

    -- 1. Read the request. Usual is a list of bare numbers, of texts, or of objects with nothing
    -- but an id, all alike; a stored address, or a flat object of texts with each of our names at
    -- most once: four quotes for each. Names and addresses are of ASCII and whole syllables of
    -- Hangul. One pattern for all values, each on a line of its own, since a pattern costs as much
    -- as three SETs; what is missing is an empty line, so that no neighbour with a line break can
    -- stand for it.
    SET v_ids = REPLACE(REPLACE(REPLACE(pi_cart_ids_json, '"', ''), '{id:', ''), '}', ''),
        v_list = SUBSTR(v_ids, 2, CHAR_LENGTH(v_ids) - 2),
        v_id_count = 1 + CHAR_LENGTH(v_list) - CHAR_LENGTH(REPLACE(v_list, ',', ''));
    IF COALESCE(pi_receiver_json, '') = '' THEN
        SET v_text = COALESCE(pi_address_id, ''), v_usual = 1;
    ELSEIF COALESCE(pi_address_id, '') = '' AND CHAR_LENGTH(pi_receiver_json) <= 512 THEN
        IF pi_receiver_json REGEXP CONCAT('\\A\\{("[a-z_]+":"(',
                '[^"\\\\\\x00-\\x1F]|\\\\(["\\\\/nr]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})',
                ')*"[,}])+\\z')
            AND JSON_VALID(pi_receiver_json) THEN
            -- A textarea sends line breaks; a courier's label has none.
            SET v_name = TRIM(JSON_VALUE(pi_receiver_json, '$.receiver_name')),
                v_phone = TRIM(JSON_VALUE(pi_receiver_json, '$.receiver_phone')),
                v_post_code = TRIM(JSON_VALUE(pi_receiver_json, '$.post_code')),
                v_address = TRIM(JSON_VALUE(pi_receiver_json, '$.address')),
                v_address_detail = TRIM(JSON_VALUE(pi_receiver_json, '$.address_detail')),
                v_delivery_msg = TRIM(REPLACE(REPLACE(
                    JSON_VALUE(pi_receiver_json, '$.delivery_msg'), '\r', ''), '\n', ' ')),
                v_text = REPLACE(REPLACE(pi_receiver_json, '\\\\', ''), '\\"', ''),
                v_usual = CHAR_LENGTH(v_text) - CHAR_LENGTH(REPLACE(v_text, '"', ''))
                    = 4 * ((v_name IS NOT NULL) + (v_phone IS NOT NULL)
                           + (v_post_code IS NOT NULL) + (v_address IS NOT NULL)
                           + (v_address_detail IS NOT NULL) + (v_delivery_msg IS NOT NULL)),
                v_text = CONCAT_WS('\n', COALESCE(v_phone, ''), COALESCE(v_post_code, ''),
                                   COALESCE(v_name, ''), COALESCE(v_address, ''),
                                   COALESCE(v_address_detail, ''), COALESCE(v_delivery_msg, ''));
        END IF;
    END IF;
    SET v_usual = COALESCE(v_usual = 1
        AND v_id_count <= 1000
        AND pi_cart_ids_json IN (
            CONCAT('[', v_list, ']'), CONCAT('["', REPLACE(v_list, ',', '","'), '"]'),
            CONCAT('[{"id":', REPLACE(v_list, ',', '},{"id":'), '}]'),
            CONCAT('[{"id":"', REPLACE(v_list, ',', '"},{"id":"'), '"}]'))
        AND CONCAT_WS('\n', COALESCE(pi_mTrdNo, ''), COALESCE(pi_client_total, ''),
                      COALESCE(pi_order_mode, ''), COALESCE(pi_pg, ''),
                      COALESCE(pi_user_id, ''), COALESCE(pi_quote_id, ''), v_list, v_text)
            REGEXP CONCAT(
            '\\A[-._A-Za-z0-9]{1,64}\n[0-9]{1,15}([.][0-9]{1,2})?\n(cart|cart_all|cart_selected|direct|direct_buy|)\n',
            '[!-~]{1,20}\n[!-~]{1,63}\n([1-9][0-9]{0,17})?\n[1-9][0-9]{0,17}(,[1-9][0-9]{0,17})*\n',
            CASE WHEN v_name IS NULL THEN '[1-9][0-9]{0,17}\\z' ELSE CONCAT(
                '[+0-9][-0-9 ]{6,19}\n[-0-9A-Za-z ]{1,10}\n',
                '[!-~\\x{AC00}-\\x{D7A3}][ -~\\x{AC00}-\\x{D7A3}]{0,59}\n',
                '[!-~\\x{AC00}-\\x{D7A3}][ -~\\x{AC00}-\\x{D7A3}]{0,199}\n',
                '[ -~\\x{AC00}-\\x{D7A3}]{0,200}\n[ -~\\x{AC00}-\\x{D7A3}]{0,200}\\z') END), 0);
    IF v_usual = 1 THEN
        SET v_mode = CASE WHEN pi_order_mode LIKE 'direct%' THEN 'direct' ELSE 'cart' END,
            v_client_total = pi_client_total,
            v_address_id = CASE WHEN v_name IS NULL THEN pi_address_id END;
        IF CONCAT_WS('', pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use) <> '' THEN
            -- One coupon, or two in the order of their numbers; whole points, and cash.
            SET v_coupon_ids = COALESCE(NULLIF(pi_coupon_ids_json, ''), '[]'),
                v_usual = CONCAT_WS('\n', v_coupon_ids, COALESCE(pi_point_to_use, ''),
                                    COALESCE(pi_cash_to_use, ''))
                    REGEXP CONCAT('\\A\\[([1-9][0-9]{0,17}(,[1-9][0-9]{0,17})?|',
                                  '"[1-9][0-9]{0,17}"(,"[1-9][0-9]{0,17}")?)?\\]\n',
                                  '([0-9]{1,15})?\n([0-9]{1,15})?\\z'),
                v_coupon_ids = REPLACE(v_coupon_ids, '"', '');
            IF v_usual = 1 AND LOCATE(',', v_coupon_ids) > 0 THEN
                SET v_usual = CAST(JSON_EXTRACT(v_coupon_ids, '$[0]') AS UNSIGNED)
                              < CAST(JSON_EXTRACT(v_coupon_ids, '$[1]') AS UNSIGNED);
            END IF;
            IF v_usual = 1 THEN
                SET v_point = COALESCE(NULLIF(pi_point_to_use, ''), 0),
                    v_cash = COALESCE(NULLIF(pi_cash_to_use, ''), 0);
            END IF;
        END IF;
    END IF;

    order_or_again: LOOP
        ROLLBACK AND NO CHAIN NO RELEASE;
        IF v_usual = 0 THEN
            SET v_step = 'read the request', v_discount = 0;
            CALL _parse_order(pi_user_id, pi_mTrdNo, pi_cart_ids_json, pi_address_id,
                pi_receiver_json, pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use,
                pi_client_total, pi_order_mode, pi_pg, pi_quote_id, v_ids, v_id_count,
                v_coupon_ids, v_point, v_cash, v_client_total, v_mode, v_address_id,
                v_name, v_phone, v_post_code, v_address, v_address_detail, v_delivery_msg);
            -- Rows, points, cash and coupons whose order has ended, or is out of time, are free:
            -- made so first.
            SET v_step = 'settle the cart';
            IF v_coupon_ids <> '[]' OR v_point + v_cash > 0 THEN
                CALL _settle_held(pi_shop_id, pi_user_id, v_coupon_ids, v_point + v_cash > 0);
            END IF;
            CALL _settle_cart(pi_shop_id, pi_user_id);
            SET v_step = 'begin planned prices';
            CALL _begin_prices_of_rows(v_ids);
            SET v_step = 'promise prices';
            CALL _renew_promises(pi_shop_id, pi_user_id, 'first', v_ids);
        END IF;
        BEGIN
            -- 1062: somebody else has just used this key, or the random order code. 1213: MariaDB
            -- can keep the lock of a stock slot that SKIP LOCKED has passed over, when its holder
            -- commits in that moment. Look again.
            DECLARE EXIT HANDLER FOR 1062, 1213
            BEGIN
                ROLLBACK AND NO CHAIN NO RELEASE;
                SET v_attempt = v_attempt + 1, v_usual = 0;
                IF v_attempt = 20 THEN
                    RESIGNAL;
                END IF;
            END;

            -- 2. Lock the cart. As _lock_cart does, which makes the header where there is none.
            SET v_step = 'lock the cart';
            IF @@sql_big_selects = 0 OR @@max_error_count = 0
                OR @@group_concat_max_len < 500 * v_id_count THEN
                CALL _fit_session();
            END IF;
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
            START TRANSACTION;
            UPDATE shop_cart_headers SET version = version + 1
            WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
            IF ROW_COUNT() = 0 THEN
                -- A first visit: its header is made for no request that would be refused
                -- as bad input.
                IF v_usual = 1 THEN
                    CALL _parse_order(pi_user_id, pi_mTrdNo, pi_cart_ids_json, pi_address_id,
                        pi_receiver_json, pi_coupon_ids_json, pi_point_to_use, pi_cash_to_use,
                        pi_client_total, pi_order_mode, pi_pg, pi_quote_id, v_ids, v_id_count,
                        v_coupon_ids, v_point, v_cash, v_client_total, v_mode,
                        v_address_id, v_name, v_phone, v_post_code, v_address, v_address_detail,
                        v_delivery_msg);
                END IF;
                CALL _lock_cart(pi_shop_id, pi_user_id);
            END IF;

            -- 3. The shop, who buys, where it goes, who collects the money: a row by unique key
            -- from each table. A stored address that is not there leaves the receiver's name NULL,
            -- as no payment gateway its merchant.
            SET v_now = UTC_TIMESTAMP(6), v_merchant_id = NULL;
            SELECT s.currency, s.currency_digits, s.vat_rate,
                   COALESCE(s.total_tolerance,
                            CASE s.currency_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END),
                   DATE_FORMAT(v_now + INTERVAL s.utc_offset_minutes MINUTE, '%Y%m%d-'),
                   v_now + INTERVAL s.reservation_minutes MINUTE, s.gateway_url, s.cart_at_order,
                   COALESCE(a.receiver_name, v_name), COALESCE(a.receiver_phone, v_phone),
                   COALESCE(a.post_code, v_post_code), COALESCE(a.address, v_address),
                   COALESCE(a.address_detail, v_address_detail, ''),
                   COALESCE(a.delivery_msg, v_delivery_msg, ''),
                   COALESCE(m.user_name, a.receiver_name, v_name),
                   COALESCE(m.user_phone, a.receiver_phone, v_phone),
                   p.merchant_id, p.pay_type, p.request_method, p.request_url,
                   p.request_fields_json, p.request_hash_template, p.secret_key,
                   CASE s.price_policy WHEN 'pinned' THEN s.pinned_no END,
                   v_now - INTERVAL NULLIF(s.cart_days, 0) DAY, s.delivery_areas, s.promotions,
                   NULL
            INTO v_currency, v_digits, v_vat_rate, v_tolerance, v_order_code, v_expires_at,
                 v_gateway_url, v_cart_at_order, v_name, v_phone, v_post_code, v_address,
                 v_address_detail, v_delivery_msg, v_user_name, v_user_phone, v_merchant_id,
                 v_pay_type, v_pay_method, v_pay_url, v_pay_fields, v_pay_hash_template,
                 v_secret_key, v_pinned_no, v_oldest, v_areas, v_promotions, v_area_rule_id
            FROM shops s
            LEFT JOIN member m ON m.shop_id = s.shop_id AND m.user_id = pi_user_id
            LEFT JOIN shop_shipping_address a
                ON a.seq_no = v_address_id AND a.shop_id = s.shop_id AND a.user_id = pi_user_id
            LEFT JOIN shop_pg_adapters p ON p.shop_id = s.shop_id AND p.enabled_pg = pi_pg
            WHERE s.shop_id = pi_shop_id;
            IF v_areas > 0 THEN
                -- Of the ranges of postal codes the last one that begins before the address's:
                -- they do not overlap.
                SET v_text = REPLACE(REPLACE(v_post_code, ' ', ''), '-', '');
                SELECT MAX(z.area_rule_id), MAX(z.surcharge)
                INTO v_area_rule_id, v_surcharge
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

            -- 4. Price the rows, once. The filter on the buyer is written so that no index serves
            -- it: it would tempt MariaDB to read the whole cart for every id instead of the row by
            -- primary key. What calc_cart_totals reads, word for word: a price that is planned is
            -- in force from its second on. LEFT leaves the quoted text whole and says that it is
            -- short: MariaDB writes longer ones to disk. A row that is too old is none, see
            -- shops.cart_days.
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
            -- Rows that ship together pay once, the highest fee that one of their policies asks for
            -- the sum. One rule for all of them, or a parcel for each, needs no second look; a fee
            -- by steps (no number of parcels), or an area where delivery costs more, is looked at
            -- by _price_parcels.
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
            -- Where prices are promised, each row pays the last one that it was: when that is over,
            -- only while it is the price in force.
            IF v_pinned_no IS NOT NULL THEN
                SELECT COUNT(*) INTO v_kept
                FROM JSON_TABLE(v_list, '$[*]' COLUMNS (
                    id       BIGINT UNSIGNED PATH '$[0]',
                    price_id BIGINT UNSIGNED PATH '$[2]')) x
                STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.id
                STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = x.price_id
                WHERE c.price_id = x.price_id AND c.pinned_no = v_pinned_no
                  AND p.valid_from <= v_now AND p.shop_id + 0 = c.shop_id
                  AND CONCAT(p.product_id) = c.product_id
                  AND CONCAT(p.option_hash) = COALESCE(c.combination_hash, c.option_hash);
                -- The cart page was left on the way here: that is no mark on the rows that stay,
                -- see _renew_promises.
                SET @jumun_promise = 'back';
                UPDATE shop_cart FORCE INDEX (ix_shop_cart_item)
                SET update_date = update_date
                WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no IS NULL
                  AND unmarked_until IS NOT NULL AND promised_until > v_now
                ORDER BY seq_no;
                SET @jumun_promise = NULL;
            END IF;
            SET v_total = v_product_total - v_discount - v_point - v_cash + v_shipping_fee,
                v_request_sha256 = UNHEX(SHA2(CONCAT_WS('\n', pi_shop_id, pi_user_id, v_ids,
                    COALESCE(v_address_id,
                             CONCAT_WS('\t', v_name, v_phone, v_post_code, v_address,
                                       v_address_detail, v_delivery_msg)),
                    v_coupon_ids, v_point, v_client_total, v_mode, pi_pg,
                    NULLIF(v_cash, 0), CONCAT('quote ', NULLIF(pi_quote_id, ''))), 256));
            -- Who orders a quote has agreed to its total, whatever the form says that brings it;
            -- to none, when there is no such quote of this buyer for these rows (any more).
            IF pi_quote_id <> '' THEN
                SELECT MAX(total_payment) INTO v_client_total
                FROM shop_quotes FORCE INDEX (PRIMARY)
                WHERE quote_id = pi_quote_id AND shop_id = pi_shop_id AND user_id = pi_user_id
                  AND cart_ids = v_ids;
            END IF;
            IF v_usual = 1 AND (v_promotions > 0 OR v_coupon_ids <> '[]' OR v_point + v_cash > 0)
                AND GREATEST(v_product_total, v_shipping_fee) <= 999999999999999.99 THEN
                SET v_step = 'price the discounts', v_text = NULL, v_discounts = NULL;
                IF v_coupon_ids <> '[]' OR v_promotions > 0 THEN
                    CALL _price_discounts(pi_shop_id, pi_user_id, v_list, v_coupon_ids,
                        v_promotions, NULL, v_area_rule_id, v_digits, v_now, v_shipping_fee,
                        v_parcels_json, v_discounts, v_discount, v_tax_free, v_text);
                END IF;
                IF v_point + v_cash > 0 AND v_text IS NULL THEN
                    CALL _price_credits(pi_shop_id, pi_user_id, v_list, v_discounts,
                        v_shipping_fee, v_point, v_cash, v_digits, v_now, v_shares, v_tax_free,
                        v_text);
                END IF;
                IF v_text IS NOT NULL THEN
                    SET v_usual = 0;
                    ITERATE order_or_again;
                END IF;
                SET v_total = v_product_total - v_discount - v_point - v_cash + v_shipping_fee;
            END IF;
            IF v_usual = 0 THEN
                SET v_step = 'look the key up';
                CALL _find_repeated_order(pi_shop_id, pi_user_id, pi_mTrdNo, pi_cart_ids_json,
                                          v_request_sha256, v_order_seq_no);
                IF v_order_seq_no IS NOT NULL THEN
                    COMMIT AND NO CHAIN NO RELEASE;
                    SET v_step = 'answer';
                    CALL _select_known_order(v_order_seq_no, 1);
                    LEAVE shop_order_insert;
                END IF;
                SET v_step = 'price the discounts', v_text = NULL, v_discounts = NULL;
                IF (v_coupon_ids <> '[]' OR v_promotions > 0)
                    AND GREATEST(v_product_total, v_shipping_fee) <= 999999999999999.99 THEN
                    CALL _price_discounts(pi_shop_id, pi_user_id, v_list, v_coupon_ids,
                        v_promotions, NULL, v_area_rule_id, v_digits, v_now, v_shipping_fee,
                        v_parcels_json, v_discounts, v_discount, v_tax_free, v_text);
                    SET v_total = v_product_total - v_discount - v_point - v_cash + v_shipping_fee;
                END IF;
                BEGIN
                    DECLARE v_credit_fault TEXT;

                    IF v_point + v_cash > 0
                        AND GREATEST(v_product_total, v_shipping_fee) <= 999999999999999.99 THEN
                        SET v_step = 'price points and cash';
                        CALL _price_credits(pi_shop_id, pi_user_id, v_list, v_discounts,
                            v_shipping_fee, v_point, v_cash, v_digits, v_now, v_shares, v_tax_free,
                            v_credit_fault);
                    END IF;
                    SET v_step = 'check the order';
                    CALL _refuse_order(pi_shop_id, pi_user_id, pi_cart_ids_json, v_ids, v_id_count,
                                       v_text, v_credit_fault, v_point, v_cash, v_client_total,
                                       v_digits, v_tolerance, v_address_id, v_name, pi_pg,
                                       v_merchant_id, v_product_total, v_tax_free, v_shipping_fee,
                                       v_total, CASE WHEN v_area_rule_id IS NULL THEN '[]'
                                                     ELSE v_undelivered END);
                END;
                IF v_pinned_no IS NOT NULL AND v_kept <> v_id_count THEN
                    CALL _raise('PRICE_CHANGED', 'trdAmt', v_total);
                END IF;
            ELSEIF NOT COALESCE(v_found_ids = v_ids
                    AND (v_pinned_no IS NULL OR v_kept = v_id_count)
                    AND (v_area_rule_id IS NULL OR v_undelivered = '[]')
                    AND v_total BETWEEN v_client_total - v_tolerance
                                    AND v_client_total + v_tolerance
                    AND v_total <= 999999999999999.99
                    AND v_client_total = ROUND(v_client_total, v_digits)
                    AND v_merchant_id IS NOT NULL AND v_name IS NOT NULL, 0) THEN
                SET v_usual = 0;
                ITERATE order_or_again;
            END IF;
            IF NOT COALESCE(v_fit = v_id_count, 0) THEN
                -- Not for sale, or short: units that have lapsed are taken with care. Of slots only
                -- the first was looked at.
                SET v_step = 'hold the stock';
                CALL _refuse_sold_out(pi_shop_id, pi_mTrdNo, v_list, v_now, v_fit);
                IF v_fit = 0 AND v_usual = 1 THEN
                    SET v_usual = 0;
                    ITERATE order_or_again;
                END IF;
            END IF;

            -- 5. Write the order: names that cannot be guessed (a UUID of version 7, RFC 9562 5.7,
            -- and 8 letters of Crockford's base 32: CONV writes 0-9 A-V, and the four that people
            -- misread become W to Z), tax, and the seal of v_order_seals. All of it in SET: a
            -- variable in a statement is also written into the statement's text, for the log.
            SET v_step = 'write the order',
                v_text = CONCAT(LPAD(HEX(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)), 12, '0'),
                                HEX(RANDOM_BYTES(15))),
                v_order_key = LOWER(CONCAT_WS('-', LEFT(v_text, 8), SUBSTR(v_text, 9, 4),
                                              CONCAT('7', SUBSTR(v_text, 13, 3)),
                                              CONCAT('8', SUBSTR(v_text, 16, 3)),
                                              SUBSTR(v_text, 19, 12))),
                v_order_code = CONCAT(v_order_code,
                    REPLACE(REPLACE(REPLACE(REPLACE(LPAD(CONV(SUBSTR(v_text, 33), 16, 32), 8, '0'),
                        'I', 'W'), 'L', 'X'), 'O', 'Y'), 'U', 'Z')),
                v_vat = ROUND((v_total - v_tax_free) * v_vat_rate / (1 + v_vat_rate), v_digits),
                v_seal = CRC32(CONCAT_WS('\n', pi_shop_id, pi_mTrdNo,
                    UPPER(REPLACE(v_order_key, '-', '')), v_order_code, v_now, v_made_mode,
                    pi_user_id, v_user_name, v_user_phone, v_name, v_phone, v_post_code, v_address,
                    v_address_detail, v_delivery_msg, v_currency, v_id_count, v_product_total,
                    v_discount, v_point, v_shipping_fee, v_total, v_total - v_tax_free - v_vat,
                    v_vat, v_tax_free, v_client_total, HEX(v_request_sha256), pi_pg,
                    v_merchant_id, v_pay_type, v_vat_rate,
                    CASE WHEN v_pinned_no IS NULL THEN 1 ELSE 2 END, v_area_rule_id,
                    NULLIF(v_cash, 0)));
            INSERT INTO shop_orders
                (shop_id, order_number, order_key, order_code,
                 order_date, order_mode, order_status, user_id, user_name, user_phone,
                 receiver_name, receiver_phone, post_code, address, address_detail, delivery_msg,
                 currency, line_count, product_total_price, discount_total, point_used, cash_used,
                 shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount,
                 client_total, request_sha256, pg, merchant_id, pay_type,
                 expires_at, update_date, vat_rate, pricing_version, area_rule_id, seal)
            VALUES
                (pi_shop_id, pi_mTrdNo, UNHEX(REPLACE(v_order_key, '-', '')), v_order_code,
                 v_now, v_made_mode, 1, pi_user_id, v_user_name, v_user_phone,
                 v_name, v_phone, v_post_code, v_address, v_address_detail, v_delivery_msg,
                 v_currency, v_id_count, v_product_total, v_discount, v_point, v_cash,
                 v_shipping_fee, v_total, v_total - v_tax_free - v_vat, v_vat, v_tax_free,
                 v_client_total, v_request_sha256, pi_pg, v_merchant_id, v_pay_type,
                 v_expires_at, v_now, v_vat_rate,
                 CASE WHEN v_pinned_no IS NULL THEN 1 ELSE 2 END, v_area_rule_id, v_seal);
            SET v_order_seq_no = LAST_INSERT_ID();

            -- 6. Write the lines, in the order of the cart rows. option_hash is all that the
            -- buyer chose: it stands in the list where that is more than the combination that
            -- has a price.
            INSERT INTO shop_order_product
                (order_seq_no, line_no, shop_id, product_id, product_name,
                 option_hash, option_name, unit_price, quantity,
                 line_amount, tax_type, delivery_policy_id, cart_seq_no, price_id, rule_id,
                 combination_hash, live_cart_seq_no)
            SELECT v_order_seq_no, x.line_no, p.shop_id, p.product_id, p.product_name,
                   COALESCE(x.option_hash, p.option_hash), p.option_name, p.unit_price, x.quantity,
                   p.unit_price * x.quantity, p.tax_type, x.policy_id, x.id, x.price_id, x.rule_id,
                   CASE WHEN x.option_hash IS NOT NULL THEN p.option_hash END, x.id
            FROM JSON_TABLE(v_list, '$[*]' COLUMNS (
                line_no     FOR ORDINALITY,
                id          BIGINT UNSIGNED PATH '$[0]',
                quantity    INT UNSIGNED    PATH '$[1]',
                price_id    BIGINT UNSIGNED PATH '$[2]',
                rule_id     BIGINT UNSIGNED PATH '$[3]',
                policy_id   INT UNSIGNED    PATH '$[4]',
                option_hash VARCHAR(64)     PATH '$[5]')) x
            STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = x.price_id;
            IF ROW_COUNT() <> v_id_count THEN
                IF v_usual = 0 THEN
                    CALL _raise('CART_NOT_FOUND', 'selected_cart_ids',
                                'changed while it was ordered');
                END IF;
                SET v_usual = 0;
                ITERATE order_or_again;
            END IF;

            -- 7. Hold the units. Lines on one stock row are one hold: two lines of two units
            -- must not pass where three are left. Counted twice is a line that came to a hold
            -- that was there.
            IF v_usual = 1 AND v_slots = 1 THEN
                INSERT INTO shop_stock_reservations
                    (order_seq_no, shop_id, product_id, option_hash, slot, quantity,
                     state, expires_at, update_date)
                SELECT v_order_seq_no, p.shop_id, p.product_id, p.stock_option_hash, 0, l.quantity,
                       'held', v_expires_at, v_now
                FROM shop_order_product l
                STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = l.price_id
                WHERE l.order_seq_no = v_order_seq_no
                ON DUPLICATE KEY UPDATE quantity = shop_stock_reservations.quantity + l.quantity;
                SET v_holds = 2 * v_id_count - ROW_COUNT();
            END IF;

            -- 8. Log.
            INSERT INTO shop_order_logs
                (order_seq_no, log_date, from_status, to_status, action, actor,
                 actor_name, log_message)
            VALUES
                (v_order_seq_no, v_now, 0, 1, 'order', 'buyer',
                 LEFT(USER(), 100), '');

            -- 9. Empty the cart: a row is deleted only while it is still what was priced. Writers
            -- that know the cart header cannot have changed it; for any other (a hand in the mysql
            -- client) the order starts again. With soft_lock it is marked instead, and goes when
            -- the order is paid, see _settle_checkouts; an order of total 0 is paid at once.
            IF v_cart_at_order = 'soft_lock' AND v_total > 0 THEN
                INSERT INTO shop_cart_checkouts (shop_id, user_id, order_seq_no)
                VALUES (pi_shop_id, pi_user_id, v_order_seq_no);
                UPDATE shop_order_product l
                STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = l.cart_seq_no
                SET c.order_seq_no = v_order_seq_no, c.locked_until = v_expires_at
                WHERE l.order_seq_no = v_order_seq_no AND c.quantity = l.quantity
                  AND c.product_id = l.product_id AND c.option_hash = l.option_hash
                  AND c.combination_hash <=> l.combination_hash AND c.order_seq_no IS NULL
                  AND (v_pinned_no IS NULL OR c.price_id = l.price_id)
                  AND c.shop_id = l.shop_id AND CONCAT(c.user_id) = pi_user_id;
            ELSE
                DELETE c
                FROM shop_order_product l
                STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = l.cart_seq_no
                WHERE l.order_seq_no = v_order_seq_no AND c.quantity = l.quantity
                  AND c.product_id = l.product_id AND c.option_hash = l.option_hash
                  AND c.combination_hash <=> l.combination_hash AND c.order_seq_no IS NULL
                  AND (v_pinned_no IS NULL OR c.price_id = l.price_id)
                  AND c.shop_id = l.shop_id AND CONCAT(c.user_id) = pi_user_id;
            END IF;
            IF ROW_COUNT() <> v_id_count THEN
                IF v_usual = 0 THEN
                    CALL _raise('CART_NOT_FOUND', 'selected_cart_ids',
                                'changed while it was ordered');
                END IF;
                SET v_usual = 0;
                ITERATE order_or_again;
            END IF;

            -- 10. Take the units from stock, in the order of its keys; before them points and cash;
            -- what coupons and promotions took off is written, and the coupons are taken.
            IF v_discount + v_point + v_cash > 0 THEN
                SET v_text = NULL;
                IF v_point + v_cash > 0 THEN
                    SET v_step = 'hold points and cash';
                    CALL _hold_credits(v_order_seq_no, v_shares, v_now, v_text);
                    IF v_usual = 0 THEN
                        CALL _refuse_credits(v_text);
                    END IF;
                END IF;
                IF v_discount > 0 AND v_text IS NULL THEN
                    SET v_step = 'hold the coupons';
                    CALL _hold_coupons(v_order_seq_no, v_discounts, v_now, v_text);
                    IF v_usual = 0 AND v_text IS NOT NULL THEN
                        CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_ids', v_text);
                    END IF;
                END IF;
                IF v_text IS NOT NULL THEN
                    SET v_usual = 0;
                    ITERATE order_or_again;
                END IF;
            END IF;
            SET v_step = 'hold the stock';
            IF v_usual = 1 AND v_slots = 1 THEN
                UPDATE shop_stock_reservations r
                STRAIGHT_JOIN shop_stock s FORCE INDEX (PRIMARY)
                    ON s.shop_id = r.shop_id AND s.product_id = r.product_id
                    AND s.option_hash = r.option_hash AND s.slot = r.slot
                SET s.free = s.free - r.quantity
                WHERE r.order_seq_no = v_order_seq_no AND s.free >= r.quantity;
                IF ROW_COUNT() <> v_holds THEN
                    SET v_usual = 0;
                    ITERATE order_or_again;
                END IF;
            ELSE
                IF v_usual = 0 THEN
                    CALL _write_order_parts(v_order_seq_no);
                END IF;
                CALL _stock_hold(v_order_seq_no, v_now, v_expires_at);
            END IF;
            IF v_total = 0 THEN
                SET v_step = 'settle a free order';
                CALL _settle_free_order(v_order_seq_no);
            END IF;
            COMMIT AND NO CHAIN NO RELEASE;
            LEAVE order_or_again;
        END;
    END LOOP;

    SET v_step = 'answer';
    IF v_total = 0 OR v_expires_at <= v_now THEN
        CALL _select_known_order(v_order_seq_no, 0);
        LEAVE shop_order_insert;
    END IF;
    SELECT 'OK' AS result, 0 AS replayed, pi_mTrdNo AS order_number, v_order_key AS order_key,
           v_order_code AS order_code, 1 AS order_status, 'pay' AS next_step,
           v_currency AS currency, CAST(v_total AS DECIMAL(18,2)) AS total_payment,
           v_expires_at AS expires_at, NULL AS location, 'order' AS events,
           ABS(v_total - v_client_total) > v_tolerance AS price_changed,
           CASE WHEN ABS(v_total - v_client_total) > v_tolerance THEN v_client_total END
               AS old_total;
    -- _payment_fields, word for word: as a call it would cost three times as much.
    SET v_text = CASE v_digits WHEN 0 THEN CAST(CAST(v_total AS DECIMAL(18,0)) AS CHAR)
                               ELSE CAST(v_total AS CHAR) END,
        v_first_name = JSON_QUOTE(CONCAT(LEFT(v_first_name, 60),
            CASE WHEN v_id_count > 1 THEN CONCAT(' 외 ', v_id_count - 1, '건') ELSE '' END)),
        v_pay_fields = REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(v_pay_fields,
            '{merchant_id}', v_merchant_id), '{order_number}', pi_mTrdNo), '{amount}', v_text),
            '{hash}', SHA2(REPLACE(REPLACE(REPLACE(REPLACE(v_pay_hash_template,
                '{merchant_id}', v_merchant_id), '{order_number}', pi_mTrdNo), '{amount}', v_text),
                '{key}', v_secret_key), 256)),
            '{return_url}', CONCAT(v_gateway_url, '/pg/', pi_pg, '/', v_merchant_id,
                                   '/return/', v_order_key)),
            '{notify_url}', CONCAT(v_gateway_url, '/pg/', pi_pg, '/', v_merchant_id, '/notify')),
            '{title}', SUBSTRING(v_first_name, 2, CHAR_LENGTH(v_first_name) - 2));
    SELECT v_pay_method AS pay_method, v_pay_url AS pay_url, v_pay_fields AS pay_fields_json;
    IF v_usual = 0 AND ABS(v_total - v_client_total) > v_tolerance THEN
        BEGIN
            DECLARE v_old_id, v_new_id BIGINT UNSIGNED;

            SET v_step = 'tell what has changed';
            CALL _keep_new_quote(pi_shop_id, pi_user_id, v_ids, v_client_total,
                                 NULLIF(pi_quote_id, ''), v_total, v_point, v_cash, v_list,
                                 v_discounts, v_area_rule_id, v_old_id, v_new_id);
            CALL _select_quote_changes(v_old_id, v_new_id);
            COMMIT AND NO CHAIN NO RELEASE;
        END;
    END IF;
END//
DELIMITER ;
