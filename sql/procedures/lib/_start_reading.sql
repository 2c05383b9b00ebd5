-- _start_reading: begin a transaction in which several SELECTs see one moment.
--
-- Parameters  none
-- Returns nothing; a REPEATABLE READ, read-only transaction is open afterwards
-- Errors  none
-- Locks   none
-- Example
--   CALL _start_reading();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _start_reading;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _start_reading()
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Begins a read-only transaction'
BEGIN
    -- A CALL killed on this connection may have left half a transaction: it must not be seen
    -- either.
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    START TRANSACTION READ ONLY;
END//
DELIMITER ;
