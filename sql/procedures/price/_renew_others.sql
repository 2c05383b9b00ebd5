-- _renew_others: a buyer deletes cart rows: in a pinned shop the other rows of their products, or
-- of the cart, are promised the price in force, as shops.renewed_on_delete says.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart; the caller has locked it
--   pi_ids                  '[1,2]' as _parse_ids returns it: rows that go, and are still there
-- Returns nothing
-- Errors  none
-- Locks   cart rows of the buyer
-- Example
--   CALL _renew_others(1, 'demo1', '[7]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _renew_others;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _renew_others(
    pi_shop_id INT UNSIGNED,
    pi_user_id VARCHAR(63),
    pi_ids     LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Renews promised prices beside rows that are deleted'
BEGIN
    DECLARE v_which VARCHAR(7);

    SELECT MAX(renewed_on_delete) INTO v_which
    FROM shops
    WHERE shop_id = pi_shop_id AND price_policy = 'pinned';
    SET @jumun_promise = 'renew', pi_ids = REPLACE(REPLACE(pi_ids, '[', ','), ']', ',');
    IF v_which = 'all' THEN
        UPDATE shop_cart FORCE INDEX (ix_shop_cart_item)
        SET update_date = update_date
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND order_seq_no IS NULL
          AND LOCATE(CONCAT(',', seq_no, ','), pi_ids) = 0
        ORDER BY seq_no;
    ELSEIF v_which = 'product' THEN
        UPDATE JSON_TABLE(CONCAT('[', TRIM(BOTH ',' FROM pi_ids), ']'), '$[*]'
                          COLUMNS (id BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN shop_cart g FORCE INDEX (PRIMARY) ON g.seq_no = x.id
        STRAIGHT_JOIN shop_cart c FORCE INDEX (ix_shop_cart_item)
            ON c.shop_id = g.shop_id AND c.user_id = g.user_id AND c.product_id = g.product_id
        SET c.update_date = c.update_date
        WHERE g.shop_id = pi_shop_id AND g.user_id = pi_user_id AND c.order_seq_no IS NULL
          AND LOCATE(CONCAT(',', c.seq_no, ','), pi_ids) = 0;
    END IF;
    SET @jumun_promise = NULL;
END//
DELIMITER ;
