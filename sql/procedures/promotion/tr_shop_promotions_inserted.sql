-- tr_shop_promotions_inserted: the shop counts the promotions that are enabled, so that orders of a
-- shop without any look for none.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shops row
-- Example
--   INSERT INTO shop_promotions … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_promotions_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_promotions_inserted
AFTER INSERT ON shop_promotions
FOR EACH ROW
BEGIN
    UPDATE shops SET promotions = promotions + NEW.enabled WHERE shop_id = NEW.shop_id;
END//
DELIMITER ;
