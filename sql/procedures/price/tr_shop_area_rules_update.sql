-- tr_shop_area_rules_update: what delivery to an area cost more stays as it was: orders
-- name it. A change is a new row.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_area_rules SET surcharge = 0;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_area_rules_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_area_rules_update
BEFORE UPDATE ON shop_area_rules
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_area_rules', 'UPDATE');
END//
DELIMITER ;
