-- _price_lines: read and price cart rows, once. Everything after is computed from what this returned:
-- under READ COMMITTED a second read may see another price.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _read_ids returns it
--   po_lines                OUT: JSON array in the order of pi_ids; amounts are strings, since the engines read
--                           JSON numbers as floating point. Members: line_no, cart_id, product_id, product_name,
--                           option_hash, option_name, unit_price, quantity, line_amount, orderable, tax_type,
--                           stock_option_hash, delivery_policy_id, delivery_group, delivery_type, base_cost,
--                           free_over, product_thumb_img_url
--   po_count                OUT: how many
--   po_unorderable          OUT: product_id of one row that cannot be ordered, NULL when all can
-- Returns nothing
-- Errors  CART_NOT_FOUND when a row is consumed, foreign or unknown; INTERNAL_ERROR when the server cuts the JSON short
-- Locks   none: the caller holds the cart header
-- Example
--   CALL _price_lines(1, 'demo1', '[1,2]', @lines, @n, @product_id);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _price_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _price_lines(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         VARCHAR(20),
    pi_ids             LONGTEXT,
    OUT po_lines       LONGTEXT,
    OUT po_count       INT UNSIGNED,
    OUT po_unorderable VARCHAR(30))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Cart rows, priced, as JSON; one statement'
BEGIN
    -- Whose rows they are is counted, not filtered by: a filter on buyer would tempt MariaDB to read the whole cart for
    -- every id instead of the row by primary key.
    SELECT COALESCE(SUM(l.shop_id = pi_shop_id AND l.user_id = pi_user_id), 0),
           MIN(CASE WHEN l.orderable = 1 THEN NULL ELSE l.product_id END),
           JSON_ARRAYAGG(JSON_OBJECT(
               'line_no', x.line_no, 'cart_id', l.cart_id,
               'product_id', l.product_id, 'product_name', l.product_name,
               'option_hash', l.option_hash, 'option_name', l.option_name,
               'unit_price', CAST(l.unit_price AS CHAR), 'quantity', l.quantity,
               'line_amount', CAST(l.line_amount AS CHAR), 'orderable', l.orderable,
               'tax_type', l.tax_type, 'stock_option_hash', l.stock_option_hash,
               'delivery_policy_id', l.delivery_policy_id, 'delivery_group', l.delivery_group,
               'delivery_type', l.delivery_type, 'base_cost', CAST(l.delivery_base_cost AS CHAR),
               'free_over', CAST(l.delivery_free_over AS CHAR),
               'product_thumb_img_url', l.product_thumb_img_url))
    INTO po_count, po_unorderable, po_lines
    FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (
        line_no FOR ORDINALITY,
        id      BIGINT UNSIGNED PATH '$')) x
    STRAIGHT_JOIN v_cart_lines l ON l.cart_id = x.id;

    IF po_count <> JSON_LENGTH(pi_ids) THEN
        CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
    END IF;
    IF NOT JSON_VALID(po_lines) OR JSON_LENGTH(po_lines) <> po_count THEN
        CALL _raise('INTERNAL_ERROR', '', 'group_concat_max_len is too small');
    END IF;
END//
DELIMITER ;
