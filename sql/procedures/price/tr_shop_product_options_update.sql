-- tr_shop_product_options_update: what a page or a hand changes in an option goes to its offer. An
-- option under another name, or of another product, is another one.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_offers row of the option; of another option also the product's, shared; where its
--         stock row is another one, shop_set_parts rows that it is in
-- Example
--   UPDATE shop_product_options SET add_price = 500
--   WHERE shop_id = 1 AND product_id = 'P001' AND option_hash = 'red';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_product_options_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_product_options_update
AFTER UPDATE ON shop_product_options
FOR EACH ROW
BEGIN
    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.product_id = OLD.product_id
            AND NEW.option_hash = OLD.option_hash) THEN
        DELETE FROM shop_offers
        WHERE shop_id = OLD.shop_id AND product_id = OLD.product_id
          AND option_hash = OLD.option_hash;
        CALL _put_option_on_sale(NEW.shop_id, NEW.product_id, NEW.option_hash, NEW.option_name,
                                 NEW.add_price, NEW.display, NEW.stock_option_hash);
        -- See tr_shop_set_parts_update.
        UPDATE shop_set_parts SET stock_option_hash = ''
        WHERE shop_id = OLD.shop_id AND part_product_id = OLD.product_id
          AND part_option_hash = OLD.option_hash;
        UPDATE shop_set_parts SET stock_option_hash = ''
        WHERE shop_id = NEW.shop_id AND part_product_id = NEW.product_id
          AND part_option_hash = NEW.option_hash;
    ELSEIF NOT (NEW.option_name = OLD.option_name
                AND LENGTH(NEW.option_name) = LENGTH(OLD.option_name)
                AND NEW.add_price = OLD.add_price AND NEW.display = OLD.display
                AND NEW.stock_option_hash = OLD.stock_option_hash
                AND LENGTH(NEW.stock_option_hash) = LENGTH(OLD.stock_option_hash)) THEN
        UPDATE shop_offers
        SET add_price = NEW.add_price, option_name = NEW.option_name,
            option_shown = NEW.display = '1', stock_option_hash = NEW.stock_option_hash,
            reason = 'shop_product_options'
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = NEW.option_hash;
        IF NOT (CAST(NEW.stock_option_hash AS BINARY) = CAST(OLD.stock_option_hash AS BINARY)) THEN
            UPDATE shop_set_parts SET stock_option_hash = ''
            WHERE shop_id = NEW.shop_id AND part_product_id = NEW.product_id
              AND part_option_hash = NEW.option_hash;
        END IF;
    END IF;
END//
DELIMITER ;
