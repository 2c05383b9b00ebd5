-- _check_digits: refuse an amount with more decimals than its currency has. Zeros do not count: we
-- print 1000.00 ourselves.
--
-- Parameters
--   pi_amount  amount
--   pi_digits  decimals of the currency
--   pi_field   outward name of the field, for the error
-- Returns nothing
-- Errors  INVALID_INPUT (pi_field)
-- Locks   none
-- Example
--   CALL _check_digits(30000, 0, 'trdAmt');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _check_digits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _check_digits(
    pi_amount DECIMAL(18,2),
    pi_digits TINYINT UNSIGNED,
    pi_field  VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses too many decimals'
BEGIN
    IF pi_amount <> ROUND(pi_amount, pi_digits) THEN
        CALL _raise('INVALID_INPUT', pi_field, 'more decimals than the currency has');
    END IF;
END//
DELIMITER ;
