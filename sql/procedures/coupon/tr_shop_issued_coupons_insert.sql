-- tr_shop_issued_coupons_insert: whoever issues a coupon, by procedure or by hand, gives a member
-- no more of it than its member_limit, and for as long as its valid_days.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  COUPON_NOT_AVAILABLE: member_limit
-- Locks   shop_coupons row, shared, as the foreign key has it
-- Example
--   INSERT INTO shop_issued_coupons (shop_id, coupon_code, user_id, member_no, issued_at)
--   VALUES (1, 'WELCOME', 'demo1', 1, UTC_TIMESTAMP(6));
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_issued_coupons_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_issued_coupons_insert
BEFORE INSERT ON shop_issued_coupons
FOR EACH ROW
BEGIN
    DECLARE v_limit INT UNSIGNED;
    DECLARE v_days SMALLINT UNSIGNED;

    SELECT member_limit, valid_days INTO v_limit, v_days
    FROM shop_coupons
    WHERE shop_id = NEW.shop_id AND coupon_code = NEW.coupon_code
    LOCK IN SHARE MODE;
    IF NEW.member_no > v_limit THEN
        CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_code', 'member_limit');
    END IF;
    SET NEW.order_seq_no = NULL,
        NEW.valid_until = COALESCE(NEW.valid_until, NEW.issued_at + INTERVAL v_days DAY);
END//
DELIMITER ;
