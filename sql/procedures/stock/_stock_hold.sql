-- _stock_hold: take an order's units from stock and write who holds them. The last thing before COMMIT,
-- since stock rows are the hot ones.
--
-- Lines on one stock row are summed first: two lines of two units must not pass where three are left. Then one
-- product after the other, each finished before the next is begun:
--
--   with slots: the slot of this connection, else any one, that has enough and that nobody is at
--   -> there is none, or strategy single: slot 0, waiting for it
--   -> too few there: from all slots (_stock_hold_across)
--
-- Parameters
--   pi_order_seq_no  order
--   pi_shop_id       shop
--   pi_lines         JSON array as _price_lines returns it
--   pi_expires_at    UTC; until then nobody may reclaim the units
-- Returns nothing
-- Errors  OUT_OF_STOCK; the caller rolls back
-- Locks   by (product, option): one shop_stock row, or see _stock_hold_across; the new shop_stock_reservations rows
-- Example
--   CALL _stock_hold(1, 1, @lines, UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_hold;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_hold(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_lines        LONGTEXT,
    pi_expires_at   DATETIME(6))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes an order''s units from stock'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_quantity INT UNSIGNED;
    DECLARE v_slots, v_slot SMALLINT UNSIGNED;
    -- Sorted, so that every order takes locks in the same order.
    DECLARE c_wanted CURSOR FOR
        SELECT x.product_id, x.option_hash, SUM(x.quantity), MAX(x.slots)
        FROM JSON_TABLE(pi_lines, '$[*]' COLUMNS (
            product_id  VARCHAR(30) COLLATE utf8mb4_bin PATH '$[3]',
            option_hash VARCHAR(64) COLLATE utf8mb4_bin PATH '$[4]',
            quantity    INT UNSIGNED PATH '$[2]',
            slots       SMALLINT UNSIGNED PATH '$[5]')) x
        GROUP BY x.product_id, x.option_hash
        ORDER BY x.product_id, x.option_hash;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_wanted;
    next_product: LOOP
        FETCH c_wanted INTO v_product_id, v_option_hash, v_quantity, v_slots;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        SET v_slot = NULL;
        IF v_slots > 1 THEN
            CALL _stock_find_slot(pi_shop_id, v_product_id, v_option_hash, v_quantity, CONNECTION_ID() MOD v_slots,
                                  v_slot);
        END IF;
        SET v_slot = COALESCE(v_slot, 0);
        UPDATE shop_stock
        SET free = free - v_quantity
        WHERE shop_id = pi_shop_id AND product_id = v_product_id AND option_hash = v_option_hash AND slot = v_slot
          AND free >= v_quantity;
        IF ROW_COUNT() = 1 THEN
            INSERT INTO shop_stock_reservations
                (order_seq_no, shop_id, product_id, option_hash, slot, quantity, state, expires_at, update_date)
            VALUES
                (pi_order_seq_no, pi_shop_id, v_product_id, v_option_hash, v_slot, v_quantity, 'held', pi_expires_at,
                 UTC_TIMESTAMP(6));
        ELSE
            CALL _stock_hold_across(pi_order_seq_no, pi_shop_id, v_product_id, v_option_hash, v_quantity,
                                    pi_expires_at);
        END IF;
    END LOOP;
    CLOSE c_wanted;
END//
DELIMITER ;
