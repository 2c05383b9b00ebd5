-- shop_order_prove: compute an order once more, to the last unit, from the rows that it names and
-- that never change (prices, delivery rules, discount rules), and say where it differs; and how its
-- total comes about, rule by rule.
--
-- Parameters
--   pi_shop_id     shop
--   pi_order_name  any of its names, see _find_order
-- Returns one row
--   result, order_number, order_key, order_code, order_date, order_status, pricing_version,
--   proven (1 = it is what it should be, 0 = it differs, NULL = it was made before prices were
--   rows, or brought along: nothing can be said), difference_count, currency, and what it should
--   be: product_total_price, discount_total, shipping_fee, point_used, cash_used, total_payment,
--   supply_amount, vat_amount, tax_free_amount; recorded_total: what the order says
-- then the steps (see _select_steps), and the differences: what, recorded,
--   recomputed; a side that is missing is NULL
-- Errors  ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS, INVALID_INPUT (by its rules it comes to more than
--   15 digits)
-- Locks   none
-- Example
--   CALL shop_order_prove(1, 'T20261120-0001');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_order_prove;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_order_prove(
    pi_shop_id    INT UNSIGNED,
    pi_order_name TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Computes an order once more, and how'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_order_seq_no, v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_list, v_parcels, v_discounts, v_shares, v_differences LONGTEXT DEFAULT '[]';
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_point, v_cash, v_product_total, v_shipping_fee, v_discount, v_total, v_supply, v_vat,
        v_tax_free DECIMAL(18,2);
    DECLARE v_version, v_proven TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_order_prove', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'order', LEFT(pi_order_name, 64)));
        RESIGNAL;
    END;

    CALL _fit_session();
    CALL _start_reading();
    CALL _find_order(pi_shop_id, NULL, pi_order_name, v_order_seq_no);
    SELECT MAX(pricing_version) INTO v_version FROM shop_orders WHERE seq_no = v_order_seq_no;
    IF v_version IS NOT NULL THEN
        SET v_step = 'prove the order';
        CALL _prove_order(v_order_seq_no, v_list, v_area_rule_id, v_point, v_cash, v_vat_rate,
            v_product_total, v_shipping_fee, v_parcels, v_discounts, v_discount, v_shares, v_total,
            v_supply, v_vat, v_tax_free, v_differences);
        SET v_proven = v_differences = '[]';
    END IF;

    SET v_step = 'answer';
    SELECT 'OK' AS result, order_number, _uuid_text(order_key) AS order_key, order_code, order_date,
           order_status, pricing_version, v_proven AS proven,
           JSON_LENGTH(v_differences) AS difference_count, currency,
           v_product_total AS product_total_price, v_discount AS discount_total,
           v_shipping_fee AS shipping_fee, v_point AS point_used, v_cash AS cash_used,
           v_total AS total_payment, v_supply AS supply_amount, v_vat AS vat_amount,
           v_tax_free AS tax_free_amount, total_payment AS recorded_total
    FROM shop_orders
    WHERE seq_no = v_order_seq_no;
    CALL _select_steps(v_list, v_parcels, v_discounts, v_shares, v_area_rule_id, v_point, v_cash,
                       v_vat_rate, v_supply, v_vat, v_tax_free);
    SELECT d.what, d.recorded, d.recomputed
    FROM JSON_TABLE(v_differences, '$[*]' COLUMNS (
        position   FOR ORDINALITY,
        what       VARCHAR(100) PATH '$.what',
        recorded   VARCHAR(100) PATH '$.recorded',
        recomputed VARCHAR(100) PATH '$.recomputed')) d
    ORDER BY d.position;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
