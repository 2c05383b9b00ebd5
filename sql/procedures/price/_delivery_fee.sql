-- _delivery_fee: what a delivery policy asks for a parcel; of one with steps, below the first.
--
-- Parameters
--   pi_type       free | fixed | conditional | area | weight | quantity | amount
--   pi_base_cost  of the policy
--   pi_digits     decimals of the shop's currency
-- Returns base_cost, rounded, which may make it one digit longer; 0 for free
-- Errors  none
-- Locks   none
-- Example
--   SELECT _delivery_fee('fixed', 3000, 0);   -- 3000
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _delivery_fee;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _delivery_fee(
    pi_type      VARCHAR(12),
    pi_base_cost DECIMAL(18,2),
    pi_digits    TINYINT UNSIGNED)
    RETURNS DECIMAL(20,2)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Fee of a parcel'
BEGIN
    RETURN CASE pi_type WHEN 'free' THEN 0 ELSE ROUND(pi_base_cost, pi_digits) END;
END//
DELIMITER ;
