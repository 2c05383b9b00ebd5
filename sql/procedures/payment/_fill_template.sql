-- _fill_template: replace {name} in a template by the member of that name.
-- Goes through the template once, from left to right: a value that contains braces is not looked into.
--
-- Parameters
--   pi_template  text with {name}
--   pi_values    JSON object of texts; a missing member counts as ''
--   pi_key       the value of {key}, never taken from pi_values
-- Returns TEXT
-- Errors  none
-- Locks   none
-- Example
--   SELECT _fill_template('{rsltCd}{trdNo}{key}', '{"rsltCd":"0000","trdNo":"T1"}', 'secret');   -- '0000T1secret'
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _fill_template;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _fill_template(
    pi_template TEXT,
    pi_values   LONGTEXT,
    pi_key      TEXT)
    RETURNS LONGTEXT
    SQL SECURITY DEFINER
    DETERMINISTIC
    READS SQL DATA
    COMMENT 'Fills a template'
BEGIN
    DECLARE v_result LONGTEXT DEFAULT '';
    DECLARE v_rest   TEXT DEFAULT pi_template;
    DECLARE v_open, v_close INT;
    DECLARE v_name   VARCHAR(64);

    next_name: LOOP
        SET v_open = LOCATE('{', v_rest), v_close = LOCATE('}', v_rest);
        IF v_open = 0 OR v_close < v_open THEN
            RETURN CONCAT(v_result, v_rest);
        END IF;
        SET v_name = LEFT(SUBSTR(v_rest, v_open + 1, v_close - v_open - 1), 64);
        SET v_result = CONCAT(v_result, LEFT(v_rest, v_open - 1),
                              CASE v_name WHEN 'key' THEN pi_key ELSE COALESCE(_json_text(pi_values, v_name), '') END);
        SET v_rest = SUBSTR(v_rest, v_close + 1);
    END LOOP;
END//
DELIMITER ;
