-- shop_prices_begin: bring products to planned prices that have begun, and let offers name those
-- that begin within the hour. Whoever reads a price takes the planned one from its second on
-- without this; it is the product's own columns that follow here, for pages that read them. One
-- product, one transaction. May run at any time, twice and beside itself; one that cannot be begun
-- does not keep the others from it.
--
-- Parameters
--   pi_batch_size  at most so many products, 1 to 10000; NULL = 1000
-- Returns one row: result, begun (changes that began), failed (products that could not be; see
--   shop_error_log)
-- Errors  INVALID_INPUT
-- Locks, per product: the product, its offers by option
-- Example
--   CALL shop_prices_begin(1000);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_prices_begin;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_prices_begin(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Begins planned prices'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_batch_size, v_shop_id, v_count, v_begun, v_failed INT UNSIGNED DEFAULT 0;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_end TINYINT DEFAULT 0;
    -- Kept by the server when the cursor opens: commits in between do not disturb it.
    DECLARE c_products CURSOR FOR
        SELECT k.shop_id, k.product_id
        FROM shop_price_changes k FORCE INDEX (ix_shop_price_changes_due)
        LEFT JOIN shop_offers f FORCE INDEX (PRIMARY)
            ON f.shop_id = k.shop_id AND f.product_id = k.product_id
        WHERE k.state = 'planned' AND k.valid_from <= v_now + INTERVAL 1 HOUR
          AND (k.valid_from <= v_now OR f.holds_until IS NULL
               OR f.next_change_no IS NULL OR f.holds_until > k.valid_from)
        GROUP BY k.shop_id, k.product_id
        ORDER BY MIN(k.valid_from), k.shop_id, k.product_id
        LIMIT v_batch_size;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_prices_begin', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('product_id', v_product_id));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 1000);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    SET v_step = 'find planned prices';
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    OPEN c_products;
    next_product: LOOP
        -- MariaDB hands a NOT FOUND inside _begin_prices on to the handler here: only the
        -- cursor's counts.
        SET v_end = 0;
        FETCH c_products INTO v_shop_id, v_product_id;
        IF v_end = 1 OR v_failed >= 1000 THEN
            LEAVE next_product;
        END IF;
        BEGIN
            DECLARE EXIT HANDLER FOR SQLEXCEPTION
            BEGIN
                GET DIAGNOSTICS CONDITION 1
                    v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
                ROLLBACK AND NO CHAIN NO RELEASE;
                -- Somebody wants this call to end: killed, server shutdown, statement time limit.
                IF v_errno IN (1317, 1053, 1969, 3024, 4094) THEN
                    RESIGNAL;
                END IF;
                SET v_failed = v_failed + 1;
                CALL _log_error('shop_prices_begin', v_step, v_errno, v_sqlstate, v_message,
                    JSON_OBJECT('shop_id', v_shop_id, 'product_id', v_product_id));
            END;
            SET v_step = 'begin a price';
            CALL _start_writing();
            CALL _begin_prices(v_shop_id, v_product_id, v_count);
            IF v_count = 0 THEN
                CALL _name_planned_price(v_shop_id, v_product_id);
            END IF;
            COMMIT AND NO CHAIN NO RELEASE;
            SET v_begun = v_begun + v_count;
        END;
    END LOOP;
    CLOSE c_products;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_begun AS begun, v_failed AS failed;
END//
DELIMITER ;
