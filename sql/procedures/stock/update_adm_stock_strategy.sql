-- update_adm_stock_strategy: say over how many rows a product's stock is spread. Can be called
-- while the product is being bought, and again: every state on the way is a right one, since orders
-- look into all rows before they give up.
--
-- Parameters
--   pi_shop_id     shop
--   pi_product_id  product, with all its options
--   pi_strategy    single (one row) | slots
--   pi_slots       slots: 2 to 64, about as many as connections that order at
--                  once; single: NULL, '' or 1
-- Returns one row: result, stock_strategy, stock_slots, free (units that can be ordered, as before)
-- Errors  INVALID_INPUT, PRODUCT_NOT_FOUND
-- Locks   one option after the other, each in a transaction of its own: shop_stock rows by
--         slot; then the product
-- Example
--   CALL update_adm_stock_strategy(1, 'D0001', 'slots', '16');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_adm_stock_strategy;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_adm_stock_strategy(
    pi_shop_id    INT UNSIGNED,
    pi_product_id TEXT,
    pi_strategy   TEXT,
    pi_slots      TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Spreads a product''s stock over slots'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_slots SMALLINT UNSIGNED;
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_free, v_total BIGINT DEFAULT 0;
    DECLARE v_products, v_set_parts INT;
    DECLARE c_options CURSOR FOR
        SELECT DISTINCT option_hash FROM shop_stock
        WHERE shop_id = pi_shop_id AND product_id = pi_product_id
        ORDER BY option_hash;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_adm_stock_strategy', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'product_id', LEFT(pi_product_id, 30),
                        'strategy', LEFT(pi_strategy, 20), 'slots', LEFT(pi_slots, 20)));
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    IF pi_product_id LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'product_id', 'ends with a blank');
    END IF;
    IF pi_strategy LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'strategy', 'single or slots');
    END IF;
    CASE
        WHEN pi_strategy = 'single' AND COALESCE(pi_slots, '') IN ('', '1') THEN SET v_slots = 1;
        WHEN pi_strategy = 'slots' AND pi_slots REGEXP '\\A[1-9][0-9]?\\z'
             AND pi_slots + 0 BETWEEN 2 AND 64 THEN
            SET v_slots = pi_slots;
        WHEN pi_strategy IN ('single', 'slots') THEN
            CALL _raise('INVALID_INPUT', 'slots', 'slots: 2 to 64; single: 1');
        ELSE CALL _raise('INVALID_INPUT', 'strategy', 'single or slots');
    END CASE;
    SELECT COUNT(*), MAX(set_parts) INTO v_products, v_set_parts FROM shop_products
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
    IF v_products = 0 THEN
        CALL _raise('PRODUCT_NOT_FOUND', 'product_id', pi_product_id);
    END IF;
    IF v_set_parts > 0 THEN
        CALL _raise('INVALID_INPUT', 'product_id', 'a set: its units are those of its parts');
    END IF;

    SET v_step = 'spread the stock';
    BEGIN
        DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
        OPEN c_options;
        next_option: LOOP
            FETCH c_options INTO v_option_hash;
            IF v_end = 1 THEN
                LEAVE next_option;
            END IF;
            CALL _stock_lock(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_free);
            CALL _stock_spread(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_free);
            COMMIT AND NO CHAIN NO RELEASE;
            SET v_total = v_total + v_free;
        END LOOP;
        CLOSE c_options;
    END;

    SET v_step = 'set the strategy';
    CALL _start_writing();
    UPDATE shop_products SET stock_strategy = pi_strategy, stock_slots = v_slots
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, pi_strategy AS stock_strategy, v_slots AS stock_slots, v_total AS free;
END//
DELIMITER ;
