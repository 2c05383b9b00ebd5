-- _take_over_lines: order lines whose order has ended, or was revived, while procedures were in
-- charge that do not keep live_cart_seq_no (sql/README.md: Way back). `jumun db load` calls it when
-- the triggers of prices are new.
--
-- Parameters
--   po_orders  OUT: orders whose lines were changed
-- Returns nothing
-- Errors  none
-- Locks   one order after the other: its row, then its lines
-- Example
--   CALL _take_over_lines(@orders);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _take_over_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _take_over_lines(
    OUT po_orders INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes over lines of ended orders'
BEGIN
    DECLARE v_any, v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_ended TINYINT;
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE c_orders CURSOR FOR
        SELECT DISTINCT l.order_seq_no
        FROM shop_order_product l
        JOIN shop_orders o ON o.seq_no = l.order_seq_no
        JOIN shop_order_statuses t ON t.order_status = o.order_status
        WHERE l.price_id IS NOT NULL AND (l.live_cart_seq_no IS NULL) <> (t.phase = 'ended');
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK AND NO CHAIN NO RELEASE;
        RESIGNAL;
    END;

    CALL _start_writing();
    SET po_orders = 0;
    -- At the first upgrade no line has a price: found out without reading them.
    SELECT MAX(live_cart_seq_no) INTO v_any FROM shop_order_product;
    SET v_end = v_any IS NULL;
    COMMIT AND NO CHAIN NO RELEASE;
    IF v_end = 0 THEN
        OPEN c_orders;
        next_order: LOOP
            FETCH c_orders INTO v_order_seq_no;
            IF v_end = 1 THEN
                LEAVE next_order;
            END IF;
            CALL _start_writing();
            SELECT (SELECT t.phase = 'ended' FROM shop_order_statuses t
                    WHERE t.order_status = o.order_status)
            INTO v_ended
            FROM shop_orders o WHERE seq_no = v_order_seq_no FOR UPDATE;
            UPDATE shop_order_product
            SET live_cart_seq_no = CASE v_ended WHEN 1 THEN NULL ELSE cart_seq_no END
            WHERE order_seq_no = v_order_seq_no AND price_id IS NOT NULL;
            COMMIT AND NO CHAIN NO RELEASE;
            SET po_orders = po_orders + 1;
        END LOOP;
        CLOSE c_orders;
    END IF;
END//
DELIMITER ;
