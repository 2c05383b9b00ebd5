-- tr_shops_update: a shop's currency and its decimals stay as they are from its first
-- price or delivery rule on: what these say would mean something else, and so would the
-- order lines that name them. A shop that goes over to promised prices (price_policy pinned) gets
-- another pinned_no, and no promise of before holds: each row is promised what it costs at that
-- moment, pinned_at, which is written down by whoever comes to it first (tr_shop_cart_update).
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  CURRENCY_IS_FIXED, INVALID_INPUT (price_policy, renewed_on_delete)
-- Locks   a row of shop_delivery_rules and of shop_product_prices, shared
-- Example
--   UPDATE shops SET currency_digits = 2 WHERE shop_id = 1;   -- refused
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shops_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shops_update
BEFORE UPDATE ON shops
FOR EACH ROW
BEGIN
    DECLARE v_count INT DEFAULT 0;

    IF NEW.price_policy NOT IN ('current', 'pinned') THEN
        CALL _raise('INVALID_INPUT', 'price_policy', 'current or pinned');
    END IF;
    IF NEW.renewed_on_delete NOT IN ('product', 'all', 'nothing') THEN
        CALL _raise('INVALID_INPUT', 'renewed_on_delete', 'product, all or nothing');
    END IF;
    SET NEW.pinned_no = OLD.pinned_no, NEW.pinned_at = OLD.pinned_at;
    IF NEW.price_policy = 'pinned' AND OLD.price_policy <> 'pinned' THEN
        SET NEW.pinned_no = OLD.pinned_no + 1, NEW.pinned_at = UTC_TIMESTAMP(6);
    END IF;
    IF NOT (NEW.currency_digits = OLD.currency_digits AND NEW.currency = OLD.currency) THEN
        -- Locking reads: whoever is making the first price has the shop's row, and is waited for.
        SELECT 1 INTO v_count FROM shop_delivery_rules
        WHERE shop_id = OLD.shop_id LIMIT 1 LOCK IN SHARE MODE;
        IF v_count = 0 THEN
            SELECT 1 INTO v_count FROM shop_product_prices
            WHERE shop_id = OLD.shop_id LIMIT 1 LOCK IN SHARE MODE;
        END IF;
        IF v_count > 0 THEN
            CALL _raise('CURRENCY_IS_FIXED', 'currency', 'there are prices');
        END IF;
    END IF;
END//
DELIMITER ;
