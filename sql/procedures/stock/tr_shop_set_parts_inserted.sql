-- tr_shop_set_parts_inserted: a part that was added counts for its set, its product and its shop.
-- See tr_shop_set_parts_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   both products, the set's offers; the shop
-- Example
--   INSERT INTO shop_set_parts … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_set_parts_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_set_parts_inserted
AFTER INSERT ON shop_set_parts
FOR EACH ROW
BEGIN
    UPDATE shop_products
    SET set_parts = set_parts + (product_id = NEW.product_id),
        in_sets = in_sets + (product_id = NEW.part_product_id)
    WHERE shop_id = NEW.shop_id AND product_id IN (NEW.product_id, NEW.part_product_id);
    UPDATE shops SET set_parts = set_parts + 1 WHERE shop_id = NEW.shop_id;
END//
DELIMITER ;
