-- update_adm_price: say what products cost, from now on or from a later moment on, and until when.
--
-- A price for later is a row in the future: whoever reads from that second on takes it, job or no
-- job. A sale that ends goes back to what the product costs when it begins. One transaction: all
-- products or none. About 1 ms and 1 KB of binary log for a product without options, and the same
-- again for each option: say more than 1,000 products in several calls.
--
-- Parameters
--   pi_shop_id      shop
--   pi_prices_json  JSON array of 1 to 1,000 objects: product_id, and at least one of
--                     buy_price      list price
--                     sale_price     selling price before the discount; null or 0 = list price
--                     discount_rate  0 to 1, taken off
--                   What is not said stays as it is at that moment
--   pi_valid_from   'YYYY-MM-DD HH:MM:SS', UTC; NULL or '' = now. A price that is planned for the
--                   same moment is replaced
--   pi_valid_until  when a sale ends; NULL or '' = it does not. No other price may be planned
--                   between the two
--   pi_reason       why, 1 to 200 characters
-- Returns one row: result, products (of the call), changes (that were made: a price that is in
--   force or planned already makes none)
-- then the changes of the call: change_no, product_id, valid_from, valid_until, buy_price,
--   sale_price, discount_rate, state (planned | begun)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_NOT_FOUND
-- Locks   products by number, each with its offers by option
-- Example
--   CALL update_adm_price(1, '[{"product_id":"D0001","sale_price":"9000"}]',
--       '2099-12-24 15:00:00', '2099-12-26 15:00:00', 'Christmas sale');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_adm_price;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_adm_price(
    pi_shop_id     INT UNSIGNED,
    pi_prices_json LONGTEXT,
    pi_valid_from  TEXT,
    pi_valid_until TEXT,
    pi_reason      TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Says what products cost, now or later'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_given_from, v_from, v_until, v_next, v_ends DATETIME(6);
    DECLARE v_reason VARCHAR(200);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_count, v_wrong, v_begun, v_changes INT UNSIGNED DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_buy_text, v_sale_text, v_rate_text VARCHAR(64);
    DECLARE v_has_sale TINYINT;
    DECLARE v_buy, v_sale, v_old_buy, v_old_sale DECIMAL(18,2);
    DECLARE v_rate, v_old_rate DECIMAL(5,4);
    DECLARE v_change_no BIGINT UNSIGNED;
    DECLARE v_change_nos LONGTEXT DEFAULT '';
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE c_prices CURSOR FOR
        SELECT x.product_id, x.buy_price, x.sale_price, x.discount_rate, x.has_sale
        FROM JSON_TABLE(pi_prices_json, '$[*]' COLUMNS (
            product_id    VARCHAR(30) COLLATE utf8mb4_bin PATH '$.product_id',
            buy_price     VARCHAR(64) COLLATE utf8mb4_bin PATH '$.buy_price',
            sale_price    VARCHAR(64) COLLATE utf8mb4_bin PATH '$.sale_price',
            discount_rate VARCHAR(64) COLLATE utf8mb4_bin PATH '$.discount_rate',
            has_sale      INT EXISTS PATH '$.sale_price')) x
        ORDER BY x.product_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_adm_price', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'product_id', v_product_id,
                        'valid_from', LEFT(pi_valid_from, 30)));
        RESIGNAL;
    END;

    CALL _start_writing();
    CALL _parse_reason(pi_reason, v_reason);
    CALL _parse_time(pi_valid_from, 'valid_from', v_given_from);
    CALL _parse_time(pi_valid_until, 'valid_until', v_until);
    IF v_given_from < UTC_TIMESTAMP(6) THEN
        CALL _raise('INVALID_INPUT', 'valid_from', 'is over');
    END IF;
    IF v_until <= COALESCE(v_given_from, UTC_TIMESTAMP(6)) THEN
        CALL _raise('INVALID_INPUT', 'valid_until', 'is not after valid_from');
    END IF;
    IF pi_prices_json IS NULL OR NOT JSON_VALID(pi_prices_json)
        OR COALESCE(JSON_TYPE(pi_prices_json), '') <> 'ARRAY' THEN
        CALL _raise('INVALID_INPUT', 'prices', 'a JSON array of objects');
    END IF;
    IF JSON_LENGTH(pi_prices_json) NOT BETWEEN 1 AND 1000 THEN
        CALL _raise('INVALID_INPUT', 'prices', '1 to 1000 products');
    END IF;
    BEGIN
        -- As in update_adm_delivery_areas.
        DECLARE EXIT HANDLER FOR 3157, 4038 CALL _raise('INVALID_INPUT', 'prices', 'not JSON');
        -- A member that we do not know is a price that somebody thinks he has said.
        SELECT MIN(CASE WHEN NOT COALESCE(x.product_id <> '' AND x.product_id NOT LIKE '% '
                                          AND x.has_buy + x.has_sale + x.has_rate > 0
                                          AND x.members
                                              = 1 + x.has_buy + x.has_sale + x.has_rate, 0)
                        THEN x.line_no END), COUNT(*) - COUNT(DISTINCT x.product_id)
        INTO v_wrong, v_count
        FROM (SELECT t.line_no, t.product_id, t.has_buy, t.has_sale, t.has_rate,
                     JSON_LENGTH(pi_prices_json, CONCAT('$[', t.line_no - 1, ']')) AS members
              FROM JSON_TABLE(pi_prices_json, '$[*]' COLUMNS (
                  line_no    FOR ORDINALITY,
                  product_id VARCHAR(31) COLLATE utf8mb4_bin PATH '$.product_id',
                  has_buy    INT EXISTS PATH '$.buy_price',
                  has_sale   INT EXISTS PATH '$.sale_price',
                  has_rate   INT EXISTS PATH '$.discount_rate')) t
              WHERE CHAR_LENGTH(t.product_id) <= 30 OR t.product_id IS NULL) x;
    END;
    IF v_wrong IS NOT NULL THEN
        CALL _raise('INVALID_INPUT', 'prices', CONCAT('entry ', v_wrong,
            ': product_id, and buy_price, sale_price or discount_rate'));
    END IF;
    IF v_count > 0 THEN
        CALL _raise('INVALID_INPUT', 'prices', 'a product stands there twice');
    END IF;

    SET v_step = 'read the shop';
    SELECT MAX(currency_digits) INTO v_digits FROM shops WHERE shop_id = pi_shop_id;
    IF v_digits IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;

    OPEN c_prices;
    next_product: LOOP
        -- MariaDB hands a NOT FOUND inside of a routine on to the handler here: only the
        -- cursor's counts.
        SET v_end = 0, v_step = 'lock the product';
        FETCH c_prices INTO v_product_id, v_buy_text, v_sale_text, v_rate_text, v_has_sale;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        CALL _begin_prices(pi_shop_id, v_product_id, v_begun);
        SET v_old_buy = NULL, v_from = COALESCE(v_given_from, UTC_TIMESTAMP(6));
        SELECT buy_price, sale_price, discount_rate INTO v_old_buy, v_old_sale, v_old_rate
        FROM shop_products FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id = v_product_id FOR UPDATE;
        IF v_old_buy IS NULL THEN
            CALL _raise('PRODUCT_NOT_FOUND', 'product_id', v_product_id);
        END IF;

        SET v_step = 'read the price';
        SELECT buy_price, sale_price, discount_rate INTO v_old_buy, v_old_sale, v_old_rate
        FROM shop_price_changes
        WHERE shop_id = pi_shop_id AND product_id = v_product_id AND state = 'planned'
          AND valid_from < v_from AND buy_price IS NOT NULL
        ORDER BY valid_from DESC, change_no DESC
        LIMIT 1;
        SET v_buy = v_old_buy, v_sale = v_old_sale, v_rate = v_old_rate;
        IF v_buy_text IS NOT NULL THEN
            CALL _parse_amount(v_buy_text, 'buy_price', v_buy);
            CALL _check_digits(v_buy, v_digits, 'buy_price');
        END IF;
        IF v_has_sale = 1 THEN
            SET v_sale = NULL;
            IF v_sale_text IS NOT NULL THEN
                CALL _parse_amount(v_sale_text, 'sale_price', v_sale);
                CALL _check_digits(v_sale, v_digits, 'sale_price');
            END IF;
        END IF;
        IF v_rate_text IS NOT NULL THEN
            IF v_rate_text NOT REGEXP '\\A(0([.][0-9]{1,4})?|1([.]0{1,4})?)\\z' THEN
                CALL _raise('INVALID_INPUT', 'discount_rate', '0 to 1, at most 4 decimals');
            END IF;
            SET v_rate = v_rate_text;
        END IF;

        -- A price that is planned for the same moment is this one, or is replaced by it.
        SET v_step = 'plan the price', v_change_no = NULL, v_ends = NULL;
        SELECT k.change_no, e.valid_from INTO v_change_no, v_ends
        FROM shop_price_changes k
        LEFT JOIN shop_price_changes e
            ON e.shop_id = k.shop_id AND e.product_id = k.product_id AND e.state = 'planned'
            AND e.ends_change_no = k.change_no
        WHERE k.shop_id = pi_shop_id AND k.product_id = v_product_id AND k.state = 'planned'
          AND k.valid_from = v_from AND k.ends_change_no IS NULL
          AND k.buy_price = v_buy AND k.sale_price <=> v_sale AND k.discount_rate = v_rate
        LIMIT 1;
        IF v_change_no IS NOT NULL AND v_ends <=> v_until THEN
            SET v_change_nos = CONCAT_WS(',', NULLIF(v_change_nos, ''), v_change_no);
            ITERATE next_product;
        END IF;
        IF v_given_from IS NULL AND v_until IS NULL AND v_buy = v_old_buy
            AND v_sale <=> v_old_sale AND v_rate = v_old_rate THEN
            ITERATE next_product;
        END IF;
        UPDATE shop_price_changes k
        STRAIGHT_JOIN shop_price_changes w FORCE INDEX (ix_shop_price_changes_product)
            ON w.shop_id = k.shop_id AND w.product_id = k.product_id AND w.state = 'planned'
            AND (w.change_no = k.change_no OR w.ends_change_no = k.change_no)
        SET w.state = 'withdrawn', w.state_reason = 'replaced', w.state_actor = LEFT(USER(), 100),
            w.state_date = UTC_TIMESTAMP(6)
        WHERE k.shop_id = pi_shop_id AND k.product_id = v_product_id AND k.state = 'planned'
          AND k.valid_from = v_from;
        INSERT INTO shop_price_changes
            (shop_id, product_id, valid_from, buy_price, sale_price, discount_rate, state, reason,
             actor, create_date, state_actor, state_date)
        VALUES
            (pi_shop_id, v_product_id, v_from, v_buy, v_sale, v_rate, 'planned', v_reason,
             LEFT(USER(), 100), UTC_TIMESTAMP(6), LEFT(USER(), 100), UTC_TIMESTAMP(6));
        SET v_change_no = LAST_INSERT_ID(), v_changes = v_changes + 1,
            v_change_nos = CONCAT_WS(',', NULLIF(v_change_nos, ''), v_change_no);
        IF v_until IS NOT NULL THEN
            SET v_next = NULL;
            SELECT MIN(valid_from) INTO v_next
            FROM shop_price_changes
            WHERE shop_id = pi_shop_id AND product_id = v_product_id AND state = 'planned'
              AND valid_from > v_from;
            IF v_next < v_until THEN
                CALL _raise('INVALID_INPUT', 'valid_until', CONCAT('another price of ',
                    v_product_id, ' begins before, at ', v_next));
            END IF;
            IF NOT v_next <=> v_until THEN
                INSERT INTO shop_price_changes
                    (shop_id, product_id, valid_from, ends_change_no, state, reason,
                     actor, create_date, state_actor, state_date)
                VALUES
                    (pi_shop_id, v_product_id, v_until, v_change_no, 'planned', v_reason,
                     LEFT(USER(), 100), UTC_TIMESTAMP(6), LEFT(USER(), 100), UTC_TIMESTAMP(6));
            END IF;
        END IF;
        CALL _name_planned_price(pi_shop_id, v_product_id);
        IF v_given_from IS NULL THEN
            CALL _begin_prices(pi_shop_id, v_product_id, v_begun);
        END IF;
    END LOOP;
    CLOSE c_prices;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, JSON_LENGTH(pi_prices_json) AS products, v_changes AS changes;
    SELECT k.change_no, k.product_id, k.valid_from, e.valid_from AS valid_until, k.buy_price,
           k.sale_price, k.discount_rate, k.state
    FROM JSON_TABLE(CONCAT('[', v_change_nos, ']'), '$[*]' COLUMNS (
        line_no   FOR ORDINALITY,
        change_no BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN shop_price_changes k ON k.change_no = x.change_no
    LEFT JOIN shop_price_changes e
        ON e.shop_id = k.shop_id AND e.product_id = k.product_id AND e.state = 'planned'
        AND e.ends_change_no = k.change_no
    ORDER BY x.line_no;
END//
DELIMITER ;
