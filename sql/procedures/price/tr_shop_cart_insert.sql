-- tr_shop_cart_insert: a cart row names the price that was in force when it was made, whatever page
-- writes it; in a pinned shop that price is promised for shops.promise_minutes. A routine that has
-- looked up without a lock that the shop promises nothing, and which price is in force, says so in
-- @jumun_cart_price, and need not wait here for whoever changes products or the shop.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   none; on MariaDB with a binary log that is not ROW shop and offer, shared, unless a
--         routine has looked them up
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
    DECLARE v_pinned_no INT UNSIGNED;
    DECLARE v_minutes SMALLINT UNSIGNED;

    IF NOT (NEW.price_id <=> @jumun_cart_price) OR NEW.price_id IS NULL THEN
        SELECT MAX(pinned_no), MAX(promise_minutes) INTO v_pinned_no, v_minutes
        FROM shops
        WHERE shop_id = NEW.shop_id AND price_policy = 'pinned';
        SELECT MAX(CASE WHEN next_until <= UTC_TIMESTAMP(6) THEN NULL
                        WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_price_id ELSE price_id END)
        INTO v_price_id
        FROM shop_offers
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = COALESCE(NEW.combination_hash, NEW.option_hash) AND plan_id = 0;
        SET NEW.price_id = v_price_id;
    END IF;
    SET NEW.unmarked_until = NULL,
        NEW.pinned_no = CASE WHEN NEW.price_id IS NOT NULL THEN v_pinned_no END,
        NEW.promised_until = CASE WHEN NEW.pinned_no IS NOT NULL
                                  THEN UTC_TIMESTAMP(6) + INTERVAL v_minutes MINUTE END;
    SET @jumun_cart_price = NULL;
END//
DELIMITER ;
