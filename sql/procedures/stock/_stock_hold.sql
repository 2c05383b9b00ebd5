-- _stock_hold: take an order's held units from stock. The last thing before COMMIT, since stock rows are the hot ones.
--
-- calc_cart_totals has written who holds what, one row for each stock row. They are taken in the order of their primary
-- key, which is the same for every order, each product finished before the next is begun:
--
--   with slots: the slot of this connection, else any one, that has enough and that nobody is at
--   -> there is none, or strategy single: slot 0, waiting for it
--   -> too few there: from all slots (_stock_hold_across)
--
-- Parameters
--   pi_order_seq_no  order
--   pi_shop_id       shop
--   pi_slots         most slots that a product of the order has
--   pi_expires_at    UTC; until then nobody may reclaim the units
-- Returns nothing
-- Errors  OUT_OF_STOCK; the caller rolls back
-- Locks   by (product, option): one shop_stock row, or see _stock_hold_across; the order's shop_stock_reservations rows
-- Example
--   CALL _stock_hold(1, 1, 1, UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_hold;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_hold(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_slots        SMALLINT UNSIGNED,
    pi_expires_at   DATETIME(6))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes an order''s units from stock'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_quantity INT UNSIGNED;
    DECLARE v_slots, v_held_slot, v_slot SMALLINT UNSIGNED;
    DECLARE c_held CURSOR FOR
        SELECT product_id, option_hash, slot, quantity
        FROM shop_stock_reservations
        WHERE order_seq_no = pi_order_seq_no
        ORDER BY order_seq_no, shop_id, product_id, option_hash, slot;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_held;
    next_product: LOOP
        FETCH c_held INTO v_product_id, v_option_hash, v_held_slot, v_quantity;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        SET v_slot = v_held_slot;
        IF pi_slots > 1 THEN
            SELECT stock_slots INTO v_slots
            FROM shop_products WHERE shop_id = pi_shop_id AND product_id = v_product_id;
            SET v_slot = NULL;
            IF v_slots > 1 THEN
                CALL _stock_find_slot(pi_shop_id, v_product_id, v_option_hash, v_quantity,
                                      CONNECTION_ID() MOD v_slots, v_slot);
            END IF;
            SET v_slot = COALESCE(v_slot, 0);
        END IF;
        UPDATE shop_stock
        SET free = free - v_quantity
        WHERE shop_id = pi_shop_id AND product_id = v_product_id AND option_hash = v_option_hash AND slot = v_slot
          AND free >= v_quantity;
        IF ROW_COUNT() = 0 THEN
            DELETE FROM shop_stock_reservations
            WHERE order_seq_no = pi_order_seq_no AND shop_id = pi_shop_id AND product_id = v_product_id
              AND option_hash = v_option_hash AND slot = v_held_slot;
            CALL _stock_hold_across(pi_order_seq_no, pi_shop_id, v_product_id, v_option_hash, v_quantity,
                                    pi_expires_at);
        ELSEIF v_slot <> v_held_slot THEN
            UPDATE shop_stock_reservations
            SET slot = v_slot
            WHERE order_seq_no = pi_order_seq_no AND shop_id = pi_shop_id AND product_id = v_product_id
              AND option_hash = v_option_hash AND slot = v_held_slot;
        END IF;
    END LOOP;
    CLOSE c_held;
END//
DELIMITER ;
