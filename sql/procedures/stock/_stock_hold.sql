-- _stock_hold: take an order's units from stock and write who holds them. The last thing before COMMIT,
-- since stock rows are the hot ones.
--
-- Lines on one stock row are summed first: two lines of two units must not pass where three are left.
--
-- Parameters
--   pi_order_seq_no  order
--   pi_shop_id       shop
--   pi_lines         JSON array as _price_lines returns it
--   pi_expires_at    UTC; until then nobody may reclaim the units
-- Returns nothing
-- Errors  OUT_OF_STOCK; the caller rolls back
-- Locks   the new shop_stock_reservations rows, then shop_stock rows by (product, option)
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
    DECLARE v_wanted INT UNSIGNED;

    INSERT INTO shop_stock_reservations
        (order_seq_no, shop_id, product_id, option_hash, slot, quantity, state, expires_at, update_date)
    SELECT pi_order_seq_no, pi_shop_id, x.product_id, x.option_hash, 0, SUM(x.quantity), 'held', pi_expires_at,
           UTC_TIMESTAMP(6)
    FROM JSON_TABLE(pi_lines, '$[*]' COLUMNS (
        product_id  VARCHAR(30) COLLATE utf8mb4_bin PATH '$.product_id',
        option_hash VARCHAR(64) COLLATE utf8mb4_bin PATH '$.stock_option_hash',
        quantity    INT UNSIGNED PATH '$.quantity')) x
    GROUP BY x.product_id, x.option_hash;
    SET v_wanted = ROW_COUNT();

    -- The reservations are read by primary key, that is by product and option: every order locks stock in this order.
    UPDATE shop_stock_reservations r
    STRAIGHT_JOIN shop_stock s
        ON s.shop_id = r.shop_id AND s.product_id = r.product_id AND s.option_hash = r.option_hash AND s.slot = r.slot
    SET s.free = s.free - r.quantity
    WHERE r.order_seq_no = pi_order_seq_no AND s.free >= r.quantity;

    IF ROW_COUNT() <> v_wanted THEN
        CALL _raise('OUT_OF_STOCK', 'selected_cart_ids', '');
    END IF;
END//
DELIMITER ;
