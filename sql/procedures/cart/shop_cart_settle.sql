-- shop_cart_settle: tidy up behind orders that have left their cart rows in the cart (soft_lock,
-- see shops.cart_at_order): paid, the rows go; come to nothing, they are free again. What a row is
-- follows from its order in any case, and a buyer's next call does the same for that buyer:
-- nothing waits for this. Orders whose time is over are ended by shop_order_expire. May run at any
-- time, twice, and beside everything that buyers do; a buyer whose cart is in use is left for a
-- later run.
--
-- Parameters
--   pi_batch_size  at most so many buyers, 1 to 10000; NULL = 500
-- Returns one row: result, settled (carts), skipped (carts in use), failed (see shop_error_log)
-- Errors  INVALID_INPUT
-- Locks, per buyer: cart header (skipped when locked), order, its cart rows
-- Example
--   CALL shop_cart_settle(500);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_cart_settle;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_cart_settle(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Tidies up cart rows whose order is paid or ended'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_batch_size, v_settled, v_skipped, v_failed INT UNSIGNED DEFAULT 0;
    DECLARE v_shop_id  INT UNSIGNED;
    DECLARE v_user_id  VARCHAR(63);
    DECLARE v_version  BIGINT UNSIGNED;
    DECLARE v_end      TINYINT DEFAULT 0;
    DECLARE v_rows_now INT UNSIGNED;
    DECLARE v_cart_version BIGINT UNSIGNED;
    DECLARE v_cart_amount DECIMAL(18,2);
    DECLARE v_cart_hash VARCHAR(64);
    DECLARE v_known_hash TINYINT;
    -- The result is kept by the server when the cursor opens: commits in between do not disturb it.
    DECLARE c_carts CURSOR FOR
        SELECT shop_id, user_id
        FROM v_cart_checkouts
        WHERE settled_at IS NULL AND fate IN ('ordered', 'free')
        GROUP BY shop_id, user_id
        ORDER BY shop_id, user_id LIMIT v_batch_size;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_cart_settle', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('shop_id', v_shop_id));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 500);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SET v_step = 'find carts';
    OPEN c_carts;
    next_cart: LOOP
        -- MariaDB hands a NOT FOUND inside a routine on to the handler here.
        SET v_end = 0;
        FETCH c_carts INTO v_shop_id, v_user_id;
        IF v_end = 1 THEN
            LEAVE next_cart;
        END IF;
        SET v_step = 'settle a cart';
        BEGIN
            DECLARE EXIT HANDLER FOR SQLEXCEPTION
            BEGIN
                GET DIAGNOSTICS CONDITION 1
                    v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE,
                    v_message = MESSAGE_TEXT;
                ROLLBACK AND NO CHAIN NO RELEASE;
                -- As in shop_order_expire: somebody wants this call to end.
                IF v_errno IN (1317, 1053, 1969, 3024, 4094) THEN
                    RESIGNAL;
                END IF;
                SET v_failed = v_failed + 1;
                CALL _log_error('shop_cart_settle', v_step, v_errno, v_sqlstate, v_message,
                                JSON_OBJECT('shop_id', v_shop_id, 'user_id', v_user_id));
            END;
            CALL _start_writing();
            SET v_version = NULL;
            SELECT version INTO v_version
            FROM shop_cart_headers FORCE INDEX (PRIMARY)
            WHERE shop_id = v_shop_id AND user_id = v_user_id
            FOR UPDATE SKIP LOCKED;
            IF v_version IS NULL THEN
                SET v_skipped = v_skipped + 1;
            ELSE
                UPDATE shop_cart_headers SET version = version + 1
                WHERE shop_id = v_shop_id AND user_id = v_user_id;
                CALL _settle_checkouts(v_shop_id, v_user_id, NULL);
                CALL _count_cart(v_shop_id, v_user_id, 0, v_rows_now, v_cart_version, v_cart_amount,
                                 v_cart_hash, v_known_hash);
                SET v_settled = v_settled + 1;
            END IF;
            COMMIT AND NO CHAIN NO RELEASE;
        END;
    END LOOP;
    CLOSE c_carts;
    ROLLBACK AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_settled AS settled, v_skipped AS skipped, v_failed AS failed;
END//
DELIMITER ;
