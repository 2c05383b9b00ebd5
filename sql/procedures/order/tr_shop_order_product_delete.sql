-- tr_shop_order_product_delete: an order line is not deleted. See tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_order_product WHERE order_seq_no = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_product_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_product_delete
BEFORE DELETE ON shop_order_product
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_product', 'DELETE');
END//
DELIMITER ;
