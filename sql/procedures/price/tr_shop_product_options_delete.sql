-- tr_shop_product_options_delete: what is no option any more is not on sale. Its prices stay. Sets
-- that it is a part of have none left.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers row of the option; shop_set_parts rows that it is in
-- Example
--   DELETE FROM shop_product_options
--   WHERE shop_id = 1 AND product_id = 'P001' AND option_hash = 'red';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_product_options_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_product_options_delete
AFTER DELETE ON shop_product_options
FOR EACH ROW
BEGIN
    DELETE FROM shop_offers
    WHERE shop_id = OLD.shop_id AND product_id = OLD.product_id AND option_hash = OLD.option_hash;
    -- See tr_shop_set_parts_update.
    UPDATE shop_set_parts SET stock_option_hash = ''
    WHERE shop_id = OLD.shop_id AND part_product_id = OLD.product_id
      AND part_option_hash = OLD.option_hash;
END//
DELIMITER ;
