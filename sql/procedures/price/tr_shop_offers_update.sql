-- tr_shop_offers_update: a change of what is on sale makes a new price row, and only where something differs that a price row
-- holds. A price is made of this row alone: it has all that it needs, so no other table, which somebody may be changing in
-- this moment, has to be read. Equal texts may still differ in blanks at their end: their lengths are compared as well.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_product_prices row (new)
-- Example
--   UPDATE shop_products SET sale_price = 9000 WHERE shop_id = 1 AND product_id = 'P001';   -- by tr_shop_products_update
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_offers_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_offers_update
BEFORE UPDATE ON shop_offers
FOR EACH ROW
BEGIN
    SET NEW.unit_price = _unit_price(NEW.buy_price, NEW.sale_price, NEW.discount_rate, NEW.add_price, NEW.currency_digits);
    SET NEW.list_price = _list_price(NEW.buy_price, NEW.add_price, NEW.currency_digits);
    SET NEW.orderable = _is_orderable(NEW.product_shown, NEW.option_required, NEW.option_hash, NEW.option_shown,
                                      NEW.unit_price);
    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.product_id = OLD.product_id AND NEW.option_hash = OLD.option_hash
            AND NEW.plan_id = OLD.plan_id AND NEW.unit_price = OLD.unit_price AND NEW.list_price = OLD.list_price
            AND NEW.discount_rate = OLD.discount_rate
            AND NEW.product_name = OLD.product_name AND LENGTH(NEW.product_name) = LENGTH(OLD.product_name)
            AND NEW.option_name = OLD.option_name AND LENGTH(NEW.option_name) = LENGTH(OLD.option_name)
            AND NEW.category_id <=> OLD.category_id AND LENGTH(NEW.category_id) <=> LENGTH(OLD.category_id)
            AND NEW.weight <=> OLD.weight AND NEW.tax_type = OLD.tax_type
            AND NEW.stock_option_hash = OLD.stock_option_hash
            AND LENGTH(NEW.stock_option_hash) = LENGTH(OLD.stock_option_hash)) THEN
        INSERT INTO shop_product_prices
            (shop_id, product_id, option_hash, plan_id, unit_price, list_price, discount_rate, product_name, option_name,
             category_id, weight, tax_type, stock_option_hash, valid_from, actor, reason)
        VALUES
            (NEW.shop_id, NEW.product_id, NEW.option_hash, NEW.plan_id, NEW.unit_price, NEW.list_price, NEW.discount_rate,
             NEW.product_name, NEW.option_name, NEW.category_id, NEW.weight, NEW.tax_type, NEW.stock_option_hash,
             UTC_TIMESTAMP(6), LEFT(USER(), 100), NEW.reason);
        SET NEW.price_id = LAST_INSERT_ID();
    ELSE
        SET NEW.price_id = OLD.price_id;
    END IF;
END//
DELIMITER ;
