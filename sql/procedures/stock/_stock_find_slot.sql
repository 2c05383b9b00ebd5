-- _stock_find_slot: lock one slot that has enough units and that nobody is at: the home slot, else
-- the first other one. Never waits, and holds nothing when it finds none.
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash  stock rows
--   pi_quantity  units wanted
--   pi_home      slot to look at first
--   po_slot      OUT: number of the slot, NULL when there is none
-- Returns nothing
-- Errors  none
-- Locks   one shop_stock row, unless somebody holds it
-- Example
--   CALL _stock_find_slot(1, 'D0001', '__noopt__', 2, 5, @slot);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_find_slot;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_find_slot(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  VARCHAR(30),
    pi_option_hash VARCHAR(64),
    pi_quantity    INT UNSIGNED,
    pi_home        SMALLINT UNSIGNED,
    OUT po_slot    SMALLINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Locks a slot that has enough'
BEGIN
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET po_slot = NULL;

    -- No slot is numbered 65535. With one value both engines read the row while they plan the
    -- statement, and keep its lock when it has too little; with two they let it go.
    SELECT slot INTO po_slot
    FROM shop_stock FORCE INDEX (PRIMARY)
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
      AND slot IN (pi_home, 65535) AND free >= pi_quantity
    LIMIT 1
    FOR UPDATE SKIP LOCKED;
    IF po_slot IS NULL THEN
        SELECT slot INTO po_slot
        FROM shop_stock FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
          AND free >= pi_quantity
        LIMIT 1
        FOR UPDATE SKIP LOCKED;
    END IF;
END//
DELIMITER ;
