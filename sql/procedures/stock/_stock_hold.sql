-- _stock_hold: take an order's units from stock, and write who holds them, where that takes more
-- than one look: a product has its stock in slots, or too little is left and lapsed holds may be
-- reclaimed. The last thing before COMMIT, since stock rows are the hot ones. (The usual order does
-- the same by two statements, see shop_order_insert.)
--
-- Lines on one stock row are one hold: two lines of two units must not pass where three are left.
-- A set's units are those of its parts (shop_order_parts), which are summed with the others.
-- Stock is taken in the order of its primary key, which is the same for every order, each product
-- finished before the next is begun:
--
--   with slots: the slot of this connection, else any one, that has enough and that nobody is at
--   -> there is none, or strategy single: slot 0, waiting for it
--   -> too few there: from all slots (_stock_hold_across)
--
-- Parameters
--   pi_order_seq_no  order, whose lines are written, and the parts of its sets
--   pi_now           UTC
--   pi_expires_at    UTC; until then nobody may reclaim the units
-- Returns nothing
-- Errors  OUT_OF_STOCK; the caller rolls back
-- Locks   by (product, option): one shop_stock row, or see _stock_hold_across; the order's
--         shop_stock_reservations rows (new)
-- Example
--   CALL _stock_hold(1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_hold;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_hold(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_now          DATETIME(6),
    pi_expires_at   DATETIME(6))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes an order''s units from stock'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_quantity INT UNSIGNED;
    DECLARE v_slots, v_slot SMALLINT UNSIGNED;
    DECLARE c_units CURSOR FOR
        SELECT u.shop_id, u.product_id, u.stock_option_hash,
               COALESCE(MAX(g.stock_slots), 1), LEAST(SUM(u.quantity), 4294967295)
        FROM (SELECT p.shop_id, COALESCE(e.product_id, p.product_id) AS product_id,
                     COALESCE(e.stock_option_hash, p.stock_option_hash) AS stock_option_hash,
                     l.quantity * COALESCE(e.quantity, 1) AS quantity
              FROM shop_order_product l
              STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = l.price_id
              LEFT JOIN shop_order_parts e
                  ON e.order_seq_no = l.order_seq_no AND e.line_no = l.line_no
              WHERE l.order_seq_no = pi_order_seq_no) u
        LEFT JOIN shop_products g FORCE INDEX (PRIMARY)
            ON g.shop_id = u.shop_id AND g.product_id = u.product_id
        GROUP BY u.shop_id, u.product_id, u.stock_option_hash
        ORDER BY u.shop_id, u.product_id, u.stock_option_hash;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_units;
    next_product: LOOP
        FETCH c_units INTO v_shop_id, v_product_id, v_option_hash, v_slots, v_quantity;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        SET v_slot = NULL;
        IF v_slots > 1 THEN
            CALL _stock_find_slot(v_shop_id, v_product_id, v_option_hash, v_quantity,
                                  CONNECTION_ID() MOD v_slots, v_slot);
        END IF;
        SET v_slot = COALESCE(v_slot, 0);
        UPDATE shop_stock
        SET free = free - v_quantity
        WHERE shop_id = v_shop_id AND product_id = v_product_id AND option_hash = v_option_hash
          AND slot = v_slot AND free >= v_quantity;
        IF ROW_COUNT() = 0 THEN
            CALL _stock_hold_across(pi_order_seq_no, v_shop_id, v_product_id, v_option_hash,
                                    v_quantity, pi_expires_at);
        ELSE
            INSERT INTO shop_stock_reservations
                (order_seq_no, shop_id, product_id, option_hash, slot, quantity,
                 state, expires_at, update_date)
            VALUES
                (pi_order_seq_no, v_shop_id, v_product_id, v_option_hash, v_slot, v_quantity,
                 'held', pi_expires_at, pi_now);
        END IF;
    END LOOP;
    CLOSE c_units;
END//
DELIMITER ;
