-- _hold_coupons: write what coupons take off an order, and give it the coupons. Whatever has become
-- of one since it was priced is seen here, under its lock.
--
-- Parameters
--   pi_order_seq_no  order, new, its lines written
--   pi_discounts     as _price_discounts returns it
--   pi_now           UTC; judged by this moment
--   po_fault         OUT: number and reason of one that cannot be had, see _take_coupons: the
--                    caller rolls back; NULL = it has them
-- Returns nothing
-- Errors  none
-- Locks   in this order: shop_issued_coupons by number, shop_coupon_counters by coupon: one slot of
--         each that has a use_limit; discounts of the order (new)
-- Example
--   CALL _hold_coupons(1, '[{"coupon_no":5,"rule_id":1,"amount":"1000.00",
--       "lines":[[1,"1000.00"]]}]', UTC_TIMESTAMP(6), @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _hold_coupons;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _hold_coupons(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_discounts    LONGTEXT,
    pi_now          DATETIME(6),
    OUT po_fault    TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives an order its coupons'
BEGIN
    INSERT INTO shop_order_discounts (order_seq_no, discount_no, rule_id, coupon_no, amount)
    SELECT pi_order_seq_no, x.discount_no, x.rule_id, x.coupon_no, x.amount
    FROM JSON_TABLE(pi_discounts, '$[*]' COLUMNS (
        discount_no FOR ORDINALITY,
        coupon_no   BIGINT UNSIGNED PATH '$.coupon_no',
        rule_id     BIGINT UNSIGNED PATH '$.rule_id',
        amount      DECIMAL(18,2)   PATH '$.amount')) x;
    INSERT INTO shop_order_discount_lines (order_seq_no, discount_no, line_no, amount)
    SELECT pi_order_seq_no, x.discount_no, x.line_no, x.amount
    FROM JSON_TABLE(pi_discounts, '$[*]' COLUMNS (
        discount_no FOR ORDINALITY,
        NESTED PATH '$.lines[*]' COLUMNS (
            line_no SMALLINT UNSIGNED PATH '$[0]',
            amount  DECIMAL(18,2)     PATH '$[1]'))) x;
    CALL _take_coupons(pi_order_seq_no, pi_now, po_fault);
END//
DELIMITER ;
