-- tr_shop_delivery_areas_inserted: a shop knows how many areas it has, so that an order of
-- one without any looks for none. Counted when the row is there: INSERT IGNORE may write none.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shops row
-- Example
--   INSERT INTO shop_delivery_areas … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_areas_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_areas_inserted
AFTER INSERT ON shop_delivery_areas
FOR EACH ROW
BEGIN
    UPDATE shops SET delivery_areas = delivery_areas + 1 WHERE shop_id = NEW.shop_id;
END//
DELIMITER ;
