-- tr_shop_product_options_insert: a new option of a product is on sale.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers row (new), and the product's, shared; shop_set_parts rows that it is in
-- Example
--   INSERT INTO shop_product_options … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_product_options_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_product_options_insert
AFTER INSERT ON shop_product_options
FOR EACH ROW
BEGIN
    CALL _put_option_on_sale(NEW.shop_id, NEW.product_id, NEW.option_hash, NEW.option_name,
                             NEW.add_price, NEW.display, NEW.stock_option_hash);
    -- See tr_shop_set_parts_update.
    UPDATE shop_set_parts SET stock_option_hash = ''
    WHERE shop_id = NEW.shop_id AND part_product_id = NEW.product_id
      AND part_option_hash = NEW.option_hash;
END//
DELIMITER ;
