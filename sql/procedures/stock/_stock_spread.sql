-- _stock_spread: set the free units of one product and option, spread evenly over its slots. Rows
-- beyond the number of slots keep none.
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash  stock rows, all of them locked by the caller; slots
--                                              0 to pi_slots - 1 exist
--   pi_slots     number of slots
--   pi_quantity  units to spread
-- Returns nothing
-- Errors  none
-- Locks   none beyond the caller's
-- Example
--   CALL _stock_spread(1, 'D0001', '__noopt__', 4, 100);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_spread;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_spread(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  VARCHAR(30),
    pi_option_hash VARCHAR(64),
    pi_slots       SMALLINT UNSIGNED,
    pi_quantity    BIGINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Spreads free units evenly over slots'
BEGIN
    UPDATE shop_stock
    SET free = CASE WHEN slot < pi_slots
                    THEN pi_quantity DIV pi_slots
                         + CASE WHEN slot < pi_quantity MOD pi_slots THEN 1 ELSE 0 END
                    ELSE 0 END,
        update_date = UTC_TIMESTAMP(6)
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash;
END//
DELIMITER ;
