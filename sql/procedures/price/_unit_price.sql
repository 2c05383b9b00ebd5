-- _unit_price: what one unit of a product and option costs. The one formula: every
-- price row is made by it.
--
-- Parameters
--   pi_buy_price, pi_sale_price, pi_discount_rate  of the product
--   pi_add_price  of the option; 0 without one
--   pi_digits     decimals of the shop's currency
--   pi_unit       a price that is lowered is a multiple of it; NULL = of the currency's unit
--   pi_rounding   half_up | down | up: to which
-- Returns (sale_price, or buy_price where that is 0 or NULL) × (1 − discount_rate), rounded,
--   plus add_price, rounded to the currency, which may make it one digit longer. Where rounding to
--   pi_unit would make 0 of it, or more than without the rate, it is rounded to the currency
-- Errors  none
-- Locks   none
-- Example
--   SELECT _unit_price(10000, 9000, 0.1, 500, 0, NULL, 'half_up');   -- 8600
--   SELECT _unit_price(9990, 0, 0.15, 0, 0, 100, 'down');            -- 8400, of 8491.5
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _unit_price;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _unit_price(
    pi_buy_price     DECIMAL(18,2),
    pi_sale_price    DECIMAL(18,2),
    pi_discount_rate DECIMAL(5,4),
    pi_add_price     DECIMAL(18,2),
    pi_digits        TINYINT UNSIGNED,
    pi_unit          DECIMAL(18,2),
    pi_rounding      VARCHAR(7))
    RETURNS DECIMAL(20,2)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Price of one unit'
BEGIN
    DECLARE v_base, v_price, v_over, v_rounded DECIMAL(25,6);
    DECLARE v_unit DECIMAL(18,2);

    SET v_base = CASE WHEN pi_sale_price > 0 THEN pi_sale_price ELSE pi_buy_price END,
        v_price = v_base * (1 - pi_discount_rate);
    -- A price that somebody has said is rounded to the currency only.
    IF pi_discount_rate > 0 AND (pi_unit > 0 OR pi_rounding <> 'half_up') THEN
        SET v_unit = CASE WHEN pi_unit > 0 THEN pi_unit
                          WHEN pi_digits = 0 THEN 1
                          WHEN pi_digits = 1 THEN 0.1
                          ELSE 0.01 END,
            -- No division: a session may divide with fewer decimals.
            v_over = MOD(v_price, v_unit),
            v_rounded = v_price - v_over
                + CASE WHEN v_over = 0 OR pi_rounding = 'down' THEN 0
                       WHEN pi_rounding = 'up' OR 2 * v_over >= v_unit THEN v_unit
                       ELSE 0 END;
        -- A unit that is too large makes nothing dearer than without its discount, nor free.
        IF v_rounded <= v_base AND (v_rounded > 0 OR pi_unit IS NULL) THEN
            SET v_price = v_rounded;
        END IF;
    END IF;
    RETURN ROUND(v_price, pi_digits) + ROUND(pi_add_price, pi_digits);
END//
DELIMITER ;
