-- _find_order: resolve one of an order's four names, without a lock.
--
-- The names may look alike: a shop may number an order 20261120-7KQ2M0XA or 17, which is another
-- order's code or seq_no. A name that two orders answer to finds neither; with its kind before it,
-- it is looked up as that kind only.
--
-- Parameters
--   pi_shop_id       shop
--   pi_user_id       buyer it must belong to; NULL = any buyer of the shop
--   pi_order_name    order_key, order_number (mTrdNo), order_code or seq_no; or one of these words,
--                    a colon and the name
--   po_order_seq_no  OUT: seq_no
-- Returns nothing
-- Errors  ORDER_NOT_FOUND, also for another buyer's order; ORDER_NAME_AMBIGUOUS, detail says by
--   which kinds
-- Locks   none: the caller locks by primary key and checks again
-- Example
--   CALL _find_order(1, 'demo1', '20261120-7KQ2M0XA', @seq_no);
--   CALL _find_order(1, 'demo1', 'order_code:20261120-7KQ2M0XA', @seq_no);
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
    DECLARE v_kind VARCHAR(12) DEFAULT '';
    DECLARE v_name TEXT DEFAULT pi_order_name;
    DECLARE v_by_key, v_by_number, v_by_code, v_by_seq_no BIGINT UNSIGNED;

    IF pi_order_name REGEXP '\\A(order_key|order_number|order_code|seq_no):' THEN
        SET v_kind = SUBSTRING_INDEX(pi_order_name, ':', 1),
            v_name = SUBSTR(pi_order_name, CHAR_LENGTH(v_kind) + 2);
    END IF;
    -- The engines would find the order, and its buyer, in spite of a blank at the end.
    IF v_name LIKE '% ' OR pi_user_id LIKE '% ' THEN
        SET v_name = NULL;
    END IF;
    IF v_kind IN ('', 'order_key')
        AND v_name REGEXP '\\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z' THEN
        SELECT seq_no INTO v_by_key
        FROM shop_orders
        WHERE order_key = UNHEX(REPLACE(v_name, '-', '')) AND shop_id = pi_shop_id
          AND (pi_user_id IS NULL OR user_id = pi_user_id);
    END IF;
    IF v_kind IN ('', 'order_number') AND CHAR_LENGTH(v_name) <= 64 THEN
        SELECT seq_no INTO v_by_number
        FROM shop_orders
        WHERE shop_id = pi_shop_id AND order_number = v_name
          AND (pi_user_id IS NULL OR user_id = pi_user_id);
    END IF;
    IF v_kind IN ('', 'order_code') AND CHAR_LENGTH(v_name) = 17 THEN
        SELECT seq_no INTO v_by_code
        FROM shop_orders
        WHERE shop_id = pi_shop_id AND order_code = v_name
          AND (pi_user_id IS NULL OR user_id = pi_user_id);
    END IF;
    IF v_kind IN ('', 'seq_no') AND v_name REGEXP '\\A[1-9][0-9]{0,17}\\z' THEN
        SELECT seq_no INTO v_by_seq_no
        FROM shop_orders
        WHERE seq_no = CAST(v_name AS UNSIGNED) AND shop_id = pi_shop_id
          AND (pi_user_id IS NULL OR user_id = pi_user_id);
    END IF;

    SET po_order_seq_no = COALESCE(v_by_key, v_by_number, v_by_code, v_by_seq_no);
    IF po_order_seq_no IS NULL THEN
        CALL _raise('ORDER_NOT_FOUND', 'order_key', '');
    END IF;
    IF v_by_number <> po_order_seq_no
        OR v_by_code <> po_order_seq_no
        OR v_by_seq_no <> po_order_seq_no THEN
        CALL _raise('ORDER_NAME_AMBIGUOUS', 'order_key', CONCAT_WS(', ',
            CASE WHEN v_by_key IS NOT NULL THEN 'order_key' END,
            CASE WHEN v_by_number IS NOT NULL THEN 'order_number' END,
            CASE WHEN v_by_code IS NOT NULL THEN 'order_code' END,
            CASE WHEN v_by_seq_no IS NOT NULL THEN 'seq_no' END));
    END IF;
END//
DELIMITER ;
