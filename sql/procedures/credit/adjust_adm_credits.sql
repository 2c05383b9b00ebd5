-- adjust_adm_credits: give members points or cash, or take some of them.
--
-- Parameters
--   pi_shop_id        shop
--   pi_kind           point | cash
--   pi_user_ids_json  JSON array of 1 to 1000 members
--   pi_amount         what each one gets; with - in front what is taken from each
--   pi_days           what is given can be used for so many times 24 hours, 1 to 3650; NULL or '' =
--                     for ever
--   pi_entry_key      one and the same gives or takes nothing twice, so that a call whose answer
--                     was lost can be repeated; 1 to 64 of letters, digits, . _ -
--   pi_reason           why, for people; at most 200 characters
-- Returns one row
--   result, adjusted_count, known_count (members who have an entry of this key already),
--   refused_count (members who have less than is to be taken)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND
-- Locks   accounts of the members by name, each with its grants
-- Example
--   CALL adjust_adm_credits(1, 'point', '["demo1"]', '1000', '365', 'welcome-1', 'welcome');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS adjust_adm_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE adjust_adm_credits(
    pi_shop_id       INT UNSIGNED,
    pi_kind          TEXT,
    pi_user_ids_json LONGTEXT,
    pi_amount        TEXT,
    pi_days          TEXT,
    pi_entry_key     TEXT,
    pi_reason          TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives members points or cash, or takes them'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_users LONGTEXT;
    DECLARE v_user_id VARCHAR(63);
    DECLARE v_reason VARCHAR(200);
    DECLARE v_amount, v_left DECIMAL(18,2);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_now, v_expires_at DATETIME(6);
    DECLARE v_count, v_adjusted, v_known, v_refused INT UNSIGNED DEFAULT 0;
    DECLARE v_taken, v_end TINYINT DEFAULT 0;
    DECLARE c_users CURSOR FOR
        SELECT DISTINCT x.user_id
        FROM JSON_TABLE(v_users, '$[*]' COLUMNS (
            user_id VARCHAR(63) COLLATE utf8mb4_bin PATH '$')) x
        ORDER BY x.user_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('adjust_adm_credits', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('shop_id', pi_shop_id, 'kind', LEFT(pi_kind, 10)));
        RESIGNAL;
    END;

    IF pi_kind IS NULL OR CAST(pi_kind AS BINARY) NOT IN ('point', 'cash') THEN
        CALL _raise('INVALID_INPUT', 'kind', 'point or cash');
    END IF;
    CALL _parse_user_ids(pi_user_ids_json, 1000, v_users);
    SET v_taken = COALESCE(pi_amount LIKE '-%', 0);
    CALL _parse_amount(SUBSTR(pi_amount, 1 + v_taken), 'amount', v_amount);
    IF v_amount = 0 THEN
        CALL _raise('INVALID_INPUT', 'amount', 'not 0');
    END IF;
    IF COALESCE(pi_days, '') <> '' AND (pi_days NOT REGEXP '\\A[1-9][0-9]{0,3}\\z'
                                        OR pi_days + 0 > 3650 OR v_taken = 1) THEN
        CALL _raise('INVALID_INPUT', 'days', 'of what is given: 1 to 3650');
    END IF;
    IF pi_entry_key IS NULL OR pi_entry_key NOT REGEXP '\\A[-._A-Za-z0-9]{1,64}\\z' THEN
        CALL _raise('INVALID_INPUT', 'entry_key', '1 to 64 of letters, digits, . _ -');
    END IF;
    CALL _parse_reason(pi_reason, v_reason);

    SET v_step = 'find the shop';
    CALL _start_writing();
    SELECT MAX(currency_digits) INTO v_digits FROM shops WHERE shop_id = pi_shop_id;
    IF v_digits IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    CALL _check_digits(v_amount, v_digits, 'amount');

    SET v_step = 'adjust', v_now = UTC_TIMESTAMP(6),
        v_expires_at = v_now + INTERVAL NULLIF(pi_days, '') DAY, v_end = 0;
    OPEN c_users;
    next_user: LOOP
        FETCH c_users INTO v_user_id;
        IF v_end = 1 THEN
            LEAVE next_user;
        END IF;
        CALL _lock_credit_account(pi_shop_id, v_user_id, pi_kind);
        SELECT COUNT(*) INTO v_count
        FROM shop_credit_ledger FORCE INDEX (ix_shop_credit_ledger_member)
        WHERE shop_id = pi_shop_id AND user_id = v_user_id AND kind = pi_kind
          AND entry_key = pi_entry_key;
        IF v_count > 0 THEN
            SET v_known = v_known + 1;
            ITERATE next_user;
        END IF;
        IF v_taken = 0 THEN
            CALL _give_credit(pi_shop_id, v_user_id, pi_kind, v_amount, 'adjust', v_expires_at,
                              NULL, pi_entry_key, v_reason);
            SET v_adjusted = v_adjusted + 1;
        ELSE
            SAVEPOINT adjust_one;
            CALL _spend_credit(pi_shop_id, v_user_id, pi_kind, v_amount, 'adjust', 'shop', NULL,
                               pi_entry_key, v_reason, v_now, v_left);
            IF v_left IS NULL THEN
                SET v_adjusted = v_adjusted + 1;
            ELSE
                ROLLBACK TO SAVEPOINT adjust_one;
                SET v_refused = v_refused + 1;
            END IF;
        END IF;
    END LOOP;
    CLOSE c_users;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_adjusted AS adjusted_count, v_known AS known_count,
           v_refused AS refused_count;
END//
DELIMITER ;
