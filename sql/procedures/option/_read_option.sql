-- _read_option: read what a buyer chose of a product, and compare it with the product's groups.
--
-- A group of kind choice is part of the combination that has a price and units
-- (shop_product_options); a text makes the line another one, and nothing else. All that was chosen
-- makes option_hash, the choices alone combination_hash. A product without groups has choices only.
-- Whether the combination is on sale is seen when it is priced.
--
-- Parameters
--   pi_shop_id, pi_product_id  product
--   pi_payload           what was chosen, see _normal_option
--   po_option_hash       OUT: hash of all of it; '__noopt__' = nothing
--   po_combination_hash  OUT: hash of the choices, where that is another one; else NULL
--   po_normal            OUT: normal form
--   po_fault             OUT: what is wrong, at most 64 characters; '' = nothing
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _read_option(1, 'D0001', '{"색상":"빨강"}', @option_hash, @combination_hash, @normal,
--       @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _read_option;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _read_option(
    pi_shop_id              INT UNSIGNED,
    pi_product_id           VARCHAR(30),
    pi_payload              LONGTEXT,
    OUT po_option_hash      VARCHAR(64),
    OUT po_combination_hash VARCHAR(64),
    OUT po_normal           LONGTEXT,
    OUT po_fault            VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What was chosen of a product'
BEGIN
    DECLARE v_members, v_choices LONGTEXT;
    DECLARE v_unknown, v_long, v_missing VARCHAR(60);
    DECLARE v_groups INT UNSIGNED;

    CALL _normal_option(pi_payload, v_members, po_normal, po_fault);
    SET po_option_hash = _option_hash(po_normal), po_combination_hash = NULL;
    SELECT COUNT(*) INTO v_groups
    FROM shop_option_groups WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
    IF po_fault = '' AND v_groups > 0 THEN
        SELECT /*+ SET_VAR(group_concat_max_len = 1048576) */
               MIN(CASE WHEN g.kind IS NULL THEN x.name END),
               MIN(CASE WHEN CHAR_LENGTH(x.value) > g.max_length THEN x.name END),
               CONCAT('{', GROUP_CONCAT(CASE g.kind WHEN 'choice' THEN CONCAT(
                   '"', x.name, '":"', REPLACE(REPLACE(x.value, '\\', '\\\\'), '"', '\\"'), '"') END
                   ORDER BY x.name), '}')
        INTO v_unknown, v_long, v_choices
        FROM JSON_TABLE(v_members, '$[*]' COLUMNS (
            name  VARCHAR(60)  COLLATE utf8mb4_bin PATH '$[0]',
            value VARCHAR(500) COLLATE utf8mb4_bin PATH '$[1]')) x
        LEFT JOIN shop_option_groups g ON g.shop_id = pi_shop_id AND g.product_id = pi_product_id
            AND g.group_name = x.name;
        SELECT MIN(g.group_name) INTO v_missing
        FROM shop_option_groups g
        LEFT JOIN JSON_TABLE(v_members, '$[*]' COLUMNS (
            name VARCHAR(60) COLLATE utf8mb4_bin PATH '$[0]')) x ON x.name = g.group_name
        WHERE g.shop_id = pi_shop_id AND g.product_id = pi_product_id AND g.is_required = 1
          AND x.name IS NULL;
        SET po_fault = CASE
                WHEN v_unknown IS NOT NULL THEN CONCAT('no such group: ', LEFT(v_unknown, 48))
                WHEN v_long IS NOT NULL THEN CONCAT('too long: ', LEFT(v_long, 53))
                WHEN v_missing IS NOT NULL THEN CONCAT('required: ', LEFT(v_missing, 53))
                ELSE '' END,
            po_combination_hash = NULLIF(_option_hash(COALESCE(v_choices, '{}')), po_option_hash);
    END IF;
END//
DELIMITER ;
