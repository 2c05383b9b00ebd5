-- tr_shop_option_groups_insert: a group of options that is added counts for its product. BEFORE, so
-- that the product is locked before the foreign key looks at it.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   the product, its offers
-- Example
--   INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind)
--   VALUES (1, 'D0001', '색상', 'choice');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_option_groups_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_option_groups_insert
BEFORE INSERT ON shop_option_groups
FOR EACH ROW
BEGIN
    UPDATE shop_products
    SET option_groups = option_groups + 1,
        required_choices = required_choices + (NEW.kind = 'choice' AND NEW.is_required = 1),
        required_texts = required_texts + (NEW.kind = 'text' AND NEW.is_required = 1)
    WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id;
END//
DELIMITER ;
