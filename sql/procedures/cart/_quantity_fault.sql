-- _quantity_fault: do so many units of a product keep its rules? All its options count together.
--
-- - at least min_quantity and at most max_quantity in one order, a multiple of quantity_step
-- - at most member_quantity for one buyer within member_days (NULL = ever): what the buyer's orders
--   of that time have, unless they have ended. The caller holds the buyer's cart, so no other order
--   of the same buyer comes in between. A guest is a buyer too, as long as the shop calls him so
--
-- NULL is no rule, and so are a min_quantity or quantity_step of 0 or 1.
--
-- Parameters
--   pi_shop_id, pi_user_id, pi_product_id  whose order, of what
--   pi_units     units of the product in it
--   pi_growing   1 = it is a cart that may still grow: upper limits only
--   po_fault     OUT: what is not kept, at most 64 characters; '' = nothing
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _quantity_fault(1, 'demo1', 'D0001', 3, 0, @fault);   -- at least 5
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _quantity_fault;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _quantity_fault(
    pi_shop_id    INT UNSIGNED,
    pi_user_id    VARCHAR(63),
    pi_product_id VARCHAR(30),
    pi_units      BIGINT UNSIGNED,
    pi_growing    TINYINT,
    OUT po_fault  VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Whether a quantity keeps the product''s rules'
BEGIN
    DECLARE v_min, v_max, v_step, v_member_quantity, v_member_days INT UNSIGNED;
    DECLARE v_ordered BIGINT UNSIGNED DEFAULT 0;

    SELECT MAX(min_quantity), MAX(max_quantity), MAX(quantity_step), MAX(member_quantity),
           MAX(member_days)
    INTO v_min, v_max, v_step, v_member_quantity, v_member_days
    FROM shop_products WHERE shop_id = pi_shop_id AND product_id = pi_product_id;
    IF v_member_quantity IS NOT NULL THEN
        SELECT COALESCE(SUM(l.quantity), 0) INTO v_ordered
        FROM shop_orders o
        STRAIGHT_JOIN shop_order_statuses t ON t.order_status = o.order_status
        STRAIGHT_JOIN shop_order_product l FORCE INDEX (PRIMARY) ON l.order_seq_no = o.seq_no
        WHERE o.shop_id = pi_shop_id AND o.user_id = pi_user_id AND t.phase <> 'ended'
          AND l.product_id = pi_product_id
          AND (v_member_days IS NULL
               OR o.order_date > UTC_TIMESTAMP(6) - INTERVAL v_member_days DAY);
    END IF;
    SET po_fault = CASE
        WHEN pi_units > v_max THEN CONCAT('at most ', v_max)
        WHEN pi_units + v_ordered > v_member_quantity
            THEN CONCAT('at most ', v_member_quantity, ' for one buyer',
                        CASE WHEN v_member_days IS NULL THEN ''
                             ELSE CONCAT(' in ', v_member_days, ' days') END,
                        CASE v_ordered WHEN 0 THEN '' ELSE CONCAT(', ', v_ordered, ' ordered') END)
        WHEN pi_growing = 0 AND pi_units < v_min THEN CONCAT('at least ', v_min)
        WHEN pi_growing = 0 AND pi_units MOD NULLIF(v_step, 0) <> 0
            THEN CONCAT('a multiple of ', v_step)
        ELSE '' END;
END//
DELIMITER ;
