-- _settle_checkouts: under soft_lock an order leaves its cart rows where they are, marked. Bring
-- the rows of one buyer to what has become of their orders: paid, they go; come to nothing, they
-- are free again, as they were. An order whose time is over and that still waits for its payment is
-- ended first, as shop_order_expire does: money that comes now is late.
--
-- Payments, refusals and the expiry of orders touch no cart row: they would have to wait for the
-- buyer. So what a row is follows from its order, and this makes it so.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart; the caller has locked it
--   pi_order_seq_no         only this order, locked by the caller and not open any more; NULL =
--                           all: then the transaction may end in between, and the next one begins
--                           with the lock of the cart
-- Returns nothing
-- Errors  those of the engine
-- Locks   in this order: order, its cart rows; of an order that is ended here order, reservations,
--         stock by (product, option), in a transaction that ends with it
-- Example
--   CALL _settle_checkouts(1, 'demo1', NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _settle_checkouts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _settle_checkouts(
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Brings ordered cart rows to what became of their orders'
BEGIN
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_status TINYINT UNSIGNED;
    DECLARE v_fate   VARCHAR(11);
    DECLARE v_locked, v_end TINYINT DEFAULT 0;
    DECLARE c_orders CURSOR FOR
        SELECT order_seq_no
        FROM shop_cart_checkouts
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND settled_at IS NULL
          AND order_seq_no = COALESCE(pi_order_seq_no, order_seq_no)
        ORDER BY order_seq_no;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_orders;
    next_order: LOOP
        SET v_end = 0;
        FETCH c_orders INTO v_order_seq_no;
        IF v_end = 1 THEN
            LEAVE next_order;
        END IF;
        -- A first look without a lock: an order that is being paid just now is not waited for.
        SELECT fate INTO v_fate FROM v_cart_checkouts
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no = v_order_seq_no;
        IF v_fate <> 'in_checkout' THEN
            SELECT order_status INTO v_status
            FROM shop_orders WHERE seq_no = v_order_seq_no FOR UPDATE;
            SELECT fate INTO v_fate FROM v_cart_checkouts
            WHERE shop_id = pi_shop_id AND user_id = pi_user_id
              AND order_seq_no = v_order_seq_no;
        END IF;
        IF v_fate = 'lapsed' THEN
            CALL _order_transition(v_order_seq_no, v_status, 'expire', 'job', 'not paid in time',
                                   v_status);
        END IF;
        IF v_fate = 'ordered' THEN
            DELETE c
            FROM shop_order_product l
            STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = l.cart_seq_no
            WHERE l.order_seq_no = v_order_seq_no AND c.order_seq_no = l.order_seq_no;
            DELETE FROM shop_cart_checkouts
            WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no = v_order_seq_no;
        ELSEIF v_fate IN ('free', 'lapsed') THEN
            UPDATE shop_order_product l
            STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = l.cart_seq_no
            SET c.order_seq_no = NULL, c.locked_until = NULL
            WHERE l.order_seq_no = v_order_seq_no AND c.order_seq_no = l.order_seq_no;
            UPDATE shop_cart_checkouts SET settled_at = UTC_TIMESTAMP(6)
            WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no = v_order_seq_no;
        END IF;
        IF v_fate = 'lapsed' THEN
            -- Stock is locked last: whatever the caller locks comes in another transaction.
            CALL _stock_release(v_order_seq_no);
            COMMIT AND NO CHAIN NO RELEASE;
            CALL _start_writing();
            UPDATE shop_cart_headers SET version = version + 1
            WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
        END IF;
    END LOOP;
    CLOSE c_orders;
END//
DELIMITER ;
