-- _read_order_parties: who buys, where it goes, who collects the money: one statement over four primary keys.
--
-- Parameters
--   pi_shop_id, pi_user_id   buyer
--   pi_pg                    payment gateway asked for
--   pi_address_id            stored address, or NULL when the INOUT fields are typed already
--   pio_name … pio_delivery_msg   INOUT: receiver, filled from the stored address
--   po_user_name, po_user_phone   OUT: the member's; a guest's are the receiver's
--   po_merchant_id, po_pay_type   OUT: our account at the payment gateway
-- Returns nothing
-- Errors  ADDRESS_NOT_FOUND (foreign and unknown alike), PG_NOT_AVAILABLE
-- Locks   none
-- Example
--   CALL _read_order_parties(1, 'demo1', 'wallet', 1, @n, @p, @c, @a, @d, @m, @un, @up, @mid, @type);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _read_order_parties;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _read_order_parties(
    pi_shop_id             INT UNSIGNED,
    pi_user_id             VARCHAR(20),
    pi_pg                  VARCHAR(20),
    pi_address_id          BIGINT UNSIGNED,
    INOUT pio_name         VARCHAR(60),
    INOUT pio_phone        VARCHAR(20),
    INOUT pio_post_code    VARCHAR(10),
    INOUT pio_address      VARCHAR(200),
    INOUT pio_detail       VARCHAR(200),
    INOUT pio_delivery_msg VARCHAR(200),
    OUT po_user_name       VARCHAR(60),
    OUT po_user_phone      VARCHAR(20),
    OUT po_merchant_id     VARCHAR(40),
    OUT po_pay_type        VARCHAR(20))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Buyer, receiver and payment gateway of an order'
BEGIN
    DECLARE v_found BIGINT UNSIGNED;

    SELECT a.seq_no, COALESCE(a.receiver_name, pio_name), COALESCE(a.receiver_phone, pio_phone),
           COALESCE(a.post_code, pio_post_code), COALESCE(a.address, pio_address),
           COALESCE(a.address_detail, pio_detail), COALESCE(a.delivery_msg, pio_delivery_msg),
           COALESCE(m.user_name, a.receiver_name, pio_name), COALESCE(m.user_phone, a.receiver_phone, pio_phone),
           p.merchant_id, p.pay_type
    INTO v_found, pio_name, pio_phone, pio_post_code, pio_address, pio_detail, pio_delivery_msg,
         po_user_name, po_user_phone, po_merchant_id, po_pay_type
    FROM shops s
    LEFT JOIN shop_pg_adapters p ON p.shop_id = s.shop_id AND p.enabled_pg = pi_pg
    LEFT JOIN member m ON m.shop_id = s.shop_id AND m.user_id = pi_user_id
    LEFT JOIN shop_shipping_address a
        ON a.seq_no = pi_address_id AND a.shop_id = s.shop_id AND a.user_id = pi_user_id
    WHERE s.shop_id = pi_shop_id;

    IF pi_address_id IS NOT NULL AND v_found IS NULL THEN
        CALL _raise('ADDRESS_NOT_FOUND', 'address_id', pi_address_id);
    END IF;
    IF po_merchant_id IS NULL THEN
        CALL _raise('PG_NOT_AVAILABLE', 'pg', pi_pg);
    END IF;
END//
DELIMITER ;
