-- tr_shop_promotions_update: what changes in a promotion is a new rule.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT: a promotion keeps its name; INVALID_INPUT (target_ids, steps)
-- Locks   shop_discount_rules row (new); shops row, shared, or where enabled changes, for writing
-- Example
--   UPDATE shop_promotions SET enabled = 0 WHERE shop_id = 1 AND promotion_code = 'SHIP0';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_promotions_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_promotions_update
BEFORE UPDATE ON shop_promotions
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_rule_id BIGINT UNSIGNED;

    IF NEW.shop_id <> OLD.shop_id
        OR CAST(NEW.promotion_code AS BINARY) <> CAST(OLD.promotion_code AS BINARY) THEN
        CALL _raise('ROW_IS_KEPT', 'shop_promotions', 'shop_id, promotion_code');
    END IF;
    IF NEW.enabled <> OLD.enabled THEN
        UPDATE shops SET promotions = promotions + NEW.enabled - OLD.enabled
        WHERE shop_id = NEW.shop_id;
    END IF;
    SELECT currency_digits INTO v_digits FROM shops WHERE shop_id = NEW.shop_id LOCK IN SHARE MODE;
    SET NEW.amount = ROUND(NEW.amount, v_digits);
    SET NEW.max_discount = ROUND(NEW.max_discount, v_digits);
    SET NEW.round_to = ROUND(NEW.round_to, v_digits);
    SET NEW.min_amount = ROUND(NEW.min_amount, v_digits);
    SET NEW.rule_id = OLD.rule_id;
    IF NOT (CAST(NEW.promotion_name AS BINARY) = CAST(OLD.promotion_name AS BINARY)
            AND NEW.target = OLD.target AND NEW.target_ids <=> OLD.target_ids
            AND NEW.kind = OLD.kind AND NEW.amount <=> OLD.amount AND NEW.rate <=> OLD.rate
            AND NEW.buy_units <=> OLD.buy_units AND NEW.free_units <=> OLD.free_units
            AND NEW.steps <=> OLD.steps AND NEW.max_discount <=> OLD.max_discount
            AND NEW.round_to <=> OLD.round_to AND NEW.min_amount <=> OLD.min_amount
            AND NEW.first_order = OLD.first_order AND NEW.stack_group <=> OLD.stack_group
            AND NEW.apply_order = OLD.apply_order AND NEW.valid_from <=> OLD.valid_from
            AND NEW.valid_until <=> OLD.valid_until) THEN
        CALL _make_discount_rule(NEW.shop_id, NULL, NEW.promotion_code, NEW.promotion_name,
            NEW.target, NEW.target_ids, NEW.kind, NEW.amount, NEW.rate, NEW.buy_units,
            NEW.free_units, NEW.steps, NEW.max_discount, NEW.round_to, NEW.min_amount,
            NEW.first_order, NEW.stack_group, NEW.apply_order, NEW.valid_from, NEW.valid_until,
            v_digits, v_rule_id);
        SET NEW.rule_id = v_rule_id;
    END IF;
END//
DELIMITER ;
