-- update_adm_delivery_areas: say where delivery costs more, and how much more. What is said
-- replaces what was: all areas, or nothing when one of them is wrong. An area that stays as it is
-- keeps its rule.
--
-- Parameters
--   pi_shop_id     shop
--   pi_areas_json  JSON array of at most 1,000 objects, each with
--                    area_code  1 to 20 of letters, digits, . _ -
--                    area_name  1 to 60 characters, for people
--                    surcharge  asked for each parcel, in the shop's currency
--                    codes      JSON array of postal codes: '58800', or ranges '63000~63644', both
--                               ends inclusive and of the same length. Blanks and - do not count.
--                               At most 10,000 in all; no code in two of them
--                  [] = delivery costs the same everywhere
-- Returns one row: result, areas, codes (how many there are now), changes (areas that are new, have
--   another surcharge or name, or are gone)
-- then the areas: area_code, area_name, surcharge, codes
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND
-- Locks   areas and codes of the shop
-- Example
--   CALL update_adm_delivery_areas(1, '[{"area_code":"jeju","area_name":"제주",
--       "surcharge":"3000","codes":["63000~63644"]}]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_adm_delivery_areas;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_adm_delivery_areas(
    pi_shop_id    INT UNSIGNED,
    pi_areas_json LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Says where delivery costs more'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_count, v_distinct, v_wrong, v_changes, v_codes INT UNSIGNED DEFAULT 0;
    DECLARE v_code VARCHAR(64);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_adm_delivery_areas', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL, JSON_OBJECT('shop_id', pi_shop_id));
        RESIGNAL;
    END;

    CALL _start_writing();
    IF pi_areas_json IS NULL OR NOT JSON_VALID(pi_areas_json)
        OR COALESCE(JSON_TYPE(pi_areas_json), '') <> 'ARRAY'
        OR JSON_LENGTH(pi_areas_json) > 1000 THEN
        CALL _raise('INVALID_INPUT', 'areas', 'a JSON array of at most 1000 objects');
    END IF;
    SELECT MAX(currency_digits) INTO v_digits FROM shops WHERE shop_id = pi_shop_id;
    IF v_digits IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;

    BEGIN
        -- MariaDB's JSON_VALID passes over a control character in a name, and its JSON_TABLE does
        -- not; MySQL counts how deep it goes.
        DECLARE EXIT HANDLER FOR 3157, 4038 CALL _raise('INVALID_INPUT', 'areas', 'not JSON');
        -- A member that we do not know is something that somebody thinks he has said.
        -- LONGTEXT: MariaDB cuts what is longer than a column's type without a word.
        SET v_step = 'check the areas';
        SELECT COUNT(*), COUNT(DISTINCT x.area_code),
               MIN(CASE WHEN NOT COALESCE(
                   x.area_code REGEXP '\\A[-._A-Za-z0-9]{1,20}\\z'
                   AND CHAR_LENGTH(TRIM(x.area_name)) BETWEEN 1 AND 60
                   AND x.area_name NOT REGEXP '[[:cntrl:]]'
                   AND x.surcharge REGEXP '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z'
                   AND CAST(CASE WHEN x.surcharge REGEXP '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z'
                                 THEN x.surcharge END AS DECIMAL(18,2))
                       = ROUND(CAST(CASE WHEN x.surcharge REGEXP '\\A[0-9]{1,15}([.][0-9]{1,2})?\\z'
                                         THEN x.surcharge END AS DECIMAL(18,2)), v_digits)
                   AND x.members = 4, 0) THEN x.area_no END)
        INTO v_count, v_distinct, v_wrong
        FROM (SELECT t.area_no, t.area_code, t.area_name, t.surcharge,
                     JSON_LENGTH(pi_areas_json, CONCAT('$[', t.area_no - 1, ']'))
                     * (COALESCE(JSON_TYPE(JSON_EXTRACT(pi_areas_json,
                            CONCAT('$[', t.area_no - 1, '].codes'))), '') = 'ARRAY') AS members
              FROM JSON_TABLE(pi_areas_json, '$[*]' COLUMNS (
                  area_no   FOR ORDINALITY,
                  area_code VARCHAR(64) COLLATE utf8mb4_bin PATH '$.area_code',
                  area_name LONGTEXT COLLATE utf8mb4_bin PATH '$.area_name',
                  surcharge VARCHAR(64) COLLATE utf8mb4_bin PATH '$.surcharge')) t) x;
        IF v_wrong IS NOT NULL THEN
            CALL _raise('INVALID_INPUT', 'areas',
                CONCAT('entry ', v_wrong, ': area_code, area_name, surcharge, codes'));
        END IF;
        IF v_distinct <> v_count THEN
            CALL _raise('INVALID_INPUT', 'areas', 'an area stands there twice');
        END IF;
        SET v_step = 'check the codes', v_code = NULL;
        SELECT COUNT(*), MIN(CASE WHEN NOT COALESCE(
                   CHAR_LENGTH(x.code) <= 64 AND x.code REGEXP '[0-9]'
                   AND x.code REGEXP CONCAT('\\A[- ]*[0-9A-Za-z][-0-9A-Za-z ]*',
                                            '(~[- ]*[0-9A-Za-z][-0-9A-Za-z ]*)?\\z'), 0)
                   THEN COALESCE(LEFT(x.code, 30), '') END)
        INTO v_codes, v_code
        FROM JSON_TABLE(pi_areas_json, '$[*].codes[*]' COLUMNS (
            code LONGTEXT COLLATE utf8mb4_bin PATH '$')) x;
        IF v_code IS NOT NULL OR v_codes > 10000 THEN
            CALL _raise('INVALID_INPUT', 'areas.codes', COALESCE(v_code, 'more than 10000'));
        END IF;
    END;

    SET v_step = 'write the areas';
    DELETE FROM shop_area_codes WHERE shop_id = pi_shop_id;
    UPDATE JSON_TABLE(pi_areas_json, '$[*]' COLUMNS (
        area_code VARCHAR(20) COLLATE utf8mb4_bin PATH '$.area_code',
        area_name LONGTEXT COLLATE utf8mb4_bin PATH '$.area_name',
        surcharge DECIMAL(18,2) PATH '$.surcharge')) x
    STRAIGHT_JOIN shop_delivery_areas z
        ON z.shop_id = pi_shop_id AND z.area_code = x.area_code
    SET z.area_name = TRIM(x.area_name), z.surcharge = x.surcharge
    WHERE z.surcharge <> x.surcharge
       OR CAST(z.area_name AS BINARY) <> CAST(TRIM(x.area_name) AS BINARY);
    SET v_changes = ROW_COUNT();
    DELETE FROM shop_delivery_areas
    WHERE shop_id = pi_shop_id
      AND area_code NOT IN (
          SELECT x.area_code FROM JSON_TABLE(pi_areas_json, '$[*]' COLUMNS (
              area_code VARCHAR(20) COLLATE utf8mb4_bin PATH '$.area_code')) x);
    SET v_changes = v_changes + ROW_COUNT();
    INSERT INTO shop_delivery_areas (shop_id, area_code, area_name, surcharge, area_rule_id)
    SELECT pi_shop_id, x.area_code, TRIM(x.area_name), x.surcharge, 0
    FROM JSON_TABLE(pi_areas_json, '$[*]' COLUMNS (
        area_code VARCHAR(20) COLLATE utf8mb4_bin PATH '$.area_code',
        area_name LONGTEXT COLLATE utf8mb4_bin PATH '$.area_name',
        surcharge DECIMAL(18,2) PATH '$.surcharge')) x
    LEFT JOIN shop_delivery_areas z
        ON z.shop_id = pi_shop_id AND z.area_code = x.area_code
    WHERE z.shop_id IS NULL;
    SET v_changes = v_changes + ROW_COUNT(), v_step = 'write the codes', v_code = NULL;
    SELECT MIN(CASE WHEN x.from_code > x.to_code OR CHAR_LENGTH(x.from_code) > 10
                         OR CHAR_LENGTH(x.from_code) <> CHAR_LENGTH(x.to_code)
                         OR x.from_code <= x.before_to THEN x.from_code END)
    INTO v_code
    FROM (SELECT t.from_code, t.to_code,
                 MAX(t.to_code) OVER (PARTITION BY CHAR_LENGTH(t.from_code)
                                      ORDER BY t.from_code, t.to_code
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                     AS before_to
          FROM (SELECT SUBSTRING_INDEX(REPLACE(REPLACE(c.code, ' ', ''), '-', ''), '~', 1)
                           AS from_code,
                       SUBSTRING_INDEX(REPLACE(REPLACE(c.code, ' ', ''), '-', ''), '~', -1)
                           AS to_code
                FROM JSON_TABLE(pi_areas_json, '$[*].codes[*]' COLUMNS (
                    code LONGTEXT COLLATE utf8mb4_bin PATH '$')) c) t) x;
    IF v_code IS NOT NULL THEN
        CALL _raise('INVALID_INPUT', 'areas.codes',
            CONCAT(LEFT(v_code, 30), ': no range, or in two of them'));
    END IF;
    INSERT INTO shop_area_codes (shop_id, code_length, from_code, to_code, area_code)
    SELECT pi_shop_id,
           CHAR_LENGTH(SUBSTRING_INDEX(REPLACE(REPLACE(x.code, ' ', ''), '-', ''), '~', 1)),
           SUBSTRING_INDEX(REPLACE(REPLACE(x.code, ' ', ''), '-', ''), '~', 1),
           SUBSTRING_INDEX(REPLACE(REPLACE(x.code, ' ', ''), '-', ''), '~', -1), x.area_code
    FROM JSON_TABLE(pi_areas_json, '$[*]' COLUMNS (
        area_code VARCHAR(20) COLLATE utf8mb4_bin PATH '$.area_code',
        NESTED PATH '$.codes[*]' COLUMNS (
            code LONGTEXT COLLATE utf8mb4_bin PATH '$'))) x
    WHERE x.code IS NOT NULL
    ORDER BY 2, 3;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_count AS areas, v_codes AS codes, v_changes AS changes;
    SELECT z.area_code, z.area_name, z.surcharge, COUNT(g.area_code) AS codes
    FROM shop_delivery_areas z
    LEFT JOIN shop_area_codes g ON g.shop_id = z.shop_id AND g.area_code = z.area_code
    WHERE z.shop_id = pi_shop_id
    GROUP BY z.area_code, z.area_name, z.surcharge
    ORDER BY z.area_code;
END//
DELIMITER ;
