-- _refuse_quantity: refuse an order that does not keep the rules of a product for quantities.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart; the caller has locked it
--   pi_ids                  '[1,2]' as _parse_ids returns it
-- Returns nothing
-- Errors  QUANTITY_NOT_ALLOWED, with product and rule as detail
-- Locks   none
-- Example
--   CALL _refuse_quantity(1, 'demo1', '[1,2]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_quantity;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_quantity(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_ids     LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Names the product of which the quantity is not allowed'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_units BIGINT UNSIGNED;
    DECLARE v_fault VARCHAR(64);
    DECLARE c_products CURSOR FOR
        SELECT c.product_id, SUM(c.quantity)
        FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY)
            ON c.seq_no = x.id AND c.shop_id + 0 = pi_shop_id
            AND CONCAT(c.user_id) = pi_user_id
        STRAIGHT_JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = c.shop_id AND f.product_id = c.product_id
            AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
        WHERE f.quantity_rules = 1
        GROUP BY c.product_id
        ORDER BY MIN(c.seq_no);
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_products;
    next_product: LOOP
        SET v_end = 0;
        FETCH c_products INTO v_product_id, v_units;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        CALL _quantity_fault(pi_shop_id, pi_user_id, v_product_id, v_units, 0, v_fault);
        IF v_fault <> '' THEN
            CALL _raise('QUANTITY_NOT_ALLOWED', 'selected_cart_ids',
                        LEFT(CONCAT(v_product_id, ': ', v_fault), 64));
        END IF;
    END LOOP;
    CLOSE c_products;
END//
DELIMITER ;
