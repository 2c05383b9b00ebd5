-- update_adm_cart_contacted: note that buyers were contacted about the cart they left, so that
-- select_adm_abandoned_carts does not list them again until they change it. Said again, the later
-- time and note stand.
--
-- Parameters
--   pi_shop_id        shop
--   pi_user_ids_json  JSON array of buyers, 1 to 200 texts. One who has nothing in the cart (any
--                     more) is passed over; one twice is one
--   pi_note           how, at most 200 characters, no line breaks; NULL or '' = nothing to say
-- Returns one row: result, contacted (buyers), passed_over
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND
-- Locks   shop_cart_contacts rows by user_id
-- Example
--   CALL update_adm_cart_contacted(1, '["demo1"]', 'mail of 20 November');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS update_adm_cart_contacted;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE update_adm_cart_contacted(
    pi_shop_id       INT UNSIGNED,
    pi_user_ids_json LONGTEXT,
    pi_note          TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Notes that buyers were contacted'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_shops, v_buyers, v_contacted INT UNSIGNED DEFAULT 0;
    DECLARE v_users LONGTEXT;
    DECLARE v_fault VARCHAR(10);
    DECLARE v_now   DATETIME(6);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('update_adm_cart_contacted', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL, JSON_OBJECT('shop_id', pi_shop_id));
        RESIGNAL;
    END;

    CALL _parse_user_ids(pi_user_ids_json, 200, v_users);
    SET v_fault = _text_fault(COALESCE(pi_note, ''));
    IF CHAR_LENGTH(pi_note) > 200 OR v_fault = 'control' THEN
        CALL _raise('INVALID_INPUT', 'note', 'at most 200 characters, no line breaks');
    END IF;

    SET v_step = 'note the buyers';
    CALL _start_writing();
    SELECT COUNT(*) INTO v_shops FROM shops WHERE shop_id = pi_shop_id;
    IF v_shops = 0 THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    SET v_now = UTC_TIMESTAMP(6);
    SELECT COUNT(*), COALESCE(SUM(x.has_cart), 0) INTO v_buyers, v_contacted
    -- LIMIT: as EXISTS the engine might read every cart of the shop for it.
    FROM (SELECT DISTINCT y.user_id, COALESCE((
              SELECT 1 FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
              WHERE c.shop_id = pi_shop_id AND c.user_id = y.user_id LIMIT 1), 0) AS has_cart
          FROM JSON_TABLE(v_users, '$[*]' COLUMNS (
              user_id VARCHAR(63) COLLATE utf8mb4_bin PATH '$')) y) x;
    -- In the order of the key: two operators who note the same buyers do not meet crosswise.
    INSERT INTO shop_cart_contacts (shop_id, user_id, contacted_at, note, actor)
    SELECT pi_shop_id, d.user_id, v_now, TRIM(COALESCE(pi_note, '')), LEFT(USER(), 100)
    FROM (SELECT DISTINCT y.user_id
          FROM JSON_TABLE(v_users, '$[*]' COLUMNS (
              user_id VARCHAR(63) COLLATE utf8mb4_bin PATH '$')) y
          WHERE (SELECT 1 FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
                 WHERE c.shop_id = pi_shop_id AND c.user_id = y.user_id LIMIT 1) = 1
          ORDER BY y.user_id LIMIT 200) d
    ON DUPLICATE KEY UPDATE contacted_at = v_now, note = TRIM(COALESCE(pi_note, '')),
                            actor = LEFT(USER(), 100);
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_contacted AS contacted, v_buyers - v_contacted AS passed_over;
END//
DELIMITER ;
