-- _parse_ids: read a JSON array of ids into its one canonical form.
--
-- Parameters
--   pi_json    '[1,2]', '["1","2"]' or '[{"id":1},{"id":2}]': whole numbers from 1, 1 to 1,000 of
--              them, none twice. Other names beside id are ignored here; an order and a quote look
--              at quantity (see _check_quantities)
--   pi_field   outward name of the field, for the error
--   po_ids     OUT: '[1,2]', ascending, so that rows are locked in this order and equal requests
--              hash equally
--   po_count   OUT: how many
-- Returns nothing
-- Errors  INVALID_INPUT (pi_field)
-- Locks   none
-- Example
--   CALL _parse_ids('[{"id":7},{"id":3}]', 'selected_cart_ids', @ids, @n);   -- '[3,7]', 2
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_ids;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_ids(
    pi_json      LONGTEXT,
    pi_field     VARCHAR(64),
    OUT po_ids   LONGTEXT,
    OUT po_count INT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'JSON array of ids, validated and sorted'
BEGIN
    DECLARE v_valid    INT UNSIGNED DEFAULT 0;
    DECLARE v_distinct INT UNSIGNED DEFAULT 0;

    IF pi_json IS NULL OR pi_json = '' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'required');
    END IF;
    BEGIN
        -- MySQL does not call invalid what is nested too deeply: it raises an error of its own.
        -- MariaDB calls a name with a line break or tab in it valid, and cannot read it.
        DECLARE EXIT HANDLER FOR 3157 CALL _raise('INVALID_INPUT', pi_field, 'not JSON');
        IF LOCATE('\0', pi_json) > 0 OR NOT JSON_VALID(pi_json)
            OR JSON_EXTRACT(pi_json, '$') IS NULL THEN
            CALL _raise('INVALID_INPUT', pi_field, 'not JSON');
        END IF;
    END;
    IF JSON_TYPE(pi_json) <> 'ARRAY' THEN
        CALL _raise('INVALID_INPUT', pi_field, 'not a JSON array');
    END IF;
    SET po_count = JSON_LENGTH(pi_json);
    IF po_count NOT BETWEEN 1 AND 1000 THEN
        CALL _raise('INVALID_INPUT', pi_field, '1 to 1000 ids');
    END IF;

    -- The list is never longer than what it is read from.
    IF @@group_concat_max_len < CHAR_LENGTH(pi_json)
        OR @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    -- Read as text: as numbers both engines round or zero what they do not like.
    -- By length, then by characters, is by number for what the pattern lets through.
    SELECT COALESCE(SUM(t.id REGEXP '\\A[1-9][0-9]{0,17}\\z'), 0), COUNT(DISTINCT t.id),
           CONCAT('[', GROUP_CONCAT(t.id ORDER BY CHAR_LENGTH(t.id), t.id SEPARATOR ','), ']')
    INTO v_valid, v_distinct, po_ids
    FROM (SELECT COALESCE(x.member, x.scalar) AS id
          FROM JSON_TABLE(pi_json, '$[*]' COLUMNS (
              scalar VARCHAR(64) COLLATE utf8mb4_bin PATH '$',
              member VARCHAR(64) COLLATE utf8mb4_bin PATH '$.id')) x) t;

    IF v_valid <> po_count THEN
        CALL _raise('INVALID_INPUT', pi_field, 'not a whole number from 1');
    END IF;
    IF v_distinct <> po_count THEN
        CALL _raise('INVALID_INPUT', pi_field, 'one id twice');
    END IF;
    IF LOCATE('{', pi_json) > 0 THEN
        CALL _check_id_names(pi_json, pi_field);
    END IF;
    -- A server that is set to cut GROUP_CONCAT short must not shorten an order.
    IF NOT JSON_VALID(po_ids) OR JSON_LENGTH(po_ids) <> po_count THEN
        CALL _raise('INTERNAL_ERROR', pi_field, 'group_concat_max_len is too small');
    END IF;
END//
DELIMITER ;
