-- _complete_order: complete a paid order, and give its buyer the points that it earns, once: a
-- share of what its goods cost after discounts and points, see shops.point_earn_rate. A guest, who
-- is no member, earns none.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
--   pi_status        the status the caller read under that lock
--   pi_actor         buyer | job
--   po_status        OUT: the new status
--   po_points        OUT: points earned
-- Returns nothing
-- Errors  STATE_NOT_ALLOWED
-- Locks   order (held already), its log (new), the buyer's account of points, grant (new)
-- Example
--   CALL _complete_order(1, 2, 'buyer', @status, @points);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _complete_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _complete_order(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_status       TINYINT UNSIGNED,
    pi_actor        VARCHAR(8),
    OUT po_status   TINYINT UNSIGNED,
    OUT po_points   DECIMAL(18,2))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Completes an order, which earns points'
BEGIN
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_point_days SMALLINT UNSIGNED;
    DECLARE v_points DECIMAL(40,6);
    DECLARE v_unit DECIMAL(18,2);

    CALL _order_transition(pi_order_seq_no, pi_status, 'complete', pi_actor, '', po_status);
    SELECT o.shop_id, o.user_id, s.currency_digits, s.point_days,
           GREATEST(o.product_total_price - o.discount_total - o.point_used, 0)
           * s.point_earn_rate * (m.user_id IS NOT NULL)
    INTO v_shop_id, v_user_id, v_digits, v_point_days, v_points
    FROM shop_orders o
    JOIN shops s ON s.shop_id = o.shop_id
    LEFT JOIN member m ON m.shop_id = o.shop_id AND m.user_id = o.user_id
    WHERE o.seq_no = pi_order_seq_no;
    SET v_unit = CASE v_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END,
        po_points = v_points - MOD(v_points, v_unit);
    IF po_points > 0 THEN
        CALL _give_credit(v_shop_id, v_user_id, 'point', po_points, 'earn',
                          UTC_TIMESTAMP(6) + INTERVAL v_point_days DAY, pi_order_seq_no, NULL, '');
    END IF;
END//
DELIMITER ;
