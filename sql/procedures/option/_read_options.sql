-- _read_options: read what was chosen in a list of items, each as _read_option does, and keep it.
--
-- Parameters
--   pi_shop_id  shop
--   pi_items    list that _check_items has passed
--   po_chosen   OUT: for each item in order [] = it says no option, or
--               ["option_hash","combination_hash, or empty","what is wrong, or empty"]
-- Returns nothing
-- Errors  INVALID_INPUT (items): a name twice in one option
-- Locks   see _keep_option; the caller has no transaction open
-- Example
--   CALL _read_options(1, '[{"product_id":"D0001","option":{"색상":"빨강"},"quantity":1}]', @chosen);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _read_options;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _read_options(
    pi_shop_id    INT UNSIGNED,
    pi_items      LONGTEXT,
    OUT po_chosen LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'What was chosen in a list of items'
BEGIN
    DECLARE v_count, v_line INT UNSIGNED DEFAULT 0;
    DECLARE v_option, v_product, v_normal LONGTEXT;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash, v_combination_hash, v_fault VARCHAR(64);

    SET po_chosen = '', v_count = JSON_LENGTH(pi_items);
    WHILE v_line < v_count DO
        SET v_option = JSON_EXTRACT(pi_items, CONCAT('$[', v_line, '].option')),
            v_product = JSON_UNQUOTE(JSON_EXTRACT(pi_items, CONCAT('$[', v_line, '].product_id'))),
            v_product_id = LEFT(v_product, 30),
            v_option_hash = NULL, v_combination_hash = NULL, v_fault = '',
            v_normal = NULL;
        IF v_option LIKE '"%' THEN
            SET v_option = JSON_UNQUOTE(v_option);
        END IF;
        CASE
            WHEN COALESCE(v_option, '') = '' OR v_product IS NULL
                 OR CHAR_LENGTH(v_product) > 30 THEN
                BEGIN END;
            WHEN v_option REGEXP '\\A[ \\t\\r\\n]*([{\\[]|null[ \\t\\r\\n]*\\z)' THEN
                CALL _read_option(pi_shop_id, v_product_id, v_option, v_option_hash,
                                  v_combination_hash, v_normal, v_fault);
                IF v_fault LIKE 'a name twice%' THEN
                    CALL _raise('INVALID_INPUT', 'items', 'a name twice in one option');
                END IF;
                IF v_fault = '' THEN
                    CALL _keep_option(pi_shop_id, v_product_id, v_option_hash, v_combination_hash,
                                      v_normal);
                END IF;
            WHEN CHAR_LENGTH(v_option) > 64 OR v_option LIKE '% ' THEN
                SET v_fault = 'not an object, and no hash';
            ELSE
                SET v_option_hash = v_option;
        END CASE;
        SET po_chosen = CONCAT(po_chosen, CASE v_line WHEN 0 THEN '' ELSE ',' END,
                CASE WHEN v_option_hash IS NULL AND v_fault = '' THEN '[]'
                     ELSE CONCAT('[', JSON_QUOTE(COALESCE(v_option_hash, '')), ',',
                                 JSON_QUOTE(COALESCE(v_combination_hash, '')), ',',
                                 JSON_QUOTE(v_fault), ']') END),
            v_line = v_line + 1;
    END WHILE;
    SET po_chosen = CONCAT('[', po_chosen, ']');
END//
DELIMITER ;
