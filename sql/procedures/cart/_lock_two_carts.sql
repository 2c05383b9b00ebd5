-- _lock_two_carts: begin a transaction whose first act is to lock two carts, in the order of their
-- names whoever asks: two calls for the same two cannot wait for each other. See _lock_cart.
--
-- Parameters
--   pi_shop_id                    shop
--   pi_user_id, pi_other_user_id  whose carts; not the same
-- Returns nothing; a READ COMMITTED transaction is open afterwards
-- Errors  SHOP_NOT_FOUND
-- Locks   both shop_cart_headers rows
-- Example
--   CALL _lock_two_carts(1, 'demo1', 'session-7f3a');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _lock_two_carts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _lock_two_carts(
    pi_shop_id       INT UNSIGNED,
    pi_user_id       VARCHAR(63),
    pi_other_user_id VARCHAR(63))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Begins a transaction by locking two carts'
BEGIN
    DECLARE v_first, v_second VARCHAR(63);

    SET v_first = CASE WHEN pi_user_id < pi_other_user_id THEN pi_user_id
                       ELSE pi_other_user_id END,
        v_second = CASE WHEN pi_user_id < pi_other_user_id THEN pi_other_user_id
                        ELSE pi_user_id END;
    -- Alone, before both: it may end an order that is out of time, in a transaction of its own.
    CALL _settle_cart(pi_shop_id, v_second);
    CALL _lock_cart(pi_shop_id, v_first);
    UPDATE shop_cart_headers SET version = version + 1
    WHERE shop_id = pi_shop_id AND user_id = v_second;
    IF ROW_COUNT() = 0 THEN
        -- Made in a transaction of its own, with nothing else locked; then both again.
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _lock_cart(pi_shop_id, v_second);
        CALL _lock_cart(pi_shop_id, v_first);
        UPDATE shop_cart_headers SET version = version + 1
        WHERE shop_id = pi_shop_id AND user_id = v_second;
    END IF;
END//
DELIMITER ;
