-- _cart_expire: delete what lay too long in one buyer's cart, in a transaction of its own, and
-- write down what that was.
--
-- Nobody is waited for: a buyer whose header is held is just doing something with the cart, and a
-- row that a hand holds may be another one in a moment. Both are left for a later run, which judges
-- them anew.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_days                 cart_delete_days of the shop
--   pi_limit                at most so many rows
--   po_deleted              OUT: rows that were deleted
--   po_skipped              OUT: 1 = somebody holds the header; 0 = looked at
-- Returns nothing
-- Errors  those of the engine
-- Locks   cart header (skipped when locked), cart rows (skipped when locked)
-- Example
--   CALL _cart_expire(1, 'demo1', 30, 100, @deleted, @skipped);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _cart_expire;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _cart_expire(
    pi_shop_id     INT UNSIGNED,
    pi_user_id     VARCHAR(63),
    pi_days        SMALLINT UNSIGNED,
    pi_limit       INT UNSIGNED,
    OUT po_deleted INT UNSIGNED,
    OUT po_skipped TINYINT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Deletes what lay too long in one cart'
_cart_expire: BEGIN
    DECLARE v_headers INT UNSIGNED DEFAULT 0;
    DECLARE v_version BIGINT UNSIGNED;
    DECLARE v_now     DATETIME(6);
    DECLARE v_rows_now INT UNSIGNED;
    DECLARE v_cart_version BIGINT UNSIGNED;
    DECLARE v_cart_amount DECIMAL(18,2);
    DECLARE v_cart_hash VARCHAR(64);
    DECLARE v_known_hash TINYINT;

    SET po_deleted = 0, po_skipped = 0;
    SELECT COUNT(*) INTO v_headers
    FROM shop_cart_headers WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    IF v_headers = 0 THEN
        -- A cart that a page wrote by itself. As in _lock_cart.
        CALL _start_writing();
        INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES (pi_shop_id, pi_user_id);
        COMMIT AND NO CHAIN NO RELEASE;
    END IF;
    CALL _start_writing();
    SELECT version INTO v_version
    FROM shop_cart_headers FORCE INDEX (PRIMARY)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id
    FOR UPDATE SKIP LOCKED;
    IF v_version IS NULL THEN
        COMMIT AND NO CHAIN NO RELEASE;
        SET po_skipped = 1;
        LEAVE _cart_expire;
    END IF;
    UPDATE shop_cart_headers SET version = version + 1
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id;

    SET v_now = UTC_TIMESTAMP(6);
    INSERT INTO shop_cart_deletions
        (shop_id, user_id, cart_seq_no, deleted_at, product_id, option_hash, combination_hash,
         quantity, price_id, create_date, update_date, reason)
    SELECT c.shop_id, c.user_id, c.seq_no, v_now, c.product_id, c.option_hash, c.combination_hash,
           c.quantity, c.price_id, c.create_date, c.update_date,
           CONCAT('cart_delete_days ', pi_days)
    FROM shop_cart c FORCE INDEX (ix_shop_cart_item)
    WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id
      AND c.update_date < v_now - INTERVAL pi_days DAY AND c.order_seq_no IS NULL
    ORDER BY c.seq_no LIMIT pi_limit
    FOR UPDATE SKIP LOCKED;
    SET po_deleted = ROW_COUNT();
    IF po_deleted > 0 THEN
        DELETE c
        FROM shop_cart_deletions d
        STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = d.cart_seq_no
        WHERE d.shop_id = pi_shop_id AND d.user_id = pi_user_id AND d.deleted_at = v_now
          AND c.shop_id = d.shop_id AND CONCAT(c.user_id) = pi_user_id;
        IF ROW_COUNT() <> po_deleted THEN
            CALL _raise('INTERNAL_ERROR', 'cart', 'what was written down is not what was deleted');
        END IF;
        CALL _count_cart(pi_shop_id, pi_user_id, 0, v_rows_now, v_cart_version, v_cart_amount,
                         v_cart_hash, v_known_hash);
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
