-- _keep_option: keep what a buyer chose under the hash that carts and orders name, once; in a
-- transaction of its own, with nothing else locked: two buyers who choose the same things first
-- never wait for each other's carts. What is not on sale is not kept.
--
-- Parameters
--   pi_shop_id, pi_product_id  product
--   pi_option_hash, pi_combination_hash, pi_normal   as _read_option returns them
-- Returns nothing
-- Errors  none
-- Locks   shop_option_payloads row (new); no transaction is open afterwards
-- Example
--   CALL _keep_option(1, 'D0001', '6f…', NULL, '{"색상":"빨강"}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _keep_option;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _keep_option(
    pi_shop_id          INT UNSIGNED,
    pi_product_id       VARCHAR(30),
    pi_option_hash      VARCHAR(64),
    pi_combination_hash VARCHAR(64),
    pi_normal           LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Keeps what was chosen'
BEGIN
    DECLARE v_known, v_on_sale INT UNSIGNED;

    IF pi_option_hash <> '__noopt__' THEN
        SELECT (SELECT COUNT(*) FROM shop_option_payloads
                WHERE shop_id = pi_shop_id AND product_id = pi_product_id
                  AND option_hash = pi_option_hash),
               (SELECT COUNT(*) FROM shop_offers
                WHERE shop_id = pi_shop_id AND product_id = pi_product_id
                  AND option_hash = COALESCE(pi_combination_hash, pi_option_hash)
                  AND plan_id = 0 AND orderable >= 1)
        INTO v_known, v_on_sale;
        IF v_known = 0 AND v_on_sale = 1 THEN
            CALL _start_writing();
            INSERT IGNORE INTO shop_option_payloads
                (shop_id, product_id, option_hash, combination_hash, payload_json, create_date)
            VALUES
                (pi_shop_id, pi_product_id, pi_option_hash,
                 COALESCE(pi_combination_hash, pi_option_hash), pi_normal, UTC_TIMESTAMP(6));
            COMMIT AND NO CHAIN NO RELEASE;
        END IF;
    END IF;
END//
DELIMITER ;
