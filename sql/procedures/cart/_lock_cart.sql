-- _lock_cart: begin a transaction whose first act is to lock the buyer's cart.
--
-- The header is written, not only read: on a multi-writer cluster two SELECT … FOR UPDATE would
-- both succeed. It is created in a transaction of its own: waiters for a new unique key deadlock
-- when the one who claimed it rolls back, and this one never does.
--
-- Rows that an order has left in the cart (soft_lock) are then what has become of it, see
-- _settle_checkouts: whatever is still marked is in checkout.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
-- Returns nothing; a READ COMMITTED transaction is open afterwards
-- Errors  SHOP_NOT_FOUND
-- Locks   the buyer's shop_cart_headers row; with marked rows also as _settle_checkouts
-- Example
--   CALL _lock_cart(1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _lock_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _lock_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Begins a transaction by locking the buyer''s cart'
BEGIN
    -- As _start_writing does; said here, since every order begins with it and a CALL costs more
    -- than these few.
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    -- See tr_shop_cart_update: what a call before this one has left there.
    SET @jumun_promise = NULL, @jumun_price_changes = NULL, @jumun_cart_price = NULL;
    UPDATE shop_cart_headers SET version = version + 1
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    IF ROW_COUNT() = 0 THEN
        BEGIN
            DECLARE v_shops INT;
            SELECT COUNT(*) INTO v_shops FROM shops WHERE shop_id = pi_shop_id;
            IF v_shops = 0 THEN
                CALL _raise('SHOP_NOT_FOUND', '', pi_shop_id);
            END IF;
        END;
        INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES (pi_shop_id, pi_user_id);
        COMMIT AND NO CHAIN NO RELEASE;
        CALL _start_writing();
        UPDATE shop_cart_headers SET version = version + 1
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id;
    END IF;
    BEGIN
        DECLARE v_open INT;
        SELECT COUNT(*) INTO v_open
        FROM shop_cart_checkouts
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND settled_at IS NULL;
        IF v_open > 0 THEN
            CALL _settle_checkouts(pi_shop_id, pi_user_id, NULL);
        END IF;
    END;
END//
DELIMITER ;
