-- _settle_coupons: coupons of an order whose time is over, and which still waits for its payment,
-- come back: that order is ended, as shop_order_expire does.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose coupons
--   pi_coupon_ids           '[1,2]': these of them
-- Returns nothing
-- Errors  those of the engine
-- Locks   as _order_expire, order by order, in transactions of their own: the caller has none
-- Example
--   CALL _settle_coupons(1, 'demo1', '[5]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _settle_coupons;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _settle_coupons(
    pi_shop_id    INT UNSIGNED,
    pi_user_id    VARCHAR(63),
    pi_coupon_ids LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Ends orders out of time that hold coupons'
BEGIN
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_done, v_end TINYINT DEFAULT 0;
    DECLARE c_orders CURSOR FOR
        SELECT DISTINCT i.order_seq_no
        FROM JSON_TABLE(pi_coupon_ids, '$[*]' COLUMNS (
            coupon_no BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN shop_issued_coupons i FORCE INDEX (PRIMARY)
            ON i.coupon_no = x.coupon_no AND i.shop_id = pi_shop_id
            AND CONCAT(i.user_id) = pi_user_id
        STRAIGHT_JOIN shop_orders o FORCE INDEX (PRIMARY)
            ON o.seq_no = i.order_seq_no AND o.expires_at <= UTC_TIMESTAMP(6)
        STRAIGHT_JOIN shop_order_statuses t FORCE INDEX (PRIMARY)
            ON t.order_status = o.order_status AND t.phase = 'open'
        ORDER BY i.order_seq_no;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_orders;
    next_order: LOOP
        FETCH c_orders INTO v_order_seq_no;
        IF v_end = 1 THEN
            LEAVE next_order;
        END IF;
        CALL _order_expire(v_order_seq_no, v_done);
    END LOOP;
    CLOSE c_orders;
    -- Without autocommit reading has begun a transaction.
    ROLLBACK AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
