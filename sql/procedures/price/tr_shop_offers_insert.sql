-- tr_shop_offers_insert: what comes on sale gets a price row. What was taken off sale in the
-- statement before and comes back as it was, as REPLACE does it, gets its own one again: see
-- tr_shop_offers_delete. Only a row that is there is looked for, by its key: on MariaDB with a
-- binary log that is not ROW a trigger locks what it reads, and a gap would be a deadlock
-- between two new products.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_product_prices row (new)
-- Example
--   INSERT INTO shop_products … ;   -- tr_shop_products_insert makes the offer
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_offers_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_offers_insert
BEFORE INSERT ON shop_offers
FOR EACH ROW
BEGIN
    DECLARE v_before, v_price_id BIGINT UNSIGNED;

    SET NEW.unit_price = _unit_price(NEW.buy_price, NEW.sale_price, NEW.discount_rate,
                                     NEW.add_price, NEW.currency_digits, NEW.price_unit,
                                     NEW.price_rounding);
    SET NEW.list_price = _list_price(NEW.buy_price, NEW.add_price, NEW.currency_digits);
    SET NEW.orderable = _is_orderable(NEW.product_shown,
                                      NEW.option_required = 1 OR NEW.required_choices > 0,
                                      NEW.option_hash, NEW.option_shown, NEW.unit_price)
                        * _orderable_as(NEW.required_texts,
                                        NEW.quantity_rules = 1 OR NEW.set_parts > 0);

    SET v_before = @jumun_offer_price;
    SET @jumun_offer_price = NULL;
    IF v_before IS NOT NULL THEN
        SELECT price_id INTO v_price_id
        FROM shop_product_prices
        WHERE price_id = v_before AND shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = NEW.option_hash AND plan_id = NEW.plan_id
          AND unit_price = NEW.unit_price AND list_price = NEW.list_price
          AND discount_rate = NEW.discount_rate
          AND CAST(product_name AS BINARY) = CAST(NEW.product_name AS BINARY)
          AND CAST(option_name AS BINARY) = CAST(NEW.option_name AS BINARY)
          AND CAST(category_id AS BINARY) <=> CAST(NEW.category_id AS BINARY)
          AND weight <=> NEW.weight AND tax_type = NEW.tax_type
          AND CAST(stock_option_hash AS BINARY) = CAST(NEW.stock_option_hash AS BINARY)
        LOCK IN SHARE MODE;
    END IF;
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
             NEW.tax_type, NEW.stock_option_hash, UTC_TIMESTAMP(6), LEFT(USER(), 100), NEW.reason);
        SET v_price_id = LAST_INSERT_ID();
    END IF;
    SET NEW.price_id = v_price_id;
END//
DELIMITER ;
