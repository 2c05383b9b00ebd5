-- tr_shop_discount_targets_delete: what a discount rule is for stays as it was.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_discount_targets;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_discount_targets_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_discount_targets_delete
BEFORE DELETE ON shop_discount_targets
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_discount_targets', 'DELETE');
END//
DELIMITER ;
