-- _refuse_option: refuse an order with a row whose option does not belong to its product, or that
-- leaves out what is required. Rows of products without groups, and plain combinations where
-- nothing else is required, need no look.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _parse_ids returns it
-- Returns nothing
-- Errors  PRODUCT_UNAVAILABLE, with the product as detail
-- Locks   none
-- Example
--   CALL _refuse_option(1, 'demo1', '[1,2]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_option;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_option(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_ids     LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Names the row whose option is none'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash, v_combination_hash, v_fault VARCHAR(64);
    DECLARE c_rows CURSOR FOR
        SELECT c.product_id, c.option_hash, c.combination_hash
        FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY)
            ON c.seq_no = x.id AND c.shop_id + 0 = pi_shop_id
            AND CONCAT(c.user_id) = pi_user_id
        STRAIGHT_JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = c.shop_id AND f.product_id = c.product_id
            AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
        WHERE f.option_groups > 0 AND (c.combination_hash IS NOT NULL OR f.required_texts > 0)
        ORDER BY c.seq_no;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_rows;
    next_row: LOOP
        SET v_end = 0;
        FETCH c_rows INTO v_product_id, v_option_hash, v_combination_hash;
        IF v_end = 1 THEN
            LEAVE next_row;
        END IF;
        CALL _option_fault(pi_shop_id, v_product_id, v_option_hash, v_combination_hash, v_fault);
        IF v_fault <> '' THEN
            CALL _raise('PRODUCT_UNAVAILABLE', 'selected_cart_ids', v_product_id);
        END IF;
    END LOOP;
    CLOSE c_rows;
END//
DELIMITER ;
