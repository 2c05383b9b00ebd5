-- tr_shop_option_payloads_update: what was chosen stays as it was: carts and order lines name it
-- by its hash.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_option_payloads SET payload_json = '{}';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_option_payloads_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_option_payloads_update
BEFORE UPDATE ON shop_option_payloads
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_option_payloads', 'UPDATE');
END//
DELIMITER ;
