-- tr_shop_coupons_delete: a coupon that is gone has no limits. One that was issued cannot go.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_coupon_counters rows of the coupon
-- Example
--   DELETE FROM shop_coupons WHERE shop_id = 1 AND coupon_code = 'WELCOME';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_coupons_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_coupons_delete
AFTER DELETE ON shop_coupons
FOR EACH ROW
BEGIN
    DELETE FROM shop_coupon_counters
    WHERE shop_id = OLD.shop_id AND coupon_code = OLD.coupon_code;
END//
DELIMITER ;
