-- delete_shop_cart: take rows out of the cart. Rows that are not there (any more) are passed over.
--
-- Parameters
--   pi_shop_id        shop
--   pi_user_id        buyer
--   pi_cart_ids_json  JSON array of cart rows, see _parse_ids; a row goes whole, whatever quantity
--                     stands beside its id
-- Returns one row: result, deleted, cart_count, cart_version, cart_amount, cart_total_hash (see
--   select_shop_cart), price_changes_json (see refresh_shop_cart);
--   then the cart (see _select_cart)
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_IN_CHECKOUT (an order has one of the rows, which
--   waits for its payment: soft_lock; nothing is deleted)
-- Locks   cart header, cart rows by id
-- Example
--   CALL delete_shop_cart(1, 'demo1', '[7,8]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS delete_shop_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE delete_shop_cart(
    pi_shop_id       INT UNSIGNED,
    pi_user_id       TEXT,
    pi_cart_ids_json LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes rows out of the cart'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_ids     LONGTEXT;
    DECLARE v_deleted INT UNSIGNED;
    DECLARE v_count   INT UNSIGNED;
    DECLARE v_rows_now INT UNSIGNED;
    DECLARE v_cart_version BIGINT UNSIGNED;
    DECLARE v_cart_amount DECIMAL(18,2);
    DECLARE v_cart_hash VARCHAR(64);
    DECLARE v_known_hash TINYINT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('delete_shop_cart', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63)));
        RESIGNAL;
    END;

    CALL _check_user(pi_user_id);
    CALL _parse_ids(pi_cart_ids_json, 'selected_cart_ids', v_ids, v_count);

    SET v_step = 'lock the cart';
    CALL _lock_cart(pi_shop_id, pi_user_id);

    SET v_step = 'delete the rows';
    CALL _refuse_checkout(pi_shop_id, pi_user_id, v_ids, 'selected_cart_ids');
    CALL _renew_others(pi_shop_id, pi_user_id, v_ids);
    CALL _note_deletions(pi_shop_id, pi_user_id, v_ids, 'buyer');
    -- Without FORCE INDEX a small table is read whole, and waits for every buyer's locked rows.
    DELETE c FROM JSON_TABLE(v_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.id
    WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id;
    SET v_deleted = ROW_COUNT();
    SELECT COUNT(*) INTO v_count
    FROM shop_cart FORCE INDEX (ix_shop_cart_item)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND buy_now = 0 AND order_seq_no IS NULL;
    CALL _renew_due(pi_shop_id, pi_user_id);
    SET v_step = 'count the cart';
    CALL _count_cart(pi_shop_id, pi_user_id, 0, v_rows_now, v_cart_version, v_cart_amount,
                     v_cart_hash, v_known_hash);
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_deleted AS deleted, v_count AS cart_count,
           v_cart_version AS cart_version, v_cart_amount AS cart_amount,
           v_cart_hash AS cart_total_hash,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
    CALL _select_cart(pi_shop_id, pi_user_id);
END//
DELIMITER ;
