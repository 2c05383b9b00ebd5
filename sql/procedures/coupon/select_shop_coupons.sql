-- select_shop_coupons: the coupons of a buyer, and what each of them alone would take off these
-- cart rows, after the promotions, or why it cannot be used for them.
--
-- Parameters
--   pi_shop_id        shop
--   pi_user_id        buyer
--   pi_cart_ids_json  JSON array of cart rows, see _parse_ids; NULL or '' = all that can be ordered
--   pi_post_code      where it goes, for delivery; NULL or '' = not known
-- Returns one row
--   result, currency, currency_digits, coupon_count
-- then the coupons that were not used, the newest 100, without those whose time was over 30 days
--   ago; first those that can be used, the one that takes off most first
--   coupon_id         what an order names in coupon_ids
--   coupon_code, coupon_name, target, target_ids, kind, amount, rate, max_discount, min_amount
--                     as in shop_coupons
--   stack_group       of one group an order takes one
--   issued_at, valid_from, valid_until   UTC; NULL = at once, for ever
--   usable            1 = for these rows
--   reason            why not: held (an order waits for its payment with it), or as in
--                     _price_discounts; NULL = it can
--   discount          what it takes off if no other one is chosen; 0 = nothing
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND; PRODUCT_UNAVAILABLE: a row costs more than
--   15 digits before the point
-- Locks   none
-- Example
--   CALL select_shop_coupons(1, 'demo1', '[1,2]', NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_shop_coupons;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_shop_coupons(
    pi_shop_id       INT UNSIGNED,
    pi_user_id       TEXT,
    pi_cart_ids_json LONGTEXT,
    pi_post_code     TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Which coupons a cart can use'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_ids, v_found_ids, v_list, v_discounts, v_coupons, v_parcels LONGTEXT;
    DECLARE v_fault, v_post_code TEXT;
    DECLARE v_id_count, v_count, v_promotions INT UNSIGNED DEFAULT 0;
    DECLARE v_currency CHAR(3);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_product_total, v_shipping_fee, v_discount, v_total, v_supply, v_vat, v_tax_free
        DECIMAL(18,2);
    DECLARE v_free, v_fee DECIMAL(52,2);
    DECLARE v_coupon_no BIGINT UNSIGNED;
    DECLARE v_address_id, v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_now DATETIME(6);
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_point, v_cash DECIMAL(18,2) DEFAULT 0;
    DECLARE c_coupons CURSOR FOR
        SELECT i.coupon_no
        FROM shop_issued_coupons i FORCE INDEX (uq_shop_issued_coupons_member)
        JOIN shop_coupons c FORCE INDEX (PRIMARY)
            ON c.shop_id = i.shop_id AND c.coupon_code = i.coupon_code
        LEFT JOIN shop_orders o ON o.seq_no = i.order_seq_no
        LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status
        WHERE i.shop_id = pi_shop_id AND i.user_id = pi_user_id
          AND COALESCE(i.valid_until, v_now) > v_now - INTERVAL 30 DAY
          AND COALESCE(c.valid_until, v_now) > v_now - INTERVAL 30 DAY
          AND (i.order_seq_no IS NULL OR t.phase = 'open')
        ORDER BY i.coupon_no DESC
        LIMIT 100;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_shop_coupons', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'cart_ids', LEFT(pi_cart_ids_json, 500)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    IF COALESCE(pi_cart_ids_json, '') <> '' THEN
        CALL _parse_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_id_count);
    END IF;
    CALL _parse_destination(NULL, NULL, pi_post_code, v_address_id, v_post_code);

    SET v_step = 'price the cart';
    CALL _start_reading();
    SET v_now = UTC_TIMESTAMP(6);
    SELECT currency, currency_digits, vat_rate, promotions
    INTO v_currency, v_digits, v_vat_rate, v_promotions
    FROM shops
    WHERE shop_id = pi_shop_id;
    IF v_currency IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    IF v_ids IS NULL THEN
        SELECT CONCAT('[', GROUP_CONCAT(c.seq_no ORDER BY c.seq_no), ']') INTO v_ids
        FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
        JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = c.shop_id AND f.product_id = c.product_id
            AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
            AND f.orderable >= 1
        WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id AND c.order_seq_no IS NULL
          AND c.buy_now = 0;
    END IF;
    SET v_list = '[]', v_shipping_fee = 0, v_tax_free = 0, v_end = 0;
    IF v_ids IS NOT NULL THEN
        CALL calc_cart_totals(pi_shop_id, pi_user_id, v_ids, v_digits, v_vat_rate, v_post_code,
            '[]', v_point, v_cash, v_count, v_found_ids, v_list, v_product_total, v_shipping_fee,
            v_discount, v_total, v_supply, v_vat, v_tax_free, v_discounts, v_area_rule_id);
        IF v_id_count > 0 AND v_count <> v_id_count THEN
            CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
        END IF;
    END IF;

    SET v_step = 'try the coupons', v_coupons = '', v_count = 0, v_end = 0;
    OPEN c_coupons;
    next_coupon: LOOP
        FETCH c_coupons INTO v_coupon_no;
        IF v_end = 1 THEN
            LEAVE next_coupon;
        END IF;
        SET v_free = v_tax_free, v_fee = v_shipping_fee, v_count = v_count + 1;
        CALL _price_discounts(pi_shop_id, pi_user_id, v_list, CONCAT('[', v_coupon_no, ']'),
            v_promotions, NULL, v_area_rule_id, v_digits, v_now, v_fee, v_parcels, v_discounts,
            v_discount, v_free, v_fault);
        SELECT COALESCE(SUM(x.amount), 0) INTO v_discount
        FROM JSON_TABLE(v_discounts, '$[*]' COLUMNS (
            coupon_no BIGINT UNSIGNED PATH '$.coupon_no',
            amount    DECIMAL(18,2)   PATH '$.amount')) x
        WHERE x.coupon_no = v_coupon_no;
        SET v_coupons = CONCAT(v_coupons, CASE v_coupons WHEN '' THEN '' ELSE ',' END,
                               '[', v_coupon_no, ',"', v_discount, '",',
                               COALESCE(JSON_QUOTE(SUBSTRING_INDEX(v_fault, ' ', -1)), 'null'),
                               ']');
    END LOOP;
    CLOSE c_coupons;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_currency AS currency, v_digits AS currency_digits,
           v_count AS coupon_count;
    SELECT i.coupon_no AS coupon_id, r.coupon_code, r.coupon_name, r.target, r.target_ids, r.kind,
           r.amount, r.rate, r.max_discount, r.min_amount, r.stack_group, i.issued_at, r.valid_from,
           LEAST(COALESCE(i.valid_until, r.valid_until),
                 COALESCE(r.valid_until, i.valid_until)) AS valid_until,
           x.reason IS NULL AS usable, x.reason, x.discount
    FROM JSON_TABLE(CONCAT('[', v_coupons, ']'), '$[*]' COLUMNS (
        coupon_no BIGINT UNSIGNED PATH '$[0]',
        discount  DECIMAL(18,2)   PATH '$[1]',
        reason    VARCHAR(10)     PATH '$[2]')) x
    STRAIGHT_JOIN shop_issued_coupons i FORCE INDEX (PRIMARY) ON i.coupon_no = x.coupon_no
    STRAIGHT_JOIN shop_coupons c FORCE INDEX (PRIMARY)
        ON c.shop_id = i.shop_id AND c.coupon_code = i.coupon_code
    STRAIGHT_JOIN shop_discount_rules r FORCE INDEX (PRIMARY) ON r.rule_id = c.rule_id
    ORDER BY usable DESC, x.discount DESC, i.coupon_no;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
