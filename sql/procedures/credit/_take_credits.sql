-- _take_credits: an order takes the points and the cash that it uses: when it is made, and again
-- when it is revived.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
--   pi_now           UTC: what expires by then is not taken
--   po_fault         OUT: point | cash: there is not so much, the caller rolls back; NULL = taken
-- Returns nothing
-- Errors  none
-- Locks   in this order: accounts of the member, points before cash; each with its grants
-- Example
--   CALL _take_credits(1, UTC_TIMESTAMP(6), @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _take_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _take_credits(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_now          DATETIME(6),
    OUT po_fault    VARCHAR(5))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'An order takes its points and cash'
BEGIN
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_point, v_cash DECIMAL(18,2);
    DECLARE v_done TINYINT DEFAULT 1;

    SELECT shop_id, user_id, point_used, cash_used INTO v_shop_id, v_user_id, v_point, v_cash
    FROM shop_orders WHERE seq_no = pi_order_seq_no;
    SET po_fault = NULL;
    IF v_point > 0 THEN
        CALL _spend_credit(v_shop_id, v_user_id, 'point', v_point, 'hold', 'order',
                           pi_order_seq_no, NULL, '', pi_now, v_done);
    END IF;
    IF v_done = 0 THEN
        SET po_fault = 'point';
    ELSEIF v_cash > 0 THEN
        CALL _spend_credit(v_shop_id, v_user_id, 'cash', v_cash, 'hold', 'order',
                           pi_order_seq_no, NULL, '', pi_now, v_done);
        IF v_done = 0 THEN
            SET po_fault = 'cash';
        END IF;
    END IF;
END//
DELIMITER ;
