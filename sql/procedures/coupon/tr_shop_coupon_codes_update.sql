-- tr_shop_coupon_codes_update: a code is kept as add_shop_coupon looks for it.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   UPDATE shop_coupon_codes SET code = 'Hi-2027' WHERE shop_id = 1 AND code = 'HI2026';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_coupon_codes_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_coupon_codes_update
BEFORE UPDATE ON shop_coupon_codes
FOR EACH ROW
BEGIN
    SET NEW.code = UPPER(REPLACE(REPLACE(NEW.code, ' ', ''), '-', ''));
END//
DELIMITER ;
