-- tr_shop_price_changes_update: a price that was said is not written anew: say another one, or
-- withdraw it. See update_adm_price and withdraw_adm_price.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_price_changes SET reason = '';   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_price_changes_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_price_changes_update
BEFORE UPDATE ON shop_price_changes
FOR EACH ROW
BEGIN
    -- What was said stays; a planned change begins or is withdrawn, and the end of a sale learns
    -- what the sale goes back to.
    IF OLD.state <> 'planned' OR NEW.change_no <> OLD.change_no OR NEW.shop_id <> OLD.shop_id
        OR NEW.product_id <> OLD.product_id OR NEW.valid_from <> OLD.valid_from
        OR NOT NEW.ends_change_no <=> OLD.ends_change_no
        OR CAST(NEW.reason AS BINARY) <> CAST(OLD.reason AS BINARY)
        OR CAST(NEW.actor AS BINARY) <> CAST(OLD.actor AS BINARY)
        OR NEW.create_date <> OLD.create_date
        OR (NEW.state = OLD.state
            AND (CAST(NEW.state_reason AS BINARY) <> CAST(OLD.state_reason AS BINARY)
                 OR CAST(NEW.state_actor AS BINARY) <> CAST(OLD.state_actor AS BINARY)
                 OR NEW.state_date <> OLD.state_date))
        OR (OLD.buy_price IS NOT NULL
            AND NOT (NEW.buy_price <=> OLD.buy_price AND NEW.sale_price <=> OLD.sale_price
                     AND NEW.discount_rate <=> OLD.discount_rate)) THEN
        CALL _raise('ROW_IS_KEPT', 'shop_price_changes', 'UPDATE');
    END IF;
END//
DELIMITER ;
