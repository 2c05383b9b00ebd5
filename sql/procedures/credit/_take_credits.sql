-- _take_credits: an order takes the points and the cash that it uses: when it is made, and again
-- when it is revived.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
--   pi_now           UTC: what expires by then is not taken
--   po_fault         OUT: 'point balance 200.00': there is only so much of it, the caller rolls
--                    back, see _refuse_credits; NULL = taken
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
    OUT po_fault    VARCHAR(40))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'An order takes its points and cash'
BEGIN
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_point, v_cash, v_left DECIMAL(18,2);

    SELECT shop_id, user_id, point_used, cash_used INTO v_shop_id, v_user_id, v_point, v_cash
    FROM shop_orders WHERE seq_no = pi_order_seq_no;
    IF v_point > 0 THEN
        CALL _spend_credit(v_shop_id, v_user_id, 'point', v_point, 'hold', 'order',
                           pi_order_seq_no, NULL, '', pi_now, v_left);
        SET po_fault = CONCAT('point balance ', v_left);
    END IF;
    IF po_fault IS NULL AND v_cash > 0 THEN
        CALL _spend_credit(v_shop_id, v_user_id, 'cash', v_cash, 'hold', 'order',
                           pi_order_seq_no, NULL, '', pi_now, v_left);
        SET po_fault = CONCAT('cash balance ', v_left);
    END IF;
END//
DELIMITER ;
