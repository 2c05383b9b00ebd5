-- tr_shop_delivery_policy_update: what a page or a hand changes in a policy is in force.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   shop_delivery_now row
-- Example
--   UPDATE shop_delivery_policy SET base_cost = 3500 WHERE shop_id = 1 AND id = 1;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_delivery_policy_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_delivery_policy_update
AFTER UPDATE ON shop_delivery_policy
FOR EACH ROW
BEGIN
    IF NOT (NEW.shop_id = OLD.shop_id AND NEW.id = OLD.id AND NEW.type <=> OLD.type
            AND NEW.base_cost <=> OLD.base_cost AND NEW.free_over <=> OLD.free_over
            AND NEW.combine_group_id <=> OLD.combine_group_id AND NEW.steps <=> OLD.steps
            AND NEW.remote <=> OLD.remote
            AND NEW.amount_basis <=> OLD.amount_basis) THEN
        UPDATE shop_delivery_now
        SET shop_id = NEW.shop_id, policy_id = NEW.id, type = NEW.type, base_cost = NEW.base_cost,
            threshold = NEW.free_over, combine_group_id = NEW.combine_group_id,
            steps = NEW.steps, remote = NEW.remote, amount_basis = NEW.amount_basis,
            reason = 'shop_delivery_policy'
        WHERE shop_id = OLD.shop_id AND policy_id = OLD.id;
    END IF;
END//
DELIMITER ;
