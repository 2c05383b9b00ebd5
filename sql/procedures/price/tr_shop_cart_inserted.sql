-- tr_shop_cart_inserted: the price that a new cart row of a pinned shop was promised is kept, so
-- that it can be proved when the row is gone. See tr_shop_cart_update for later ones.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   a new row of shop_cart_promises
-- Example
--   INSERT INTO shop_cart … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_cart_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_cart_inserted
AFTER INSERT ON shop_cart
FOR EACH ROW
BEGIN
    IF NEW.pinned_no IS NOT NULL THEN
        INSERT INTO shop_cart_promises (shop_id, cart_seq_no, pinned_no, price_id, promised_at)
        VALUES (NEW.shop_id, NEW.seq_no, NEW.pinned_no, NEW.price_id, UTC_TIMESTAMP(6));
    END IF;
END//
DELIMITER ;
