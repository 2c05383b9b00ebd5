-- _check_quote_id: refuse what cannot be the number of a quote.
--
-- Parameters
--   pi_quote_id  as somebody says it; NULL or '' = none
-- Returns nothing
-- Errors  INVALID_INPUT
-- Locks   none
-- Example
--   CALL _check_quote_id('7');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _check_quote_id;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _check_quote_id(
    pi_quote_id TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses what is no number of a quote'
BEGIN
    IF pi_quote_id <> '' AND pi_quote_id NOT REGEXP '\\A[1-9][0-9]{0,17}\\z' THEN
        CALL _raise('INVALID_INPUT', 'quote_id', 'a positive whole number');
    END IF;
END//
DELIMITER ;
