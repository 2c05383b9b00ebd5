-- _price_lines: read and price cart rows, once. Everything after is computed from what this returned:
-- under READ COMMITTED a second read may see another price.
--
-- Parameters
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _read_ids returns it
--   po_lines                OUT: JSON array in the order of pi_ids, one array a line. Short, since it is read again and
--                           again; amounts are strings, since the engines read JSON numbers as floating point:
--                           0 line_no, 1 cart_id, 2 quantity, 3 product_id, 4 stock_option_hash, 5 stock_slots,
--                           6 product_name, 7 option_hash, 8 option_name, 9 unit_price, 10 line_amount, 11 tax_type,
--                           12 delivery_policy_id, 13 orderable, 14 product_thumb_img_url
--   po_amounts              OUT: JSON array as calc_cart_totals takes it
--   po_count                OUT: how many
--   po_unorderable          OUT: product_id of one row that cannot be ordered, NULL when all can
-- Returns nothing
-- Errors  CART_NOT_FOUND when a row is consumed, foreign or unknown
-- Locks   none: the caller holds the cart header
-- Example
--   CALL _price_lines(1, 'demo1', '[1,2]', @lines, @amounts, @n, @product_id);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _price_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _price_lines(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         VARCHAR(20),
    pi_ids             LONGTEXT,
    OUT po_lines       LONGTEXT,
    OUT po_amounts     LONGTEXT,
    OUT po_count       INT UNSIGNED,
    OUT po_unorderable VARCHAR(30))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Cart rows, priced, as JSON; one statement'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_comma CHAR(1) DEFAULT '';
    DECLARE v_orderable TINYINT;
    DECLARE v_line_no, v_policy_id, v_quantity, v_slots INT UNSIGNED;
    DECLARE v_cart_id BIGINT UNSIGNED;
    DECLARE v_product_id, v_group VARCHAR(30);
    DECLARE v_product_name, v_option_name VARCHAR(200);
    DECLARE v_option_hash, v_stock_hash VARCHAR(64);
    DECLARE v_unit_price, v_amount, v_base_cost, v_free_over DECIMAL(18,2);
    DECLARE v_tax_type, v_type VARCHAR(12);
    DECLARE v_thumb VARCHAR(400);
    -- A cursor, and the JSON put together here: MariaDB aggregates texts of this length (JSON_ARRAYAGG, GROUP_CONCAT)
    -- in a temporary table on disk, which costs more than the rest of the order.
    -- The filter on the buyer is written so that no index serves it: it would tempt MariaDB to read the whole cart for
    -- every id instead of the row by primary key.
    DECLARE c_lines CURSOR FOR
        SELECT x.line_no, l.cart_id, l.product_id, l.product_name,
               l.option_hash, l.option_name, l.unit_price, l.quantity, l.line_amount, l.orderable, l.tax_type,
               l.stock_option_hash, l.stock_slots, l.delivery_policy_id, l.delivery_group, l.delivery_type, l.delivery_base_cost,
               l.delivery_free_over, l.product_thumb_img_url
        FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (
            line_no FOR ORDINALITY,
            id      BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN v_cart_lines l ON l.cart_id = x.id
        WHERE l.shop_id + 0 = pi_shop_id AND CONCAT(l.user_id) = pi_user_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    SET po_lines = '[', po_amounts = '[', po_count = 0, po_unorderable = NULL;
    OPEN c_lines;
    next_line: LOOP
        FETCH c_lines INTO v_line_no, v_cart_id, v_product_id, v_product_name, v_option_hash, v_option_name,
            v_unit_price, v_quantity, v_amount, v_orderable, v_tax_type, v_stock_hash, v_slots, v_policy_id, v_group,
            v_type, v_base_cost, v_free_over, v_thumb;
        IF v_end = 1 THEN
            LEAVE next_line;
        END IF;
        SET po_lines = CONCAT(po_lines, v_comma, JSON_ARRAY(
                v_line_no, v_cart_id, v_quantity, v_product_id, v_stock_hash, v_slots, v_product_name, v_option_hash,
                v_option_name, CAST(v_unit_price AS CHAR), CAST(v_amount AS CHAR), v_tax_type, v_policy_id, v_orderable,
                v_thumb)),
            po_amounts = CONCAT(po_amounts, v_comma, JSON_ARRAY(
                CAST(v_amount AS CHAR), v_tax_type, v_group, v_type, CAST(v_base_cost AS CHAR),
                CAST(v_free_over AS CHAR))),
            po_count = po_count + 1, v_comma = ',';
        IF v_orderable = 0 THEN
            SET po_unorderable = COALESCE(po_unorderable, v_product_id);
        END IF;
    END LOOP;
    CLOSE c_lines;
    SET po_lines = CONCAT(po_lines, ']'), po_amounts = CONCAT(po_amounts, ']');

    IF po_count <> JSON_LENGTH(pi_ids) THEN
        CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', '');
    END IF;
END//
DELIMITER ;
