-- _delivery_parcel: which lines ship together: those whose policies give the same text. That a
-- parcel pays once is said by calc_cart_totals.
--
-- Parameters
--   pi_policy_id  policy
--   pi_group_id   its combine_group_id; NULL = it ships alone
-- Returns a text
-- Errors  none
-- Locks   none
-- Example
--   SELECT _delivery_parcel(5, 1);   -- group 1
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _delivery_parcel;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _delivery_parcel(
    pi_policy_id INT UNSIGNED,
    pi_group_id  INT UNSIGNED)
    RETURNS VARCHAR(30)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Parcel that a policy ships in'
BEGIN
    RETURN CASE WHEN pi_group_id IS NULL THEN CONCAT('policy ', pi_policy_id)
                ELSE CONCAT('group ', pi_group_id) END;
END//
DELIMITER ;
