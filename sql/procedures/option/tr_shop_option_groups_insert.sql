-- tr_shop_option_groups_insert: the product of a group of options that is added is locked before
-- the foreign key looks at it. Counted is the group by tr_shop_option_groups_inserted: what INSERT
-- IGNORE or ON DUPLICATE KEY find there already comes by here too.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   the product
-- Example
--   INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind)
--   VALUES (1, 'D0001', '색상', 'choice');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_option_groups_insert;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_option_groups_insert
BEFORE INSERT ON shop_option_groups
FOR EACH ROW
BEGIN
    DECLARE v_products INT;

    SELECT COUNT(*) INTO v_products FROM shop_products
    WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id
    FOR UPDATE;
END//
DELIMITER ;
