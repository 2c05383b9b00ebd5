-- tr_shop_set_parts_delete: a part that is gone counts no more. A set without parts is a product
-- like others, with units of its own. Orders keep what they took.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   both products, the set's offers; the shop
-- Example
--   DELETE FROM shop_set_parts WHERE shop_id = 1 AND product_id = 'TEASET';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_set_parts_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_set_parts_delete
BEFORE DELETE ON shop_set_parts
FOR EACH ROW
BEGIN
    UPDATE shop_products
    SET set_parts = set_parts - (product_id = OLD.product_id),
        in_sets = in_sets - (product_id = OLD.part_product_id)
    WHERE shop_id = OLD.shop_id AND product_id IN (OLD.product_id, OLD.part_product_id);
    UPDATE shops SET set_parts = set_parts - 1 WHERE shop_id = OLD.shop_id;
END//
DELIMITER ;
