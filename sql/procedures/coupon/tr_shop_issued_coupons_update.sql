-- tr_shop_issued_coupons_update: an issued coupon stays whose and what it is.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_issued_coupons SET user_id = 'demo2' WHERE coupon_no = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_issued_coupons_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_issued_coupons_update
BEFORE UPDATE ON shop_issued_coupons
FOR EACH ROW
BEGIN
    IF NEW.coupon_no <> OLD.coupon_no OR NEW.shop_id <> OLD.shop_id
        OR CAST(NEW.coupon_code AS BINARY) <> CAST(OLD.coupon_code AS BINARY)
        OR CAST(NEW.user_id AS BINARY) <> CAST(OLD.user_id AS BINARY)
        OR NEW.member_no <> OLD.member_no OR NEW.issued_at <> OLD.issued_at THEN
        CALL _raise('ROW_IS_KEPT', 'shop_issued_coupons', 'UPDATE');
    END IF;
END//
DELIMITER ;
