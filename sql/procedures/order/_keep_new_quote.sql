-- _keep_new_quote: keep what an order costs now, and find the quote that its buyer saw: the one
-- that is named, or else the last one of these rows that came to the total that the buyer named.
--
-- Parameters
--   pi_shop_id, pi_user_id, pi_ids   buyer, cart rows of the order
--   pi_client_total, pi_quote_id     what the buyer saw: the total, and the quote; or NULL
--   pi_total, pi_point, pi_cash      what it comes to now, and what pays a part of it
--   pi_list                          what was priced, see shop_order_insert
--   pi_discounts                     what takes something off, see _price_discounts; NULL = nothing
--   pi_area_rule_id                  the area that costs more, or NULL
--   po_old_id                        OUT: the quote that the buyer saw; NULL = none is kept
--   po_new_id                        OUT: the new one; NULL when it could not be written
-- Returns nothing
-- Errors  none
-- Locks   shop_quotes (new)
-- Example
--   CALL _keep_new_quote(1, 'demo1', '[1]', 33000, NULL, 35000, 0, 0, '[[1,1,1,1,1]]', NULL, NULL,
--       @old, @new);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _keep_new_quote;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _keep_new_quote(
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    pi_ids          LONGTEXT,
    pi_client_total DECIMAL(18,2),
    pi_quote_id     BIGINT UNSIGNED,
    pi_total        DECIMAL(18,2),
    pi_point        DECIMAL(18,2),
    pi_cash         DECIMAL(18,2),
    pi_list         LONGTEXT,
    pi_discounts    LONGTEXT,
    pi_area_rule_id BIGINT UNSIGNED,
    OUT po_old_id   BIGINT UNSIGNED,
    OUT po_new_id   BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Keeps a changed quote beside the one before'
BEGIN
    DECLARE v_discounts_json LONGTEXT;
    DECLARE v_minutes SMALLINT UNSIGNED;
    -- Whoever cannot write still answers what has happened.
    DECLARE EXIT HANDLER FOR SQLEXCEPTION SET po_new_id = NULL;

    -- Aggregates: no such quote is no condition.
    SELECT COALESCE(MAX(CASE quote_id WHEN pi_quote_id THEN quote_id END), MAX(quote_id))
    INTO po_old_id
    FROM shop_quotes FORCE INDEX (ix_shop_quotes_buyer)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND cart_ids = pi_ids
      AND (quote_id = pi_quote_id OR total_payment = pi_client_total);
    SELECT MAX(quote_minutes) INTO v_minutes FROM shops WHERE shop_id = pi_shop_id;
    CALL _tell_discounts(pi_discounts, pi_list, v_discounts_json);
    INSERT INTO shop_quotes
        (shop_id, user_id, quoted_at, kept_until, total_payment, point_used, cash_used, cart_ids,
         lines_json, discounts_json, area_rule_id)
    VALUES
        (pi_shop_id, pi_user_id, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL v_minutes MINUTE,
         pi_total, pi_point, pi_cash, pi_ids, pi_list, v_discounts_json, pi_area_rule_id);
    SET po_new_id = LAST_INSERT_ID();
END//
DELIMITER ;
