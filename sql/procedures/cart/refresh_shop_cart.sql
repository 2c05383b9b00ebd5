-- refresh_shop_cart: the cart page reports what the buyer does, which renews promised prices in a
-- shop whose price_policy is pinned, and answers the cart. In any other shop it only answers.
--
-- Parameters
--   pi_shop_id  shop
--   pi_user_id  buyer
--   pi_event    enter  the page is shown: every row is promised the price in force, for
--                      shops.page_minutes; not after this cart's order form, from which the buyer
--                      comes back to what was shown
--               stay   it is still shown: the same, once page_minutes are over. A page that asks a
--                      quote for its own sum says so right after it, or the quote counts as the
--                      order form
--               leave  it is left, also for the order form: unless a quote or an order comes within
--                      10 minutes, the promises end then
-- Returns one row
--   result, cart_count, cart_version, cart_amount, cart_total_hash (see select_shop_cart),
--   price_changes_json: an object for each row that was promised another price by this call
--     cart_id, product_id, option_hash
--     old_price, new_price   of one unit
-- then the cart (see _select_cart)
-- Errors  INVALID_INPUT (event, X-User-Id), SHOP_NOT_FOUND
-- Locks   in a pinned shop cart header, cart rows; else none
-- Example
--   CALL refresh_shop_cart(1, 'demo1', 'enter');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS refresh_shop_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE refresh_shop_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id TEXT,
    pi_event   TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Reports that the cart page is entered, stayed on or left'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_shops, v_count INT UNSIGNED;
    DECLARE v_version BIGINT UNSIGNED;
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_hash VARCHAR(64);
    DECLARE v_known TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('refresh_shop_cart', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    IF NOT COALESCE(CAST(pi_event AS BINARY) IN ('enter', 'stay', 'leave'), 0) THEN
        CALL _raise('INVALID_INPUT', 'event', 'enter, stay or leave');
    END IF;

    SET v_step = 'renew promised prices', @jumun_price_changes = NULL;
    ROLLBACK AND NO CHAIN NO RELEASE;
    SELECT COUNT(*) INTO v_shops FROM shops WHERE shop_id = pi_shop_id;
    IF v_shops = 0 THEN
        CALL _raise('SHOP_NOT_FOUND', '', pi_shop_id);
    END IF;
    CALL _renew_promises(pi_shop_id, pi_user_id, pi_event, NULL);

    SET v_step = 'count the cart';
    CALL _start_reading();
    CALL _count_cart(pi_shop_id, pi_user_id, NULL, v_count, v_version, v_amount, v_hash, v_known);
    IF v_known = 0 THEN
        COMMIT AND NO CHAIN NO RELEASE;
        CALL _note_cart(pi_shop_id, pi_user_id);
        CALL _start_reading();
        CALL _count_cart(pi_shop_id, pi_user_id, NULL, v_count, v_version, v_amount, v_hash,
                         v_known);
    END IF;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_count AS cart_count, v_version AS cart_version,
           v_amount AS cart_amount, v_hash AS cart_total_hash,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
    CALL _select_cart(pi_shop_id, pi_user_id);
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
