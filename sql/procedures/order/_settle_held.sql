-- _settle_held: coupons, points and cash of an order whose time is over, and which still waits for
-- its payment, come back: that order is ended, as shop_order_expire does.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose
--   pi_coupon_ids           '[1,2]': these of the coupons; '[]' = none
--   pi_credits              1 = points and cash, too
-- Returns nothing
-- Errors  those of the engine
-- Locks   as _order_expire, order by order, in transactions of their own: the caller has none
-- Example
--   CALL _settle_held(1, 'demo1', '[5]', 1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _settle_held;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _settle_held(
    pi_shop_id    INT UNSIGNED,
    pi_user_id    VARCHAR(63),
    pi_coupon_ids LONGTEXT,
    pi_credits    TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Ends orders out of time that hold something'
BEGIN
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_done, v_end TINYINT DEFAULT 0;
    DECLARE c_orders CURSOR FOR
        SELECT o.seq_no
        FROM JSON_TABLE(pi_coupon_ids, '$[*]' COLUMNS (
            coupon_no BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN shop_issued_coupons i FORCE INDEX (PRIMARY)
            ON i.coupon_no = x.coupon_no AND i.shop_id = pi_shop_id
            AND CONCAT(i.user_id) = pi_user_id
        STRAIGHT_JOIN shop_orders o FORCE INDEX (PRIMARY)
            ON o.seq_no = i.order_seq_no AND o.expires_at <= UTC_TIMESTAMP(6)
        STRAIGHT_JOIN shop_order_statuses t FORCE INDEX (PRIMARY)
            ON t.order_status = o.order_status AND t.phase = 'open'
        UNION
        -- By the index of what has lapsed: the job leaves little in it.
        SELECT o.seq_no
        FROM shop_order_transitions m
        STRAIGHT_JOIN shop_orders o FORCE INDEX (ix_shop_orders_expiry)
            ON o.order_status = m.from_status AND o.expires_at <= UTC_TIMESTAMP(6)
        WHERE pi_credits = 1 AND m.action = 'expire' AND m.actor = 'job'
          AND o.shop_id = pi_shop_id AND o.user_id = pi_user_id
          AND o.point_used + o.cash_used > 0
        ORDER BY seq_no;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_orders;
    next_order: LOOP
        -- MariaDB hands a NOT FOUND inside _order_expire on to the handler here.
        SET v_end = 0;
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
