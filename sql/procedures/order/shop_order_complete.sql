-- shop_order_complete: the buyer has received what was ordered. From then on the order is complete,
-- and its points are the buyer's.
--
-- Parameters
--   pi_shop_id    shop
--   pi_user_id    buyer
--   pi_order_key  order, by any of its names, see _find_order
-- Returns one row: result, replayed (1 = it was complete before, nothing changed), order_number,
--   order_status, points_earned (with this order, also by the call before), events (for counters)
-- Errors  INVALID_INPUT, ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS, STATE_NOT_ALLOWED (not paid)
-- Locks, in this order
--   order, its log (new), the buyer's account of points, grant (new)
-- Example
--   CALL shop_order_complete(1, 'demo1', 'T20261120-0001');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_complete;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_complete(
    pi_shop_id   INT UNSIGNED,
    pi_user_id   TEXT,
    pi_order_key TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'The buyer says that an order is complete'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_status TINYINT UNSIGNED;
    DECLARE v_name VARCHAR(40);
    DECLARE v_points DECIMAL(18,2);
    DECLARE v_replayed TINYINT DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_order_complete', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                        'order', LEFT(pi_order_key, 64)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    SET v_step = 'lock the order';
    CALL _start_writing();
    CALL _find_order(pi_shop_id, pi_user_id, pi_order_key, v_order_seq_no);
    -- A subquery locks nothing of what it reads, which a join would.
    SELECT order_status,
           (SELECT t.name FROM shop_order_statuses t WHERE t.order_status = o.order_status)
    INTO v_status, v_name
    FROM shop_orders o WHERE seq_no = v_order_seq_no FOR UPDATE;
    IF v_name = 'complete' THEN
        SET v_replayed = 1;
        SELECT COALESCE(SUM(amount), 0) INTO v_points
        FROM shop_credit_grants WHERE order_seq_no = v_order_seq_no;
    ELSE
        SET v_step = 'complete the order';
        CALL _complete_order(v_order_seq_no, v_status, 'buyer', v_status, v_points);
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_replayed AS replayed, order_number, order_status,
           v_points AS points_earned, CASE v_replayed WHEN 0 THEN 'complete' END AS events
    FROM shop_orders WHERE seq_no = v_order_seq_no;
END//
DELIMITER ;
