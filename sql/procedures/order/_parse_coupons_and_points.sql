-- _parse_coupons_and_points: read which coupons and how many points an order wants to use.
--
-- Parameters
--   pi_coupon_ids_json  JSON array of at most 20 coupon ids, or NULL, '' or '[]'
--   pi_point_to_use     points, or NULL, '' or 0
--   po_coupon_ids       OUT: '[]' or the sorted ids
--   po_point            OUT: points
-- Returns nothing
-- Errors  INVALID_INPUT (coupon_ids, point_to_use)
-- Locks   none
-- Example
--   CALL _parse_coupons_and_points('[]', '0', @ids, @point);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_coupons_and_points;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_coupons_and_points(
    pi_coupon_ids_json LONGTEXT,
    pi_point_to_use    TEXT,
    OUT po_coupon_ids  LONGTEXT,
    OUT po_point       DECIMAL(18,2))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Coupons and points asked for'
BEGIN
    DECLARE v_count INT UNSIGNED;

    SET po_coupon_ids = '[]', po_point = 0;
    IF COALESCE(pi_coupon_ids_json, '') NOT IN ('', '[]') THEN
        CALL _parse_ids(pi_coupon_ids_json, 'coupon_ids', po_coupon_ids, v_count);
        IF v_count > 20 THEN
            CALL _raise('INVALID_INPUT', 'coupon_ids', 'at most 20');
        END IF;
    END IF;
    IF COALESCE(pi_point_to_use, '') NOT IN ('', '0') THEN
        CALL _parse_amount(pi_point_to_use, 'point_to_use', po_point);
    END IF;
END//
DELIMITER ;
