-- tr_shop_product_options_update: what a page or a hand changes in an option goes to its offer. An option under another name, or of
-- another product, is another one.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers row of the option; of another option also the product's, shared
-- Example
--   UPDATE shop_product_options SET add_price = 500 WHERE shop_id = 1 AND product_id = 'P001' AND option_hash = 'red';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_product_options_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_product_options_update
AFTER UPDATE ON shop_product_options
FOR EACH ROW
BEGIN
    DECLARE v_buy_price, v_sale_price DECIMAL(18,2);
    DECLARE v_discount_rate DECIMAL(5,4);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_tax_type VARCHAR(8);
    DECLARE v_product_name VARCHAR(200);
    DECLARE v_category_id VARCHAR(30);
    DECLARE v_delivery_policy_id, v_weight INT UNSIGNED;
    DECLARE v_stock_slots SMALLINT UNSIGNED;
    DECLARE v_product_shown, v_option_required TINYINT;

    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.product_id <=> OLD.product_id AND NEW.option_hash <=> OLD.option_hash) THEN
        DELETE FROM shop_offers
        WHERE shop_id = OLD.shop_id AND product_id = OLD.product_id AND option_hash = OLD.option_hash;
        SELECT buy_price, sale_price, discount_rate, currency_digits, tax_type, product_name, category_id, delivery_policy_id,
               weight, stock_slots, product_shown, option_required
        INTO v_buy_price, v_sale_price, v_discount_rate, v_digits, v_tax_type, v_product_name, v_category_id,
             v_delivery_policy_id, v_weight, v_stock_slots, v_product_shown, v_option_required
        FROM shop_offers
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id AND option_hash = '__noopt__' AND plan_id = 0
        LOCK IN SHARE MODE;
        INSERT INTO shop_offers
            (shop_id, product_id, option_hash, price_id, tax_type, delivery_policy_id, stock_option_hash, stock_slots, buy_price,
             sale_price, discount_rate, add_price, currency_digits, product_name, option_name, category_id, weight, product_shown,
             option_required, option_shown, reason)
        VALUES
            (NEW.shop_id, NEW.product_id, NEW.option_hash, 0, v_tax_type, v_delivery_policy_id, NEW.stock_option_hash, v_stock_slots,
             v_buy_price, v_sale_price, v_discount_rate, NEW.add_price, v_digits, v_product_name, NEW.option_name, v_category_id,
             v_weight, v_product_shown, v_option_required, NEW.display = '1', 'shop_product_options');
    ELSEIF NOT (NEW.option_name <=> OLD.option_name AND NEW.add_price <=> OLD.add_price AND NEW.display <=> OLD.display
                AND NEW.stock_option_hash <=> OLD.stock_option_hash) THEN
        UPDATE shop_offers
        SET add_price = NEW.add_price, option_name = NEW.option_name, option_shown = NEW.display = '1',
            stock_option_hash = NEW.stock_option_hash, reason = 'shop_product_options'
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id AND option_hash = NEW.option_hash;
    END IF;
END//
DELIMITER ;
