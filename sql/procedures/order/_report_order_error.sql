-- _report_order_error: answer an order that was refused, with what the buyer must see now.
--
-- Parameters
--   pi_shop_id … pi_cart_ids_json   as shop_order_insert gets them
--   pi_step … pi_detail             what failed, see _report_error
--   pi_ids                          cart rows, as far as they were read
--   pi_currency … pi_vat_rate       of the shop, as far as they were read
--   pi_post_code                    where it goes, as far as it was read
--   pi_coupon_ids                   its coupons, see _parse_ids; '[]' = none
--   pi_point, pi_cash               its points and cash, 0 = none
--   pi_client_total, pi_quote_id    the total that the buyer saw, and the quote, or NULL
-- Returns the row of _report_error; then, by error,
--   PRICE_CHANGED        the sets quote, lines and changes (see _select_amounts, _select_lines,
--                        _select_quote_changes)
--   PRODUCT_UNAVAILABLE, QUANTITY_NOT_ALLOWED  the set lines
--   OUT_OF_STOCK         the set shortage
-- Errors  none; the caller has rolled back and raises what it has
-- Locks   shop_quotes (new)
-- Example
--   CALL _report_order_error(1, 'demo1', 'T-1', '[1]', 'price the lines', 2101, '45000',
--       'PRICE_CHANGED', 'trdAmt', '1000', '[1]', 'KRW', 0, 0.1, '04524', '[]', 0, 0, 900, NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _report_order_error;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _report_order_error(
    pi_shop_id       INT UNSIGNED,
    pi_user_id       TEXT,
    pi_mTrdNo        TEXT,
    pi_cart_ids_json LONGTEXT,
    pi_step          VARCHAR(30),
    pi_errno         SMALLINT UNSIGNED,
    pi_sqlstate      CHAR(5),
    pi_message       TEXT,
    pi_field         TEXT,
    pi_detail        TEXT,
    pi_ids           LONGTEXT,
    pi_currency      CHAR(3),
    pi_digits        TINYINT UNSIGNED,
    pi_vat_rate      DECIMAL(5,4),
    pi_post_code     TEXT,
    pi_coupon_ids    LONGTEXT,
    pi_point         DECIMAL(18,2),
    pi_cash          DECIMAL(18,2),
    pi_client_total  DECIMAL(18,2),
    pi_quote_id      BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Answers an order that was refused'
BEGIN
    DECLARE v_shortage, v_found_ids, v_list, v_discounts LONGTEXT;
    DECLARE v_old_id, v_new_id, v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_old_total DECIMAL(18,2);
    DECLARE v_location TEXT;
    DECLARE v_count INT UNSIGNED;
    DECLARE v_product_total, v_shipping_fee, v_discount, v_total, v_supply, v_vat, v_tax_free
        DECIMAL(18,2);
    DECLARE v_more VARCHAR(20) DEFAULT CASE pi_message
        WHEN 'PRICE_CHANGED' THEN 'quote,lines,changes'
        WHEN 'PRODUCT_UNAVAILABLE' THEN 'lines'
        WHEN 'QUANTITY_NOT_ALLOWED' THEN 'lines'
        WHEN 'OUT_OF_STOCK' THEN 'shortage'
        ELSE '' END;

    IF v_more = 'shortage' THEN
        CALL _shortage(pi_shop_id, pi_user_id, pi_ids, v_shortage);
    END IF;
    SELECT error_url INTO v_location FROM shops WHERE shop_id = pi_shop_id;
    CALL _report_error('shop_order_insert', pi_step, pi_errno, pi_sqlstate, pi_message, pi_field,
        pi_detail, v_more,
        CASE pi_sqlstate WHEN '45000'
            THEN _refusal_url(v_location, pi_mTrdNo, pi_message, pi_field, v_shortage) END,
        JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                    'mTrdNo', LEFT(pi_mTrdNo, 64), 'cart_ids', LEFT(pi_cart_ids_json, 500)));
    IF v_more = 'shortage' THEN
        SELECT /*+ SET_VAR(group_concat_max_len = 1048576) */
               x.product_id, x.option_hash, MAX(x.wanted) AS wanted, MAX(x.free) AS free,
               CONCAT('[', GROUP_CONCAT(x.cart_id ORDER BY x.position), ']') AS cart_ids_json
        FROM JSON_TABLE(v_shortage, '$[*]' COLUMNS (
            position    FOR ORDINALITY,
            product_id  VARCHAR(30)     PATH '$.product_id',
            option_hash VARCHAR(64)     PATH '$.option_hash',
            wanted      DECIMAL(32,0)   PATH '$.wanted',
            free        DECIMAL(32,0)   PATH '$.free',
            cart_id     BIGINT UNSIGNED PATH '$.cart_id')) x
        GROUP BY x.product_id, x.option_hash
        ORDER BY x.product_id, x.option_hash;
    ELSEIF v_more <> '' THEN
        SET @jumun_price_changes = NULL;
        IF v_more = 'quote,lines,changes' THEN
            -- A promise that is over: from now on the price that is shown here. The refusal is
            -- answered whether that can be written or not.
            BEGIN
                DECLARE EXIT HANDLER FOR SQLEXCEPTION ROLLBACK AND NO CHAIN NO RELEASE;
                CALL _renew_promises(pi_shop_id, pi_user_id, 'read', NULL);
            END;
        END IF;
        -- Amounts and lines of one moment, after this order has given its cart back.
        SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
        START TRANSACTION;
        IF v_more = 'quote,lines,changes' THEN
            CALL calc_cart_totals(pi_shop_id, pi_user_id, pi_ids, pi_digits, pi_vat_rate,
                                  pi_post_code, pi_coupon_ids, pi_point, pi_cash, v_count,
                                  v_found_ids, v_list, v_product_total, v_shipping_fee, v_discount,
                                  v_total, v_supply, v_vat, v_tax_free, v_discounts,
                                  v_area_rule_id);
            CALL _keep_new_quote(pi_shop_id, pi_user_id, pi_ids, pi_client_total, pi_quote_id,
                                 v_total, pi_point, pi_cash, v_list, v_discounts, v_area_rule_id,
                                 v_old_id, v_new_id);
            SELECT MAX(total_payment) INTO v_old_total FROM shop_quotes WHERE quote_id = v_old_id;
            CALL _select_amounts(v_new_id, pi_currency, pi_digits, v_product_total, v_shipping_fee,
                                 v_discount, pi_point, pi_cash, v_total, v_supply, v_vat,
                                 v_tax_free, COALESCE(v_old_total, pi_client_total));
        END IF;
        CALL _select_lines(pi_shop_id, pi_user_id, pi_ids, UTC_TIMESTAMP(6));
        IF v_more = 'quote,lines,changes' THEN
            CALL _select_quote_changes(v_old_id, v_new_id);
        END IF;
        COMMIT AND NO CHAIN NO RELEASE;
    END IF;
END//
DELIMITER ;
