-- shop_order_select: an order as it is now.
--
-- Parameters
--   pi_shop_id     shop
--   pi_user_id     buyer it must belong to; NULL = any buyer of the shop
--   pi_order_name  any of its names, see _find_order
-- Returns one row
--   result, order_number, order_key, order_code, order_status, next_step (see _next_step), then the columns of
--   shop_orders that concern a buyer
-- then lines, payments, log
-- Errors  ORDER_NOT_FOUND, also for another buyer's order; ORDER_NAME_AMBIGUOUS
-- Locks   none
-- Example
--   CALL shop_order_select(1, NULL, 'T20261120-0001');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_select;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_select(
    pi_shop_id    INT UNSIGNED,
    pi_user_id    TEXT,
    pi_order_name TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'An order as it is now'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _failed('shop_order_select', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail, '', NULL,
                     JSON_OBJECT('shop_id', pi_shop_id, 'order', LEFT(pi_order_name, 64)));
        RESIGNAL;
    END;

    SET v_step = 'find the order';
    CALL _start_reading();
    CALL _find_order(pi_shop_id, pi_user_id, pi_order_name, v_order_seq_no);

    SET v_step = 'answer';
    SELECT 'OK' AS result, order_number, _uuid_text(order_key) AS order_key, order_code, order_status,
           _next_step(order_status, expires_at, restored_at) AS next_step, seq_no, order_date, order_mode, user_id,
           user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail, delivery_msg,
           currency, line_count, product_total_price, discount_total, point_used, shipping_fee, total_payment,
           supply_amount, vat_amount, tax_free_amount, pg, pay_type, expires_at, approval_no, approval_msg, paid_at,
           restored_at, courier_id, tracking_number
    FROM shop_orders WHERE seq_no = v_order_seq_no;
    SELECT line_no, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount, tax_type,
           cart_seq_no
    FROM shop_order_product WHERE order_seq_no = v_order_seq_no ORDER BY line_no;
    SELECT pg, merchant_id, pg_tx, approval_no, amount, status, result_code, result_msg, approved_at, create_date
    FROM shop_payments WHERE order_seq_no = v_order_seq_no ORDER BY seq_no;
    SELECT log_date, from_status, to_status, action, actor, log_message
    FROM shop_order_logs WHERE order_seq_no = v_order_seq_no ORDER BY seq_no;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
