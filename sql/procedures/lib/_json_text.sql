-- _json_text: one member of a flat JSON object, as text.
--
-- Parameters
--   pi_json  a JSON object
--   pi_name  name of the member
-- Returns TEXT: its value; NULL when it is missing, null, an object or an array
-- Errors  none
-- Locks   none
-- Example
--   SELECT _json_text('{"trdAmt":"1000"}', 'trdAmt');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _json_text;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _json_text(
    pi_json LONGTEXT,
    pi_name VARCHAR(64))
    RETURNS LONGTEXT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'One member of a flat JSON object as text'
BEGIN
    DECLARE v_value LONGTEXT DEFAULT JSON_EXTRACT(pi_json, CONCAT('$.', JSON_QUOTE(pi_name)));
    IF v_value IS NULL OR v_value = 'null' OR LEFT(v_value, 1) IN ('{', '[') THEN
        RETURN NULL;
    END IF;
    RETURN JSON_UNQUOTE(v_value);
END//
DELIMITER ;
