-- _find_order: resolve one of an order's four names, without a lock.
--
-- Parameters
--   pi_shop_id       shop
--   pi_user_id       buyer it must belong to; NULL = any buyer of the shop
--   pi_order_name    order_key, order_code, order_number (mTrdNo) or seq_no; a number is taken for an order_number first
--   po_order_seq_no  OUT: seq_no
-- Returns nothing
-- Errors  ORDER_NOT_FOUND, also for another buyer's order
-- Locks   none: the caller locks by primary key and checks again
-- Example
--   CALL _find_order(1, 'demo1', '20261120-7KQ2M0XA', @seq_no);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _find_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _find_order(
    pi_shop_id          INT UNSIGNED,
    pi_user_id          TEXT,
    pi_order_name       TEXT,
    OUT po_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Finds an order by any of its names'
BEGIN
    DECLARE v_owner VARCHAR(20);

    SET po_order_seq_no = NULL;
    IF pi_order_name REGEXP '\\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z' THEN
        SELECT seq_no, user_id INTO po_order_seq_no, v_owner
        FROM shop_orders WHERE order_key = UNHEX(REPLACE(pi_order_name, '-', '')) AND shop_id = pi_shop_id;
    END IF;
    IF po_order_seq_no IS NULL AND CHAR_LENGTH(pi_order_name) <= 64 THEN
        SELECT seq_no, user_id INTO po_order_seq_no, v_owner
        FROM shop_orders WHERE shop_id = pi_shop_id AND order_number = pi_order_name;
    END IF;
    IF po_order_seq_no IS NULL AND CHAR_LENGTH(pi_order_name) = 17 THEN
        SELECT seq_no, user_id INTO po_order_seq_no, v_owner
        FROM shop_orders WHERE shop_id = pi_shop_id AND order_code = pi_order_name;
    END IF;
    IF po_order_seq_no IS NULL AND pi_order_name REGEXP '\\A[1-9][0-9]{0,17}\\z' THEN
        SELECT seq_no, user_id INTO po_order_seq_no, v_owner
        FROM shop_orders WHERE seq_no = CAST(pi_order_name AS UNSIGNED) AND shop_id = pi_shop_id;
    END IF;
    IF po_order_seq_no IS NULL OR v_owner <> pi_user_id THEN
        CALL _raise('ORDER_NOT_FOUND', 'order_key', '');
    END IF;
END//
DELIMITER ;
