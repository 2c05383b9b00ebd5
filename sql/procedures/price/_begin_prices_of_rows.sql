-- _begin_prices_of_rows: begin the planned prices of cart rows that readers cannot tell any more:
-- of products where a second one has begun, and nobody has come since the first. Each product in
-- a transaction of its own, before anything else is locked.
--
-- Parameters
--   pi_ids  '[1,2]' as _parse_ids returns it
-- Returns nothing
-- Errors  none
-- Locks   products, one at a time, and their offers
-- Example
--   CALL _begin_prices_of_rows('[1,2]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _begin_prices_of_rows;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _begin_prices_of_rows(
    pi_ids LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Begins planned prices of cart rows'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_shop_id, v_begun INT UNSIGNED;
    DECLARE v_product_id VARCHAR(30);
    DECLARE c_products CURSOR FOR
        SELECT DISTINCT f.shop_id, f.product_id
        FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.id
        STRAIGHT_JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = c.shop_id AND f.product_id = c.product_id
            AND f.option_hash = COALESCE(c.combination_hash, c.option_hash) AND f.plan_id = 0
        WHERE f.holds_until <= UTC_TIMESTAMP(6)
          AND (f.next_unit_price IS NULL OR f.next_until <= UTC_TIMESTAMP(6))
        ORDER BY f.shop_id, f.product_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    OPEN c_products;
    next_product: LOOP
        SET v_end = 0;
        FETCH c_products INTO v_shop_id, v_product_id;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        CALL _start_writing();
        CALL _begin_prices(v_shop_id, v_product_id, v_begun);
        COMMIT AND NO CHAIN NO RELEASE;
    END LOOP;
    CLOSE c_products;
    -- Without autocommit reading has begun a transaction.
    ROLLBACK AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
