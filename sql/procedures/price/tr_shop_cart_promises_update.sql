-- tr_shop_cart_promises_update: a promise that was made is not written anew: it proves what an
-- order paid.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_cart_promises SET price_id = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_cart_promises_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_cart_promises_update
BEFORE UPDATE ON shop_cart_promises
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_cart_promises', 'UPDATE');
END//
DELIMITER ;
