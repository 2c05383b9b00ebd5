-- _settle_cart: bring a buyer's ordered cart rows to what has become of their orders, in a
-- transaction of its own, before the caller's. For a buyer without such rows it is one look. See
-- _settle_checkouts.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
-- Returns nothing; no transaction is open afterwards
-- Errors  those of the engine
-- Locks   cart header, then as _settle_checkouts
-- Example
--   CALL _settle_cart(1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _settle_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _settle_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Brings a cart to what became of its orders'
BEGIN
    DECLARE v_open INT UNSIGNED;

    SELECT COUNT(*) INTO v_open
    FROM shop_cart_checkouts
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND settled_at IS NULL;
    IF v_open > 0 THEN
        CALL _lock_cart(pi_shop_id, pi_user_id);
        COMMIT AND NO CHAIN NO RELEASE;
    END IF;
    -- Without autocommit reading has begun a transaction.
    ROLLBACK AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
