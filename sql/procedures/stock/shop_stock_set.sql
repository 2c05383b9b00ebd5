-- shop_stock_set: enter what was counted of a product, and book the difference.
--
-- Whoever counts on the shelf counts the units of unpaid orders too: they are held, and still
-- lie there. So the call says which of the two was counted: what is on the shelf, from which
-- the held units are taken off here, or what can be ordered. Units of paid orders are in
-- neither: put them aside before you count. An order that is being made or paid comes before
-- this call or after it, as a whole.
--
-- Parameters
--   pi_shop_id      shop
--   pi_product_id   product
--   pi_option_hash  option with stock of its own; NULL, '' or '__noopt__' = none
--   pi_counted      shelf = free and held units together; free = what can be ordered
--                   from now on. No default
--   pi_quantity     units counted, 0 to 999999999
--   pi_reason       why, for the ledger, which also says what was on the shelf; NULL or '' = 'set'
-- Returns one row: result, free (units that can be ordered now), held (units of unpaid
--   orders), difference (booked)
-- Errors  INVALID_INPUT, PRODUCT_NOT_FOUND (also an option that the product does not have)
--   STOCK_BELOW_HELD  fewer on the shelf than unpaid orders hold; detail says how many those
--                     are. Nothing is changed
-- Locks   shop_stock rows of the product and option, by slot. What is held is read under them
--         without a lock: whoever changes it locks these rows as well, but for a payment, which
--         takes held units off the shelf
-- Example
--   CALL shop_stock_set(1, 'D0001', NULL, 'shelf', '100', 'stocktaking');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_stock_set;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_stock_set(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  TEXT,
    pi_option_hash TEXT,
    pi_counted     TEXT,
    pi_quantity    TEXT,
    pi_reason      TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes in what was counted and books the difference'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_quantity    INT;
    DECLARE v_before, v_held, v_free BIGINT;
    DECLARE v_slots, v_set_parts SMALLINT UNSIGNED;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_stock_set', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'product_id', LEFT(pi_product_id, 30),
                        'counted', LEFT(pi_counted, 20), 'quantity', LEFT(pi_quantity, 20)));
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    IF COALESCE(pi_counted, '') NOT IN ('shelf', 'free') OR pi_counted LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'counted', 'shelf or free: what was counted');
    END IF;
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
    SELECT MAX(p.stock_slots), MAX(p.set_parts) INTO v_slots, v_set_parts
    FROM shop_products p
    LEFT JOIN shop_product_options o
        ON o.shop_id = p.shop_id AND o.product_id = p.product_id
        AND o.stock_option_hash = v_option_hash
    WHERE p.shop_id = pi_shop_id AND p.product_id = pi_product_id
      AND (v_option_hash = '__noopt__' OR o.product_id IS NOT NULL);
    IF v_slots IS NULL THEN
        CALL _raise('PRODUCT_NOT_FOUND', 'product_id', pi_product_id);
    END IF;
    IF v_set_parts > 0 THEN
        CALL _raise('INVALID_INPUT', 'product_id', 'a set: its units are those of its parts');
    END IF;

    SET v_step = 'set the stock';
    CALL _stock_lock(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_before);
    SELECT COALESCE(SUM(quantity), 0) INTO v_held
    FROM shop_stock_reservations
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = v_option_hash
      AND state = 'held';
    SET v_free = CASE pi_counted WHEN 'shelf' THEN v_quantity - v_held ELSE v_quantity END;
    IF v_free < 0 THEN
        CALL _raise('STOCK_BELOW_HELD', 'quantity',
                    CONCAT(v_held, ' units are held by unpaid orders'));
    END IF;
    -- Held units may come back: the counter must hold them too.
    IF v_free + v_held > 2147483647 THEN
        CALL _raise('INVALID_INPUT', 'quantity',
                    CONCAT('too many beside ', v_held, ' that are held'));
    END IF;
    CALL _stock_spread(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_free);

    SET v_step = 'book the difference';
    IF v_free <> v_before THEN
        INSERT INTO shop_stock_ledger
            (shop_id, product_id, option_hash, difference, reason, actor, create_date)
        VALUES
            (pi_shop_id, pi_product_id, v_option_hash, v_free - v_before,
             LEFT(CONCAT(CASE pi_counted
                             WHEN 'shelf' THEN CONCAT('shelf ', v_quantity, ', held ', v_held, ': ')
                             ELSE '' END,
                         COALESCE(NULLIF(pi_reason, ''), 'set')), 200),
             LEFT(USER(), 100), UTC_TIMESTAMP(6));
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_free AS free, v_held AS held, v_free - v_before AS difference;
END//
DELIMITER ;
