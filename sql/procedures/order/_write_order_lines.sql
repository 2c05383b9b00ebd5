-- _write_order_lines: the cart rows become order lines: delete the one, insert the other.
--
-- A cart row is deleted only while it is still what was priced. Writers that know the cart header cannot have changed
-- it; for any other (a hand in the mysql client) the order starts again.
--
-- Parameters
--   pi_order_seq_no, pi_shop_id  order
--   pi_lines       JSON array as _price_lines returns it
--   pi_line_count  number of lines
-- Returns nothing
-- Errors  CART_NOT_FOUND when a row has changed under the buyer's lock
-- Locks   cart rows by id; the new shop_order_product rows
-- Example
--   CALL _write_order_lines(1, 1, @lines, 2);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _write_order_lines;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _write_order_lines(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_shop_id      INT UNSIGNED,
    pi_lines        LONGTEXT,
    pi_line_count   INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Cart rows become order lines'
BEGIN
    -- Without FORCE INDEX a small table is read whole, and the order waits for every buyer's locked rows.
    DELETE c FROM JSON_TABLE(pi_lines, '$[*]' COLUMNS (
        cart_id  BIGINT UNSIGNED PATH '$[1]',
        quantity INT UNSIGNED    PATH '$[2]')) x
    STRAIGHT_JOIN shop_cart c FORCE INDEX (PRIMARY) ON c.seq_no = x.cart_id
    WHERE c.quantity = x.quantity;
    IF ROW_COUNT() <> pi_line_count THEN
        CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', 'changed while it was ordered');
    END IF;

    INSERT INTO shop_order_product
        (order_seq_no, line_no, shop_id, product_id, product_name, option_hash, option_name, unit_price, quantity,
         line_amount, tax_type, delivery_policy_id, cart_seq_no)
    SELECT pi_order_seq_no, x.line_no, pi_shop_id, x.product_id, x.product_name, x.option_hash, x.option_name,
           x.unit_price, x.quantity, x.line_amount, x.tax_type, x.delivery_policy_id, x.cart_id
    FROM JSON_TABLE(pi_lines, '$[*]' COLUMNS (
        line_no            INT UNSIGNED    PATH '$[0]',
        product_id         VARCHAR(30)     PATH '$[3]',
        product_name       VARCHAR(200)    PATH '$[6]',
        option_hash        VARCHAR(64)     PATH '$[7]',
        option_name        VARCHAR(200)    PATH '$[8]',
        unit_price         DECIMAL(18,2)   PATH '$[9]',
        quantity           INT UNSIGNED    PATH '$[2]',
        line_amount        DECIMAL(18,2)   PATH '$[10]',
        tax_type           VARCHAR(8)      PATH '$[11]',
        delivery_policy_id INT UNSIGNED    PATH '$[12]',
        cart_id            BIGINT UNSIGNED PATH '$[1]')) x;
END//
DELIMITER ;
