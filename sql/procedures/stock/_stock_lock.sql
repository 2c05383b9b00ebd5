-- _stock_lock: begin a transaction by locking all stock rows of one product and option, made first
-- where they are missing.
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash  stock rows
--   pi_slots     how many slots there must be
--   po_free      OUT: free units in all of them
-- Returns nothing
-- Errors  none
-- Locks   shop_stock rows of the product and option, by slot
-- Example
--   CALL _stock_lock(1, 'D0001', '__noopt__', 4, @free);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_lock;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_lock(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  VARCHAR(30),
    pi_option_hash VARCHAR(64),
    pi_slots       SMALLINT UNSIGNED,
    OUT po_free    BIGINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Locks the stock rows of one product'
BEGIN
    DECLARE v_slot, v_found SMALLINT UNSIGNED;

    lock_slots: LOOP
        CALL _start_writing();
        SELECT COALESCE(SUM(slot < pi_slots), 0), COALESCE(SUM(free), 0) INTO v_found, po_free
        FROM shop_stock FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
        FOR UPDATE;
        IF v_found = pi_slots THEN
            LEAVE lock_slots;
        END IF;
        -- The first time only, and committed before they are locked: an insert that finds a row
        -- takes a shared lock, and two of those that want more wait for each other.
        ROLLBACK AND NO CHAIN NO RELEASE;
        SET v_slot = 0;
        WHILE v_slot < pi_slots DO
            BEGIN
                -- Two that insert over a row deleted a moment ago: the one that is chosen
                -- finds the other's row.
                DECLARE CONTINUE HANDLER FOR 1213 BEGIN END;
                INSERT IGNORE INTO shop_stock
                    (shop_id, product_id, option_hash, slot, free, update_date)
                VALUES
                    (pi_shop_id, pi_product_id, pi_option_hash, v_slot, 0, UTC_TIMESTAMP(6));
            END;
            COMMIT AND NO CHAIN NO RELEASE;
            SET v_slot = v_slot + 1;
        END WHILE;
    END LOOP;
END//
DELIMITER ;
