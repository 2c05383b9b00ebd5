-- tr_shop_delivery_now_insert: a new delivery policy gets a rule: which parcel, what fee, and from
-- which sum on none. One that comes back as it was gets its own again, as in tr_shop_offers_insert.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_delivery_rules row (new)
-- Example
--   INSERT INTO shop_delivery_policy … ;   -- by tr_shop_delivery_policy_insert
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_now_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_now_insert
BEFORE INSERT ON shop_delivery_now
FOR EACH ROW
BEGIN
    DECLARE v_before, v_rule_id BIGINT UNSIGNED;

    SET NEW.parcel = _delivery_parcel(NEW.policy_id, NEW.combine_group_id);
    SET NEW.fee = _delivery_fee(NEW.type, NEW.base_cost, NEW.currency_digits);
    SET NEW.free_over = _delivery_free_over(NEW.type, NEW.threshold);
    SET v_before = @jumun_delivery_rule;
    SET @jumun_delivery_rule = NULL;
    IF v_before IS NOT NULL THEN
        SELECT rule_id INTO v_rule_id
        FROM shop_delivery_rules
        WHERE rule_id = v_before AND shop_id = NEW.shop_id AND policy_id = NEW.policy_id
          AND type = NEW.type AND parcel = NEW.parcel AND fee = NEW.fee
          AND free_over <=> NEW.free_over AND steps <=> NEW.steps AND remote = NEW.remote
          AND amount_basis = NEW.amount_basis
        LOCK IN SHARE MODE;
    END IF;
    IF v_rule_id IS NULL THEN
        INSERT INTO shop_delivery_rules
            (shop_id, policy_id, type, parcel, fee, free_over, steps, remote, amount_basis,
             valid_from, actor, reason)
        VALUES
            (NEW.shop_id, NEW.policy_id, NEW.type, NEW.parcel, NEW.fee, NEW.free_over, NEW.steps,
             NEW.remote, NEW.amount_basis, UTC_TIMESTAMP(6), LEFT(USER(), 100), NEW.reason);
        SET v_rule_id = LAST_INSERT_ID();
        CALL _make_delivery_steps(v_rule_id, NEW.steps, NEW.currency_digits);
    END IF;
    SET NEW.rule_id = v_rule_id;
END//
DELIMITER ;
