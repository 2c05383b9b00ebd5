-- shop_stock_mirror: copy what is free into shop_products.quantity_stock, for pages that show one
-- number per product; of a set, how many can be ordered. A job and not a trigger on shop_stock: an
-- order would write the product's row as well, and that row would be as hot as the stock's.
--
-- Parameters
--   pi_batch_size  at most so many products, 1 to 10000; NULL = 1000
-- Returns one row: result, copied (how many products had another number)
-- Errors  INVALID_INPUT
-- Locks   shop_products rows, one at a time; stock is read without a lock
-- Example
--   CALL shop_stock_mirror(1000);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_stock_mirror;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_stock_mirror(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Copies free stock beside the products'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_batch_size, v_shop_id, v_copied INT UNSIGNED DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_free INT;
    DECLARE v_end  TINYINT DEFAULT 0;
    DECLARE c_stale CURSOR FOR
        SELECT p.shop_id, p.product_id, LEAST(COALESCE(SUM(s.free), 0), 2147483647) AS free
        FROM shop_products p
        LEFT JOIN shop_stock s ON s.shop_id = p.shop_id AND s.product_id = p.product_id
        WHERE p.set_parts = 0
        GROUP BY p.shop_id, p.product_id, p.quantity_stock
        HAVING p.quantity_stock <> LEAST(COALESCE(SUM(s.free), 0), 2147483647)
        UNION ALL
        SELECT p.shop_id, p.product_id, LEAST(v.sets_left, 2147483647)
        FROM v_sets_left v
        JOIN shop_products p ON p.shop_id = v.shop_id AND p.product_id = v.product_id
        WHERE p.set_parts > 0 AND p.quantity_stock <> LEAST(v.sets_left, 2147483647)
        LIMIT v_batch_size;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        SET @jumun_stock_mirror = NULL;
        CALL _report_error('shop_stock_mirror', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('product_id', v_product_id));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 1000);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    SET v_step = 'copy';
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    OPEN c_stale;
    next_product: LOOP
        FETCH c_stale INTO v_shop_id, v_product_id, v_free;
        IF v_end = 1 THEN
            LEAVE next_product;
        END IF;
        CALL _start_writing();
        -- See tr_shop_products_mirror.
        SET @jumun_stock_mirror = 1;
        UPDATE shop_products SET quantity_stock = v_free
        WHERE shop_id = v_shop_id AND product_id = v_product_id;
        SET @jumun_stock_mirror = NULL;
        COMMIT AND NO CHAIN NO RELEASE;
        SET v_copied = v_copied + 1;
    END LOOP;
    CLOSE c_stale;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_copied AS copied;
END//
DELIMITER ;
