-- _parse_user_ids: read a JSON array of buyers.
--
-- Parameters
--   pi_json   '["demo1","demo2"]', texts of 1 to 63 characters
--   pi_most   so many at most
--   po_users  OUT: the same, as texts without escapes
-- Returns nothing
-- Errors  INVALID_INPUT (user_ids)
-- Locks   none
-- Example
--   CALL _parse_user_ids('["demo1"]', 200, @users);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_user_ids;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_user_ids(
    pi_json      LONGTEXT,
    pi_most      INT UNSIGNED,
    OUT po_users LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'JSON array of buyers, validated'
BEGIN
    DECLARE v_count, v_at INT UNSIGNED DEFAULT 0;
    DECLARE v_item, v_user_id LONGTEXT;

    IF pi_json IS NULL OR pi_json = '' THEN
        CALL _raise('INVALID_INPUT', 'user_ids', 'required');
    END IF;
    BEGIN
        -- As in _parse_ids.
        DECLARE EXIT HANDLER FOR 3157 CALL _raise('INVALID_INPUT', 'user_ids', 'not JSON');
        IF LOCATE('\0', pi_json) > 0 OR NOT JSON_VALID(pi_json)
            OR JSON_EXTRACT(pi_json, '$') IS NULL THEN
            CALL _raise('INVALID_INPUT', 'user_ids', 'not JSON');
        END IF;
    END;
    IF JSON_TYPE(pi_json) <> 'ARRAY' THEN
        CALL _raise('INVALID_INPUT', 'user_ids', 'not a JSON array');
    END IF;
    SET v_count = JSON_LENGTH(pi_json), po_users = '[]';
    IF v_count NOT BETWEEN 1 AND pi_most THEN
        CALL _raise('INVALID_INPUT', 'user_ids', CONCAT('1 to ', pi_most, ' buyers'));
    END IF;
    WHILE v_at < v_count DO
        SET v_item = JSON_EXTRACT(pi_json, CONCAT('$[', v_at, ']')), v_at = v_at + 1;
        IF NOT COALESCE(JSON_TYPE(v_item) = 'STRING', 0) THEN
            CALL _raise('INVALID_INPUT', 'user_ids', CONCAT('number ', v_at, ' is not a text'));
        END IF;
        SET v_user_id = JSON_UNQUOTE(v_item);
        IF CHAR_LENGTH(v_user_id) NOT BETWEEN 1 AND 63 OR _text_fault(v_user_id) IS NOT NULL THEN
            CALL _raise('INVALID_INPUT', 'user_ids', CONCAT('number ', v_at, ' is no user id'));
        END IF;
        SET po_users = JSON_ARRAY_APPEND(po_users, '$', v_user_id);
    END WHILE;
END//
DELIMITER ;
