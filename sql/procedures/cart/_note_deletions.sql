-- _note_deletions: write down what cart rows were that are about to be deleted, so that it can be
-- told of every one what became of it (v_cart_items). Rows that an order takes are told by its
-- lines.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart; the caller has locked it
--   pi_ids                  '[1,2]' as _parse_ids returns it
--   pi_reason               why, at most 40 characters
-- Returns nothing
-- Errors  none
-- Locks   the cart rows
-- Example
--   CALL _note_deletions(1, 'demo1', '[7]', 'buyer');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _note_deletions;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _note_deletions(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_ids     LONGTEXT,
    pi_reason  VARCHAR(40))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Writes down cart rows that are deleted'
BEGIN
    INSERT INTO shop_cart_deletions
        (shop_id, user_id, cart_seq_no, deleted_at, product_id, option_hash, combination_hash,
         quantity, price_id, create_date, update_date, reason)
    SELECT c.shop_id, c.user_id, c.seq_no, UTC_TIMESTAMP(6), c.product_id, c.option_hash,
           c.combination_hash, c.quantity, c.price_id, c.create_date, c.update_date, pi_reason
    FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.id
    WHERE c.shop_id = pi_shop_id AND c.user_id = pi_user_id
    FOR UPDATE /*!80000 OF c */
    ;
END//
DELIMITER ;
