-- _start_writing: begin the transaction of a routine that writes and does not begin with the cart.
--
-- Parameters  none
-- Returns nothing; a READ COMMITTED transaction is open afterwards
-- Errors  none
-- Locks   none
-- Example
--   CALL _start_writing();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _start_writing;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _start_writing()
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Begins a READ COMMITTED transaction'
BEGIN
    -- On MySQL a killed CALL leaves its transaction open; without the ROLLBACK, START TRANSACTION
    -- would commit it.
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
END//
DELIMITER ;
