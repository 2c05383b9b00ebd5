-- tr_shop_stock_ledger_update: what came in or went out by hand is not written anew; what was wrong
-- is set right by shop_stock_set, which books the difference. See tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_stock_ledger SET difference = 0;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_stock_ledger_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_stock_ledger_update
BEFORE UPDATE ON shop_stock_ledger
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_stock_ledger', 'UPDATE');
END//
DELIMITER ;
