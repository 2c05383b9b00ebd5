-- tr_shop_issued_coupons_delete: a coupon that an order has stays; another one that is taken back
-- is left of the issue_limit again.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   shop_coupon_counters row, where there is a limit
-- Example
--   DELETE FROM shop_issued_coupons WHERE coupon_no = 1;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_issued_coupons_delete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_issued_coupons_delete
BEFORE DELETE ON shop_issued_coupons
FOR EACH ROW
BEGIN
    DECLARE v_orders INT UNSIGNED;

    SELECT COUNT(*) INTO v_orders
    FROM shop_order_discounts FORCE INDEX (ix_shop_order_discounts_coupon)
    WHERE coupon_no = OLD.coupon_no;
    IF v_orders > 0 OR OLD.order_seq_no IS NOT NULL THEN
        CALL _raise('ROW_IS_KEPT', 'shop_issued_coupons', 'an order has it');
    END IF;
    UPDATE shop_coupon_counters SET free = free + 1
    WHERE shop_id = OLD.shop_id AND coupon_code = OLD.coupon_code AND kind = 'issue' AND slot = 0;
END//
DELIMITER ;
