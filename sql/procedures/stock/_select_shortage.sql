-- _select_shortage: answer which products of some cart rows are short.
--
-- Parameters
--   pi_shortage  as _shortage returns it
-- Returns one row per stock row that is short
--   product_id, option_hash, wanted, free, cart_ids_json (the cart rows that want it together)
-- Errors  none
-- Locks   none
-- Example
--   CALL _shortage(1, 'demo1', '[1,2]', @shortage);
--   CALL _select_shortage(@shortage);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_shortage;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_shortage(
    pi_shortage LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Which products are short'
BEGIN
    SELECT x.product_id, x.option_hash, x.wanted, x.free, x.cart_ids_json
    FROM JSON_TABLE(pi_shortage, '$[*]' COLUMNS (
        position      FOR ORDINALITY,
        product_id    VARCHAR(30)   PATH '$.product_id',
        option_hash   VARCHAR(64)   PATH '$.option_hash',
        wanted        DECIMAL(32,0) PATH '$.wanted',
        free          DECIMAL(32,0) PATH '$.free',
        cart_ids_json JSON          PATH '$.cart_ids')) x
    ORDER BY x.position;
END//
DELIMITER ;
