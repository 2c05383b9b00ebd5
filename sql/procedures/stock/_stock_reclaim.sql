-- _stock_reclaim: give lapsed holds on one product back to stock, the oldest first, until
-- enough units are free.
--
-- A lapsed hold can still be paid: paying is held -> sold, reclaiming held -> released, each under
-- the lock of the reservation, and only one of them finds it held. What somebody is just doing
-- something with is skipped.
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash  stock rows, all of them locked by the caller
--   pi_missing   units wanted
--   po_reclaimed OUT: units given back, 0 when nothing has lapsed; may be more than wanted
-- Returns nothing
-- Errors  none
-- Locks   lapsed shop_stock_reservations rows that nobody holds. They come after stock here, the
--         other way round than everywhere else: that is why they are never waited for
-- Example
--   CALL _stock_reclaim(1, 'D0001', '__noopt__', 2, @units);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_reclaim;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_reclaim(
    pi_shop_id       INT UNSIGNED,
    pi_product_id    VARCHAR(30),
    pi_option_hash   VARCHAR(64),
    pi_missing       INT UNSIGNED,
    OUT po_reclaimed INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives lapsed holds back to stock'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_slot SMALLINT UNSIGNED;
    DECLARE v_quantity INT UNSIGNED;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_seen INT UNSIGNED;
    DECLARE v_expires_at DATETIME(6);
    DECLARE v_after DATETIME(6) DEFAULT '1000-01-01';
    DECLARE v_after_order BIGINT UNSIGNED DEFAULT 0;
    DECLARE v_after_slot SMALLINT UNSIGNED DEFAULT 0;
    -- Read without locks; each row is locked by primary key and looked at again. A hundred
    -- at a time, behind the last one seen: after a busy hour thousands may have lapsed, and
    -- this buyer wants a few.
    DECLARE c_lapsed CURSOR FOR
        SELECT order_seq_no, slot, expires_at
        FROM shop_stock_reservations
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
          AND state = 'held' AND expires_at BETWEEN v_after AND v_now
          AND (expires_at > v_after OR order_seq_no > v_after_order
               OR (order_seq_no = v_after_order AND slot > v_after_slot))
        ORDER BY expires_at, order_seq_no, slot
        LIMIT 100;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    SET po_reclaimed = 0;
    next_chunk: LOOP
        SET v_seen = 0, v_end = 0;
        OPEN c_lapsed;
        next_hold: LOOP
            FETCH c_lapsed INTO v_order_seq_no, v_slot, v_expires_at;
            IF v_end = 1 OR po_reclaimed >= pi_missing THEN
                LEAVE next_hold;
            END IF;
            SET v_seen = v_seen + 1, v_after = v_expires_at,
                v_after_order = v_order_seq_no, v_after_slot = v_slot;
            SELECT MAX(quantity) INTO v_quantity
            FROM shop_stock_reservations FORCE INDEX (PRIMARY)
            WHERE order_seq_no = v_order_seq_no AND shop_id = pi_shop_id
              AND product_id = pi_product_id AND option_hash = pi_option_hash
              AND slot = v_slot AND state = 'held'
            FOR UPDATE SKIP LOCKED;
            IF v_quantity IS NOT NULL THEN
                UPDATE shop_stock_reservations FORCE INDEX (PRIMARY)
                SET state = 'released', update_date = v_now
                WHERE order_seq_no = v_order_seq_no AND shop_id = pi_shop_id
                  AND product_id = pi_product_id AND option_hash = pi_option_hash
                  AND slot = v_slot;
                UPDATE shop_stock
                SET free = free + v_quantity
                WHERE shop_id = pi_shop_id AND product_id = pi_product_id
                  AND option_hash = pi_option_hash AND slot = v_slot;
                SET po_reclaimed = po_reclaimed + v_quantity;
            END IF;
        END LOOP;
        CLOSE c_lapsed;
        IF v_seen < 100 OR po_reclaimed >= pi_missing THEN
            LEAVE next_chunk;
        END IF;
    END LOOP;
END//
DELIMITER ;
