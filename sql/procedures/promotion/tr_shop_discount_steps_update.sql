-- tr_shop_discount_steps_update: the steps of a discount rule stay as they were.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_discount_steps SET rate = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_discount_steps_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_discount_steps_update
BEFORE UPDATE ON shop_discount_steps
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_discount_steps', 'UPDATE');
END//
DELIMITER ;
