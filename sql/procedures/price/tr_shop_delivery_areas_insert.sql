-- tr_shop_delivery_areas_insert: a new area where delivery costs more has its rule,
-- which orders name.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_area_rules row (new); shops row
-- Example
--   INSERT INTO shop_delivery_areas … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_areas_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_areas_insert
BEFORE INSERT ON shop_delivery_areas
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;

    -- Locked for tr_shop_delivery_areas_inserted, which writes it.
    SELECT currency_digits INTO v_digits FROM shops WHERE shop_id = NEW.shop_id FOR UPDATE;
    SET NEW.surcharge = ROUND(NEW.surcharge, v_digits);
    INSERT INTO shop_area_rules
        (shop_id, area_code, area_name, surcharge, valid_from, actor)
    VALUES
        (NEW.shop_id, NEW.area_code, NEW.area_name, NEW.surcharge, UTC_TIMESTAMP(6),
         LEFT(USER(), 100));
    SET NEW.area_rule_id = LAST_INSERT_ID();
END//
DELIMITER ;
