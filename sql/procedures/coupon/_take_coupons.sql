-- _take_coupons: an order that is new, or paid although it had ended, takes its coupons: all of
-- them, or the caller rolls back.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller, its discounts written
--   pi_now           UTC: a coupon whose time is over by then is not taken; NULL = by no clock: it
--                    was good when it was ordered
--   po_fault         OUT: '5 held': one of them is another order's, or its time is over;
--                    '5 used_up': there is no use left; NULL = all are taken
-- Returns nothing
-- Errors  none
-- Locks   in this order: shop_issued_coupons by number, shop_coupon_counters by coupon: one slot of
--         each that has a use_limit
-- Example
--   CALL _take_coupons(1, NULL, @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _take_coupons;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _take_coupons(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_now          DATETIME(6),
    OUT po_fault    VARCHAR(40))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'An order takes its coupons'
BEGIN
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_coupon_no BIGINT UNSIGNED;
    DECLARE v_coupon_code VARCHAR(30);
    DECLARE v_slot TINYINT UNSIGNED;
    DECLARE v_limited, v_any_limited, v_end TINYINT DEFAULT 0;
    DECLARE c_coupons CURSOR FOR
        SELECT d.coupon_no, c.use_limit IS NOT NULL
        FROM shop_order_discounts d FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN shop_issued_coupons i FORCE INDEX (PRIMARY) ON i.coupon_no = d.coupon_no
        STRAIGHT_JOIN shop_coupons c FORCE INDEX (PRIMARY)
            ON c.shop_id = i.shop_id AND c.coupon_code = i.coupon_code
        WHERE d.order_seq_no = pi_order_seq_no
        ORDER BY d.coupon_no;
    DECLARE c_limited CURSOR FOR
        SELECT c.shop_id, c.coupon_code, d.coupon_no
        FROM shop_order_discounts d FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN shop_issued_coupons i FORCE INDEX (PRIMARY) ON i.coupon_no = d.coupon_no
        STRAIGHT_JOIN shop_coupons c FORCE INDEX (PRIMARY)
            ON c.shop_id = i.shop_id AND c.coupon_code = i.coupon_code
        WHERE d.order_seq_no = pi_order_seq_no AND c.use_limit IS NOT NULL
        ORDER BY c.coupon_code;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    SET po_fault = NULL;
    OPEN c_coupons;
    next_coupon: LOOP
        FETCH c_coupons INTO v_coupon_no, v_limited;
        IF v_end = 1 THEN
            LEAVE next_coupon;
        END IF;
        UPDATE shop_issued_coupons FORCE INDEX (PRIMARY)
        SET order_seq_no = pi_order_seq_no
        WHERE coupon_no = v_coupon_no AND order_seq_no IS NULL
          AND (pi_now IS NULL OR valid_until IS NULL OR valid_until > pi_now);
        IF ROW_COUNT() = 0 THEN
            SET po_fault = CONCAT(v_coupon_no, ' held');
            LEAVE next_coupon;
        END IF;
        SET v_any_limited = v_any_limited OR v_limited;
    END LOOP;
    CLOSE c_coupons;
    IF po_fault IS NULL AND v_any_limited = 1 THEN
        SET v_end = 0;
        OPEN c_limited;
        next_limited: LOOP
            FETCH c_limited INTO v_shop_id, v_coupon_code, v_coupon_no;
            IF v_end = 1 THEN
                LEAVE next_limited;
            END IF;
            -- A slot of its own, so that orders rarely wait for each other; where that is empty,
            -- one that nobody holds, and only then one that is waited for.
            SET v_slot = CONNECTION_ID() MOD 8;
            UPDATE shop_coupon_counters
            SET free = free - 1
            WHERE shop_id = v_shop_id AND coupon_code = v_coupon_code AND kind = 'use'
              AND slot = v_slot AND free > 0;
            IF ROW_COUNT() = 0 THEN
                SET v_slot = NULL;
                SELECT slot INTO v_slot
                FROM shop_coupon_counters FORCE INDEX (PRIMARY)
                WHERE shop_id = v_shop_id AND coupon_code = v_coupon_code AND kind = 'use'
                  AND free > 0
                LIMIT 1 FOR UPDATE SKIP LOCKED;
                IF v_slot IS NULL THEN
                    SELECT MIN(CASE WHEN free > 0 THEN slot END) INTO v_slot
                    FROM shop_coupon_counters FORCE INDEX (PRIMARY)
                    WHERE shop_id = v_shop_id AND coupon_code = v_coupon_code AND kind = 'use'
                    FOR UPDATE;
                END IF;
                IF v_slot IS NULL THEN
                    SET po_fault = CONCAT(v_coupon_no, ' used_up');
                    LEAVE next_limited;
                END IF;
                SET v_end = 0;
                UPDATE shop_coupon_counters
                SET free = free - 1
                WHERE shop_id = v_shop_id AND coupon_code = v_coupon_code AND kind = 'use'
                  AND slot = v_slot;
            END IF;
        END LOOP;
        CLOSE c_limited;
    END IF;
END//
DELIMITER ;
