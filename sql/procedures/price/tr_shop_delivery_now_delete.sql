-- tr_shop_delivery_now_delete: what is no policy any more keeps its rules. Which one was in force
-- is remembered for tr_shop_delivery_now_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   DELETE FROM shop_delivery_policy WHERE shop_id = 1 AND id = 9;
--   -- by tr_shop_delivery_policy_delete
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_now_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_now_delete
AFTER DELETE ON shop_delivery_now
FOR EACH ROW
BEGIN
    SET @jumun_delivery_rule = OLD.rule_id;
END//
DELIMITER ;
