-- _find_combination: by which combination price and units are found, when a hash is none itself:
-- what somebody chose before is known by its hash.
--
-- Parameters
--   pi_shop_id, pi_product_id  product
--   pi_option_hash             hash of all that was chosen
--   po_combination_hash        OUT: as in shop_cart; NULL = pi_option_hash itself, or not known
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _find_combination(1, 'D0001', '6f…', @combination_hash);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _find_combination;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _find_combination(
    pi_shop_id              INT UNSIGNED,
    pi_product_id           VARCHAR(30),
    pi_option_hash          VARCHAR(64),
    OUT po_combination_hash VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The combination of what was chosen'
BEGIN
    SELECT MAX(NULLIF(combination_hash, option_hash)) INTO po_combination_hash
    FROM shop_option_payloads
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash;
END//
DELIMITER ;
