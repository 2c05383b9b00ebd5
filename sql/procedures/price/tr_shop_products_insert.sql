-- tr_shop_products_insert: a new product is on sale, as it is without options.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers row (new); shops row, shared: its number of decimals never changes
--         while there are prices
-- Example
--   INSERT INTO shop_products … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_products_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_products_insert
AFTER INSERT ON shop_products
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_price_unit DECIMAL(18,2);
    DECLARE v_price_rounding VARCHAR(7);
    DECLARE v_quantity_rules TINYINT DEFAULT
        COALESCE(NEW.min_quantity, NEW.max_quantity, NEW.quantity_step,
                 NEW.member_quantity) IS NOT NULL;

    SELECT currency_digits, price_unit, price_rounding
    INTO v_digits, v_price_unit, v_price_rounding
    FROM shops WHERE shop_id = NEW.shop_id LOCK IN SHARE MODE;
    -- A row that is there already belongs to a product that was deleted while there was no trigger.
    INSERT INTO shop_offers
        (shop_id, product_id, option_hash, price_id, tax_type, delivery_policy_id,
         stock_option_hash, stock_slots, buy_price, sale_price, discount_rate,
         add_price, currency_digits, price_unit, price_rounding,
         product_name, option_name, category_id,
         weight, product_shown, option_required, option_shown, reason,
         option_groups, required_choices, required_texts, quantity_rules, set_parts)
    VALUES
        (NEW.shop_id, NEW.product_id, '__noopt__', 0, NEW.tax_type, NEW.delivery_policy_id,
         '__noopt__', NEW.stock_slots, NEW.buy_price, NEW.sale_price, NEW.discount_rate,
         0, v_digits, v_price_unit, v_price_rounding,
         NEW.product_name, '', NEW.category_id,
         NEW.weight, NEW.display = '1' AND NEW.stat <> '2', NEW.option_required, 1, 'shop_products',
         NEW.option_groups, NEW.required_choices, NEW.required_texts, v_quantity_rules,
         NEW.set_parts)
    ON DUPLICATE KEY UPDATE
        tax_type = NEW.tax_type, delivery_policy_id = NEW.delivery_policy_id,
        stock_option_hash = '__noopt__', stock_slots = NEW.stock_slots,
        buy_price = NEW.buy_price, sale_price = NEW.sale_price, discount_rate = NEW.discount_rate,
        add_price = 0, currency_digits = v_digits, price_unit = v_price_unit,
        price_rounding = v_price_rounding, product_name = NEW.product_name,
        option_name = '', category_id = NEW.category_id, weight = NEW.weight,
        product_shown = NEW.display = '1' AND NEW.stat <> '2',
        option_required = NEW.option_required, option_shown = 1, reason = 'shop_products',
        option_groups = NEW.option_groups, required_choices = NEW.required_choices,
        required_texts = NEW.required_texts, quantity_rules = v_quantity_rules,
        set_parts = NEW.set_parts;
END//
DELIMITER ;
