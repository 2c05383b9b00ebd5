-- _spend_credit: take points or cash of a member from its grants: those that expire first come
-- first, of equal ones the oldest.
--
-- Parameters
--   pi_shop_id, pi_user_id  member
--   pi_kind          point | cash
--   pi_amount        how much, more than 0
--   pi_action        hold | adjust, see shop_credit_ledger
--   pi_to_account    who gets it: order | shop
--   pi_order_seq_no  order, or NULL
--   pi_entry_key     see shop_credit_ledger, or NULL
--   pi_reason          for people
--   pi_now           UTC: what expires by then is not taken
--   po_left          OUT: NULL = taken; else what there is, which is less: the caller rolls back
-- Returns nothing
-- Errors  none
-- Locks   in this order: shop_credit_accounts row, its grants, ledger (new)
-- Example
--   CALL _spend_credit(1, 'demo1', 'point', 500, 'hold', 'order', 1, NULL, '', UTC_TIMESTAMP(6),
--       @left);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _spend_credit;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _spend_credit(
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    pi_kind         VARCHAR(5),
    pi_amount       DECIMAL(18,2),
    pi_action       VARCHAR(7),
    pi_to_account   VARCHAR(7),
    pi_order_seq_no BIGINT UNSIGNED,
    pi_entry_key    VARCHAR(64),
    pi_reason         VARCHAR(200),
    pi_now          DATETIME(6),
    OUT po_left     DECIMAL(18,2))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes points or cash from grants'
_spend_credit: BEGIN
    DECLARE v_first_no BIGINT UNSIGNED;
    DECLARE v_locked TINYINT;

    -- The account is the lock of the grants: from here on nobody else moves them.
    UPDATE shop_credit_accounts
    SET balance = balance - pi_amount
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND kind = pi_kind
      AND balance >= pi_amount;
    SET v_locked = ROW_COUNT();
    SELECT COALESCE(SUM(left_amount), 0) INTO po_left
    FROM shop_credit_grants FORCE INDEX (ix_shop_credit_grants_member)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND kind = pi_kind
      AND left_amount > 0 AND (expires_at IS NULL OR expires_at > pi_now);
    IF v_locked = 0 OR po_left < pi_amount THEN
        LEAVE _spend_credit;
    END IF;
    INSERT INTO shop_credit_ledger
        (entry_date, grant_no, shop_id, user_id, kind, action, from_account, to_account, amount,
         order_seq_no, entry_key, actor, reason)
    SELECT pi_now, g.grant_no, pi_shop_id, pi_user_id, pi_kind, pi_action, 'member', pi_to_account,
           LEAST(g.left_amount, pi_amount - g.before_it), pi_order_seq_no, pi_entry_key,
           LEFT(USER(), 100), pi_reason
    FROM (SELECT grant_no, left_amount, expires_at,
                 SUM(left_amount) OVER (ORDER BY expires_at IS NULL, expires_at, grant_no
                                        ROWS UNBOUNDED PRECEDING) - left_amount AS before_it
          FROM shop_credit_grants FORCE INDEX (ix_shop_credit_grants_member)
          WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND kind = pi_kind
            AND left_amount > 0 AND (expires_at IS NULL OR expires_at > pi_now)) g
    WHERE g.before_it < pi_amount
    ORDER BY g.expires_at IS NULL, g.expires_at, g.grant_no;
    SET v_first_no = LAST_INSERT_ID();
    UPDATE shop_credit_ledger e FORCE INDEX (ix_shop_credit_ledger_member)
    STRAIGHT_JOIN shop_credit_grants g FORCE INDEX (PRIMARY) ON g.grant_no = e.grant_no
    SET g.left_amount = g.left_amount - e.amount
    WHERE e.shop_id = pi_shop_id AND e.user_id = pi_user_id AND e.kind = pi_kind
      AND e.entry_no >= v_first_no;
    SET po_left = NULL;
END//
DELIMITER ;
