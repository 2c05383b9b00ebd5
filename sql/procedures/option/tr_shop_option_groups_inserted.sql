-- tr_shop_option_groups_inserted: a group of options that was added counts for its product. See
-- tr_shop_option_groups_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   the product, its offers
-- Example
--   INSERT INTO shop_option_groups … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_option_groups_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_option_groups_inserted
AFTER INSERT ON shop_option_groups
FOR EACH ROW
BEGIN
    UPDATE shop_products
    SET option_groups = option_groups + 1,
        required_choices = required_choices + (NEW.kind = 'choice' AND NEW.is_required = 1),
        required_texts = required_texts + (NEW.kind = 'text' AND NEW.is_required = 1)
    WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id;
END//
DELIMITER ;
