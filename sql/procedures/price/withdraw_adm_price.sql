-- withdraw_adm_price: take back a price that is planned, and with a sale its end.
--
-- Parameters
--   pi_change_no  the change, see update_adm_price and select_adm_prices
--   pi_reason     why, 1 to 200 characters
-- Returns one row: result, change_no, state
-- Errors  INVALID_INPUT, PRICE_CHANGE_NOT_FOUND
--   STATE_NOT_ALLOWED  it has begun: say another price
-- Locks   the product, its offers by option. Withdrawn again, it is withdrawn
-- Example
--   CALL withdraw_adm_price('12', 'no sale this year');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS withdraw_adm_price;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE withdraw_adm_price(
    pi_change_no TEXT,
    pi_reason    TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes back a planned price'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_change_no BIGINT UNSIGNED;
    DECLARE v_shop_id, v_begun INT UNSIGNED;
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_state VARCHAR(9);
    DECLARE v_reason VARCHAR(200);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('withdraw_adm_price', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('change_no', LEFT(pi_change_no, 20)));
        RESIGNAL;
    END;

    CALL _parse_id(pi_change_no, 'change_no', v_change_no);
    CALL _parse_reason(pi_reason, v_reason);

    SET v_step = 'lock the product';
    CALL _start_writing();
    SELECT shop_id, product_id INTO v_shop_id, v_product_id
    FROM shop_price_changes WHERE change_no = v_change_no;
    IF v_shop_id IS NULL THEN
        CALL _raise('PRICE_CHANGE_NOT_FOUND', 'change_no', pi_change_no);
    END IF;
    CALL _begin_prices(v_shop_id, v_product_id, v_begun);
    SELECT state INTO v_state FROM shop_price_changes WHERE change_no = v_change_no;
    IF v_state = 'begun' THEN
        CALL _raise('STATE_NOT_ALLOWED', 'change_no', 'the price has begun');
    END IF;

    SET v_step = 'withdraw the price';
    UPDATE shop_price_changes
    SET state = 'withdrawn', state_reason = v_reason, state_actor = LEFT(USER(), 100),
        state_date = UTC_TIMESTAMP(6)
    WHERE shop_id = v_shop_id AND product_id = v_product_id AND state = 'planned'
      AND (change_no = v_change_no OR ends_change_no = v_change_no);
    CALL _name_planned_price(v_shop_id, v_product_id);
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_change_no AS change_no, 'withdrawn' AS state;
END//
DELIMITER ;
