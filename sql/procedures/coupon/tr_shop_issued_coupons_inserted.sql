-- tr_shop_issued_coupons_inserted: an issued coupon is one less of its issue_limit.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  COUPON_NOT_AVAILABLE: issue_limit
-- Locks   shop_coupon_counters row, where there is a limit
-- Example
--   INSERT INTO shop_issued_coupons … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_issued_coupons_inserted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_issued_coupons_inserted
AFTER INSERT ON shop_issued_coupons
FOR EACH ROW
BEGIN
    DECLARE v_left INT;

    UPDATE shop_coupon_counters SET free = free - 1
    WHERE shop_id = NEW.shop_id AND coupon_code = NEW.coupon_code AND kind = 'issue' AND slot = 0;
    IF ROW_COUNT() > 0 THEN
        SELECT free INTO v_left
        FROM shop_coupon_counters
        WHERE shop_id = NEW.shop_id AND coupon_code = NEW.coupon_code AND kind = 'issue'
          AND slot = 0;
        IF v_left < 0 THEN
            CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_code', 'issue_limit');
        END IF;
    END IF;
END//
DELIMITER ;
