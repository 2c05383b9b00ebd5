-- tr_shop_set_parts_update: a part of a set can be changed in quantity and position. Its stock row
-- is looked up anew: the triggers of shop_product_options ask for that by a plain UPDATE when the
-- option has another one.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  INVALID_INPUT (part_product_id): another part is another row; delete this one
-- Locks   the part's offer, shared
-- Example
--   UPDATE shop_set_parts SET quantity = 3
--   WHERE shop_id = 1 AND product_id = 'TEASET' AND part_product_id = 'D0001';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_set_parts_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_set_parts_update
BEFORE UPDATE ON shop_set_parts
FOR EACH ROW
BEGIN
    DECLARE v_stock_option_hash VARCHAR(64);

    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.product_id = OLD.product_id
            AND NEW.part_product_id = OLD.part_product_id
            AND NEW.part_option_hash = OLD.part_option_hash) THEN
        CALL _raise('INVALID_INPUT', 'part_product_id', 'delete the part and insert another');
    END IF;
    CALL _part_stock(NEW.shop_id, NEW.part_product_id, NEW.part_option_hash, v_stock_option_hash);
    SET NEW.stock_option_hash = v_stock_option_hash;
END//
DELIMITER ;
