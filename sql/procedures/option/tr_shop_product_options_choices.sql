-- tr_shop_product_options_choices: whoever adds a combination and says its choices need not know
-- its hash: the choices are brought to their normal form, and option_hash is made of that. A
-- stock_option_hash that is empty becomes the same: the combination has its own units.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  INVALID_INPUT (choices_json)
-- Locks   none
-- Example
--   INSERT INTO shop_product_options
--       (shop_id, product_id, option_hash, option_name, stock_option_hash, choices_json)
--   VALUES (1, 'D0001', '', '빨강 L', '', '{"색상":"빨강","사이즈":"L"}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_product_options_choices;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_product_options_choices
BEFORE INSERT ON shop_product_options
FOR EACH ROW
BEGIN
    IF NEW.choices_json IS NOT NULL THEN
        SET NEW.choices_json = _normal_choices(NEW.choices_json);
        SET NEW.option_hash = _option_hash(NEW.choices_json);
        IF NEW.stock_option_hash = '' THEN
            SET NEW.stock_option_hash = NEW.option_hash;
        END IF;
    END IF;
END//
DELIMITER ;
