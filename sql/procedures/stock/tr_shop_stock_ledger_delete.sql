-- tr_shop_stock_ledger_delete: what came in or went out by hand is not forgotten.
-- See tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_stock_ledger WHERE product_id = 'D0001';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_stock_ledger_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_stock_ledger_delete
BEFORE DELETE ON shop_stock_ledger
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_stock_ledger', 'DELETE');
END//
DELIMITER ;
