-- tr_shops_updated: a shop that rounds discounted prices in another way has other prices from that
-- moment on: all that it sells is priced anew.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers of the shop
-- Example
--   UPDATE shops SET price_unit = 10, price_rounding = 'down' WHERE shop_id = 1;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shops_updated;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shops_updated
AFTER UPDATE ON shops
FOR EACH ROW
BEGIN
    IF NOT (NEW.price_unit <=> OLD.price_unit AND NEW.price_rounding = OLD.price_rounding) THEN
        UPDATE shop_offers
        SET price_unit = NEW.price_unit, price_rounding = NEW.price_rounding, reason = 'shops'
        WHERE shop_id = NEW.shop_id
        ORDER BY product_id, option_hash, plan_id;
    END IF;
END//
DELIMITER ;
