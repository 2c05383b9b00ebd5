-- tr_shop_coupons_update: what changes in a coupon is a new rule, for all that are issued and not
-- ordered with yet; a changed limit leaves more or less.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT: a coupon keeps its name; INVALID_INPUT (target_ids)
-- Locks   shop_discount_rules row (new); shops row, shared; see _fit_coupon_counter
-- Example
--   UPDATE shop_coupons SET amount = 5000 WHERE shop_id = 1 AND coupon_code = 'WELCOME';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_coupons_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_coupons_update
BEFORE UPDATE ON shop_coupons
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_rule_id BIGINT UNSIGNED;

    IF NEW.shop_id <> OLD.shop_id
        OR CAST(NEW.coupon_code AS BINARY) <> CAST(OLD.coupon_code AS BINARY) THEN
        CALL _raise('ROW_IS_KEPT', 'shop_coupons', 'shop_id, coupon_code');
    END IF;
    SELECT currency_digits INTO v_digits FROM shops WHERE shop_id = NEW.shop_id LOCK IN SHARE MODE;
    SET NEW.amount = ROUND(NEW.amount, v_digits);
    SET NEW.max_discount = ROUND(NEW.max_discount, v_digits);
    SET NEW.round_to = ROUND(NEW.round_to, v_digits);
    SET NEW.min_amount = ROUND(NEW.min_amount, v_digits);
    SET NEW.rule_id = OLD.rule_id;
    IF NOT (CAST(NEW.coupon_name AS BINARY) = CAST(OLD.coupon_name AS BINARY)
            AND NEW.target = OLD.target AND NEW.target_ids <=> OLD.target_ids
            AND NEW.kind = OLD.kind AND NEW.amount <=> OLD.amount AND NEW.rate <=> OLD.rate
            AND NEW.max_discount <=> OLD.max_discount AND NEW.round_to <=> OLD.round_to
            AND NEW.min_amount <=> OLD.min_amount AND NEW.stack_group <=> OLD.stack_group
            AND NEW.apply_order = OLD.apply_order AND NEW.valid_from <=> OLD.valid_from
            AND NEW.valid_until <=> OLD.valid_until) THEN
        CALL _make_discount_rule(NEW.shop_id, NEW.coupon_code, NULL, NEW.coupon_name, NEW.target,
            NEW.target_ids, NEW.kind, NEW.amount, NEW.rate, NULL, NULL, NULL, NEW.max_discount,
            NEW.round_to, NEW.min_amount, 0, NEW.stack_group, NEW.apply_order, NEW.valid_from,
            NEW.valid_until, v_digits, v_rule_id);
        SET NEW.rule_id = v_rule_id;
    END IF;
    IF NOT NEW.issue_limit <=> OLD.issue_limit THEN
        CALL _fit_coupon_counter(NEW.shop_id, NEW.coupon_code, 'issue', NEW.issue_limit,
                                 OLD.issue_limit);
    END IF;
    IF NOT NEW.use_limit <=> OLD.use_limit THEN
        CALL _fit_coupon_counter(NEW.shop_id, NEW.coupon_code, 'use', NEW.use_limit,
                                 OLD.use_limit);
    END IF;
END//
DELIMITER ;
