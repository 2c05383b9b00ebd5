-- tr_shop_delivery_areas_update: an area whose surcharge or name changes gets a new rule,
-- which orders name.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT: an area does not go over to another shop
-- Locks   shop_area_rules row (new); shops row, shared
-- Example
--   UPDATE shop_delivery_areas SET surcharge = 3000 WHERE shop_id = 1 AND area_code = 'jeju';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_areas_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_areas_update
BEFORE UPDATE ON shop_delivery_areas
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;

    IF NEW.shop_id <> OLD.shop_id THEN
        CALL _raise('ROW_IS_KEPT', 'shop_delivery_areas', 'shop_id');
    END IF;
    SELECT currency_digits INTO v_digits FROM shops WHERE shop_id = NEW.shop_id LOCK IN SHARE MODE;
    SET NEW.surcharge = ROUND(NEW.surcharge, v_digits);
    SET NEW.area_rule_id = OLD.area_rule_id;
    IF NOT (NEW.area_code = OLD.area_code
            AND NEW.surcharge = OLD.surcharge
            AND CAST(NEW.area_name AS BINARY) = CAST(OLD.area_name AS BINARY)) THEN
        INSERT INTO shop_area_rules
            (shop_id, area_code, area_name, surcharge, valid_from, actor)
        VALUES
            (NEW.shop_id, NEW.area_code, NEW.area_name, NEW.surcharge, UTC_TIMESTAMP(6),
             LEFT(USER(), 100));
        SET NEW.area_rule_id = LAST_INSERT_ID();
    END IF;
END//
DELIMITER ;
