-- tr_shop_discount_rules_update: a discount rule that was in force stays as it was: orders name it.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_discount_rules SET rule_id = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_discount_rules_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_discount_rules_update
BEFORE UPDATE ON shop_discount_rules
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_discount_rules', 'UPDATE');
END//
DELIMITER ;
