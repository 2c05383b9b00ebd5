-- shop_orders_complete: complete paid orders whose buyers have not said anything, so many days
-- after they were paid, see shops.complete_days. One order, one transaction. May run at any time,
-- twice, beside itself: an order that is locked just now is left for the next run.
--
-- It looks at the orders of the last 60 days beyond that: a shop that begins with this completes no
-- older ones, and gives no points for them. Where the shop's own moves lead on from a status to
-- another one that is paid (to preparing, shipping, delivered), an order is left in it: it has not
-- arrived.
--
-- Parameters
--   pi_batch_size  at most so many orders, 1 to 10000; NULL = 500
-- Returns one row: result, completed (how many), failed (how many could not be; see
--   shop_error_log), events and event_count for counters
-- Errors  INVALID_INPUT
-- Locks, per order: order (skipped when locked), the buyer's account of points, grant (new)
-- Example
--   CALL shop_orders_complete(500);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_orders_complete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_orders_complete(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Completes orders some days after payment'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_batch_size, v_completed, v_failed INT UNSIGNED DEFAULT 0;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_paid_before, v_from, v_to DATETIME(6);
    DECLARE v_most_days SMALLINT UNSIGNED;
    DECLARE v_last VARCHAR(100);
    DECLARE v_status TINYINT UNSIGNED;
    DECLARE v_points DECIMAL(18,2);
    DECLARE v_end TINYINT DEFAULT 0;
    -- An order is paid before expires_at, or later when it was revived: by then it is not yet so
    -- long ago, or at most as long as an order waits for its payment. What is complete leaves the
    -- range.
    DECLARE c_orders CURSOR FOR
        SELECT o.seq_no, o.paid_at
        FROM shop_order_transitions m
        STRAIGHT_JOIN shop_orders o FORCE INDEX (ix_shop_orders_expiry)
            ON o.order_status = m.from_status AND o.expires_at > v_from AND o.expires_at <= v_to
        STRAIGHT_JOIN shops s FORCE INDEX (PRIMARY) ON s.shop_id = o.shop_id
        WHERE m.action = 'complete' AND m.actor = 'job' AND FIND_IN_SET(m.from_status, v_last)
          AND o.paid_at <= v_now - INTERVAL s.complete_days DAY
        ORDER BY o.seq_no
        LIMIT v_batch_size;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_orders_complete', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('order_seq_no', v_order_seq_no));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 500);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    SET v_step = 'find orders';
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SELECT MAX(complete_days), v_now - INTERVAL MIN(complete_days) DAY
    INTO v_most_days, v_to FROM shops;
    SET v_from = COALESCE(v_now - INTERVAL v_most_days DAY - INTERVAL 60 DAY, v_now),
        v_to = COALESCE(v_to, v_now);
    SELECT GROUP_CONCAT(m.from_status) INTO v_last
    FROM shop_order_transitions m
    WHERE m.action = 'complete' AND m.actor = 'job'
      AND NOT EXISTS (SELECT 1
                      FROM shop_order_transitions n
                      JOIN shop_order_statuses t ON t.order_status = n.to_status
                      WHERE n.from_status = m.from_status AND n.to_status <> m.to_status
                        AND t.phase = 'paid');
    OPEN c_orders;
    next_order: LOOP
        SET v_end = 0;
        FETCH c_orders INTO v_order_seq_no, v_paid_before;
        IF v_end = 1 THEN
            LEAVE next_order;
        END IF;
        BEGIN
            DECLARE EXIT HANDLER FOR SQLEXCEPTION
            BEGIN
                GET DIAGNOSTICS CONDITION 1
                    v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE,
                    v_message = MESSAGE_TEXT;
                ROLLBACK AND NO CHAIN NO RELEASE;
                -- Somebody wants this call to end: killed, server shutdown, statement time limit.
                IF v_errno IN (1317, 1053, 1969, 3024, 4094) THEN
                    RESIGNAL;
                END IF;
                SET v_failed = v_failed + 1;
                CALL _log_error('shop_orders_complete', v_step, v_errno, v_sqlstate, v_message,
                                JSON_OBJECT('order_seq_no', v_order_seq_no));
            END;
            SET v_step = 'complete an order', v_status = NULL;
            CALL _start_writing();
            SELECT order_status INTO v_status
            FROM shop_orders
            WHERE seq_no = v_order_seq_no AND paid_at <= v_paid_before
              AND FIND_IN_SET(order_status, v_last)
            FOR UPDATE SKIP LOCKED;
            IF v_status IS NOT NULL THEN
                CALL _complete_order(v_order_seq_no, v_status, 'job', v_status, v_points);
                SET v_completed = v_completed + 1;
            END IF;
            COMMIT AND NO CHAIN NO RELEASE;
        END;
    END LOOP;
    CLOSE c_orders;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_completed AS completed, v_failed AS failed,
           'complete' AS events, v_completed AS event_count;
END//
DELIMITER ;
