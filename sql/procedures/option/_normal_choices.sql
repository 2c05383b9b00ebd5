-- _normal_choices: the normal form of a combination, of its choices as somebody writes them.
--
-- Parameters
--   pi_choices  what is chosen, see _normal_option
-- Returns VARCHAR(2000)
-- Errors  INVALID_INPUT (choices_json): it is not what can be chosen, or nothing
-- Locks   none
-- Example
--   SELECT _normal_choices('{"색상":"빨강", "사이즈":"L"}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _normal_choices;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _normal_choices(
    pi_choices LONGTEXT)
    RETURNS VARCHAR(2000)
    SQL SECURITY DEFINER
    DETERMINISTIC
    READS SQL DATA
    COMMENT 'Normal form of a combination'
BEGIN
    DECLARE v_members, v_normal LONGTEXT;
    DECLARE v_fault VARCHAR(64);

    CALL _normal_option(pi_choices, v_members, v_normal, v_fault);
    IF v_fault <> '' OR v_normal = '{}' THEN
        CALL _raise('INVALID_INPUT', 'choices_json',
                    CASE v_fault WHEN '' THEN 'nothing is chosen' ELSE v_fault END);
    END IF;
    RETURN v_normal;
END//
DELIMITER ;
