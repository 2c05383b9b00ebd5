-- _renew_due: a buyer's call that writes is about to answer with the cart: rows whose promised time
-- is over get the price in force, so that the answer says which ones, and from what to what
-- (@jumun_price_changes, see tr_shop_cart_update). Nothing, in a shop that is not pinned.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart; the caller has locked it
-- Returns nothing
-- Errors  none
-- Locks   the cart rows whose time is over
-- Example
--   CALL _renew_due(1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _renew_due;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _renew_due(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Renews promised prices whose time is over'
BEGIN
    DECLARE v_pinned_no INT UNSIGNED;

    SELECT MAX(pinned_no) INTO v_pinned_no
    FROM shops
    WHERE shop_id = pi_shop_id AND price_policy = 'pinned';
    IF v_pinned_no IS NOT NULL THEN
        SET @jumun_promise = 'read';
        UPDATE shop_cart FORCE INDEX (ix_shop_cart_item)
        SET update_date = update_date
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no IS NULL
          AND NOT (pinned_no <=> v_pinned_no AND promised_until > UTC_TIMESTAMP(6))
        ORDER BY seq_no;
        SET @jumun_promise = NULL;
    END IF;
END//
DELIMITER ;
