-- _stock_hold_across: take units of one product when no single slot has them: from all its slots in
-- order, the fullest first. Where they are too few in all, lapsed holds are reclaimed.
--
-- So "sold out" is said only by somebody who holds every row of the product and has seen too little
-- in all of them. Of this product the caller may hold slot 0 and no other: two that hold one and
-- want all would wait for each other.
--
-- Parameters
--   pi_order_seq_no, pi_shop_id   order
--   pi_product_id, pi_option_hash stock row
--   pi_quantity                   units wanted
--   pi_expires_at                 UTC; until then nobody may reclaim them
-- Returns nothing
-- Errors  OUT_OF_STOCK; the caller rolls back
-- Locks   all shop_stock rows of this product and option, by slot; then see _stock_reclaim; the new
--         shop_stock_reservations rows
-- Example
--   CALL _stock_hold_across(1, 1, 'D0001', '__noopt__', 2, UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_hold_across;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_hold_across(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_product_id   VARCHAR(30),
    pi_option_hash  VARCHAR(64),
    pi_quantity     INT UNSIGNED,
    pi_expires_at   DATETIME(6))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes units of one product from all slots'
BEGIN
    DECLARE v_rest, v_take, v_reclaimed INT UNSIGNED;
    DECLARE v_slot SMALLINT UNSIGNED;
    DECLARE v_free BIGINT;

    SELECT COALESCE(SUM(free), 0) INTO v_free
    FROM shop_stock FORCE INDEX (PRIMARY)
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
    FOR UPDATE;
    IF v_free < pi_quantity THEN
        CALL _stock_reclaim(pi_shop_id, pi_product_id, pi_option_hash,
                            pi_quantity - v_free, v_reclaimed);
        IF v_free + v_reclaimed < pi_quantity THEN
            CALL _raise('OUT_OF_STOCK', 'selected_cart_ids', '');
        END IF;
    END IF;

    SET v_rest = pi_quantity;
    WHILE v_rest > 0 DO
        SELECT slot, LEAST(free, v_rest) INTO v_slot, v_take
        FROM shop_stock FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
          AND free > 0
        ORDER BY free DESC, slot
        LIMIT 1;
        UPDATE shop_stock
        SET free = free - v_take
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = pi_option_hash
          AND slot = v_slot;
        INSERT INTO shop_stock_reservations
            (order_seq_no, shop_id, product_id, option_hash, slot, quantity,
             state, expires_at, update_date)
        VALUES
            (pi_order_seq_no, pi_shop_id, pi_product_id, pi_option_hash, v_slot, v_take,
             'held', pi_expires_at, UTC_TIMESTAMP(6));
        SET v_rest = v_rest - v_take;
    END WHILE;
END//
DELIMITER ;
