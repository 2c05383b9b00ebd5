-- _part_stock: the stock row that the units of a set's part are on. Read from the part's offer,
-- which whoever changes the option locks first: a part that is written meanwhile waits for it, so
-- that it cannot keep what the option had before.
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash  the part
--   po_stock_option_hash  OUT: as in shop_stock; '' = there is no such product or option
-- Returns nothing
-- Errors  none
-- Locks   the part's offer, shared
-- Example
--   CALL _part_stock(1, 'D0001', '__noopt__', @stock_option_hash);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _part_stock;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _part_stock(
    pi_shop_id               INT UNSIGNED,
    pi_product_id            VARCHAR(30),
    pi_option_hash           VARCHAR(64),
    OUT po_stock_option_hash VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The stock row of a set''s part'
BEGIN
    SELECT COALESCE(MAX(stock_option_hash), '') INTO po_stock_option_hash
    FROM shop_offers
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
      AND plan_id = 0
    LOCK IN SHARE MODE;
END//
DELIMITER ;
