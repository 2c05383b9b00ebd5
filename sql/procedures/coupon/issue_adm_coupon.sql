-- issue_adm_coupon: give members a coupon: those who are named, or the buyers who have left
-- something in the cart, once for each cart that was left.
--
-- Parameters
--   pi_shop_id        shop
--   pi_coupon_code    shop_coupons
--   pi_user_ids_json  JSON array of 1 to 1000 buyers; or
--   pi_hours          buyers of whose cart nothing was added or changed for so many hours, 1 to
--                     8760: the next 1000 of them; a cart that is changed afterwards and left again
--                     counts again
--   pi_after          for carts: next_after of the call before; NULL or '' = from the beginning
--   pi_issue_key      for named buyers, required: one and the same gives a member nothing twice, so
--                     that a call whose answer was lost can be repeated; 1 to 40 of letters,
--                     digits, . _ -
-- Returns one row
--   result, issued_count, known_count (members who have it for this key, or this cart, already),
--   refused_count (by member_limit or issue_limit), next_after (NULL = those were the last)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, COUPON_NOT_FOUND, COUPON_NOT_AVAILABLE (disabled, over)
-- Locks   coupon (shared), issued coupons (new), what is left of an issue_limit
-- Example
--   CALL issue_adm_coupon(1, 'KITCHEN10', '["demo1"]', NULL, NULL, 'newsletter-1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS issue_adm_coupon;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE issue_adm_coupon(
    pi_shop_id       INT UNSIGNED,
    pi_coupon_code   TEXT,
    pi_user_ids_json LONGTEXT,
    pi_hours         TEXT,
    pi_after         TEXT,
    pi_issue_key     TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Gives members a coupon'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_users LONGTEXT;
    DECLARE v_user_id, v_next_after VARCHAR(63);
    DECLARE v_coupon_code VARCHAR(30);
    DECLARE v_issue_key VARCHAR(64);
    DECLARE v_fault VARCHAR(10);
    DECLARE v_count, v_read, v_issued, v_known, v_refused, v_member_no, v_had INT UNSIGNED
        DEFAULT 0;
    DECLARE v_now, v_before DATETIME(6);
    DECLARE v_tries, v_end TINYINT DEFAULT 0;
    DECLARE c_users CURSOR FOR
        SELECT DISTINCT x.user_id, x.issue_key
        FROM JSON_TABLE(v_users, '$[*]' COLUMNS (
            user_id   VARCHAR(63) COLLATE utf8mb4_bin PATH '$[0]',
            issue_key VARCHAR(64) COLLATE utf8mb4_bin PATH '$[1]')) x
        ORDER BY x.user_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('issue_adm_coupon', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'coupon_code', LEFT(pi_coupon_code, 30)));
        RESIGNAL;
    END;

    IF COALESCE(pi_hours, '') <> '' THEN
        IF pi_hours NOT REGEXP '\\A[1-9][0-9]{0,3}\\z' OR pi_hours + 0 > 8760 THEN
            CALL _raise('INVALID_INPUT', 'hours', 'a whole number from 1 to 8760');
        END IF;
        IF COALESCE(pi_user_ids_json, '') <> '' OR COALESCE(pi_issue_key, '') <> '' THEN
            CALL _raise('INVALID_INPUT', 'hours', 'or user_ids with issue_key');
        END IF;
        IF CHAR_LENGTH(pi_after) > 63 THEN
            CALL _raise('INVALID_INPUT', 'after', 'next_after of the call before');
        END IF;
    ELSE
        IF COALESCE(pi_after, '') <> '' THEN
            CALL _raise('INVALID_INPUT', 'after', 'with hours');
        END IF;
        CALL _parse_user_ids(pi_user_ids_json, 1000, v_users);
        IF pi_issue_key IS NULL OR pi_issue_key NOT REGEXP '\\A[-._A-Za-z0-9]{1,40}\\z' THEN
            CALL _raise('INVALID_INPUT', 'issue_key', '1 to 40 of letters, digits, . _ -');
        END IF;
    END IF;
    IF CHAR_LENGTH(COALESCE(pi_coupon_code, '')) NOT BETWEEN 1 AND 30 THEN
        CALL _raise('INVALID_INPUT', 'coupon_code', '1 to 30 characters');
    END IF;

    SET v_step = 'find the coupon';
    CALL _fit_session();
    CALL _start_writing();
    SET v_now = UTC_TIMESTAMP(6);
    SELECT COUNT(*) INTO v_count FROM shops WHERE shop_id = pi_shop_id;
    IF v_count = 0 THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    SELECT coupon_code,
           CASE WHEN enabled = 0 THEN 'disabled' WHEN valid_until <= v_now THEN 'over' END
    INTO v_coupon_code, v_fault
    FROM shop_coupons
    WHERE shop_id = pi_shop_id AND coupon_code = pi_coupon_code
      AND CHAR_LENGTH(coupon_code) = CHAR_LENGTH(pi_coupon_code)
    LOCK IN SHARE MODE;
    IF v_coupon_code IS NULL THEN
        CALL _raise('COUPON_NOT_FOUND', 'coupon_code', pi_coupon_code);
    END IF;
    IF v_fault IS NOT NULL THEN
        CALL _raise('COUPON_NOT_AVAILABLE', 'coupon_code', v_fault);
    END IF;

    IF COALESCE(pi_hours, '') <> '' THEN
        -- As select_adm_abandoned_carts finds them, contacted or not: it may go with the letter.
        SET v_step = 'find the carts', v_before = v_now - INTERVAL pi_hours HOUR;
        SELECT COUNT(*), MAX(x.user_id),
               CONCAT('[', COALESCE(GROUP_CONCAT('[', JSON_QUOTE(x.user_id), ',"cart ', x.changed,
                                                 '"]' ORDER BY x.user_id), ''), ']')
        INTO v_read, v_next_after, v_users
        FROM (SELECT user_id, MAX(update_date) AS changed
              FROM shop_cart FORCE INDEX (ix_shop_cart_item)
              WHERE shop_id = pi_shop_id AND user_id > COALESCE(pi_after, '')
                AND buy_now = 0 AND order_seq_no IS NULL
              GROUP BY user_id
              HAVING MAX(update_date) <= v_before
              ORDER BY user_id
              LIMIT 1000) x;
        SET v_next_after = CASE WHEN v_read = 1000 THEN v_next_after END;
    ELSE
        SELECT CONCAT('[', GROUP_CONCAT('[', JSON_QUOTE(x.user_id), ',',
                                        JSON_QUOTE(CONCAT('key ', pi_issue_key)), ']'), ']')
        INTO v_users
        FROM JSON_TABLE(v_users, '$[*]' COLUMNS (
            user_id VARCHAR(63) COLLATE utf8mb4_bin PATH '$')) x;
    END IF;

    SET v_step = 'issue the coupon', v_end = 0;
    OPEN c_users;
    next_user: LOOP
        FETCH c_users INTO v_user_id, v_issue_key;
        IF v_end = 1 THEN
            LEAVE next_user;
        END IF;
        SET v_tries = 0;
        one_user: LOOP
            SELECT COALESCE(MAX(member_no), 0) + 1, COALESCE(SUM(issue_key = v_issue_key), 0)
            INTO v_member_no, v_had
            FROM shop_issued_coupons FORCE INDEX (uq_shop_issued_coupons_member)
            WHERE shop_id = pi_shop_id AND user_id = v_user_id AND coupon_code = v_coupon_code;
            IF v_had > 0 THEN
                SET v_known = v_known + 1;
                LEAVE one_user;
            END IF;
            BEGIN
                -- COUPON_NOT_AVAILABLE: of a limit. 1062: issued by another call just now; look
                -- again.
                DECLARE EXIT HANDLER FOR 2116 SET v_refused = v_refused + 1;
                DECLARE EXIT HANDLER FOR 1062
                BEGIN
                    SET v_member_no = 0, v_tries = v_tries + 1;
                    IF v_tries = 20 THEN
                        RESIGNAL;
                    END IF;
                END;

                INSERT INTO shop_issued_coupons
                    (shop_id, coupon_code, user_id, member_no, issue_key, issued_at)
                VALUES
                    (pi_shop_id, v_coupon_code, v_user_id, v_member_no, v_issue_key, v_now);
                SET v_issued = v_issued + 1;
            END;
            IF v_member_no > 0 THEN
                LEAVE one_user;
            END IF;
        END LOOP;
    END LOOP;
    CLOSE c_users;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_issued AS issued_count, v_known AS known_count,
           v_refused AS refused_count, v_next_after AS next_after;
END//
DELIMITER ;
