-- select_shop_cart: the cart, priced.
--
-- Parameters
--   pi_shop_id  shop
--   pi_user_id  buyer
-- Returns one row: result, cart_count; then the cart (see _select_cart)
-- Errors  INVALID_INPUT
-- Locks   none
-- Example
--   CALL select_shop_cart(1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_shop_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_shop_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The cart, priced'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _failed('select_shop_cart', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail, '', NULL,
                     JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);

    SET v_step = 'answer';
    CALL _start_reading();
    SELECT 'OK' AS result, COUNT(*) AS cart_count
    FROM shop_cart
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    CALL _select_cart(pi_shop_id, pi_user_id);
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
