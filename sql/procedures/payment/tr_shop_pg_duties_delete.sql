-- tr_shop_pg_duties_delete: a duty is closed, not deleted.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_pg_duties WHERE state = 'owed';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_pg_duties_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_pg_duties_delete
BEFORE DELETE ON shop_pg_duties
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_pg_duties', 'DELETE');
END//
DELIMITER ;
