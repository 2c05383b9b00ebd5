-- _order_expire: end one lapsed order in a transaction of its own.
--
-- Parameters
--   pi_order_seq_no  order that looked lapsed a moment ago
--   po_done          OUT: 1 = expired now; 0 = locked by somebody, paid in time, or ended already
-- Returns nothing
-- Errors  those of the engine
-- Locks   order (skipped when locked), reservations, stock by (product, option)
-- Example
--   CALL _order_expire(1, @done);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _order_expire;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _order_expire(
    pi_order_seq_no BIGINT UNSIGNED,
    OUT po_done     TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Ends one lapsed order'
BEGIN
    DECLARE v_status TINYINT UNSIGNED DEFAULT NULL;
    DECLARE v_may_expire TINYINT DEFAULT 0;

    SET po_done = 0;
    CALL _start_writing();
    -- A subquery locks nothing of what it reads, which a join would.
    SELECT order_status,
           (SELECT COUNT(*) FROM shop_order_transitions m
            WHERE m.from_status = o.order_status AND m.action = 'expire' AND m.actor = 'job')
    INTO v_status, v_may_expire
    FROM shop_orders o
    WHERE seq_no = pi_order_seq_no AND expires_at <= UTC_TIMESTAMP(6)
    FOR UPDATE SKIP LOCKED;
    IF v_may_expire = 1 THEN
        CALL _order_transition(pi_order_seq_no, v_status,
                               'expire', 'job', 'not paid in time', v_status);
        CALL _stock_release(pi_order_seq_no);
        SET po_done = 1;
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
