-- _parse_coupons_and_credits: read which coupons, how many points and how much cash an order wants
-- to use.
--
-- Parameters
--   pi_coupon_ids_json  JSON array of at most 20 coupon ids, or NULL, '' or '[]'
--   pi_point_to_use     points, or NULL, '' or 0
--   pi_cash_to_use      cash, or NULL, '' or 0
--   po_coupon_ids       OUT: '[]' or the sorted ids
--   po_point            OUT: points
--   po_cash             OUT: cash
-- Returns nothing
-- Errors  INVALID_INPUT (coupon_ids, point_to_use, cash_to_use)
-- Locks   none
-- Example
--   CALL _parse_coupons_and_credits('[]', '0', '0', @ids, @point, @cash);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_coupons_and_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_coupons_and_credits(
    pi_coupon_ids_json LONGTEXT,
    pi_point_to_use    TEXT,
    pi_cash_to_use     TEXT,
    OUT po_coupon_ids  LONGTEXT,
    OUT po_point       DECIMAL(18,2),
    OUT po_cash        DECIMAL(18,2))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Coupons, points and cash asked for'
BEGIN
    DECLARE v_count INT UNSIGNED;

    SET po_coupon_ids = '[]', po_point = 0, po_cash = 0;
    IF COALESCE(pi_coupon_ids_json, '') NOT IN ('', '[]') THEN
        CALL _parse_ids(pi_coupon_ids_json, 'coupon_ids', po_coupon_ids, v_count);
        IF v_count > 20 THEN
            CALL _raise('INVALID_INPUT', 'coupon_ids', 'at most 20');
        END IF;
    END IF;
    IF COALESCE(pi_point_to_use, '') NOT IN ('', '0') THEN
        CALL _parse_amount(pi_point_to_use, 'point_to_use', po_point);
    END IF;
    IF COALESCE(pi_cash_to_use, '') NOT IN ('', '0') THEN
        CALL _parse_amount(pi_cash_to_use, 'cash_to_use', po_cash);
    END IF;
END//
DELIMITER ;
