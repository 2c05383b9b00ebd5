-- shop_stock_set: set how many units can be ordered, and book the difference.
--
-- Parameters
--   pi_shop_id      shop
--   pi_product_id   product
--   pi_option_hash  option with stock of its own; NULL, '' or '__noopt__' = none
--   pi_quantity     units that can be ordered from now on, 0 to 999999999; held and sold ones do not count
--   pi_reason       why, for the ledger; NULL or '' = 'set'
-- Returns one row: result, free, difference
-- Errors  INVALID_INPUT, PRODUCT_NOT_FOUND (also an option that the product does not have)
-- Locks   shop_stock rows of the product and option, by slot
-- Example
--   CALL shop_stock_set(1, 'D0001', NULL, '100', 'stocktaking');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_stock_set;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_stock_set(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  TEXT,
    pi_option_hash TEXT,
    pi_quantity    TEXT,
    pi_reason      TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Sets the stock and books the difference'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_quantity    INT;
    DECLARE v_free        BIGINT;
    DECLARE v_slots       SMALLINT UNSIGNED;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK;
        CALL _failed('shop_stock_set', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail, '', NULL,
                     JSON_OBJECT('shop_id', pi_shop_id, 'product_id', LEFT(pi_product_id, 30), 'quantity', LEFT(pi_quantity, 20)));
        RESIGNAL;
    END;

    ROLLBACK;
    IF pi_quantity IS NULL OR pi_quantity NOT REGEXP '\\A[0-9]{1,9}\\z' THEN
        CALL _raise('INVALID_INPUT', 'quantity', 'a whole number from 0 to 999999999');
    END IF;
    IF pi_product_id LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'product_id', 'ends with a blank');
    END IF;
    IF CHAR_LENGTH(pi_option_hash) > 64 OR pi_option_hash LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'option_hash', 'at most 64 characters');
    END IF;
    SET v_quantity = CAST(pi_quantity AS SIGNED),
        v_option_hash = COALESCE(NULLIF(pi_option_hash, ''), '__noopt__');

    SET v_step = 'find the product';
    SELECT MAX(p.stock_slots) INTO v_slots
    FROM shop_products p
    LEFT JOIN shop_product_options o
        ON o.shop_id = p.shop_id AND o.product_id = p.product_id AND o.stock_option_hash = v_option_hash
    WHERE p.shop_id = pi_shop_id AND p.product_id = pi_product_id
      AND (v_option_hash = '__noopt__' OR o.product_id IS NOT NULL);
    IF v_slots IS NULL THEN
        CALL _raise('PRODUCT_NOT_FOUND', 'product_id', pi_product_id);
    END IF;

    SET v_step = 'set the stock';
    CALL _stock_lock(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_free);
    CALL _stock_spread(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_quantity);

    SET v_step = 'book the difference';
    IF v_quantity <> v_free THEN
        INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
        VALUES (pi_shop_id, pi_product_id, v_option_hash, v_quantity - v_free,
                LEFT(COALESCE(NULLIF(pi_reason, ''), 'set'), 200), LEFT(USER(), 100), UTC_TIMESTAMP(6));
    END IF;
    COMMIT;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_quantity AS free, v_quantity - v_free AS difference;
END//
DELIMITER ;
