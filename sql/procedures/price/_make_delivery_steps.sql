-- _make_delivery_steps: make the steps of a new delivery rule from how its policy says them.
--
-- A step is {"from":"5000","fee":"4000"}: a parcel of 5,000 (grams, units, or what its goods cost;
-- the policy's type says which) or more costs 4,000, until the next step. With "every" and "more"
-- it costs more beyond: {"from":"1","fee":"3000","every":"5","more":"3000"} is 3,000 for one to
-- five units, 6,000 for six to ten, and so on.
--
-- Parameters
--   pi_rule_id  the rule, which has no steps yet
--   pi_steps    JSON array of 1 to 100 such objects, of texts or numbers; NULL = none
--   pi_digits   decimals of the shop's currency; fees are rounded to it
-- Returns nothing
-- Errors  INVALID_INPUT (steps)
-- Locks   new rows of shop_delivery_steps
-- Example
--   CALL _make_delivery_steps(1, '[{"from":"0","fee":"3000"},{"from":"5000","fee":"4000"}]', 0);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _make_delivery_steps;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _make_delivery_steps(
    pi_rule_id BIGINT UNSIGNED,
    pi_steps   TEXT,
    pi_digits  TINYINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Makes the steps of a delivery rule'
_make_delivery_steps: BEGIN
    DECLARE v_count, v_good, v_froms INT UNSIGNED DEFAULT 0;
    DECLARE v_amount VARCHAR(40) DEFAULT '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z';

    IF pi_steps IS NULL THEN
        LEAVE _make_delivery_steps;
    END IF;
    BEGIN
        -- As in update_adm_delivery_areas.
        DECLARE EXIT HANDLER FOR 3157, 4038 CALL _raise('INVALID_INPUT', 'steps', 'not JSON');
        IF NOT JSON_VALID(pi_steps) OR COALESCE(JSON_TYPE(pi_steps), '') <> 'ARRAY'
            OR JSON_LENGTH(pi_steps) NOT BETWEEN 1 AND 100 THEN
            CALL _raise('INVALID_INPUT', 'steps', 'a JSON array of 1 to 100 steps');
        END IF;
        -- A member that we do not know is a fee that somebody thinks he has said.
        SELECT COUNT(*), COUNT(DISTINCT CAST(CASE WHEN x.from_text REGEXP v_amount
                                                  THEN x.from_text END AS DECIMAL(18,2))),
               SUM(COALESCE(x.from_text REGEXP v_amount AND x.fee_text REGEXP v_amount
                   AND (x.every_text IS NULL AND x.more_text IS NULL AND x.members = 2
                        OR x.every_text REGEXP v_amount AND x.more_text REGEXP v_amount
                           AND x.every_text REGEXP '[1-9]' AND x.members = 4), 0))
        INTO v_count, v_froms, v_good
        FROM (SELECT t.from_text, t.fee_text, t.every_text, t.more_text,
                     JSON_LENGTH(pi_steps, CONCAT('$[', t.step_no - 1, ']')) AS members
              FROM JSON_TABLE(pi_steps, '$[*]' COLUMNS (
                  step_no    FOR ORDINALITY,
                  from_text  VARCHAR(64) COLLATE utf8mb4_bin PATH '$.from',
                  fee_text   VARCHAR(64) COLLATE utf8mb4_bin PATH '$.fee',
                  every_text VARCHAR(64) COLLATE utf8mb4_bin PATH '$.every',
                  more_text  VARCHAR(64) COLLATE utf8mb4_bin PATH '$.more')) t) x;
        IF v_good <> v_count OR v_froms <> v_count THEN
            CALL _raise('INVALID_INPUT', 'steps',
                'from and fee, perhaps every and more: amounts, each from once');
        END IF;
    END;
    INSERT INTO shop_delivery_steps (rule_id, from_measure, below, fee, every, more)
    SELECT pi_rule_id, x.from_measure, LEAD(x.from_measure) OVER (ORDER BY x.from_measure),
           ROUND(x.fee, pi_digits), x.every, COALESCE(ROUND(x.more, pi_digits), 0)
    FROM JSON_TABLE(pi_steps, '$[*]' COLUMNS (
        from_measure DECIMAL(18,2) PATH '$.from',
        fee          DECIMAL(20,2) PATH '$.fee',
        every        DECIMAL(18,2) PATH '$.every',
        more         DECIMAL(18,2) PATH '$.more')) x;
END//
DELIMITER ;
