-- tr_shop_option_payloads_delete: what was chosen stays as it was: carts and order lines name it
-- by its hash.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_option_payloads;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_option_payloads_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_option_payloads_delete
BEFORE DELETE ON shop_option_payloads
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_option_payloads', 'DELETE');
END//
DELIMITER ;
