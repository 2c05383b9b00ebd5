-- tr_shop_discount_rules_delete: a discount rule that was in force stays as it was: orders name it.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_discount_rules;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_discount_rules_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_discount_rules_delete
BEFORE DELETE ON shop_discount_rules
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_discount_rules', 'DELETE');
END//
DELIMITER ;
