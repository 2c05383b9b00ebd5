-- tr_shop_offers_insert: what comes on sale gets a price row.
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
    DECLARE v_list_price DECIMAL(20,2);

    CALL _price_offer(NEW.buy_price, NEW.sale_price, NEW.discount_rate, NEW.product_shown, NEW.option_required, NEW.option_hash,
                      NEW.add_price, NEW.option_shown, NEW.currency_digits, NEW.unit_price, v_list_price, NEW.orderable);
    INSERT INTO shop_product_prices
        (shop_id, product_id, option_hash, plan_id, unit_price, list_price, discount_rate, product_name, option_name,
         category_id, weight, tax_type, stock_option_hash, valid_from, actor, reason)
    VALUES
        (NEW.shop_id, NEW.product_id, NEW.option_hash, NEW.plan_id, NEW.unit_price, v_list_price, NEW.discount_rate,
         NEW.product_name, NEW.option_name, NEW.category_id, NEW.weight, NEW.tax_type, NEW.stock_option_hash,
         UTC_TIMESTAMP(6), LEFT(USER(), 100), NEW.reason);
    SET NEW.price_id = LAST_INSERT_ID();
END//
DELIMITER ;
