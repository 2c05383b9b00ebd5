-- _hold_coupons_and_points: take what the order wants to use from the buyer's coupons and points.
--
-- Parameters
--   pi_coupon_ids, pi_point  as _parse_coupons_and_points returns them
-- Returns nothing
-- Errors  COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH: nobody owns any yet
-- Locks   none
-- Example
--   CALL _hold_coupons_and_points('[]', 0);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _hold_coupons_and_points;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _hold_coupons_and_points(
    pi_coupon_ids LONGTEXT,
    pi_point      DECIMAL(18,2))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Takes coupons and points'
BEGIN
    IF pi_coupon_ids <> '[]' THEN
        CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_ids', pi_coupon_ids);
    END IF;
    IF pi_point > 0 THEN
        CALL _raise('POINTS_NOT_ENOUGH', 'point_to_use', 'balance 0');
    END IF;
END//
DELIMITER ;
