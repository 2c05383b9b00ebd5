-- tr_shop_delivery_policy_insert: a new policy is in force.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_delivery_now row (new); shops row, shared, as the foreign key has it already
-- Example
--   INSERT INTO shop_delivery_policy … ;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_policy_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_policy_insert
AFTER INSERT ON shop_delivery_policy
FOR EACH ROW
BEGIN
    DECLARE v_digits TINYINT UNSIGNED;

    SELECT currency_digits INTO v_digits FROM shops WHERE shop_id = NEW.shop_id LOCK IN SHARE MODE;
    -- A row that is there already belongs to a policy that was deleted while there was no trigger.
    INSERT INTO shop_delivery_now
        (shop_id, policy_id, rule_id, type, base_cost, threshold, combine_group_id,
         steps, remote, amount_basis, currency_digits, reason)
    VALUES
        (NEW.shop_id, NEW.id, 0, NEW.type, NEW.base_cost, NEW.free_over, NEW.combine_group_id,
         NEW.steps, NEW.remote, NEW.amount_basis, v_digits, 'shop_delivery_policy')
    ON DUPLICATE KEY UPDATE
        type = NEW.type, base_cost = NEW.base_cost, threshold = NEW.free_over,
        combine_group_id = NEW.combine_group_id, steps = NEW.steps, remote = NEW.remote,
        amount_basis = NEW.amount_basis, currency_digits = v_digits,
        reason = 'shop_delivery_policy';
END//
DELIMITER ;
