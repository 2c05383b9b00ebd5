-- tr_shop_products_delete: what is no product any more is not on sale. Its prices stay.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers rows of the product
-- Example
--   DELETE FROM shop_products WHERE shop_id = 1 AND product_id = 'P001';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_products_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_products_delete
AFTER DELETE ON shop_products
FOR EACH ROW
BEGIN
    DELETE FROM shop_offers WHERE shop_id = OLD.shop_id AND product_id = OLD.product_id;
END//
DELIMITER ;
