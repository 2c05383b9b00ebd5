-- _begin_prices: bring a product to the planned price that has begun. Whoever reads takes that
-- price without it; the product's own columns, which pages may read, follow here, and the offers
-- name the next one.
--
-- A price that somebody has set after a planned one began stays: it was said later. What a sale
-- goes back to when it ends is what the product costs when it begins.
--
-- Parameters
--   pi_shop_id, pi_product_id  product
--   po_begun                   OUT: how many changes
-- Returns nothing
-- Errors  none
-- Locks   product, its offers by option; in the caller's transaction
-- Example
--   CALL _begin_prices(1, 'D0001', @begun);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _begin_prices;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _begin_prices(
    pi_shop_id    INT UNSIGNED,
    pi_product_id VARCHAR(30),
    OUT po_begun  INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Brings a product to its planned price'
BEGIN
    DECLARE v_change_no BIGINT UNSIGNED;
    DECLARE v_valid_from, v_since DATETIME(6);
    DECLARE v_buy_price, v_sale_price, v_next_buy_price, v_next_sale_price DECIMAL(18,2);
    DECLARE v_discount_rate, v_next_discount_rate DECIMAL(5,4);

    SET po_begun = 0;
    begin_next: LOOP
        SET v_change_no = NULL, v_buy_price = NULL, v_since = NULL;
        SELECT buy_price, sale_price, discount_rate
        INTO v_buy_price, v_sale_price, v_discount_rate
        FROM shop_products FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id FOR UPDATE;
        SELECT change_no, valid_from, buy_price, sale_price, discount_rate
        INTO v_change_no, v_valid_from, v_next_buy_price, v_next_sale_price, v_next_discount_rate
        FROM shop_price_changes
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND state = 'planned'
          AND valid_from <= UTC_TIMESTAMP(6)
        ORDER BY valid_from, change_no
        LIMIT 1;
        IF v_change_no IS NULL THEN
            LEAVE begin_next;
        END IF;
        SELECT MAX(r.valid_from) INTO v_since
        FROM shop_offers f
        STRAIGHT_JOIN shop_product_prices r FORCE INDEX (PRIMARY) ON r.price_id = f.price_id
        WHERE f.shop_id = pi_shop_id AND f.product_id = pi_product_id
          AND f.option_hash = '__noopt__' AND f.plan_id = 0;

        UPDATE shop_price_changes
        SET state = 'begun', state_actor = LEFT(USER(), 100), state_date = UTC_TIMESTAMP(6),
            state_reason = CASE WHEN v_buy_price IS NULL THEN 'there is no such product'
                                WHEN v_since > v_valid_from THEN 'another price was set since'
                                ELSE '' END
        WHERE change_no = v_change_no;
        UPDATE shop_price_changes
        SET buy_price = v_buy_price, sale_price = v_sale_price, discount_rate = v_discount_rate
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND state = 'planned'
          AND ends_change_no = v_change_no;
        IF v_since <= v_valid_from THEN
            UPDATE shop_products
            SET buy_price = v_next_buy_price, sale_price = v_next_sale_price,
                discount_rate = v_next_discount_rate
            WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
        END IF;
        CALL _name_planned_price(pi_shop_id, pi_product_id);
        SET po_begun = po_begun + 1;
    END LOOP;
END//
DELIMITER ;
