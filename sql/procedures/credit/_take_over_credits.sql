-- _take_over_credits: bring points and cash up to what was done while older procedures were loaded,
-- which do not know them: orders that were paid or ended meanwhile use, or give back, what they
-- held; and a member's account of cash is what pages have written into member.user_cash.
--
-- Parameters
--   po_changed  OUT: orders and members that something was done for
-- Returns nothing
-- Errors  CASH_NOT_ENOUGH: a page has taken cash that an order holds
-- Locks   order by order: order, points and cash of its buyer; then accounts of cash
-- Example
--   CALL _take_over_credits(@changed);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _take_over_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _take_over_credits(
    OUT po_changed INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes over points and cash'
BEGIN
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_cash DECIMAL(18,2);
    DECLARE v_phase VARCHAR(5);
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE c_orders CURSOR FOR
        SELECT o.seq_no, t.phase
        FROM (SELECT order_seq_no
              FROM shop_credit_ledger
              WHERE order_seq_no IS NOT NULL
              GROUP BY order_seq_no
              HAVING SUM(CASE WHEN to_account = 'order' THEN amount
                              WHEN from_account = 'order' THEN -amount ELSE 0 END) > 0) h
        JOIN shop_orders o ON o.seq_no = h.order_seq_no
        JOIN shop_order_statuses t ON t.order_status = o.order_status
        WHERE t.phase <> 'open'
        ORDER BY o.seq_no;
    DECLARE c_members CURSOR FOR
        SELECT m.shop_id, m.user_id, GREATEST(m.user_cash, 0)
        FROM member m
        LEFT JOIN shop_credit_accounts a ON a.shop_id = m.shop_id AND a.user_id = m.user_id
            AND a.kind = 'cash'
        WHERE GREATEST(m.user_cash, 0) <> COALESCE(a.balance, 0)
        ORDER BY m.shop_id, m.user_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    -- Members first: what an order gives back is written into both.
    SET po_changed = 0;
    OPEN c_members;
    next_member: LOOP
        SET v_end = 0;
        FETCH c_members INTO v_shop_id, v_user_id, v_cash;
        IF v_end = 1 THEN
            LEAVE next_member;
        END IF;
        CALL _set_cash(v_shop_id, v_user_id, v_cash);
        SET po_changed = po_changed + 1;
    END LOOP;
    CLOSE c_members;
    OPEN c_orders;
    next_order: LOOP
        SET v_end = 0;
        FETCH c_orders INTO v_order_seq_no, v_phase;
        IF v_end = 1 THEN
            LEAVE next_order;
        END IF;
        IF v_phase = 'paid' THEN
            CALL _use_credits(v_order_seq_no);
        ELSE
            CALL _give_credits_back(v_order_seq_no);
        END IF;
        SET po_changed = po_changed + 1;
    END LOOP;
    CLOSE c_orders;
END//
DELIMITER ;
