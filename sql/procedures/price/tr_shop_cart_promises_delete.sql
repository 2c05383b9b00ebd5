-- tr_shop_cart_promises_delete: a promise that was made is not deleted: it proves what an order
-- paid.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_cart_promises;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_cart_promises_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_cart_promises_delete
BEFORE DELETE ON shop_cart_promises
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_cart_promises', 'DELETE');
END//
DELIMITER ;
