-- tr_shop_delivery_now_insert: a new delivery policy gets a rule: which parcel, what fee, and from which sum on none.
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
    SET NEW.parcel = CASE WHEN NEW.combine_group_id IS NULL THEN CONCAT('policy ', NEW.policy_id)
                          ELSE CONCAT('group ', NEW.combine_group_id) END,
        NEW.fee = CASE NEW.type WHEN 'free' THEN 0 ELSE ROUND(NEW.base_cost, NEW.currency_digits) END,
        NEW.free_over = CASE NEW.type WHEN 'conditional' THEN NEW.threshold END;
    INSERT INTO shop_delivery_rules
        (shop_id, policy_id, type, parcel, fee, free_over, valid_from, actor, reason)
    VALUES
        (NEW.shop_id, NEW.policy_id, NEW.type, NEW.parcel, NEW.fee, NEW.free_over, UTC_TIMESTAMP(6), LEFT(USER(), 100),
         NEW.reason);
    SET NEW.rule_id = LAST_INSERT_ID();
END//
DELIMITER ;
