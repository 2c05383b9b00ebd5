-- tr_shop_product_prices_delete: a price that was in force stays as it was: order lines name it.
-- A change is a new row.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_product_prices;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_product_prices_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_product_prices_delete
BEFORE DELETE ON shop_product_prices
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_product_prices', 'DELETE');
END//
DELIMITER ;
