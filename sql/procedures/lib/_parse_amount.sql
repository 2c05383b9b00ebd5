-- _parse_amount: read an amount of money.
--
-- Parameters
--   pi_text    decimal digits, at most 15 before and 2 after the point; no sign, no separators
--   pi_field   outward name of the field, for the error
--   po_amount  OUT: the amount; may have more decimals than the currency, whose shop is not known
--              yet
-- Returns nothing
-- Errors  INVALID_INPUT (pi_field), also for NULL and ''
-- Locks   none
-- Example
--   CALL _parse_amount('30000', 'trdAmt', @amount);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_amount;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_amount(
    pi_text       TEXT,
    pi_field      VARCHAR(64),
    OUT po_amount DECIMAL(18,2))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'One amount of money, validated'
BEGIN
    IF pi_text IS NULL OR pi_text = '' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'required');
    END IF;
    IF pi_text NOT REGEXP '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'not an amount');
    END IF;
    SET po_amount = CAST(pi_text AS DECIMAL(18,2));
END//
DELIMITER ;
