-- _next_step: what a buyer can do with an order now.
--
-- Parameters
--   pi_status, pi_expires_at, pi_restored_at  of the order
-- Returns VARCHAR: pay | deposit | wait | done | restore_cart | none
-- Errors  none
-- Locks   none
-- Example
--   SELECT _next_step(order_status, expires_at, restored_at) FROM shop_orders;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _next_step;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _next_step(
    pi_status      TINYINT UNSIGNED,
    pi_expires_at  DATETIME(6),
    pi_restored_at DATETIME(6))
    RETURNS VARCHAR(12)
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    NO SQL
    COMMENT 'What a buyer can do with an order now'
BEGIN
    RETURN CASE
        WHEN pi_status = 1 AND pi_expires_at > UTC_TIMESTAMP(6) THEN 'pay'
        WHEN pi_status = 11 THEN 'deposit'
        WHEN pi_status = 13 THEN 'wait'
        WHEN pi_status IN (2, 3, 4, 5, 6) THEN 'done'
        WHEN pi_status IN (1, 7, 9, 10, 12) AND pi_restored_at IS NULL THEN 'restore_cart'
        ELSE 'none' END;
END//
DELIMITER ;
