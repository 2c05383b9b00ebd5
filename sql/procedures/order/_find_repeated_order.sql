-- _find_repeated_order: is this request known? The same one again is answered with its order,
-- before anything is refused.
--
-- Parameters
--   pi_shop_id, pi_user_id  who orders
--   pi_mTrdNo               the key
--   pi_cart_ids_json        as shop_order_insert gets it, read by _parse_ids
--   pi_request_sha256       what is asked for
--   po_order_seq_no         OUT: the order of this request, NULL = the key is free
-- Returns nothing
-- Errors  IDEMPOTENCY_MISMATCH; INVALID_INPUT when another quantity is named than was ordered
-- Locks   none: the caller holds the cart
-- Example
--   CALL _find_repeated_order(1, 'demo1', 'T-1', '[1,2]', UNHEX(SHA2('…', 256)), @order);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _find_repeated_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _find_repeated_order(
    pi_shop_id          INT UNSIGNED,
    pi_user_id          VARCHAR(63),
    pi_mTrdNo           VARCHAR(64),
    pi_cart_ids_json    LONGTEXT,
    pi_request_sha256   BINARY(32),
    OUT po_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Order of a repeated request'
BEGIN
    DECLARE v_known_sha256 BINARY(32);

    SELECT MAX(seq_no), MAX(request_sha256) INTO po_order_seq_no, v_known_sha256
    FROM shop_orders
    WHERE shop_id = pi_shop_id AND order_number = pi_mTrdNo;
    IF v_known_sha256 <> pi_request_sha256 THEN
        CALL _raise('IDEMPOTENCY_MISMATCH', 'mTrdNo', '');
    END IF;
    IF po_order_seq_no IS NOT NULL AND LOCATE('{', pi_cart_ids_json) > 0 THEN
        CALL _check_quantities(po_order_seq_no, pi_shop_id, pi_user_id, pi_cart_ids_json);
    END IF;
END//
DELIMITER ;
