-- tr_shop_price_changes_delete: a price that was said is not deleted: say another one, or withdraw
-- it. See update_adm_price and withdraw_adm_price.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_price_changes;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_price_changes_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_price_changes_delete
BEFORE DELETE ON shop_price_changes
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_price_changes', 'DELETE');
END//
DELIMITER ;
