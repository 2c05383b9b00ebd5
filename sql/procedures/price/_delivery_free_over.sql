-- _delivery_free_over: from which sum of its goods on a parcel costs nothing.
--
-- Parameters
--   pi_type       as _delivery_fee takes it
--   pi_free_over  of the policy, which may have one that its type does not use
-- Returns that sum, inclusive; NULL = there is none
-- Errors  none
-- Locks   none
-- Example
--   SELECT _delivery_free_over('conditional', 50000);   -- 50000
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _delivery_free_over;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _delivery_free_over(
    pi_type      VARCHAR(12),
    pi_free_over DECIMAL(18,2))
    RETURNS DECIMAL(18,2)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Sum from which a parcel costs nothing'
BEGIN
    RETURN CASE pi_type WHEN 'conditional' THEN pi_free_over END;
END//
DELIMITER ;
