-- tr_shop_order_discounts_delete: what was taken off an order stays as it was.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_order_discounts;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_discounts_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_discounts_delete
BEFORE DELETE ON shop_order_discounts
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_discounts', 'DELETE');
END//
DELIMITER ;
