-- tr_shop_delivery_steps_update: the steps of a delivery rule stay as they were made: order
-- lines name the rule. A change is a new rule.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_delivery_steps SET fee = 0;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_steps_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_steps_update
BEFORE UPDATE ON shop_delivery_steps
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_delivery_steps', 'UPDATE');
END//
DELIMITER ;
