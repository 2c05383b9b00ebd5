-- _make_discount_targets: say what a new discount rule is for.
--
-- Parameters
--   pi_rule_id     the rule, which has no targets yet
--   pi_target_ids  JSON array of 1 to 1000 product_id or category_id; NULL = none
-- Returns nothing
-- Errors  INVALID_INPUT (target_ids): not different texts of 1 to 30 characters
-- Locks   new rows of shop_discount_targets
-- Example
--   CALL _make_discount_targets(1, '["D0001","D0002"]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _make_discount_targets;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _make_discount_targets(
    pi_rule_id    BIGINT UNSIGNED,
    pi_target_ids TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Says what a discount rule is for'
BEGIN
    DECLARE v_count, v_good INT UNSIGNED DEFAULT 0;

    IF pi_target_ids IS NOT NULL THEN
        BEGIN
            -- As in _make_delivery_steps.
            DECLARE EXIT HANDLER FOR 3157, 4038
                CALL _raise('INVALID_INPUT', 'target_ids', 'not JSON');
            IF NOT JSON_VALID(pi_target_ids) OR COALESCE(JSON_TYPE(pi_target_ids), '') <> 'ARRAY'
                OR JSON_LENGTH(pi_target_ids) NOT BETWEEN 1 AND 1000 THEN
                CALL _raise('INVALID_INPUT', 'target_ids', 'a JSON array of 1 to 1000 ids');
            END IF;
            SELECT COUNT(*), COUNT(DISTINCT CASE WHEN CHAR_LENGTH(x.id) BETWEEN 1 AND 30
                                                      AND x.id NOT LIKE '% ' THEN x.id END)
            INTO v_count, v_good
            FROM JSON_TABLE(pi_target_ids, '$[*]' COLUMNS (
                id LONGTEXT COLLATE utf8mb4_bin PATH '$')) x;
            IF v_good <> v_count THEN
                CALL _raise('INVALID_INPUT', 'target_ids',
                            'texts of 1 to 30 characters, none twice');
            END IF;
        END;
        INSERT INTO shop_discount_targets (rule_id, target_id)
        SELECT pi_rule_id, x.id
        FROM JSON_TABLE(pi_target_ids, '$[*]' COLUMNS (
            id VARCHAR(30) COLLATE utf8mb4_bin PATH '$')) x;
    END IF;
END//
DELIMITER ;
