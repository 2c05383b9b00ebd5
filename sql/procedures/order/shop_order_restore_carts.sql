-- shop_order_restore_carts: put the lines of orders that failed or expired back into their buyers'
-- carts, some minutes later, in shops that want it (shops.restore_minutes; NULL = only the buyer
-- does, by shop_order_restore_cart). Once, whoever comes first. An order whose rows have stayed in
-- the cart (soft_lock) needs nothing. May run at any time, twice; a buyer whose cart is in use is
-- left for a later run. It looks at orders whose time was over a day before that at most.
--
-- Parameters
--   pi_batch_size  at most so many orders, 1 to 10000; NULL = 500
-- Returns one row: result, restored (orders), skipped (carts or orders in use), failed (see
--   shop_error_log)
-- Errors  INVALID_INPUT
-- Locks, per order: cart header (skipped when locked), order, cart rows, reservations, stock
-- Example
--   CALL shop_order_restore_carts(500);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_restore_carts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_restore_carts(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts failed and expired orders back into carts'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_results  LONGTEXT;
    DECLARE v_batch_size, v_restored, v_skipped, v_failed INT UNSIGNED DEFAULT 0;
    DECLARE v_order_seq_no, v_version, v_found BIGINT UNSIGNED;
    DECLARE v_shop_id  INT UNSIGNED;
    DECLARE v_user_id  VARCHAR(63);
    DECLARE v_now      DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_end      TINYINT DEFAULT 0;
    DECLARE v_rows_now INT UNSIGNED;
    DECLARE v_cart_version BIGINT UNSIGNED;
    DECLARE v_cart_amount DECIMAL(18,2);
    DECLARE v_cart_hash VARCHAR(64);
    DECLARE v_known_hash TINYINT;
    -- The result is kept by the server when the cursor opens: commits in between do not disturb it.
    DECLARE c_orders CURSOR FOR
        SELECT o.seq_no, o.shop_id, o.user_id
        FROM shops s
        STRAIGHT_JOIN shop_order_statuses t ON t.on_payment = 'revive'
            AND t.next_step = 'restore_cart'
        STRAIGHT_JOIN shop_orders o FORCE INDEX (ix_shop_orders_expiry)
            ON o.order_status = t.order_status AND o.shop_id = s.shop_id
            AND o.expires_at > v_now - INTERVAL s.restore_minutes + 1440 MINUTE
        WHERE s.restore_minutes IS NOT NULL AND o.restored_at IS NULL AND o.paid_at IS NULL
          AND (SELECT MAX(g.log_date) FROM shop_order_logs g
               WHERE g.order_seq_no = o.seq_no AND g.to_status = o.order_status)
              <= v_now - INTERVAL s.restore_minutes MINUTE
          AND NOT EXISTS (SELECT 1 FROM shop_cart_checkouts k
                          WHERE k.shop_id = o.shop_id AND k.user_id = o.user_id
                            AND k.order_seq_no = o.seq_no)
        ORDER BY o.seq_no LIMIT v_batch_size;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_order_restore_carts', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL, JSON_OBJECT('order_seq_no', v_order_seq_no));
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
    SET v_step = 'find orders';
    OPEN c_orders;
    next_order: LOOP
        -- MariaDB hands a NOT FOUND inside a routine on to the handler here.
        SET v_end = 0;
        FETCH c_orders INTO v_order_seq_no, v_shop_id, v_user_id;
        IF v_end = 1 THEN
            LEAVE next_order;
        END IF;
        SET v_step = 'restore an order';
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
                CALL _log_error('shop_order_restore_carts', v_step, v_errno, v_sqlstate, v_message,
                                JSON_OBJECT('order_seq_no', v_order_seq_no));
            END;
            CALL _start_writing();
            SET v_version = NULL, v_found = NULL;
            SELECT version INTO v_version
            FROM shop_cart_headers FORCE INDEX (PRIMARY)
            WHERE shop_id = v_shop_id AND user_id = v_user_id
            FOR UPDATE SKIP LOCKED;
            IF v_version IS NOT NULL THEN
                UPDATE shop_cart_headers SET version = version + 1
                WHERE shop_id = v_shop_id AND user_id = v_user_id;
                -- A subquery locks nothing of what it reads, which a join would.
                SELECT seq_no INTO v_found
                FROM shop_orders o FORCE INDEX (PRIMARY)
                WHERE seq_no = v_order_seq_no AND restored_at IS NULL AND paid_at IS NULL
                  AND (SELECT t.on_payment FROM shop_order_statuses t
                       WHERE t.order_status = o.order_status) = 'revive'
                FOR UPDATE SKIP LOCKED;
            END IF;
            IF v_found IS NULL THEN
                SET v_skipped = v_skipped + 1;
            ELSE
                CALL _restore_order(v_order_seq_no, v_shop_id, v_user_id, v_results);
                CALL _count_cart(v_shop_id, v_user_id, 1, v_rows_now, v_cart_version, v_cart_amount,
                                 v_cart_hash, v_known_hash);
                SET v_restored = v_restored + 1;
            END IF;
            COMMIT AND NO CHAIN NO RELEASE;
        END;
    END LOOP;
    CLOSE c_orders;
    ROLLBACK AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_restored AS restored, v_skipped AS skipped, v_failed AS failed;
END//
DELIMITER ;
