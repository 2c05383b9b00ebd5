-- _accept_quote: what a buyer who orders a quote has agreed to pay: its total, whatever the form
-- that brings it says. An order then compares that with its own total, as ever.
--
-- Parameters
--   pi_shop_id, pi_user_id  buyer
--   pi_quote_id             the quote, or NULL
--   pi_ids                  cart rows of the order, see _parse_ids
--   pio_client_total        INOUT: the total of the quote; left as it is when this buyer has no
--                           such quote for these rows, or its time is over
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   SET @total = 33000;
--   CALL _accept_quote(1, 'demo1', 1, '[1,2]', @total);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _accept_quote;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _accept_quote(
    pi_shop_id             INT UNSIGNED,
    pi_user_id             VARCHAR(63),
    pi_quote_id            BIGINT UNSIGNED,
    pi_ids                 LONGTEXT,
    INOUT pio_client_total DECIMAL(18,2))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'The total of a quote that is ordered'
BEGIN
    SELECT COALESCE(MAX(total_payment), pio_client_total) INTO pio_client_total
    FROM shop_quotes
    WHERE quote_id = pi_quote_id AND shop_id = pi_shop_id AND user_id = pi_user_id
      AND cart_ids = pi_ids AND kept_until > UTC_TIMESTAMP(6);
END//
DELIMITER ;
