-- calc_cart_totals: price cart rows and turn them into totals. The only place that does: quote and order agree.
--
-- One statement reads the rows, once, and everything is computed from what it returned: under READ COMMITTED a second
-- read may see another price. So an order's lines and holds are written here, and its cart rows deleted, while the
-- rows go by. Row by row, since both engines run a plain statement by key several times in less time than one that
-- needs a temporary table.
--
-- Delivery: lines of one delivery_group ship as one parcel and pay once, the highest fee that one of its policies asks
-- for the group's sum (see v_cart_lines). Tax: prices contain VAT; delivery is taxable.
--
-- A cart row is deleted only while it is still what was priced. Writers that know the cart header cannot have changed it;
-- for any other (a hand in the mysql client) the order starts again.
--
-- Parameters
--   pi_order_seq_no         order that takes the rows; NULL = a quote: nothing is written
--   pi_shop_id, pi_user_id  whose cart
--   pi_ids                  '[1,2]' as _read_ids returns it
--   pi_digits               decimals of the currency
--   pi_vat_rate             0.1 = 10 %
--   pi_now, pi_expires_at   UTC; until pi_expires_at nobody may reclaim the order's units. NULL for a quote
--   po_count                OUT: how many lines; fewer than ids when a row is consumed, foreign or unknown
--   po_unorderable          OUT: product_id of a row that cannot be ordered, NULL when all can; an order does not take it
--   po_slots                OUT: most slots that a product's stock is spread over
--   po_product_total        OUT: sum of the lines
--   po_shipping_fee         OUT: delivery
--   po_total                OUT: what is charged
--   po_supply, po_vat, po_tax_free   OUT: the same total, split by tax
-- Returns nothing (OUT parameters: it is called by other routines, not by the gateway)
-- Errors  CART_NOT_FOUND when a row has changed under the buyer's lock. When an amount has more than 15 digits before
--   the point: PRODUCT_UNAVAILABLE when a row is among them that cannot be ordered, else INVALID_INPUT
--   (selected_cart_ids): all that is left to say is that it is too much
-- Locks   for an order, whose caller holds the cart header: the new shop_order_product and shop_stock_reservations rows,
--         cart rows. For a quote none
-- Example
--   CALL calc_cart_totals(NULL, 1, 'demo1', '[1,2]', 0, 0.1, NULL, NULL, @n, @product_id, @slots,
--       @p, @f, @t, @s, @v, @tax_free);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS calc_cart_totals;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE calc_cart_totals(
    pi_order_seq_no      BIGINT UNSIGNED,
    pi_shop_id           INT UNSIGNED,
    pi_user_id           VARCHAR(63),
    pi_ids               LONGTEXT,
    pi_digits            TINYINT UNSIGNED,
    pi_vat_rate          DECIMAL(5,4),
    pi_now               DATETIME(6),
    pi_expires_at        DATETIME(6),
    OUT po_count         INT UNSIGNED,
    OUT po_unorderable   VARCHAR(30),
    OUT po_slots         SMALLINT UNSIGNED,
    OUT po_product_total DECIMAL(18,2),
    OUT po_shipping_fee  DECIMAL(18,2),
    OUT po_total         DECIMAL(18,2),
    OUT po_supply        DECIMAL(18,2),
    OUT po_vat           DECIMAL(18,2),
    OUT po_tax_free      DECIMAL(18,2))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Cart rows to lines and totals'
