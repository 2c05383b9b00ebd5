-- _order_transition: move an order to another status. The only routine that changes order_status,
-- but for the usual payment in shop_order_update: there the same row of shop_order_transitions is
-- read with the order, and status and approval are written by one UPDATE, since a second one of the
-- same row costs a tenth of a payment.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller
--   pi_from_status   the status the caller read under that lock
--   pi_action, pi_actor   must be in shop_order_transitions for that status
--   pi_message       for the log
--   po_to_status     OUT: the new status
-- Returns nothing
-- Errors  STATE_NOT_ALLOWED
-- Locks   shop_orders row (held already), its lines when it ends or is revived; points, cash and
--   coupons when it ends (see _give_credits_back, _give_coupons_back), the new shop_order_logs row
-- Example
--   CALL _order_transition(1, 1, 'pay', 'pg', 'T20261120', @status);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _order_transition;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _order_transition(
    pi_order_seq_no  BIGINT UNSIGNED,
    pi_from_status   TINYINT UNSIGNED,
    pi_action        VARCHAR(20),
    pi_actor         VARCHAR(8),
    pi_message       TEXT,
    OUT po_to_status TINYINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Moves an order to another status'
BEGIN
    DECLARE v_had_ended, v_has_ended, v_pays TINYINT;
    DECLARE v_discount, v_credits DECIMAL(18,2);

    SET po_to_status = NULL;
    SELECT m.to_status, f.phase = 'ended', t.phase = 'ended',
           t.phase = 'paid' AND f.phase <> 'paid', o.discount_total, o.point_used + o.cash_used
    INTO po_to_status, v_had_ended, v_has_ended, v_pays, v_discount, v_credits
    FROM shop_orders o
    JOIN shop_order_transitions m
    JOIN shop_order_statuses f ON f.order_status = m.from_status
    JOIN shop_order_statuses t ON t.order_status = m.to_status
    WHERE o.seq_no = pi_order_seq_no
      AND m.from_status = pi_from_status AND m.action = pi_action AND m.actor = pi_actor;
    IF po_to_status IS NULL THEN
        CALL _raise('STATE_NOT_ALLOWED', 'order_status',
                    CONCAT(pi_action, ' from ', pi_from_status));
    END IF;
    IF v_had_ended <> v_has_ended THEN
        -- What has ended stands for no cart row any more, what is revived does again. Lines from
        -- before that was kept never do.
        UPDATE shop_order_product
        SET live_cart_seq_no = CASE v_has_ended WHEN 1 THEN NULL ELSE cart_seq_no END
        WHERE order_seq_no = pi_order_seq_no AND price_id IS NOT NULL;
        IF v_has_ended = 1 AND v_credits > 0 THEN
            CALL _give_credits_back(pi_order_seq_no);
        END IF;
        IF v_has_ended = 1 AND v_discount > 0 THEN
            CALL _give_coupons_back(pi_order_seq_no);
        END IF;
    END IF;
    IF v_pays = 1 AND v_credits > 0 THEN
        CALL _use_credits(pi_order_seq_no);
    END IF;
    UPDATE shop_orders
    SET order_status = po_to_status, update_date = UTC_TIMESTAMP(6)
    WHERE seq_no = pi_order_seq_no;
    CALL _order_log(pi_order_seq_no, pi_from_status, po_to_status,
                    pi_action, pi_actor, pi_message);
END//
DELIMITER ;
