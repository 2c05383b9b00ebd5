-- tr_shop_pg_messages_delete: what a payment gateway said is not forgotten.
-- See tr_shop_order_product_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   DELETE FROM shop_pg_messages WHERE verdict = 'late';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_pg_messages_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_pg_messages_delete
BEFORE DELETE ON shop_pg_messages
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_pg_messages', 'DELETE');
END//
DELIMITER ;
