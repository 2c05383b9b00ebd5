-- _take_option: what was chosen, as a page says it when something is added: as a JSON object, which
-- is kept under its hash (shop_option_payloads), or as a hash.
--
-- Parameters
--   pi_shop_id, pi_product_id  product
--   pi_option                  what was chosen, see add_shop_cart; not NULL
--   po_option_hash             OUT: all that was chosen, __noopt__ = nothing
--   po_combination_hash        OUT: of JSON: the combination by which the price is found; else NULL
--   po_normal                  OUT: of JSON: its normal form; else NULL
-- Returns nothing
-- Errors  INVALID_INPUT (option): it cannot be read, or does not fit the product's groups;
--         INVALID_INPUT (option_hash)
-- Locks   none but a new row of shop_option_payloads
-- Example
--   CALL _take_option(1, 'D0001', '{"색상":"빨강"}', @hash, @combination, @normal);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _take_option;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _take_option(
    pi_shop_id              INT UNSIGNED,
    pi_product_id           VARCHAR(30),
    pi_option               TEXT,
    OUT po_option_hash      VARCHAR(64),
    OUT po_combination_hash VARCHAR(64),
    OUT po_normal           LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Reads what was chosen, as JSON or as a hash'
BEGIN
    DECLARE v_fault VARCHAR(64);

    IF pi_option REGEXP '\\A[ \\t\\r\\n]*([{\\[]|null[ \\t\\r\\n]*\\z)' THEN
        CALL _read_option(pi_shop_id, pi_product_id, pi_option, po_option_hash,
                          po_combination_hash, po_normal, v_fault);
        IF v_fault <> '' THEN
            CALL _raise('INVALID_INPUT', 'option', v_fault);
        END IF;
        CALL _keep_option(pi_shop_id, pi_product_id, po_option_hash, po_combination_hash,
                          po_normal);
    ELSE
        IF CHAR_LENGTH(pi_option) > 64 OR pi_option LIKE '% ' THEN
            CALL _raise('INVALID_INPUT', 'option_hash', 'at most 64 characters');
        END IF;
        SET po_option_hash = COALESCE(NULLIF(pi_option, ''), '__noopt__');
    END IF;
END//
DELIMITER ;
