-- tr_shop_order_product_update: an order line is what was bought, and stays so. All that changes is
-- whether it stands for its cart row, while its order lives (_order_transition). sql/README.md says
-- what to do with a change that is meant.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ROW_IS_KEPT
-- Locks   none
-- Example
--   UPDATE shop_order_product SET unit_price = 1, line_amount = quantity;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_order_product_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_order_product_update
BEFORE UPDATE ON shop_order_product
FOR EACH ROW
BEGIN
    -- Texts by their bytes: blanks at the end count.
    IF NOT (NEW.order_seq_no = OLD.order_seq_no AND NEW.line_no = OLD.line_no
            AND NEW.shop_id = OLD.shop_id
            AND CAST(NEW.product_id AS BINARY) = CAST(OLD.product_id AS BINARY)
            AND CAST(NEW.product_name AS BINARY) = CAST(OLD.product_name AS BINARY)
            AND CAST(NEW.option_hash AS BINARY) = CAST(OLD.option_hash AS BINARY)
            AND CAST(NEW.option_name AS BINARY) = CAST(OLD.option_name AS BINARY)
            AND CAST(NEW.combination_hash AS BINARY) <=> CAST(OLD.combination_hash AS BINARY)
            AND CAST(NEW.tax_type AS BINARY) = CAST(OLD.tax_type AS BINARY)
            AND NEW.unit_price = OLD.unit_price AND NEW.quantity = OLD.quantity
            AND NEW.line_amount = OLD.line_amount
            AND NEW.delivery_policy_id = OLD.delivery_policy_id
            AND NEW.cart_seq_no = OLD.cart_seq_no
            AND NEW.price_id <=> OLD.price_id AND NEW.rule_id <=> OLD.rule_id
            AND (NEW.live_cart_seq_no IS NULL
                 OR (NEW.live_cart_seq_no = OLD.cart_seq_no AND OLD.price_id IS NOT NULL))) THEN
        CALL _raise('ROW_IS_KEPT', 'shop_order_product', 'UPDATE');
    END IF;
END//
DELIMITER ;
