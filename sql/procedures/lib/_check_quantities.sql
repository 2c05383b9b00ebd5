-- _check_quantities: a list of ids may say how many units each row has, as some forms do; that must
-- be what the row has. Never the other way round: the quantity is the cart's.
--
-- Parameters
--   pi_order_seq_no         order whose lines were made of the rows; NULL = the rows themselves
--   pi_shop_id, pi_user_id  whose cart
--   pi_json                 JSON array that _parse_ids has taken:
--                           [{"id":1,"quantity":2},{"id":2,"qty":"1"}]
-- Returns nothing
-- Errors  INVALID_INPUT (selected_cart_ids)
-- Locks   none: the caller holds the cart, or reads it in one snapshot
-- Example
--   CALL _check_quantities(NULL, 1, 'demo1', '[{"id":1,"quantity":2}]');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _check_quantities;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _check_quantities(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_user_id      VARCHAR(63),
    pi_json         LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Quantities beside ids must be those of the rows'
BEGIN
    DECLARE v_wrong BIGINT UNSIGNED;

    -- 0 is no row's quantity: it stands for what is no text or number. LIKE, since = would pass
    -- over a blank at the end.
    SELECT MIN(CASE WHEN NOT COALESCE(NULLIF(x.quantity, ''), l.units, c.units)
                             LIKE COALESCE(l.units, c.units)
                      OR NOT COALESCE(NULLIF(x.qty, ''), l.units, c.units)
                             LIKE COALESCE(l.units, c.units)
                    THEN x.id END)
    INTO v_wrong
    FROM JSON_TABLE(pi_json, '$[*]' COLUMNS (
        id       BIGINT UNSIGNED PATH '$.id',
        quantity VARCHAR(64) COLLATE utf8mb4_bin PATH '$.quantity' DEFAULT '0' ON ERROR,
        qty      VARCHAR(64) COLLATE utf8mb4_bin PATH '$.qty' DEFAULT '0' ON ERROR)) x
    LEFT JOIN (SELECT cart_seq_no, CAST(quantity AS CHAR) AS units FROM shop_order_product
               WHERE order_seq_no = pi_order_seq_no) l ON l.cart_seq_no = x.id
    LEFT JOIN (SELECT seq_no, CAST(quantity AS CHAR) AS units
               FROM shop_cart FORCE INDEX (ix_shop_cart_item)
               WHERE shop_id = pi_shop_id AND user_id = pi_user_id
                 AND pi_order_seq_no IS NULL) c ON c.seq_no = x.id;
    IF v_wrong IS NOT NULL THEN
        CALL _raise('INVALID_INPUT', 'selected_cart_ids',
                    CONCAT('row ', v_wrong, ' has another quantity'));
    END IF;
END//
DELIMITER ;
