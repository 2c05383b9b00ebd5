-- tr_shop_cart_update: a cart row that becomes another product or option names the price of that
-- one; otherwise it keeps what it has. See tr_shop_cart_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   as tr_shop_cart_insert
-- Example
--   UPDATE shop_cart SET option_hash = 'red' WHERE seq_no = 1;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_cart_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_cart_update
BEFORE UPDATE ON shop_cart
FOR EACH ROW
BEGIN
    DECLARE v_price_id BIGINT UNSIGNED;

    IF NEW.shop_id = OLD.shop_id AND NEW.product_id = OLD.product_id
        AND NEW.option_hash = OLD.option_hash AND NEW.combination_hash <=> OLD.combination_hash THEN
        IF NOT (NEW.price_id <=> @jumun_cart_price) OR NEW.price_id IS NULL THEN
            SET NEW.price_id = OLD.price_id;
        END IF;
    ELSE
        SELECT MAX(CASE WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_price_id ELSE price_id END)
        INTO v_price_id
        FROM shop_offers
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = COALESCE(NEW.combination_hash, NEW.option_hash) AND plan_id = 0;
        SET NEW.price_id = v_price_id;
    END IF;
END//
DELIMITER ;
