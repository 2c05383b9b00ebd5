-- tr_shop_delivery_policy_delete: what is no policy any more is not in force. Its rules stay.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_delivery_now row
-- Example
--   DELETE FROM shop_delivery_policy WHERE shop_id = 1 AND id = 9;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_policy_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_policy_delete
AFTER DELETE ON shop_delivery_policy
FOR EACH ROW
BEGIN
    DELETE FROM shop_delivery_now WHERE shop_id = OLD.shop_id AND policy_id = OLD.id;
END//
DELIMITER ;
