-- tr_shop_coupons_insert: a new coupon gets its rule, which orders name.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  INVALID_INPUT (target_ids)
-- Locks   shop_discount_rules row (new); shops row, shared, as the foreign key has it
-- Example
--   INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount)
--   VALUES (1, 'WELCOME', 'Welcome', 'order', 'amount', 3000);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_coupons_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_coupons_insert
BEFORE INSERT ON shop_coupons
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_rule_id BIGINT UNSIGNED;

    SELECT currency_digits INTO v_digits FROM shops WHERE shop_id = NEW.shop_id LOCK IN SHARE MODE;
    SET NEW.amount = ROUND(NEW.amount, v_digits);
    SET NEW.max_discount = ROUND(NEW.max_discount, v_digits);
    SET NEW.round_to = ROUND(NEW.round_to, v_digits);
    SET NEW.min_amount = ROUND(NEW.min_amount, v_digits);
    CALL _make_discount_rule(NEW.shop_id, NEW.coupon_code, NULL, NEW.coupon_name, NEW.target,
        NEW.target_ids, NEW.kind, NEW.amount, NEW.rate, NULL, NULL, NULL, NEW.max_discount,
        NEW.round_to, NEW.min_amount, 0, NEW.stack_group, NEW.apply_order, NEW.valid_from,
        NEW.valid_until, v_digits, v_rule_id);
    SET NEW.rule_id = v_rule_id;
END//
DELIMITER ;
