-- shop_stock_add: book a delivery: units that came in, or units that went out otherwise than by an
-- order (broken, stolen, sent back to the supplier).
--
-- Nothing is counted, so the call says how many more or fewer there are, and must not be booked
-- twice: the delivery has a number of its own, and the same call again under that number answers
-- and books nothing. What is free may be taken out; what unpaid orders hold stays theirs.
--
-- Parameters
--   pi_shop_id      shop
--   pi_product_id   product
--   pi_option_hash  option with stock of its own; NULL, '' or '__noopt__' = none
--   pi_quantity     units that came in, or with a minus went out: -999999999 to 999999999, not 0
--   pi_reason       why, for the ledger; 1 to 200 characters
--   pi_reference    the caller's number of the delivery, one per booking of the shop: 1 to 64 of
--                   letters, digits, . _ - (a delivery note with many lines: its number and the
--                   line's)
-- Returns one row: result, replayed (1 = was booked before), free (units that can be ordered now),
--   held (units of unpaid orders now), difference (booked under this reference)
-- Errors  INVALID_INPUT (also more units than the counter can hold), PRODUCT_NOT_FOUND (also an
--   option that the product does not have)
--   OUT_OF_STOCK  fewer are free than are to be taken out; detail says how many. Nothing is changed
--   IDEMPOTENCY_MISMATCH  the reference was used for other units or another product or option
-- Locks   units that came in: shop_stock row of slot 0, the other slots that nobody holds (see
--         _stock_put); that went out: shop_stock rows of the product and option, by slot. Then the
--         new shop_stock_ledger row, which may wait for another call with its reference
-- Example
--   CALL shop_stock_add(1, 'D0001', NULL, '40', 'delivery of the potter', 'R-0815-1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_stock_add;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_stock_add(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  TEXT,
    pi_option_hash TEXT,
    pi_quantity    TEXT,
    pi_reason      TEXT,
    pi_reference   TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Books units that came in or went out'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_quantity    INT;
    DECLARE v_fault       VARCHAR(10);
    DECLARE v_slots, v_set_parts SMALLINT UNSIGNED;
    DECLARE v_known, v_found TINYINT DEFAULT 0;
    DECLARE v_free, v_held BIGINT DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_stock_add', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'product_id', LEFT(pi_product_id, 30),
                        'quantity', LEFT(pi_quantity, 20), 'reference', LEFT(pi_reference, 64)));
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF pi_quantity IS NULL OR pi_quantity NOT REGEXP '\\A-?[0-9]{1,9}\\z'
        OR pi_quantity REGEXP '\\A-?0+\\z' THEN
        CALL _raise('INVALID_INPUT', 'quantity', 'a whole number, up to 999999999, not 0');
    END IF;
    IF pi_product_id LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'product_id', 'ends with a blank');
    END IF;
    IF CHAR_LENGTH(pi_option_hash) > 64 OR pi_option_hash LIKE '% ' THEN
        CALL _raise('INVALID_INPUT', 'option_hash', 'at most 64 characters');
    END IF;
    SET v_fault = _text_fault(COALESCE(pi_reason, ''));
    IF CHAR_LENGTH(pi_reason) > 200 OR v_fault IN ('control', 'blank') THEN
        CALL _raise('INVALID_INPUT', 'reason', '1 to 200 characters, no line breaks');
    END IF;
    IF pi_reference IS NULL OR pi_reference NOT REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z' THEN
        CALL _raise('INVALID_INPUT', 'reference', '1 to 64 of letters, digits, . _ -');
    END IF;
    SET v_quantity = CAST(pi_quantity AS SIGNED),
        v_option_hash = COALESCE(NULLIF(pi_option_hash, ''), '__noopt__');

    SET v_step = 'is it booked already';
    CALL _start_writing();
    CALL _stock_find_receipt(pi_shop_id, pi_product_id, v_option_hash, v_quantity, pi_reference,
                             v_known);

    IF v_known = 0 THEN
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

        -- Whoever adds units holds slot 0: without it two could add more than the counter can hold
        -- where each of them could not. Who takes some out must see all slots.
        SET v_step = 'lock the stock';
        IF v_quantity > 0 THEN
            SELECT COUNT(*) INTO v_found
            FROM shop_stock FORCE INDEX (PRIMARY)
            WHERE shop_id = pi_shop_id AND product_id = pi_product_id
              AND option_hash = v_option_hash AND slot = 0
            FOR UPDATE;
        END IF;
        IF v_found = 0 THEN
            CALL _stock_lock(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_free);
        END IF;

        -- The same call may have been waited for: its units are there, or gone.
        SET v_step = 'was it booked meanwhile';
        CALL _stock_find_receipt(pi_shop_id, pi_product_id, v_option_hash, v_quantity,
                                 pi_reference, v_known);
    END IF;

    -- In one statement: units must not be seen in both places, or in neither, on their way.
    SET v_step = 'look what is there';
    SELECT (SELECT COALESCE(SUM(free), 0) FROM shop_stock FORCE INDEX (PRIMARY)
            WHERE shop_id = pi_shop_id AND product_id = pi_product_id
              AND option_hash = v_option_hash),
           (SELECT COALESCE(SUM(quantity), 0) FROM shop_stock_reservations
            WHERE shop_id = pi_shop_id AND product_id = pi_product_id
              AND option_hash = v_option_hash AND state = 'held')
    INTO v_free, v_held;

    IF v_known = 0 THEN
        IF v_free + v_quantity < 0 THEN
            CALL _raise('OUT_OF_STOCK', 'quantity',
                CONCAT(v_free, ' units are free, ', v_held, ' are held by unpaid orders'));
        END IF;
        -- Held units may come back: the counter must hold them too.
        IF v_quantity > 0 AND v_free + v_held + v_quantity > 2147483647 THEN
            CALL _raise('INVALID_INPUT', 'quantity',
                CONCAT('too many beside ', v_free, ' free and ', v_held, ' held'));
        END IF;

        SET v_step = 'book the units';
        BEGIN
            -- Another product was booked under this reference, a moment ago.
            DECLARE EXIT HANDLER FOR 1062
            BEGIN
                CALL _start_writing();
                CALL _stock_find_receipt(pi_shop_id, pi_product_id, v_option_hash, v_quantity,
                                         pi_reference, v_known);
                IF v_known = 0 THEN
                    RESIGNAL;
                END IF;
            END;
            INSERT INTO shop_stock_ledger
                (shop_id, product_id, option_hash, difference, reason, actor, create_date,
                 reference)
            VALUES
                (pi_shop_id, pi_product_id, v_option_hash, v_quantity, TRIM(pi_reason),
                 LEFT(USER(), 100), UTC_TIMESTAMP(6), pi_reference);
            IF v_quantity > 0 THEN
                CALL _stock_put(pi_shop_id, pi_product_id, v_option_hash, v_slots, v_quantity);
            ELSE
                CALL _stock_spread(pi_shop_id, pi_product_id, v_option_hash, v_slots,
                                   v_free + v_quantity);
            END IF;
            SET v_free = v_free + v_quantity;
        END;
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_known AS replayed, v_free AS free, v_held AS held,
           v_quantity AS difference;
END//
DELIMITER ;
