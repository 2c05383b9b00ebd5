-- _make_discount_steps: make the steps of a new discount rule from how its promotion says them.
--
-- Parameters
--   pi_rule_id  the rule, which has no steps yet
--   pi_steps    JSON array of 1 to 20 objects with from (units, 1 to 99999) and rate (above 0, at
--               most 1), texts or numbers; NULL = none
-- Returns nothing
-- Errors  INVALID_INPUT (steps)
-- Locks   new rows of shop_discount_steps
-- Example
--   CALL _make_discount_steps(1, '[{"from":3,"rate":0.05},{"from":10,"rate":0.1}]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _make_discount_steps;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _make_discount_steps(
    pi_rule_id BIGINT UNSIGNED,
    pi_steps   TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Makes the steps of a discount rule'
BEGIN
    DECLARE v_count, v_good, v_froms INT UNSIGNED DEFAULT 0;

    IF pi_steps IS NOT NULL THEN
        BEGIN
            -- As in _make_delivery_steps.
            DECLARE EXIT HANDLER FOR 3157, 4038 CALL _raise('INVALID_INPUT', 'steps', 'not JSON');
            IF NOT JSON_VALID(pi_steps) OR COALESCE(JSON_TYPE(pi_steps), '') <> 'ARRAY'
                OR JSON_LENGTH(pi_steps) NOT BETWEEN 1 AND 20 THEN
                CALL _raise('INVALID_INPUT', 'steps', 'a JSON array of 1 to 20 steps');
            END IF;
            SELECT COUNT(*), COUNT(DISTINCT x.from_text),
                   SUM(COALESCE(x.from_text REGEXP '\\A[1-9][0-9]{0,4}\\z'
                                AND x.rate_text REGEXP '\\A(0[.][0-9]{1,4}|1([.]0{1,4})?)\\z'
                                AND x.rate_text REGEXP '[1-9]' AND x.members = 2, 0))
            INTO v_count, v_froms, v_good
            FROM (SELECT t.from_text, t.rate_text,
                         JSON_LENGTH(pi_steps, CONCAT('$[', t.step_no - 1, ']')) AS members
                  FROM JSON_TABLE(pi_steps, '$[*]' COLUMNS (
                      step_no   FOR ORDINALITY,
                      from_text VARCHAR(64) COLLATE utf8mb4_bin PATH '$.from',
                      rate_text VARCHAR(64) COLLATE utf8mb4_bin PATH '$.rate')) t) x;
            IF v_good <> v_count OR v_froms <> v_count THEN
                CALL _raise('INVALID_INPUT', 'steps',
                            'from: whole units, each once; rate: above 0, at most 1');
            END IF;
        END;
        INSERT INTO shop_discount_steps (rule_id, from_units, rate)
        SELECT pi_rule_id, x.from_units, x.rate
        FROM JSON_TABLE(pi_steps, '$[*]' COLUMNS (
            from_units INT UNSIGNED PATH '$.from',
            rate       DECIMAL(5,4) PATH '$.rate')) x;
    END IF;
END//
DELIMITER ;
