-- tr_shop_offers_update: a change of what is on sale makes a new price row, and only where the
-- one that it names says something else. A price is made of this row alone: it has all that it
-- needs, so no other table, which somebody may be changing in this moment, has to be read. The
-- price row is read as it is now, not as the page's transaction began: it never changes, so
-- nobody waits for that.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_product_prices rows: the new ones, or those it had, shared
-- Example
--   UPDATE shop_products SET sale_price = 9000 WHERE shop_id = 1 AND product_id = 'P001';
--   -- by tr_shop_products_update
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_offers_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_offers_update
BEFORE UPDATE ON shop_offers
FOR EACH ROW
BEGIN
    DECLARE v_price_id, v_known BIGINT UNSIGNED DEFAULT OLD.price_id;
    DECLARE v_begun TINYINT DEFAULT COALESCE(OLD.holds_until <= UTC_TIMESTAMP(6), 0);

    -- A price that is said once the planned one has begun takes its place. It may be the planned
    -- one itself: then its row is there.
    IF v_begun = 1 AND OLD.next_change_no <=> NEW.next_change_no
        AND NOT (NEW.buy_price = OLD.buy_price AND NEW.sale_price <=> OLD.sale_price
                 AND NEW.discount_rate = OLD.discount_rate) THEN
        SET v_known = OLD.next_price_id,
            NEW.holds_until = OLD.next_until, NEW.next_until = NULL,
            NEW.next_change_no = NULL, NEW.next_price_id = NULL, NEW.next_unit_price = NULL,
            NEW.next_list_price = NULL, NEW.next_buy_price = NULL, NEW.next_sale_price = NULL,
            NEW.next_discount_rate = NULL;
    END IF;

    IF NOT NEW.holds_until <=> OLD.holds_until THEN
        SET v_begun = 0;
    END IF;

    SET NEW.unit_price = _unit_price(NEW.buy_price, NEW.sale_price, NEW.discount_rate,
                                     NEW.add_price, NEW.currency_digits, NEW.price_unit,
                                     NEW.price_rounding);
    SET NEW.list_price = _list_price(NEW.buy_price, NEW.add_price, NEW.currency_digits);
    SET NEW.orderable = _is_orderable(NEW.product_shown,
                                      NEW.option_required = 1 OR NEW.required_choices > 0,
                                      NEW.option_hash, NEW.option_shown, NEW.unit_price)
                        * _orderable_as(NEW.required_texts,
                                        NEW.quantity_rules = 1 OR NEW.set_parts > 0);
    -- The price before a planned one that has begun is not in force: it gets no row any more.
    IF v_begun = 0 THEN
        SET v_price_id = NULL;
        SELECT price_id INTO v_price_id
        FROM shop_product_prices
        WHERE price_id = v_known AND shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = NEW.option_hash AND plan_id = NEW.plan_id
          AND unit_price = NEW.unit_price AND list_price = NEW.list_price
          AND discount_rate = NEW.discount_rate
          AND CAST(product_name AS BINARY) = CAST(NEW.product_name AS BINARY)
          AND CAST(option_name AS BINARY) = CAST(NEW.option_name AS BINARY)
          AND CAST(category_id AS BINARY) <=> CAST(NEW.category_id AS BINARY)
          AND weight <=> NEW.weight AND tax_type = NEW.tax_type
          AND CAST(stock_option_hash AS BINARY) = CAST(NEW.stock_option_hash AS BINARY)
        LOCK IN SHARE MODE;
        IF v_price_id IS NULL THEN
            INSERT INTO shop_product_prices
                (shop_id, product_id, option_hash, plan_id,
                 unit_price, list_price, discount_rate,
                 product_name, option_name, category_id, weight,
                 tax_type, stock_option_hash, valid_from, actor, reason)
            VALUES
                (NEW.shop_id, NEW.product_id, NEW.option_hash, NEW.plan_id,
                 NEW.unit_price, NEW.list_price, NEW.discount_rate,
                 NEW.product_name, NEW.option_name, NEW.category_id, NEW.weight,
                 NEW.tax_type, NEW.stock_option_hash, UTC_TIMESTAMP(6), LEFT(USER(), 100),
                 NEW.reason);
            SET v_price_id = LAST_INSERT_ID();
        END IF;
        SET NEW.price_id = v_price_id;
    END IF;

    -- The next price is a row in the future, with what else a price row says as it is now.
    IF NEW.next_change_no IS NOT NULL AND NEW.next_buy_price IS NOT NULL
        AND NEW.next_discount_rate IS NOT NULL AND NEW.holds_until IS NOT NULL THEN
        SET v_price_id = NULL,
            NEW.next_unit_price = _unit_price(NEW.next_buy_price, NEW.next_sale_price,
                NEW.next_discount_rate, NEW.add_price, NEW.currency_digits, NEW.price_unit,
                NEW.price_rounding);
        SET NEW.next_list_price = _list_price(NEW.next_buy_price, NEW.add_price,
                                              NEW.currency_digits);
        SELECT price_id INTO v_price_id
        FROM shop_product_prices
        WHERE price_id = OLD.next_price_id AND change_no = NEW.next_change_no
          AND shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = NEW.option_hash AND plan_id = NEW.plan_id
          AND unit_price = NEW.next_unit_price AND list_price = NEW.next_list_price
          AND discount_rate = NEW.next_discount_rate
          AND CAST(product_name AS BINARY) = CAST(NEW.product_name AS BINARY)
          AND CAST(option_name AS BINARY) = CAST(NEW.option_name AS BINARY)
          AND CAST(category_id AS BINARY) <=> CAST(NEW.category_id AS BINARY)
          AND weight <=> NEW.weight AND tax_type = NEW.tax_type
          AND CAST(stock_option_hash AS BINARY) = CAST(NEW.stock_option_hash AS BINARY)
        LOCK IN SHARE MODE;
        IF v_price_id IS NULL THEN
            INSERT INTO shop_product_prices
                (shop_id, product_id, option_hash, plan_id,
                 unit_price, list_price, discount_rate,
                 product_name, option_name, category_id, weight,
                 tax_type, stock_option_hash, valid_from, actor, reason, change_no)
            VALUES
                (NEW.shop_id, NEW.product_id, NEW.option_hash, NEW.plan_id,
                 NEW.next_unit_price, NEW.next_list_price, NEW.next_discount_rate,
                 NEW.product_name, NEW.option_name, NEW.category_id, NEW.weight,
                 NEW.tax_type, NEW.stock_option_hash, NEW.holds_until, LEFT(USER(), 100),
                 NEW.reason, NEW.next_change_no);
            SET v_price_id = LAST_INSERT_ID();
        END IF;
        SET NEW.next_price_id = v_price_id;
    END IF;
END//
DELIMITER ;
