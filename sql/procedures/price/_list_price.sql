-- _list_price: what one unit of a product and option costs before anything is taken off.
--
-- Parameters
--   pi_buy_price  of the product
--   pi_add_price  of the option; 0 without one
--   pi_digits     decimals of the shop's currency
-- Returns buy_price plus add_price, both rounded
-- Errors  none
-- Locks   none
-- Example
--   SELECT _list_price(10000, 500, 0);   -- 10500
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _list_price;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _list_price(
    pi_buy_price DECIMAL(18,2),
    pi_add_price DECIMAL(18,2),
    pi_digits    TINYINT UNSIGNED)
    RETURNS DECIMAL(20,2)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'List price of one unit'
BEGIN
    RETURN ROUND(pi_buy_price, pi_digits) + ROUND(pi_add_price, pi_digits);
END//
DELIMITER ;
