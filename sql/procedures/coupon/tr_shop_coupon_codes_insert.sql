-- tr_shop_coupon_codes_insert: a code is kept as add_shop_coupon looks for it.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   INSERT INTO shop_coupon_codes (shop_id, code, coupon_code)
--   VALUES (1, 'Hi-2026', 'KITCHEN10');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_coupon_codes_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_coupon_codes_insert
BEFORE INSERT ON shop_coupon_codes
FOR EACH ROW
BEGIN
    SET NEW.code = UPPER(REPLACE(REPLACE(NEW.code, ' ', ''), '-', ''));
END//
DELIMITER ;
