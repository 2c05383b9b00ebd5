-- select_shop_credits: the points and the cash of a buyer, and where they came from and went.
--
-- Parameters
--   pi_shop_id  shop
--   pi_user_id  buyer
--   pi_before   next_before of the answer before; NULL or '' = from the newest entry on
-- Returns one row
--   result, currency, currency_digits, points, cash (what can be used now), points_expiring (what
--   of the points expires within 30 days), point_min_use, point_unit, point_max_rate,
--   point_earn_rate (see shops), next_before: NULL = those were the last
-- then the entries, newest first, 50 at most: entry_no, entry_date, kind (point | cash), action
--   (earn | adjust | hold | release | expire), amount (below 0 what went), order_number, reason,
--   expires_at (of what came; NULL = never)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND
-- Locks   none
-- Example
--   CALL select_shop_credits(1, 'demo1', NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_shop_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_shop_credits(
    pi_shop_id INT UNSIGNED,
    pi_user_id TEXT,
    pi_before  TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Points and cash of a buyer'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_before, v_last_no BIGINT UNSIGNED;
    DECLARE v_count INT UNSIGNED;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_shop_credits', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    SET v_before = 18446744073709551615;
    IF COALESCE(pi_before, '') <> '' THEN
        CALL _parse_id(pi_before, 'before', v_before);
    END IF;

    SET v_step = 'read the account';
    CALL _start_reading();
    SELECT COUNT(*) INTO v_count FROM shops WHERE shop_id = pi_shop_id;
    IF v_count = 0 THEN
        CALL _raise('SHOP_NOT_FOUND', '', pi_shop_id);
    END IF;
    SELECT COUNT(*), MIN(entry_no) INTO v_count, v_last_no
    FROM (SELECT entry_no
          FROM shop_credit_ledger FORCE INDEX (ix_shop_credit_ledger_member)
          WHERE shop_id = pi_shop_id AND user_id = pi_user_id
            AND entry_no < v_before AND action <> 'use'
          ORDER BY entry_no DESC
          LIMIT 50) x;

    SET v_step = 'answer';
    SELECT 'OK' AS result, s.currency, s.currency_digits,
           COALESCE(SUM(CASE g.kind WHEN 'point' THEN g.left_amount END), 0) AS points,
           COALESCE(SUM(CASE g.kind WHEN 'cash' THEN g.left_amount END), 0) AS cash,
           COALESCE(SUM(CASE WHEN g.kind = 'point' AND g.expires_at <= v_now + INTERVAL 30 DAY
                             THEN g.left_amount END), 0) AS points_expiring,
           s.point_min_use, s.point_unit, s.point_max_rate, s.point_earn_rate,
           CASE v_count WHEN 50 THEN v_last_no END AS next_before
    FROM shops s
    LEFT JOIN shop_credit_grants g FORCE INDEX (ix_shop_credit_grants_member)
        ON g.shop_id = s.shop_id AND g.user_id = pi_user_id AND g.kind IN ('point', 'cash')
        AND g.left_amount > 0 AND (g.expires_at IS NULL OR g.expires_at > v_now)
    WHERE s.shop_id = pi_shop_id
    GROUP BY s.shop_id, s.currency, s.currency_digits, s.point_min_use, s.point_unit,
             s.point_max_rate, s.point_earn_rate;
    SELECT e.entry_no, e.entry_date, e.kind, e.action,
           CASE e.to_account WHEN 'member' THEN e.amount ELSE -e.amount END AS amount,
           o.order_number, e.reason,
           CASE e.to_account WHEN 'member' THEN g.expires_at END AS expires_at
    FROM shop_credit_ledger e FORCE INDEX (ix_shop_credit_ledger_member)
    JOIN shop_credit_grants g ON g.grant_no = e.grant_no
    LEFT JOIN shop_orders o ON o.seq_no = e.order_seq_no
    WHERE e.shop_id = pi_shop_id AND e.user_id = pi_user_id
      AND e.entry_no < v_before AND e.entry_no >= v_last_no AND e.action <> 'use'
    ORDER BY e.entry_no DESC;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
