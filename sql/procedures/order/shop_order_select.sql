-- shop_order_select: an order as it is now.
--
-- Parameters
--   pi_shop_id     shop
--   pi_user_id     buyer it must belong to; NULL = any buyer of the shop
--   pi_order_name  any of its names, see _find_order
-- Returns one row
--   result, order_number, order_key, order_code, order_status, next_step (see shop_order_statuses),
--   then the columns of shop_orders that concern a buyer, and items_json, what add_shop_cart_items
--   takes: [{"product_id", "option" (what the buyer chose, where that is known), "option_hash" (the
--   hash of it), "quantity"}] in line order
--   discounts_json: '[]', or an object for each promotion and coupon, as they were taken off:
--   coupon_id, coupon_code, coupon_name, promotion_code, promotion_name, target, amount, and lines:
--   [{"line_no", "amount"}], of delivery none
-- then lines (option_json: what was chosen, NULL = nothing, or only its hash is known; parts_json:
--   of a set, what it consisted of: [{"quantity" (in one set), "product_id", "option_hash",
--   "option_name", "product_name"}], NULL = no set), payments, log
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
    DECLARE v_step         VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_order_seq_no BIGINT UNSIGNED;
    DECLARE v_discount DECIMAL(18,2);
    DECLARE v_discounts_json LONGTEXT DEFAULT '[]';
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        -- Declared here, where only who is refused pays for them (25 k instructions on MariaDB). On
        -- MySQL a DECLARE forgets the error, which the stacked area still has.
        DECLARE v_errno    SMALLINT UNSIGNED;
        DECLARE v_sqlstate CHAR(5);
        DECLARE v_message, v_field, v_detail TEXT;
        GET /*!80000 STACKED */ DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_order_select', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'order', LEFT(pi_order_name, 64)));
        RESIGNAL;
    END;

    -- Begun as _start_reading does.
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 OR @@group_concat_max_len < 500000 THEN
        CALL _fit_session();
    END IF;
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    START TRANSACTION READ ONLY;

    -- The name that the gateway's pages and links give is an order_key, which is no other order's
    -- number. Everything else is looked for with care: other names, another buyer's order, a name
    -- of two orders.
    SET v_step = 'find the order';
    IF pi_order_name REGEXP '\\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z'
       AND (pi_user_id IS NULL OR pi_user_id NOT LIKE '% ') THEN
        SELECT k.seq_no, k.discount_total INTO v_order_seq_no, v_discount
        FROM shop_orders k
        WHERE k.order_key = UNHEX(REPLACE(pi_order_name, '-', '')) AND k.shop_id = pi_shop_id
          AND (pi_user_id IS NULL OR k.user_id = pi_user_id)
          AND NOT EXISTS (SELECT 1 FROM shop_orders n
                          WHERE n.shop_id = pi_shop_id AND n.order_number = pi_order_name);
    END IF;
    IF v_order_seq_no IS NULL THEN
        CALL _find_order(pi_shop_id, pi_user_id, pi_order_name, v_order_seq_no);
        SELECT discount_total INTO v_discount FROM shop_orders WHERE seq_no = v_order_seq_no;
    END IF;
    IF v_discount > 0 THEN
        SELECT CONCAT('[', COALESCE(GROUP_CONCAT(
                   '{"coupon_id":', COALESCE(d.coupon_no, 'null'),
                   ',"coupon_code":', COALESCE(JSON_QUOTE(r.coupon_code), 'null'),
                   ',"coupon_name":', CASE WHEN d.coupon_no IS NULL THEN 'null'
                                           ELSE JSON_QUOTE(r.coupon_name) END,
                   ',"promotion_code":', COALESCE(JSON_QUOTE(r.promotion_code), 'null'),
                   ',"promotion_name":', CASE WHEN d.coupon_no IS NULL
                                              THEN JSON_QUOTE(r.coupon_name) ELSE 'null' END,
                   ',"target":"', r.target,
                   '","amount":"', d.amount, '","lines":[', COALESCE(d.shares, ''), ']}'
                   ORDER BY d.discount_no), ''), ']')
        INTO v_discounts_json
        FROM (SELECT k.discount_no, k.coupon_no, k.rule_id, k.amount,
                     GROUP_CONCAT('{"line_no":', l.line_no, ',"amount":"', l.amount, '"}'
                                  ORDER BY l.line_no) AS shares
              FROM shop_order_discounts k
              LEFT JOIN shop_order_discount_lines l ON l.order_seq_no = k.order_seq_no
                  AND l.discount_no = k.discount_no AND l.line_no > 0
              WHERE k.order_seq_no = v_order_seq_no
              GROUP BY k.discount_no, k.coupon_no, k.rule_id, k.amount) d
        JOIN shop_discount_rules r ON r.rule_id = d.rule_id;
    END IF;

    SET v_step = 'answer';
    SELECT 'OK' AS result, order_number,
           LOWER(INSERT(INSERT(INSERT(INSERT(HEX(order_key), 21, 0, '-'), 17, 0, '-'), 13, 0, '-'),
                        9, 0, '-')) AS order_key,
           order_code, o.order_status,
           CASE WHEN o.restored_at IS NOT NULL THEN 'none'
                WHEN o.expires_at > UTC_TIMESTAMP(6) THEN t.next_step
                ELSE t.late_step END AS next_step,
           seq_no, order_date, order_mode, user_id, user_name, user_phone, receiver_name,
           receiver_phone, post_code, address, address_detail, delivery_msg, currency, line_count,
           product_total_price, discount_total, point_used, cash_used, shipping_fee,
           total_payment, supply_amount, vat_amount, tax_free_amount, pg, pay_type, expires_at,
           approval_no,
           approval_msg, paid_at, restored_at, courier_id, tracking_number,
           -- By length, as MySQL orders names: the same text on both engines.
           (SELECT CONCAT('[', GROUP_CONCAT(
                       CASE WHEN c.payload_json IS NULL THEN '{'
                            ELSE CONCAT('{"option": ', c.payload_json, ', ') END,
                       SUBSTR(JSON_OBJECT('quantity', l.quantity, 'product_id', l.product_id,
                                          'option_hash', l.option_hash), 2)
                       ORDER BY l.line_no), ']')
            FROM shop_order_product l
            LEFT JOIN shop_option_payloads c FORCE INDEX (PRIMARY) ON c.shop_id = l.shop_id
                AND c.product_id = l.product_id AND c.option_hash = l.option_hash
            WHERE l.order_seq_no = o.seq_no) AS items_json,
           v_discounts_json AS discounts_json
    FROM shop_orders o
    JOIN shop_order_statuses t ON t.order_status = o.order_status
    WHERE o.seq_no = v_order_seq_no;
    SELECT line_no, l.product_id, product_name, l.option_hash, option_name, unit_price, quantity,
           line_amount, tax_type, cart_seq_no, c.payload_json AS option_json,
           (SELECT CONCAT('[', GROUP_CONCAT(JSON_OBJECT(
                       'quantity', e.quantity, 'product_id', e.product_id,
                       'option_hash', e.option_hash, 'option_name', e.option_name,
                       'product_name', e.product_name) ORDER BY e.part_no), ']')
            FROM shop_order_parts e
            WHERE e.order_seq_no = l.order_seq_no AND e.line_no = l.line_no) AS parts_json
    FROM shop_order_product l
    LEFT JOIN shop_option_payloads c FORCE INDEX (PRIMARY)
        ON c.shop_id = l.shop_id AND c.product_id = l.product_id
        AND c.option_hash = l.option_hash
    WHERE order_seq_no = v_order_seq_no ORDER BY line_no;
    SELECT pg, merchant_id, pg_tx, approval_no, amount, status, result_code, result_msg,
           approved_at, create_date
    FROM shop_payments WHERE order_seq_no = v_order_seq_no ORDER BY seq_no;
    SELECT log_date, from_status, to_status, action, actor, log_message
    FROM shop_order_logs WHERE order_seq_no = v_order_seq_no ORDER BY seq_no;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
