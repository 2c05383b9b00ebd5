-- tr_shop_offers_delete: what goes off sale keeps its prices. Which one was in force is remembered
-- for tr_shop_offers_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   DELETE FROM shop_products WHERE shop_id = 1 AND product_id = 'P001';
--   -- by tr_shop_products_delete
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_offers_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_offers_delete
AFTER DELETE ON shop_offers
FOR EACH ROW
BEGIN
    SET @jumun_offer_price = OLD.price_id;
END//
DELIMITER ;
