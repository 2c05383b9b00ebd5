-- _refuse_credits: refuse a quote or an order for its points or its cash.
--
-- Parameters
--   pi_fault  as _price_credits returns it; NULL = nothing is refused
-- Returns nothing
-- Errors  POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH
-- Locks   none
-- Example
--   CALL _refuse_credits('point balance 500');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_credits(
    pi_fault TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses for points or cash'
BEGIN
    IF pi_fault LIKE 'point %' THEN
        CALL _raise('POINTS_NOT_ENOUGH', 'point_to_use', SUBSTR(pi_fault, 7));
    ELSEIF pi_fault LIKE 'cash %' THEN
        CALL _raise('CASH_NOT_ENOUGH', 'cash_to_use', SUBSTR(pi_fault, 6));
    END IF;
END//
DELIMITER ;
