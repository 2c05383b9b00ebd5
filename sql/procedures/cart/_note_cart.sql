-- _note_cart: somebody who reads a cart has found other rows, or other prices, than its header
-- says: write down what they are, in a transaction of its own. Nobody is waited for: whoever holds
-- the header may be changing the cart, and the next one who looks finds it again. A cart that no
-- routine has locked so far has no header, and gets none for being looked at.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
-- Returns nothing; no transaction is open afterwards
-- Errors  none: a server that only reads, or another node of a cluster that was first, leaves it
-- Locks   cart header (skipped when locked)
-- Example
--   CALL _note_cart(1, 'demo1');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _note_cart;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _note_cart(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Writes down what a reader found in a cart'
BEGIN
    DECLARE v_count INT UNSIGNED;
    DECLARE v_version BIGINT UNSIGNED;
    DECLARE v_amount DECIMAL(18,2);
    DECLARE v_hash VARCHAR(64);
    DECLARE v_known TINYINT;
    DECLARE EXIT HANDLER FOR 1205, 1213, 1290, 1792, 1836
        ROLLBACK AND NO CHAIN NO RELEASE;

    CALL _start_writing();
    -- version stays as it is: nothing was done to the cart.
    SELECT version INTO v_version
    FROM shop_cart_headers FORCE INDEX (PRIMARY)
    WHERE shop_id = pi_shop_id AND user_id = pi_user_id
    FOR UPDATE SKIP LOCKED;
    IF v_version IS NOT NULL THEN
        CALL _count_cart(pi_shop_id, pi_user_id, 0, v_count, v_version, v_amount, v_hash, v_known);
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
