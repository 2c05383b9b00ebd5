-- tr_shop_discount_targets_update: what a discount rule is for stays as it was.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_discount_targets SET rule_id = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_discount_targets_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_discount_targets_update
BEFORE UPDATE ON shop_discount_targets
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_discount_targets', 'UPDATE');
END//
DELIMITER ;
