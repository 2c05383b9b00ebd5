-- _stock_put: add units to one product and option without queueing for all of its slots: evenly to
-- slot 0, which the caller holds, and to those of the others where nobody is. The slots where
-- somebody is get none this time: an order looks into all of them before it gives up.
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash  stock rows; slot 0 is locked by the caller
--   pi_slots     number of slots
--   pi_quantity  units to add, 1 or more
-- Returns nothing
-- Errors  none
-- Locks   the other shop_stock rows of the product and option that nobody holds. Never waits: so it
--         does not matter that some of them are locked and others are not
-- Example
--   CALL _stock_put(1, 'D0001', '__noopt__', 4, 100);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_put;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_put(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  VARCHAR(30),
    pi_option_hash VARCHAR(64),
    pi_slots       SMALLINT UNSIGNED,
    pi_quantity    INT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Adds units to the slots that are at hand'
BEGIN
    DECLARE v_slot, v_count SMALLINT UNSIGNED DEFAULT 0;
    DECLARE v_mask BIGINT UNSIGNED DEFAULT 0;
    DECLARE v_rest, v_units INT;

    -- One bit for each slot; there are at most 64.
    IF pi_slots > 1 THEN
        SELECT COALESCE(BIT_OR(1 << slot), 0), COUNT(*) INTO v_mask, v_count
        FROM shop_stock FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
          AND slot BETWEEN 1 AND pi_slots - 1
        FOR UPDATE SKIP LOCKED;
    END IF;
    SET v_mask = v_mask | 1, v_count = v_count + 1, v_rest = pi_quantity;
    WHILE v_rest > 0 DO
        IF (v_mask >> v_slot) & 1 THEN
            SET v_units = (v_rest + v_count - 1) DIV v_count;
            UPDATE shop_stock
            SET free = free + v_units, update_date = UTC_TIMESTAMP(6)
            WHERE shop_id = pi_shop_id AND product_id = pi_product_id
              AND option_hash = pi_option_hash AND slot = v_slot;
            SET v_rest = v_rest - v_units, v_count = v_count - 1;
        END IF;
        SET v_slot = v_slot + 1;
    END WHILE;
END//
DELIMITER ;
