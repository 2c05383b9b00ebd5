-- add_shop_coupon: a buyer enters a code and gets a coupon for it. After ten unknown codes within
-- an hour the buyer has to wait: codes are not to be guessed.
--
-- Parameters
--   pi_shop_id  shop
--   pi_user_id  buyer
--   pi_code     as it was printed or sent; small letters, blanks and - make no difference
-- Returns one row
--   result, coupon_id, coupon_code, coupon_name, valid_until (UTC; NULL = for ever)
-- Errors
--   INVALID_INPUT, SHOP_NOT_FOUND, COUPON_CODE_NOT_FOUND, TOO_MANY_ATTEMPTS,
--   COUPON_NOT_AVAILABLE with the reason: disabled, over, used_code (one that is good for one
--   buyer), member_limit, issue_limit
-- Locks, in this order
--   attempts of the buyer; coupon (shared); code, where it is good for one buyer; the issued coupon
--   (new); what is left of an issue_limit
-- Example
--   CALL add_shop_coupon(1, 'demo1', 'welcome-10');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS add_shop_coupon;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE add_shop_coupon(
    pi_shop_id INT UNSIGNED,
    pi_user_id TEXT,
    pi_code    TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'A coupon for a code'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_code, v_coupon_code, v_reason VARCHAR(40);
    DECLARE v_once, v_attempts, v_tries TINYINT UNSIGNED DEFAULT 0;
    DECLARE v_count, v_member_no INT UNSIGNED;
    DECLARE v_coupon_no BIGINT UNSIGNED;
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('add_shop_coupon', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    SET v_code = UPPER(LEFT(REPLACE(REPLACE(COALESCE(pi_code, ''), ' ', ''), '-', ''), 40));
    IF CHAR_LENGTH(COALESCE(pi_code, '')) NOT BETWEEN 1 AND 80 OR v_code = '' THEN
        CALL _raise('INVALID_INPUT', 'code', '1 to 40 letters and digits');
    END IF;

    SET v_step = 'count the attempts';
    CALL _start_writing();
    SELECT COUNT(*) INTO v_count FROM shops WHERE shop_id = pi_shop_id;
    IF v_count = 0 THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    -- Written first: two calls of one buyer come one after the other.
    INSERT INTO shop_coupon_attempts (shop_id, user_id, attempts, first_at)
    VALUES (pi_shop_id, pi_user_id, 0, v_now)
    ON DUPLICATE KEY UPDATE
        attempts = CASE WHEN first_at > v_now - INTERVAL 1 HOUR THEN attempts ELSE 0 END,
        first_at = CASE attempts WHEN 0 THEN v_now ELSE first_at END;
    SELECT attempts INTO v_attempts
    FROM shop_coupon_attempts
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    IF v_attempts >= 10 THEN
        CALL _raise('TOO_MANY_ATTEMPTS', 'code', '');
    END IF;

    SET v_step = 'find the code';
    SELECT coupon_code, once INTO v_coupon_code, v_once
    FROM shop_coupon_codes
    WHERE shop_id = pi_shop_id AND code = v_code;
    IF v_coupon_code IS NULL THEN
        -- Counted, although the call is refused.
        UPDATE shop_coupon_attempts SET attempts = attempts + 1
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
        COMMIT AND NO CHAIN NO RELEASE;
        CALL _raise('COUPON_CODE_NOT_FOUND', 'code', '');
    END IF;

    SET v_step = 'issue the coupon';
    SELECT CASE WHEN enabled = 0 THEN 'disabled' WHEN valid_until <= v_now THEN 'over' END
    INTO v_reason
    FROM shop_coupons
    WHERE shop_id = pi_shop_id AND coupon_code = v_coupon_code
    LOCK IN SHARE MODE;
    IF v_reason IS NULL AND v_once = 1 THEN
        UPDATE shop_coupon_codes SET used_by = pi_user_id, used_at = v_now
        WHERE shop_id = pi_shop_id AND code = v_code AND used_by IS NULL;
        IF ROW_COUNT() = 0 THEN
            SET v_reason = 'used_code';
        END IF;
    END IF;
    IF v_reason IS NOT NULL THEN
        CALL _raise('COUPON_NOT_AVAILABLE', 'code', v_reason);
    END IF;
    WHILE v_coupon_no IS NULL DO
        SELECT COALESCE(MAX(member_no), 0) + 1 INTO v_member_no
        FROM shop_issued_coupons FORCE INDEX (uq_shop_issued_coupons_member)
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND coupon_code = v_coupon_code;
        BEGIN
            -- An operator has issued the same one just now: look again.
            DECLARE EXIT HANDLER FOR 1062
            BEGIN
                SET v_tries = v_tries + 1;
                IF v_tries = 20 THEN
                    RESIGNAL;
                END IF;
            END;

            INSERT INTO shop_issued_coupons (shop_id, coupon_code, user_id, member_no, issued_at)
            VALUES (pi_shop_id, v_coupon_code, pi_user_id, v_member_no, v_now);
            SET v_coupon_no = LAST_INSERT_ID();
        END;
    END WHILE;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, i.coupon_no AS coupon_id, c.coupon_code, c.coupon_name,
           LEAST(COALESCE(i.valid_until, c.valid_until),
                 COALESCE(c.valid_until, i.valid_until)) AS valid_until
    FROM shop_issued_coupons i
    JOIN shop_coupons c ON c.shop_id = i.shop_id AND c.coupon_code = i.coupon_code
    WHERE i.coupon_no = v_coupon_no;
END//
DELIMITER ;
