-- _use_credits: points and cash that an order holds are used: it is paid.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller, which pays it in this transaction
-- Returns nothing
-- Errors  none
-- Locks   ledger (new)
-- Example
--   CALL _use_credits(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _use_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _use_credits(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Points and cash of a paid order are used'
BEGIN
    INSERT INTO shop_credit_ledger
        (entry_date, grant_no, shop_id, user_id, kind, action, from_account, to_account, amount,
         order_seq_no, actor, reason)
    SELECT UTC_TIMESTAMP(6), h.grant_no, h.shop_id, h.user_id, h.kind, 'use', 'order', 'used',
           h.held, pi_order_seq_no, LEFT(USER(), 100), ''
    FROM (SELECT grant_no, shop_id, user_id, kind,
                 SUM(CASE WHEN to_account = 'order' THEN amount WHEN from_account = 'order'
                          THEN -amount ELSE 0 END) AS held
          FROM shop_credit_ledger FORCE INDEX (ix_shop_credit_ledger_order)
          WHERE order_seq_no = pi_order_seq_no
          GROUP BY grant_no, shop_id, user_id, kind) h
    WHERE h.held > 0
    ORDER BY h.grant_no;
END//
DELIMITER ;
