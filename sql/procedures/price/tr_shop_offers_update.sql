-- tr_shop_offers_update: ''a change of what is on sale makes a new price row, and only where something differs that a price row
-- holds. Price lists are written from this row alone: it has all that a price is made of, so no other table, which somebody may
-- be changing in this moment, has to be read.
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
    DECLARE v_list_price DECIMAL(20,2);

    CALL _price_offer(NEW.buy_price, NEW.sale_price, NEW.discount_rate, NEW.product_shown, NEW.option_required, NEW.option_hash,
                      NEW.add_price, NEW.option_shown, NEW.currency_digits, NEW.unit_price, v_list_price, NEW.orderable);
    IF NOT (NEW.shop_id <=> OLD.shop_id AND NEW.product_id <=> OLD.product_id
            AND NEW.option_hash <=> OLD.option_hash AND NEW.plan_id <=> OLD.plan_id
            AND NEW.unit_price <=> OLD.unit_price AND NEW.discount_rate <=> OLD.discount_rate
            AND NEW.product_name <=> OLD.product_name AND NEW.option_name <=> OLD.option_name
            AND NEW.category_id <=> OLD.category_id AND NEW.weight <=> OLD.weight
            AND NEW.tax_type <=> OLD.tax_type AND NEW.stock_option_hash <=> OLD.stock_option_hash
            AND ROUND(NEW.buy_price, NEW.currency_digits) <=> ROUND(OLD.buy_price, OLD.currency_digits)
            AND ROUND(NEW.add_price, NEW.currency_digits) <=> ROUND(OLD.add_price, OLD.currency_digits)) THEN
        INSERT INTO shop_product_prices
            (shop_id, product_id, option_hash, plan_id, unit_price, list_price, discount_rate, product_name, option_name,
             category_id, weight, tax_type, stock_option_hash, valid_from, actor, reason)
        VALUES
            (NEW.shop_id, NEW.product_id, NEW.option_hash, NEW.plan_id, NEW.unit_price, v_list_price, NEW.discount_rate,
             NEW.product_name, NEW.option_name, NEW.category_id, NEW.weight, NEW.tax_type, NEW.stock_option_hash,
             UTC_TIMESTAMP(6), LEFT(USER(), 100), NEW.reason);
        SET NEW.price_id = LAST_INSERT_ID();
    END IF;
END//
DELIMITER ;
