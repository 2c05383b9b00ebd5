-- _stock_find_receipt: was this delivery booked already?
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash  stock row
--   pi_quantity   units that the caller asks for
--   pi_reference  the caller's number of the delivery
--   po_known      OUT: 1 = booked, with the same units on the same stock row; 0 = not booked
-- Returns nothing
-- Errors  IDEMPOTENCY_MISMATCH: booked, but other units or on another stock row
-- Locks   none: what somebody is just booking is not seen
-- Example
--   CALL _stock_find_receipt(1, 'D0001', '__noopt__', 5, 'R-0815', @known);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _stock_find_receipt;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _stock_find_receipt(
    pi_shop_id     INT UNSIGNED,
    pi_product_id  TEXT,
    pi_option_hash VARCHAR(64),
    pi_quantity    INT,
    pi_reference   VARCHAR(64),
    OUT po_known   TINYINT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Was this delivery booked already?'
BEGIN
    DECLARE v_is_same TINYINT;
    DECLARE v_difference INT;
    DECLARE v_product_id VARCHAR(30);

    SELECT MAX(product_id), MAX(difference),
           MAX(product_id <=> pi_product_id AND option_hash = pi_option_hash
               AND difference = pi_quantity)
    INTO v_product_id, v_difference, v_is_same
    FROM shop_stock_ledger
    WHERE shop_id = pi_shop_id AND reference = pi_reference;
    IF v_is_same = 0 THEN
        CALL _raise('IDEMPOTENCY_MISMATCH', 'reference',
                    CONCAT('was ', v_difference, ' of ', v_product_id));
    END IF;
    SET po_known = COALESCE(v_is_same, 0);
END//
DELIMITER ;
