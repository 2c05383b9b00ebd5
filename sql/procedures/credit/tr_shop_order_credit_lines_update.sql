-- tr_shop_order_credit_lines_update: what points and cash pay of a line stays as it was.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_order_credit_lines SET amount = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_credit_lines_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_credit_lines_update
BEFORE UPDATE ON shop_order_credit_lines
FOR EACH ROW
BEGIN
    CALL _raise('ROW_IS_KEPT', 'shop_order_credit_lines', 'UPDATE');
END//
DELIMITER ;
