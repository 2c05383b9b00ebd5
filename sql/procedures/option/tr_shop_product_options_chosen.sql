-- tr_shop_product_options_chosen: a combination of other choices is another one, with another
-- hash. See tr_shop_product_options_choices.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  INVALID_INPUT (choices_json)
-- Locks   none
-- Example
--   UPDATE shop_product_options SET choices_json = '{"색상":"빨강"}'
--   WHERE shop_id = 1 AND product_id = 'D0001' AND option_hash = 'red';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_product_options_chosen;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_product_options_chosen
BEFORE UPDATE ON shop_product_options
FOR EACH ROW
BEGIN
    IF NEW.choices_json IS NOT NULL
        AND NOT (NEW.choices_json <=> OLD.choices_json AND NEW.option_hash = OLD.option_hash) THEN
        SET NEW.choices_json = _normal_choices(NEW.choices_json);
        SET NEW.option_hash = _option_hash(NEW.choices_json);
    END IF;
END//
DELIMITER ;
