-- tr_shop_coupons_inserted: the limits of a new coupon are all left.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_coupon_counters rows (new)
-- Example
--   INSERT INTO shop_coupons … use_limit … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_coupons_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_coupons_inserted
AFTER INSERT ON shop_coupons
FOR EACH ROW
BEGIN
    IF NEW.issue_limit IS NOT NULL THEN
        CALL _fit_coupon_counter(NEW.shop_id, NEW.coupon_code, 'issue', NEW.issue_limit, NULL);
    END IF;
    IF NEW.use_limit IS NOT NULL THEN
        CALL _fit_coupon_counter(NEW.shop_id, NEW.coupon_code, 'use', NEW.use_limit, NULL);
    END IF;
END//
DELIMITER ;
