-- tr_shop_delivery_steps_delete: the steps of a delivery rule stay as they were made: order
-- lines name the rule. A change is a new rule.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_delivery_steps;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_steps_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_steps_delete
BEFORE DELETE ON shop_delivery_steps
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_delivery_steps', 'DELETE');
END//
DELIMITER ;
