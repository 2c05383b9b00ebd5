-- tr_shop_delivery_now_update: a change of a delivery policy makes a new rule, one for all products that use it, and only where
-- something differs that a rule holds. See tr_shop_offers_update.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_delivery_rules row (new)
-- Example
--   UPDATE shop_delivery_policy SET base_cost = 3500 WHERE shop_id = 1 AND id = 1;   -- by tr_shop_delivery_policy_update
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_now_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_now_update
BEFORE UPDATE ON shop_delivery_now
FOR EACH ROW
BEGIN
    SET NEW.parcel = _delivery_parcel(NEW.policy_id, NEW.combine_group_id);
    SET NEW.fee = _delivery_fee(NEW.type, NEW.base_cost, NEW.currency_digits);
    SET NEW.free_over = _delivery_free_over(NEW.type, NEW.threshold);
    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.policy_id = OLD.policy_id AND NEW.type = OLD.type AND NEW.parcel = OLD.parcel
            AND NEW.fee = OLD.fee AND NEW.free_over <=> OLD.free_over) THEN
        INSERT INTO shop_delivery_rules
            (shop_id, policy_id, type, parcel, fee, free_over, valid_from, actor, reason)
        VALUES
            (NEW.shop_id, NEW.policy_id, NEW.type, NEW.parcel, NEW.fee, NEW.free_over, UTC_TIMESTAMP(6), LEFT(USER(), 100),
             NEW.reason);
        SET NEW.rule_id = LAST_INSERT_ID();
    ELSE
        SET NEW.rule_id = OLD.rule_id;
    END IF;
END//
DELIMITER ;
