-- _give_credits_back: an order that ends gives back the points and the cash that it holds or has
-- used, to the grants that they came from. Once: what was given back is in the ledger. What has
-- expired meanwhile comes back, and expires again with shop_credit_expire.
--
-- Parameters
--   pi_order_seq_no  order, locked by the caller, which ends it in this transaction
-- Returns nothing
-- Errors  none
-- Locks   in this order: accounts of the member, points before cash; grants by number, ledger (new)
-- Example
--   CALL _give_credits_back(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _give_credits_back;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _give_credits_back(
    pi_order_seq_no BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'An order gives its points and cash back'
_give_credits_back: BEGIN
    DECLARE v_first_no BIGINT UNSIGNED;
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_point, v_cash DECIMAL(18,2);

    -- Of an order that is locked, nobody else writes entries.
    SELECT MAX(shop_id), MAX(user_id),
           SUM(CASE WHEN kind <> 'point' THEN 0 WHEN action = 'hold' THEN amount
                    WHEN action = 'release' THEN -amount ELSE 0 END),
           SUM(CASE WHEN kind <> 'cash' THEN 0 WHEN action = 'hold' THEN amount
                    WHEN action = 'release' THEN -amount ELSE 0 END)
    INTO v_shop_id, v_user_id, v_point, v_cash
    FROM shop_credit_ledger FORCE INDEX (ix_shop_credit_ledger_order)
    WHERE order_seq_no = pi_order_seq_no;
    IF COALESCE(v_point + v_cash, 0) = 0 THEN
        LEAVE _give_credits_back;
    END IF;
    IF v_point > 0 THEN
        UPDATE shop_credit_accounts SET balance = balance + v_point
        WHERE shop_id = v_shop_id AND user_id = v_user_id AND kind = 'point';
    END IF;
    IF v_cash > 0 THEN
        UPDATE shop_credit_accounts SET balance = balance + v_cash
        WHERE shop_id = v_shop_id AND user_id = v_user_id AND kind = 'cash';
    END IF;
    INSERT INTO shop_credit_ledger
        (entry_date, grant_no, shop_id, user_id, kind, action, from_account, to_account, amount,
         order_seq_no, actor, reason)
    SELECT UTC_TIMESTAMP(6), h.grant_no, v_shop_id, v_user_id, h.kind, 'release',
           CASE WHEN h.used > 0 THEN 'used' ELSE 'order' END, 'member', h.held, pi_order_seq_no,
           LEFT(USER(), 100), ''
    FROM (SELECT grant_no, kind,
                 SUM(CASE action WHEN 'hold' THEN amount WHEN 'release' THEN -amount
                                 ELSE 0 END) AS held,
                 SUM(CASE WHEN action = 'use' THEN amount WHEN from_account = 'used' THEN -amount
                          ELSE 0 END) AS used
          FROM shop_credit_ledger FORCE INDEX (ix_shop_credit_ledger_order)
          WHERE order_seq_no = pi_order_seq_no
          GROUP BY grant_no, kind) h
    WHERE h.held > 0
    ORDER BY h.grant_no;
    SET v_first_no = LAST_INSERT_ID();
    UPDATE shop_credit_ledger e FORCE INDEX (ix_shop_credit_ledger_order)
    STRAIGHT_JOIN shop_credit_grants g FORCE INDEX (PRIMARY) ON g.grant_no = e.grant_no
    SET g.left_amount = g.left_amount + e.amount
    WHERE e.order_seq_no = pi_order_seq_no AND e.entry_no >= v_first_no;
END//
DELIMITER ;
