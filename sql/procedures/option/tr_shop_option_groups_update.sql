-- tr_shop_option_groups_update: a group of options that becomes required, or is not any more,
-- counts so for its product. As tr_shop_option_groups_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   the product, its offers
-- Example
--   UPDATE shop_option_groups SET is_required = 0
--   WHERE shop_id = 1 AND product_id = 'D0001' AND group_name = '색상';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_option_groups_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_option_groups_update
BEFORE UPDATE ON shop_option_groups
FOR EACH ROW
BEGIN
    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.product_id = OLD.product_id
            AND NEW.kind = OLD.kind AND NEW.is_required = OLD.is_required) THEN
        UPDATE shop_products
        SET option_groups = option_groups - 1,
            required_choices = required_choices - (OLD.kind = 'choice' AND OLD.is_required = 1),
            required_texts = required_texts - (OLD.kind = 'text' AND OLD.is_required = 1)
        WHERE shop_id = OLD.shop_id AND product_id = OLD.product_id;
        UPDATE shop_products
        SET option_groups = option_groups + 1,
            required_choices = required_choices + (NEW.kind = 'choice' AND NEW.is_required = 1),
            required_texts = required_texts + (NEW.kind = 'text' AND NEW.is_required = 1)
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id;
    END IF;
END//
DELIMITER ;
