-- tr_shop_products_update: what a page or a hand changes in a product goes to its offers. The stock
-- mirror, which writes every few seconds, changes nothing that is compared here. Equal texts may
-- still differ in blanks at their end: their lengths are compared as well.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers rows of the product
-- Example
--   UPDATE shop_products SET sale_price = 9000 WHERE shop_id = 1 AND product_id = 'P001';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_products_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_products_update
AFTER UPDATE ON shop_products
FOR EACH ROW
BEGIN
    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.product_id = OLD.product_id
            AND NEW.product_name = OLD.product_name
            AND LENGTH(NEW.product_name) = LENGTH(OLD.product_name)
            AND NEW.buy_price = OLD.buy_price AND NEW.sale_price <=> OLD.sale_price
            AND NEW.discount_rate = OLD.discount_rate AND NEW.tax_type = OLD.tax_type
            AND NEW.category_id <=> OLD.category_id
            AND LENGTH(NEW.category_id) <=> LENGTH(OLD.category_id)
            AND NEW.weight <=> OLD.weight AND NEW.delivery_policy_id = OLD.delivery_policy_id
            AND NEW.stock_slots = OLD.stock_slots AND NEW.option_required = OLD.option_required
            AND NEW.display = OLD.display AND NEW.stat = OLD.stat
            AND NEW.option_groups = OLD.option_groups
            AND NEW.required_choices = OLD.required_choices
            AND NEW.required_texts = OLD.required_texts AND NEW.set_parts = OLD.set_parts
            AND NEW.min_quantity <=> OLD.min_quantity AND NEW.max_quantity <=> OLD.max_quantity
            AND NEW.quantity_step <=> OLD.quantity_step
            AND NEW.member_quantity <=> OLD.member_quantity) THEN
        UPDATE shop_offers
        SET shop_id = NEW.shop_id, product_id = NEW.product_id, buy_price = NEW.buy_price,
            sale_price = NEW.sale_price, discount_rate = NEW.discount_rate,
            product_name = NEW.product_name, tax_type = NEW.tax_type,
            category_id = NEW.category_id, weight = NEW.weight,
            delivery_policy_id = NEW.delivery_policy_id, stock_slots = NEW.stock_slots,
            option_required = NEW.option_required,
            product_shown = NEW.display = '1' AND NEW.stat <> '2', reason = 'shop_products',
            option_groups = NEW.option_groups, required_choices = NEW.required_choices,
            required_texts = NEW.required_texts, set_parts = NEW.set_parts,
            quantity_rules = COALESCE(NEW.min_quantity, NEW.max_quantity, NEW.quantity_step,
                                      NEW.member_quantity) IS NOT NULL
        WHERE shop_id = OLD.shop_id AND product_id = OLD.product_id;
    END IF;
END//
DELIMITER ;
