-- _judge_units: may a row of a cart have so many units? What every routine asks that puts units
-- into a cart. Upper limits only: what an order needs at least, a cart may still come to.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart; the caller has locked it
--   pi_product_id           product
--   pi_quantity_rules       1 = it has rules for quantities, as the offer says
--   pi_unit_price           what a unit costs now; NULL = not known
--   pi_row_units            units that the row shall have, with others of its product and option
--   pi_more                 so many of them are added to what is in the cart; NULL = none: what is
--                           there is judged as it is
--   po_code                 OUT: OK | INVALID_INPUT | QUANTITY_NOT_ALLOWED
--   po_detail               OUT: what is wrong, at most 64 characters; '' = nothing
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _judge_units(1, 'demo1', 'D0001', 0, 1000, 7, 2, @code, @detail);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _judge_units;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _judge_units(
    pi_shop_id        INT UNSIGNED,
    pi_user_id        VARCHAR(63),
    pi_product_id     VARCHAR(30),
    pi_quantity_rules TINYINT,
    pi_unit_price     DECIMAL(20,2),
    pi_row_units      BIGINT UNSIGNED,
    pi_more           BIGINT,
    OUT po_code       VARCHAR(40),
    OUT po_detail     VARCHAR(64))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Whether a cart row may have so many units'
BEGIN
    DECLARE v_units BIGINT;

    SET po_code = 'INVALID_INPUT', po_detail = CASE
            WHEN pi_row_units > 99999 THEN 'more than 99999 in the cart'
            WHEN pi_unit_price <= 999999999999999.99
                AND pi_unit_price * pi_row_units > 999999999999999.99
                THEN 'so many cost more than 15 digits can say'
            ELSE '' END;
    IF po_detail = '' AND pi_quantity_rules = 1 AND COALESCE(pi_more, 1) > 0 THEN
        SELECT COALESCE(SUM(quantity), 0) INTO v_units
        FROM shop_cart FORCE INDEX (ix_shop_cart_item)
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND product_id = pi_product_id
          AND buy_now = 0 AND order_seq_no IS NULL;
        CALL _quantity_fault(pi_shop_id, pi_user_id, pi_product_id, v_units + COALESCE(pi_more, 0),
                             1, po_detail);
        SET po_code = 'QUANTITY_NOT_ALLOWED';
    END IF;
    IF po_detail = '' THEN
        SET po_code = 'OK';
    END IF;
END//
DELIMITER ;
