-- _fit_session: what a session may not be set to, whoever calls. Called where a look at them has
-- found need.
--
-- Parameters  none
-- Returns nothing; the session keeps what is set here
-- Errors  none
-- Locks   none
-- Example
--   CALL _fit_session();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _fit_session;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _fit_session()
    SQL SECURITY DEFINER
    NO SQL
    COMMENT 'Sets what no session may have otherwise'
BEGIN
    -- Without max_error_count an error loses its code and field. On MySQL only an administrator can
    -- set it.
    SET SESSION sql_big_selects = 1,
        /*M! SESSION max_error_count = 64, */ SESSION group_concat_max_len = 1048576;
END//
DELIMITER ;
