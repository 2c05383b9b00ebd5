-- _option_fault: does what a row names as its option belong to its product as it is now? For rows
-- of products with groups that are put into a cart or ordered; whether the combination is on sale
-- is seen when it is priced.
--
-- What was kept when it was chosen (shop_option_payloads) is read again, as if it was chosen now:
-- groups may have come and gone since. A bare hash is a combination, and nothing else was chosen.
--
-- Parameters
--   pi_shop_id, pi_product_id            product
--   pi_option_hash, pi_combination_hash  as in shop_cart
--   po_fault                             OUT: what is wrong, at most 64 characters; '' = nothing
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _option_fault(1, 'D0001', '__noopt__', NULL, @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _option_fault;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _option_fault(
    pi_shop_id          INT UNSIGNED,
    pi_product_id       VARCHAR(30),
    pi_option_hash      VARCHAR(64),
    pi_combination_hash VARCHAR(64),
    OUT po_fault        VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Whether an option belongs to its product'
BEGIN
    DECLARE v_groups INT UNSIGNED;
    DECLARE v_missing VARCHAR(60);
    DECLARE v_payload, v_normal LONGTEXT;
    DECLARE v_option_hash, v_combination_hash VARCHAR(64);

    SET po_fault = '';
    SELECT COUNT(*),
           MIN(CASE WHEN is_required = 1
                     AND (kind = 'text' OR pi_option_hash = '__noopt__') THEN group_name END)
    INTO v_groups, v_missing
    FROM shop_option_groups WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
    IF v_groups > 0 THEN
        SELECT MAX(payload_json) INTO v_payload
        FROM shop_option_payloads
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash;
        IF v_payload IS NOT NULL THEN
            CALL _read_option(pi_shop_id, pi_product_id, v_payload, v_option_hash,
                              v_combination_hash, v_normal, po_fault);
            IF po_fault = '' AND NOT (v_option_hash = pi_option_hash
                                      AND v_combination_hash <=> pi_combination_hash) THEN
                SET po_fault = 'the option is of another combination';
            END IF;
        ELSEIF pi_combination_hash IS NOT NULL THEN
            SET po_fault = 'nobody chose this option';
        ELSEIF v_missing IS NOT NULL THEN
            SET po_fault = CONCAT('required: ', LEFT(v_missing, 53));
        END IF;
    END IF;
END//
DELIMITER ;
