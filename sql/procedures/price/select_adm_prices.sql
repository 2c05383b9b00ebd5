-- select_adm_prices: what a product cost and will cost, and who said so.
--
-- Parameters
--   pi_shop_id      shop
--   pi_product_id   product
--   pi_option_hash  combination of options; NULL, '' or '__noopt__' = none
--   pi_before       price_id of the last price shown, for the next 200; NULL or '' = the newest
-- Returns one row: result, product_id, option_hash, currency, price_id, unit_price, list_price,
--   discount_rate: what is in force now
-- then planned, the soonest first: change_no, valid_from, ends_change_no, unit_price, buy_price,
--   sale_price, discount_rate, reason, actor, create_date; the price that a sale goes back to is
--   told as it is now
-- then prices, at most 200, the newest first: price_id, valid_from, unit_price, list_price,
--   discount_rate, product_name, option_name, change_no (NULL = a page changed the product),
--   reason, actor
-- Errors  INVALID_INPUT, PRODUCT_NOT_FOUND (also an option that the product does not have)
-- Locks   none
-- Example
--   CALL select_adm_prices(1, 'D0001', NULL, NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_adm_prices;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_adm_prices(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  TEXT,
    pi_option_hash TEXT,
    pi_before      TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What a product cost and will cost'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_before, v_price_id BIGINT UNSIGNED;
    DECLARE v_before_from DATETIME(6);
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_adm_prices', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'product_id', LEFT(pi_product_id, 30)));
        RESIGNAL;
    END;

    IF pi_product_id IS NULL OR CHAR_LENGTH(pi_product_id) NOT BETWEEN 1 AND 30
        OR pi_product_id LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'product_id', '1 to 30 characters');
    END IF;
    IF CHAR_LENGTH(pi_option_hash) > 64 OR pi_option_hash LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'option_hash', 'at most 64 characters');
    END IF;
    SET v_option_hash = COALESCE(NULLIF(pi_option_hash, ''), '__noopt__');
    IF COALESCE(pi_before, '') <> '' THEN
        CALL _parse_id(pi_before, 'before', v_before);
    END IF;

    SET v_step = 'answer';
    CALL _start_reading();
    SELECT MAX(valid_from) INTO v_before_from FROM shop_product_prices
    WHERE price_id = v_before AND shop_id = pi_shop_id AND product_id = pi_product_id;
    IF v_before IS NOT NULL AND v_before_from IS NULL THEN
        CALL _raise('INVALID_INPUT', 'before', 'not a price of this product');
    END IF;
    SELECT MAX(price_id) INTO v_price_id FROM shop_offers
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = v_option_hash
      AND plan_id = 0;
    IF v_price_id IS NULL THEN
        CALL _raise('PRODUCT_NOT_FOUND', 'product_id', pi_product_id);
    END IF;
    SELECT 'OK' AS result, f.product_id, f.option_hash, s.currency, r.price_id, r.unit_price,
           r.list_price, r.discount_rate
    FROM shop_offers f
    JOIN shops s ON s.shop_id = f.shop_id
    JOIN shop_product_prices r
        ON r.price_id = CASE WHEN f.holds_until <= v_now AND f.next_price_id IS NOT NULL
                             THEN f.next_price_id ELSE f.price_id END
    WHERE f.shop_id = pi_shop_id AND f.product_id = pi_product_id
      AND f.option_hash = v_option_hash AND f.plan_id = 0;
    SELECT k.change_no, k.valid_from, k.ends_change_no,
           _unit_price(COALESCE(k.buy_price, f.buy_price),
                       CASE WHEN k.buy_price IS NULL THEN f.sale_price ELSE k.sale_price END,
                       COALESCE(k.discount_rate, f.discount_rate), f.add_price,
                       f.currency_digits, f.price_unit, f.price_rounding) AS unit_price,
           COALESCE(k.buy_price, f.buy_price) AS buy_price,
           CASE WHEN k.buy_price IS NULL THEN f.sale_price ELSE k.sale_price END AS sale_price,
           COALESCE(k.discount_rate, f.discount_rate) AS discount_rate,
           k.reason, k.actor, k.create_date
    FROM shop_price_changes k
    JOIN shop_offers f ON f.shop_id = k.shop_id AND f.product_id = k.product_id
        AND f.option_hash = v_option_hash AND f.plan_id = 0
    WHERE k.shop_id = pi_shop_id AND k.product_id = pi_product_id AND k.state = 'planned'
      AND k.valid_from > v_now
    ORDER BY k.valid_from, k.change_no;
    -- A planned price has a row for each time that the product's name or option changed before it
    -- began: the last one counted.
    SELECT r.price_id, r.valid_from, r.unit_price, r.list_price, r.discount_rate,
           r.product_name, r.option_name, r.change_no, COALESCE(k.reason, r.reason) AS reason,
           COALESCE(k.actor, r.actor) AS actor
    FROM shop_product_prices r
    LEFT JOIN shop_price_changes k ON k.change_no = r.change_no
    WHERE r.shop_id = pi_shop_id AND r.product_id = pi_product_id
      AND r.option_hash = v_option_hash AND r.plan_id = 0 AND r.valid_from <= v_now
      AND (v_before IS NULL OR r.valid_from < v_before_from
           OR (r.valid_from = v_before_from AND r.price_id < v_before))
      AND (r.change_no IS NULL
           OR (k.state <> 'withdrawn' AND k.state_reason = ''
               AND NOT EXISTS (SELECT 1 FROM shop_product_prices n
                               WHERE n.shop_id = r.shop_id AND n.product_id = r.product_id
                                 AND n.option_hash = r.option_hash AND n.plan_id = 0
                                 AND n.valid_from = r.valid_from AND n.change_no = r.change_no
                                 AND n.price_id > r.price_id)))
    ORDER BY r.valid_from DESC, r.price_id DESC
    LIMIT 200;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
