-- _check_user: is this a user id at all?
--
-- Parameters
--   pi_user_id  1 to 20 characters, no control characters, no blank at the end
-- Returns nothing
-- Errors  INVALID_INPUT (X-User-Id)
-- Locks   none
-- Example
--   CALL _check_user('demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _check_user;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _check_user(
    pi_user_id TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses what cannot be a user id'
BEGIN
    IF pi_user_id IS NULL OR CHAR_LENGTH(pi_user_id) NOT BETWEEN 1 AND 20
        OR pi_user_id LIKE '% ' -- the engines would take it for the user without the blank
        OR pi_user_id REGEXP '[\\x00-\\x1F\\x7F]' THEN
        CALL _raise('INVALID_INPUT', 'X-User-Id', '1 to 20 characters');
    END IF;
END//
DELIMITER ;
