-- _hold_credits: give a new order its points and cash, and write what they pay of each line.
--
-- Parameters
--   pi_order_seq_no  order, new, its lines written
--   pi_shares        as _price_credits returns it
--   pi_now           UTC; judged by this moment
--   po_fault         OUT: somebody else has taken them since they were counted, see _take_credits:
--                    the caller rolls back; NULL = it has them
-- Returns nothing
-- Errors  none
-- Locks   as _take_credits
-- Example
--   CALL _hold_credits(1, '[["point",1,"500.00"]]', UTC_TIMESTAMP(6), @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _hold_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _hold_credits(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shares       LONGTEXT,
    pi_now          DATETIME(6),
    OUT po_fault    TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives an order its points and cash'
BEGIN
    INSERT INTO shop_order_credit_lines (order_seq_no, kind, line_no, amount)
    SELECT pi_order_seq_no, x.kind, x.line_no, x.amount
    FROM JSON_TABLE(pi_shares, '$[*]' COLUMNS (
        kind    VARCHAR(5)        PATH '$[0]',
        line_no SMALLINT UNSIGNED PATH '$[1]',
        amount  DECIMAL(18,2)     PATH '$[2]')) x;
    CALL _take_credits(pi_order_seq_no, pi_now, po_fault);
END//
DELIMITER ;
