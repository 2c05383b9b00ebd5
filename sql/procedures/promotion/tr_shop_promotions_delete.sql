-- tr_shop_promotions_delete: a promotion that is gone is not counted; its rules stay.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shops row
-- Example
--   DELETE FROM shop_promotions WHERE shop_id = 1 AND promotion_code = 'SHIP0';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_promotions_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_promotions_delete
AFTER DELETE ON shop_promotions
FOR EACH ROW
BEGIN
    UPDATE shops SET promotions = promotions - OLD.enabled WHERE shop_id = OLD.shop_id;
END//
DELIMITER ;