BEGIN
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE v_line_no, v_policy_id, v_quantity, v_slots INT UNSIGNED;
    DECLARE v_orderable TINYINT;
    DECLARE v_cart_id BIGINT UNSIGNED;
    DECLARE v_product_id, v_group VARCHAR(30);
    DECLARE v_product_name, v_option_name VARCHAR(200);
    DECLARE v_option_hash, v_stock_hash VARCHAR(64);
    DECLARE v_tax_type VARCHAR(8);
    -- Wider than an amount can be: price × quantity, and sums, of rows that cannot be ordered.
    DECLARE v_unit_price, v_amount, v_tax_free, v_fee, v_free_over DECIMAL(30,2);
    DECLARE v_product_total, v_shipping_fee, v_tax_free_total DECIMAL(36,2) DEFAULT 0;
    -- of the parcel that the rows have come to: its fee, and the fees that fall away from some sum on, as texts of 20
    -- characters for the sum and 20 for the fee
    DECLARE v_parcel VARCHAR(30) DEFAULT '';
    DECLARE v_parcel_amount, v_parcel_fee DECIMAL(36,2) DEFAULT 0;
    DECLARE v_conditional TEXT DEFAULT '';
    -- The filter on the buyer is written so that no index serves it: it would tempt MariaDB to read the whole cart for
    -- every id instead of the row by primary key. A row of an unknown product has no amount and no policy.
    DECLARE c_lines CURSOR FOR
        SELECT x.line_no, l.cart_id, l.product_id, l.product_name, l.option_hash, l.option_name, l.unit_price,
               l.quantity, COALESCE(l.line_amount, 0), CASE l.tax_type WHEN 'free' THEN l.line_amount ELSE 0 END,
               l.orderable, l.tax_type, l.stock_option_hash, COALESCE(l.stock_slots, 1), l.delivery_policy_id,
               COALESCE(l.delivery_group, '') AS parcel, COALESCE(l.delivery_fee, 0), l.delivery_free_over
        FROM JSON_TABLE(pi_ids, '$[*]' COLUMNS (
            line_no FOR ORDINALITY,
            id      BIGINT UNSIGNED PATH '$')) x
        STRAIGHT_JOIN v_cart_lines l ON l.cart_id = x.id
        WHERE l.shop_id + 0 = pi_shop_id AND CONCAT(l.user_id) = pi_user_id
        ORDER BY parcel;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

    SET po_count = 0, po_slots = 1;
    OPEN c_lines;
    next_line: LOOP
        FETCH c_lines INTO v_line_no, v_cart_id, v_product_id, v_product_name, v_option_hash, v_option_name,
            v_unit_price, v_quantity, v_amount, v_tax_free, v_orderable, v_tax_type, v_stock_hash, v_slots,
            v_policy_id, v_group, v_fee, v_free_over;
        IF v_end = 1 OR v_group <> v_parcel THEN
            WHILE v_conditional <> '' DO
                IF v_parcel_amount < CAST(LEFT(v_conditional, 20) AS DECIMAL(20,2)) THEN
                    SET v_parcel_fee = GREATEST(v_parcel_fee, CAST(SUBSTR(v_conditional, 21, 20) AS DECIMAL(20,2)));
                END IF;
                SET v_conditional = SUBSTR(v_conditional, 41);
            END WHILE;
            SET v_shipping_fee = v_shipping_fee + v_parcel_fee;
            IF v_end = 1 THEN
                LEAVE next_line;
            END IF;
            SET v_parcel = v_group, v_parcel_amount = 0, v_parcel_fee = 0;
        END IF;

        SET po_count = po_count + 1,
            po_slots = GREATEST(po_slots, v_slots),
            v_product_total = v_product_total + v_amount,
            v_tax_free_total = v_tax_free_total + v_tax_free,
            v_parcel_amount = v_parcel_amount + v_amount;
        IF v_free_over IS NULL THEN
            SET v_parcel_fee = GREATEST(v_parcel_fee, v_fee);
        ELSE
            SET v_conditional = CONCAT(v_conditional, LPAD(v_free_over, 20, ' '), LPAD(v_fee, 20, ' '));
        END IF;

        IF v_orderable = 0 THEN
            SET po_unorderable = v_product_id;
        ELSEIF pi_order_seq_no IS NOT NULL THEN
            INSERT INTO shop_order_product
                (order_seq_no, line_no, shop_id, product_id, product_name, option_hash, option_name, unit_price,
                 quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no)
            VALUES
                (pi_order_seq_no, v_line_no, pi_shop_id, v_product_id, v_product_name, v_option_hash, v_option_name,
                 v_unit_price, v_quantity, v_amount, v_tax_type, v_policy_id, v_cart_id);
            -- Lines on one stock row are one hold: two lines of two units must not pass where three are left. The slot
            -- is the one that will be looked at first; without slots it is 0.
            INSERT INTO shop_stock_reservations
                (order_seq_no, shop_id, product_id, option_hash, slot, quantity, state, expires_at, update_date)
            VALUES
                (pi_order_seq_no, pi_shop_id, v_product_id, v_stock_hash, CONNECTION_ID() MOD v_slots, v_quantity,
                 'held', pi_expires_at, pi_now)
            ON DUPLICATE KEY UPDATE quantity = quantity + v_quantity;
            DELETE FROM shop_cart WHERE seq_no = v_cart_id AND quantity = v_quantity;
            IF ROW_COUNT() = 0 THEN
                CALL _raise('CART_NOT_FOUND', 'selected_cart_ids', 'changed while it was ordered');
            END IF;
        END IF;
    END LOOP;
    CLOSE c_lines;

    IF GREATEST(ABS(v_product_total), ABS(v_tax_free_total), v_shipping_fee, ABS(v_product_total + v_shipping_fee))
        > 999999999999999.99 THEN
        IF po_unorderable IS NOT NULL THEN
            CALL _raise('PRODUCT_UNAVAILABLE', 'selected_cart_ids', po_unorderable);
        END IF;
        CALL _raise('INVALID_INPUT', 'selected_cart_ids', 'together more than 15 digits');
    END IF;
    SET po_product_total = v_product_total, po_shipping_fee = v_shipping_fee, po_tax_free = v_tax_free_total,
        po_total = po_product_total + po_shipping_fee,
        po_vat = ROUND((po_total - po_tax_free) * pi_vat_rate / (1 + pi_vat_rate), pi_digits),
        po_supply = po_total - po_tax_free - po_vat;
END//
DELIMITER ;
