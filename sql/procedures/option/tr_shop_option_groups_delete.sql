-- tr_shop_option_groups_delete: a group of options that is gone does not count for its product. As
-- tr_shop_option_groups_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   the product, its offers
-- Example
--   DELETE FROM shop_option_groups
--   WHERE shop_id = 1 AND product_id = 'D0001' AND group_name = '색상';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_option_groups_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_option_groups_delete
BEFORE DELETE ON shop_option_groups
FOR EACH ROW
BEGIN
    UPDATE shop_products
    SET option_groups = option_groups - 1,
        required_choices = required_choices - (OLD.kind = 'choice' AND OLD.is_required = 1),
        required_texts = required_texts - (OLD.kind = 'text' AND OLD.is_required = 1)
    WHERE shop_id = OLD.shop_id AND product_id = OLD.product_id;
END//
DELIMITER ;
