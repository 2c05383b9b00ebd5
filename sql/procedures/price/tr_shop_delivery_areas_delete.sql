-- tr_shop_delivery_areas_delete: a shop knows how many areas it has. Their rules stay.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shops row
-- Example
--   DELETE FROM shop_delivery_areas WHERE shop_id = 1 AND area_code = 'nowhere';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_areas_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_areas_delete
AFTER DELETE ON shop_delivery_areas
FOR EACH ROW
BEGIN
    UPDATE shops SET delivery_areas = delivery_areas - 1 WHERE shop_id = OLD.shop_id;
END//
DELIMITER ;
