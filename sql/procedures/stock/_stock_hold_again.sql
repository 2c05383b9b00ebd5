-- _stock_hold_again: take the units of an order again that were given back: all of them, or none.
--
-- For each of its products that has a unit given back: what it still holds is given back too, then
-- the whole is taken from all slots (_stock_hold_across), under the lock of every stock row of that
-- product, so that nobody comes between. What is on sale now does not matter, as for an order that
-- is paid late: its units do.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
--   po_held          OUT: 1 = every unit is held now; 0 = too few are left; the caller rolls back
-- Returns nothing
-- Errors  none
-- Locks   shop_stock_reservations rows of the order, then, by (product, option),
--         see _stock_hold_across
-- Example
--   CALL _stock_hold_again(1, @held);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_hold_again;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_hold_again(
    pi_order_seq_no BIGINT UNSIGNED,
    OUT po_held     TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes units again that were given back'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_shop_id, v_quantity INT UNSIGNED;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_expires_at DATETIME(6);
    DECLARE v_free BIGINT;
    DECLARE c_missing CURSOR FOR
        SELECT shop_id, product_id, option_hash, SUM(quantity), MAX(expires_at)
        FROM shop_stock_reservations
        WHERE order_seq_no = pi_order_seq_no
        GROUP BY shop_id, product_id, option_hash
        HAVING SUM(state = 'released') > 0
        ORDER BY shop_id, product_id, option_hash;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    SELECT COALESCE(MIN(state IN ('held', 'released')), 0) INTO po_held
    FROM shop_stock_reservations FORCE INDEX (PRIMARY) WHERE order_seq_no = pi_order_seq_no
    FOR UPDATE;
    IF po_held = 1 THEN
        BEGIN
            -- OUT_OF_STOCK, in the middle of it.
            DECLARE EXIT HANDLER FOR 2105 SET po_held = 0;

            OPEN c_missing;
            next_product: LOOP
                FETCH c_missing
                INTO v_shop_id, v_product_id, v_option_hash, v_quantity, v_expires_at;
                IF v_end = 1 THEN
                    LEAVE next_product;
                END IF;
                -- All rows, by slot, as _stock_hold_across does, before one of them is written.
                SELECT COALESCE(SUM(free), 0) INTO v_free
                FROM shop_stock FORCE INDEX (PRIMARY)
                WHERE shop_id = v_shop_id AND product_id = v_product_id
                  AND option_hash = v_option_hash
                FOR UPDATE;
                -- By the order, never by the product: there another order's hold
                -- would stand in the way.
                UPDATE shop_stock_reservations r FORCE INDEX (PRIMARY)
                STRAIGHT_JOIN shop_stock s
                    ON s.shop_id = r.shop_id AND s.product_id = r.product_id
                    AND s.option_hash = r.option_hash AND s.slot = r.slot
                SET r.state = 'released', s.free = s.free + r.quantity
                WHERE r.order_seq_no = pi_order_seq_no AND r.shop_id = v_shop_id
                  AND r.product_id = v_product_id AND r.option_hash = v_option_hash
                  AND r.state = 'held';
                DELETE r FROM shop_stock_reservations r FORCE INDEX (PRIMARY)
                WHERE r.order_seq_no = pi_order_seq_no AND r.shop_id = v_shop_id
                  AND r.product_id = v_product_id AND r.option_hash = v_option_hash;
                CALL _stock_hold_across(pi_order_seq_no, v_shop_id, v_product_id, v_option_hash,
                                        v_quantity, v_expires_at);
            END LOOP;
            CLOSE c_missing;
        END;
    END IF;
END//
DELIMITER ;
