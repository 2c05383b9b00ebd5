-- _check_amounts: refuse what no amount can say: more than 15 digits before the point.
--
-- Parameters
--   pi_product_total, pi_tax_free, pi_shipping_fee   sums
--   pi_shop_id, pi_user_id, pi_ids   whose cart, for the name of a row that cannot be ordered
-- Returns nothing
-- Errors  PRODUCT_UNAVAILABLE when a row cannot be ordered, else INVALID_INPUT (selected_cart_ids)
-- Locks   none
-- Example
--   CALL _check_amounts(1000, 0, 3000, 1, 'demo1', '[1]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _check_amounts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _check_amounts(
    pi_product_total DECIMAL(52,2),
    pi_tax_free      DECIMAL(52,2),
    pi_shipping_fee  DECIMAL(52,2),
    pi_shop_id       INT UNSIGNED,
    pi_user_id       VARCHAR(63),
    pi_ids           LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses amounts of more than 15 digits'
BEGIN
    IF GREATEST(ABS(pi_product_total), ABS(pi_tax_free), pi_shipping_fee,
                ABS(pi_product_total + pi_shipping_fee)) > 999999999999999.99 THEN
        CALL _refuse_row(pi_shop_id, pi_user_id, pi_ids);
        CALL _raise('INVALID_INPUT', 'selected_cart_ids', 'together more than 15 digits');
    END IF;
END//
DELIMITER ;
