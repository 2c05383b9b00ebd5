-- tr_shop_set_parts_insert: a part that is added gets the stock row that its units are on. A set is
-- not a part of another one. BEFORE, so that both products are locked before the foreign keys look
-- at them. Counted is the part by tr_shop_set_parts_inserted: what INSERT IGNORE or ON DUPLICATE
-- KEY find there already comes by here too.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  INVALID_INPUT (part_product_id): the part is a set itself, or the set a part of one, or
--         one of the two is not there; (part_option_hash): the part has no such option
-- Locks   both products; the part's offer, shared
-- Example
--   INSERT INTO shop_set_parts (shop_id, product_id, part_product_id, quantity)
--   VALUES (1, 'TEASET', 'D0001', 2);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_set_parts_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_set_parts_insert
BEFORE INSERT ON shop_set_parts
FOR EACH ROW
BEGIN
    DECLARE v_fit INT;
    DECLARE v_stock_option_hash VARCHAR(64);

    SELECT SUM(CASE product_id WHEN NEW.product_id THEN in_sets ELSE set_parts END = 0) INTO v_fit
    FROM shop_products FORCE INDEX (PRIMARY)
    WHERE shop_id = NEW.shop_id AND product_id IN (NEW.product_id, NEW.part_product_id)
    FOR UPDATE;
    IF NOT v_fit <=> 2 THEN
        CALL _raise('INVALID_INPUT', 'part_product_id', 'a set, or no product');
    END IF;
    CALL _part_stock(NEW.shop_id, NEW.part_product_id, NEW.part_option_hash, v_stock_option_hash);
    IF v_stock_option_hash = '' THEN
        CALL _raise('INVALID_INPUT', 'part_option_hash', 'the part has no such option');
    END IF;
    SET NEW.stock_option_hash = v_stock_option_hash;
END//
DELIMITER ;
