-- tr_shop_promotions_insert: a new promotion gets its rule, which orders name.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  INVALID_INPUT (target_ids, steps)
-- Locks   shop_discount_rules row (new); shops row, shared, as the foreign key has it
-- Example
--   INSERT INTO shop_promotions (shop_id, promotion_code, promotion_name, target, kind, rate)
--   VALUES (1, 'SHIP0', 'Free delivery', 'delivery', 'rate', 1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_promotions_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_promotions_insert
BEFORE INSERT ON shop_promotions
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_rule_id BIGINT UNSIGNED;

    SELECT currency_digits INTO v_digits FROM shops WHERE shop_id = NEW.shop_id LOCK IN SHARE MODE;
    SET NEW.amount = ROUND(NEW.amount, v_digits);
    SET NEW.max_discount = ROUND(NEW.max_discount, v_digits);
    SET NEW.round_to = ROUND(NEW.round_to, v_digits);
    SET NEW.min_amount = ROUND(NEW.min_amount, v_digits);
    CALL _make_discount_rule(NEW.shop_id, NULL, NEW.promotion_code, NEW.promotion_name,
        NEW.target, NEW.target_ids, NEW.kind, NEW.amount, NEW.rate, NEW.buy_units,
        NEW.free_units, NEW.steps, NEW.max_discount, NEW.round_to, NEW.min_amount,
        NEW.first_order, NEW.stack_group, NEW.apply_order, NEW.valid_from, NEW.valid_until,
        v_digits, v_rule_id);
    SET NEW.rule_id = v_rule_id;
END//
DELIMITER ;
