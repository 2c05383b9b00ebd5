-- shop_order_expire: end orders whose time to be paid is over, and give their stock back. One
-- order, one transaction. May run at any time, twice, beside itself and beside payments: an order
-- that is locked just now is left for the next run, and one that cannot be expired does not keep
-- the others from it.
--
-- Parameters
--   pi_batch_size  at most so many orders, 1 to 10000; NULL = 100
-- Returns one row: result, expired (how many), failed (how many could not be; see shop_error_log),
--   events and event_count for counters
-- Errors  INVALID_INPUT
-- Locks, per order: order (skipped when locked), reservations, stock by (product, option)
-- Example
--   CALL shop_order_expire(100);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_expire;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_expire(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Ends unpaid orders'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_expires_at DATETIME(6);
    DECLARE v_batch_size, v_seen, v_expired, v_failed INT UNSIGNED DEFAULT 0;
    DECLARE v_now      DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_after    DATETIME(6) DEFAULT '1000-01-01';
    DECLARE v_after_seq_no BIGINT UNSIGNED DEFAULT 0;
    DECLARE v_status   TINYINT UNSIGNED;
    DECLARE v_looked_at VARCHAR(100) DEFAULT '';
    DECLARE v_done     TINYINT;
    DECLARE v_end      TINYINT DEFAULT 0;
    -- The next ones behind the last one seen. One status at a time, so that the index gives them in
    -- this order: with all in one condition every lapsed order would be read and sorted, each time.
    -- The result is kept by the server when the cursor opens: commits in between do not disturb it.
    DECLARE c_lapsed CURSOR FOR
        SELECT seq_no, expires_at
        FROM shop_orders
        WHERE order_status = v_status AND expires_at BETWEEN v_after AND v_now
          AND (expires_at > v_after OR seq_no > v_after_seq_no)
        ORDER BY expires_at, seq_no
        LIMIT v_batch_size;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_order_expire', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('order_seq_no', v_order_seq_no));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 100);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    -- Orders that are locked do not use up the batch of those behind them, and those that fail only
    -- when they are a thousand: then it is not about orders.
    next_status: WHILE v_expired < v_batch_size AND v_failed < 1000 DO
        IF v_status IS NULL THEN
            -- Of the statuses that shop_order_transitions lets expire, and that were not looked at,
            -- the one whose order has waited longest.
            -- Not by SET, which would lock what it reads.
            SELECT m.from_status INTO v_status
            FROM shop_order_transitions m
            WHERE m.action = 'expire' AND m.actor = 'job'
              AND FIND_IN_SET(m.from_status, v_looked_at) = 0
            ORDER BY (SELECT o.expires_at FROM shop_orders o
                      WHERE o.order_status = m.from_status
                      ORDER BY o.order_status, o.expires_at LIMIT 1), m.from_status
            LIMIT 1;
            IF v_status IS NULL THEN
                LEAVE next_status;
            END IF;
        END IF;
        SET v_step = 'find lapsed orders', v_seen = 0;
        OPEN c_lapsed;
        next_order: LOOP
            -- MariaDB hands a NOT FOUND inside _order_expire on to the handler here: only the
            -- cursor's counts.
            SET v_end = 0;
            FETCH c_lapsed INTO v_order_seq_no, v_expires_at;
            IF v_end = 1 OR v_expired >= v_batch_size OR v_failed >= 1000 THEN
                LEAVE next_order;
            END IF;
            SET v_seen = v_seen + 1, v_after = v_expires_at, v_after_seq_no = v_order_seq_no;
            BEGIN
                DECLARE EXIT HANDLER FOR SQLEXCEPTION
                BEGIN
                    GET DIAGNOSTICS CONDITION 1
                        v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE,
                        v_message = MESSAGE_TEXT;
                    ROLLBACK AND NO CHAIN NO RELEASE;
                    -- Somebody wants this call to end: killed, server shutdown,
                    -- statement time limit.
                    IF v_errno IN (1317, 1053, 1969, 3024, 4094) THEN
                        RESIGNAL;
                    END IF;
                    SET v_failed = v_failed + 1;
                    CALL _log_error('shop_order_expire', v_step, v_errno, v_sqlstate, v_message,
                                    JSON_OBJECT('order_seq_no', v_order_seq_no));
                END;
                SET v_step = 'expire an order';
                CALL _order_expire(v_order_seq_no, v_done);
                SET v_expired = v_expired + v_done;
            END;
        END LOOP;
        CLOSE c_lapsed;
        IF v_seen < v_batch_size THEN
            SET v_looked_at = CONCAT_WS(',', v_looked_at, v_status), v_status = NULL,
                v_after = '1000-01-01', v_after_seq_no = 0;
        END IF;
    END WHILE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_expired AS expired, v_failed AS failed,
           'expire' AS events, v_expired AS event_count;
END//
DELIMITER ;
