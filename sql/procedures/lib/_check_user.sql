-- _check_user: is this a user id at all?
--
-- Parameters
--   pi_user_id  1 to 63 characters, nothing that _text_fault finds: no name is ever trimmed into
--               another
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
    DECLARE v_fault VARCHAR(10);

    -- Nearly all are of plain letters, and every order asks: one look.
    IF pi_user_id NOT REGEXP '\\A[!-~]{1,63}\\z' OR pi_user_id IS NULL THEN
        IF pi_user_id IS NULL OR CHAR_LENGTH(pi_user_id) NOT BETWEEN 1 AND 63 THEN
            CALL _raise('INVALID_INPUT', 'X-User-Id', '1 to 63 characters');
        END IF;
        SET v_fault = _text_fault(pi_user_id);
        IF v_fault IS NOT NULL THEN
            CALL _raise('INVALID_INPUT', 'X-User-Id', CASE v_fault
                WHEN 'control' THEN 'has a control character or a line break'
                WHEN 'decomposed' THEN 'has Hangul in parts (NFD): send whole syllables (NFC)'
                ELSE 'begins or ends with a blank or an invisible character' END);
        END IF;
    END IF;
END//
DELIMITER ;
