-- tr_shop_cart_insert: a cart row names the price that was in force when it was made, whatever page
-- writes it. A routine that has looked it up without a lock says so in @jumun_cart_price, and need
-- not wait for a bulk change of products here.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   none; on MariaDB with a binary log that is not ROW the offer, shared, unless a
--         routine has looked it up
-- Example
--   INSERT INTO shop_cart … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_cart_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_cart_insert
BEFORE INSERT ON shop_cart
FOR EACH ROW
BEGIN
    DECLARE v_price_id BIGINT UNSIGNED;

    IF NOT (NEW.price_id <=> @jumun_cart_price) OR NEW.price_id IS NULL THEN
        SELECT MAX(CASE WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_price_id ELSE price_id END)
        INTO v_price_id
        FROM shop_offers
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = COALESCE(NEW.combination_hash, NEW.option_hash) AND plan_id = 0;
        SET NEW.price_id = v_price_id;
    END IF;
    SET @jumun_cart_price = NULL;
END//
DELIMITER ;
