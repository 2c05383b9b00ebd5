-- _give_coupons_back: an order that ends unpaid gives its coupons back, and their uses.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller, which ends it in this transaction
-- Returns nothing
-- Errors  none
-- Locks   in this order: shop_issued_coupons by number, shop_coupon_counters by coupon
-- Example
--   CALL _give_coupons_back(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _give_coupons_back;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _give_coupons_back(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'An order gives its coupons back'
BEGIN
    UPDATE shop_issued_coupons FORCE INDEX (ix_shop_issued_coupons_order)
    SET order_seq_no = NULL
    WHERE order_seq_no = pi_order_seq_no
    ORDER BY coupon_no;
    -- Which slot does not matter: the sum of them does.
    UPDATE (SELECT r.shop_id, r.coupon_code, COUNT(*) AS uses
            FROM shop_order_discounts d FORCE INDEX (PRIMARY)
            STRAIGHT_JOIN shop_discount_rules r FORCE INDEX (PRIMARY) ON r.rule_id = d.rule_id
            WHERE d.order_seq_no = pi_order_seq_no
            GROUP BY r.shop_id, r.coupon_code) u
    STRAIGHT_JOIN shop_coupon_counters k FORCE INDEX (PRIMARY)
        ON k.shop_id = u.shop_id AND k.coupon_code = u.coupon_code AND k.kind = 'use'
        AND k.slot = pi_order_seq_no MOD 8
    SET k.free = k.free + u.uses;
END//
DELIMITER ;
