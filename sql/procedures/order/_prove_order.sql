-- _prove_order: compute an order once more from the rows it names, which never change: prices,
-- delivery and area rules, discount rules, its VAT rate; and say where it says something else.
--
-- Not asked is what was judged when it was ordered and left no row: whether points and coupons were
-- the buyer's, and whether something else could have been taken off.
--
-- Parameters
--   pi_order_seq_no  order, of those that were priced by rows (pricing_version)
--   po_list … po_tax_free  OUT: see _price_list: what it should be
--   po_area_rule_id, po_point, po_cash, po_vat_rate   OUT: what the order says
--   po_differences   OUT: [{"what", "recorded", "recomputed"}]; '[]' = none. A missing side is null
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _prove_order(1, @list, @area, @point, @cash, @rate, @p, @f, @parcels, @ds, @d, @shares,
--       @t, @s, @v, @free, @differences);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _prove_order;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _prove_order(
    pi_order_seq_no      BIGINT UNSIGNED,
    OUT po_list          LONGTEXT,
    OUT po_area_rule_id  BIGINT UNSIGNED,
    OUT po_point         DECIMAL(18,2),
    OUT po_cash          DECIMAL(18,2),
    OUT po_vat_rate      DECIMAL(5,4),
    OUT po_product_total DECIMAL(18,2),
    OUT po_shipping_fee  DECIMAL(18,2),
    OUT po_parcels       LONGTEXT,
    OUT po_discounts     LONGTEXT,
    OUT po_discount      DECIMAL(18,2),
    OUT po_shares        LONGTEXT,
    OUT po_total         DECIMAL(18,2),
    OUT po_supply        DECIMAL(18,2),
    OUT po_vat           DECIMAL(18,2),
    OUT po_tax_free      DECIMAL(18,2),
    OUT po_differences   LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Computes an order once more'
BEGIN
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_order_date DATETIME(6);
    DECLARE v_rules, v_undelivered LONGTEXT;
    DECLARE v_coupon_fault, v_credit_fault TEXT;
    DECLARE v_line_count INT UNSIGNED;

    -- A line without its rows is none: the numbers differ then.
    SELECT MAX(o.shop_id), MAX(s.currency_digits), MAX(o.order_date), MAX(o.vat_rate),
           MAX(o.area_rule_id), MAX(o.point_used), MAX(o.cash_used), COUNT(r.rule_id),
           CONCAT('[', COALESCE(GROUP_CONCAT(CASE WHEN r.rule_id IS NOT NULL THEN
               CONCAT('[', l.cart_seq_no, ',', l.quantity, ',', l.price_id, ',', l.rule_id, ',',
                      l.delivery_policy_id, ']') END ORDER BY l.line_no), ''), ']')
    INTO v_shop_id, v_digits, v_order_date, po_vat_rate, po_area_rule_id, po_point, po_cash,
         v_line_count, po_list
    FROM shop_orders o
    JOIN shops s ON s.shop_id = o.shop_id
    LEFT JOIN shop_order_product l ON l.order_seq_no = o.seq_no
    LEFT JOIN shop_product_prices p ON p.price_id = l.price_id
    LEFT JOIN shop_delivery_rules r ON r.rule_id = l.rule_id AND p.price_id IS NOT NULL
    WHERE o.seq_no = pi_order_seq_no;
    SELECT CONCAT('[', COALESCE(GROUP_CONCAT('[', rule_id, ',', COALESCE(coupon_no, 'null'), ']'
                                             ORDER BY discount_no), ''), ']')
    INTO v_rules
    FROM shop_order_discounts
    WHERE order_seq_no = pi_order_seq_no;
    CALL _price_list(v_shop_id, NULL, po_list, '[]', 0, v_rules, po_area_rule_id, po_point, po_cash,
        v_digits, po_vat_rate, v_order_date, po_product_total, po_shipping_fee, po_parcels,
        v_undelivered, po_discounts, po_discount, po_shares, po_total, po_supply, po_vat,
        po_tax_free, v_coupon_fault, v_credit_fault);

    -- Whatever the order says beside what it should say. NULL has a type: a UNION with a bare one
    -- makes texts of numbers on MariaDB.
    SELECT CONCAT('[', COALESCE(GROUP_CONCAT(JSON_OBJECT('what', d.what, 'recorded', d.recorded,
                                                         'recomputed', d.recomputed)
                                             ORDER BY d.place, d.part, d.what), ''), ']')
    INTO po_differences
    FROM (
        SELECT x.place, x.part, x.what, CAST(SUM(x.recorded) AS CHAR) AS recorded,
               CAST(SUM(x.recomputed) AS CHAR) AS recomputed
        FROM (
            SELECT 1 AS place, h.part, h.what,
                   CASE h.part WHEN 1 THEN o.line_count WHEN 2 THEN o.product_total_price
                               WHEN 3 THEN o.discount_total WHEN 4 THEN o.shipping_fee
                               WHEN 5 THEN o.total_payment WHEN 6 THEN o.supply_amount
                               WHEN 7 THEN o.vat_amount ELSE o.tax_free_amount END AS recorded,
                   CASE h.part WHEN 1 THEN v_line_count WHEN 2 THEN po_product_total
                               WHEN 3 THEN po_discount WHEN 4 THEN po_shipping_fee
                               WHEN 5 THEN po_total WHEN 6 THEN po_supply
                               WHEN 7 THEN po_vat ELSE po_tax_free END AS recomputed
            FROM shop_orders o
            JOIN JSON_TABLE('["line_count","product_total_price","discount_total","shipping_fee",
                              "total_payment","supply_amount","vat_amount","tax_free_amount"]',
                            '$[*]' COLUMNS (part FOR ORDINALITY, what VARCHAR(20) PATH '$')) h
            WHERE o.seq_no = pi_order_seq_no
            UNION ALL
            SELECT 2, l.line_no, CONCAT('line ', l.line_no, ' line_amount'), l.line_amount,
                   p.unit_price * l.quantity
            FROM shop_order_product l
            LEFT JOIN shop_product_prices p ON p.price_id = l.price_id
            WHERE l.order_seq_no = pi_order_seq_no
            UNION ALL
            SELECT 2, l.line_no, CONCAT('line ', l.line_no, ' tax free'), l.tax_type = 'free',
                   p.tax_type = 'free'
            FROM shop_order_product l
            LEFT JOIN shop_product_prices p ON p.price_id = l.price_id
            WHERE l.order_seq_no = pi_order_seq_no
            UNION ALL
            SELECT 3, 2 * d.discount_no, CONCAT('discount ', d.discount_no, ' by rule ', d.rule_id),
                   d.amount, CAST(NULL AS DECIMAL(18,2))
            FROM shop_order_discounts d
            WHERE d.order_seq_no = pi_order_seq_no
            UNION ALL
            SELECT 3, 2 * d.discount_no, CONCAT('discount ', d.discount_no, ' by rule ', d.rule_id),
                   CAST(NULL AS DECIMAL(18,2)), d.amount
            FROM JSON_TABLE(po_discounts, '$[*]' COLUMNS (
                discount_no FOR ORDINALITY,
                rule_id     BIGINT UNSIGNED PATH '$.rule_id',
                amount      DECIMAL(18,2)   PATH '$.amount')) d
            UNION ALL
            SELECT 3, 2 * d.discount_no + 1,
                   CONCAT('discount ', d.discount_no, ' on line ', d.line_no), d.amount,
                   CAST(NULL AS DECIMAL(18,2))
            FROM shop_order_discount_lines d
            WHERE d.order_seq_no = pi_order_seq_no
            UNION ALL
            SELECT 3, 2 * d.discount_no + 1,
                   CONCAT('discount ', d.discount_no, ' on line ', d.line_no),
                   CAST(NULL AS DECIMAL(18,2)), d.amount
            FROM JSON_TABLE(po_discounts, '$[*]' COLUMNS (
                discount_no FOR ORDINALITY,
                NESTED PATH '$.lines[*]' COLUMNS (
                    line_no SMALLINT UNSIGNED PATH '$[0]',
                    amount  DECIMAL(18,2)     PATH '$[1]'))) d
            UNION ALL
            SELECT 4, k.line_no, CONCAT(k.kind, ' on line ', k.line_no), k.amount,
                   CAST(NULL AS DECIMAL(18,2))
            FROM shop_order_credit_lines k
            WHERE k.order_seq_no = pi_order_seq_no
            UNION ALL
            SELECT 4, k.line_no, CONCAT(k.kind, ' on line ', k.line_no),
                   CAST(NULL AS DECIMAL(18,2)), k.amount
            FROM JSON_TABLE(po_shares, '$[*]' COLUMNS (
                kind    VARCHAR(5)        PATH '$[0]',
                line_no SMALLINT UNSIGNED PATH '$[1]',
                amount  DECIMAL(18,2)     PATH '$[2]')) k) x
        GROUP BY x.place, x.part, x.what
        HAVING NOT SUM(x.recorded) <=> SUM(x.recomputed)
        UNION ALL
        -- A price is read a moment after the order has got its time, and clocks of servers differ.
        SELECT 2, l.line_no, CONCAT('line ', l.line_no, ' by price ', l.price_id),
               CAST(v_order_date AS CHAR), CONCAT('in force from ', p.valid_from)
        FROM shop_order_product l
        JOIN shop_product_prices p ON p.price_id = l.price_id
            AND p.valid_from > v_order_date + INTERVAL 10 MINUTE
        WHERE l.order_seq_no = pi_order_seq_no
        UNION ALL
        SELECT 3, 2 * d.discount_no, CONCAT('discount ', d.discount_no, ' by rule ', d.rule_id),
               CAST(v_order_date AS CHAR),
               CONCAT_WS(' ', 'valid', CONCAT('from ', r.valid_from),
                         CONCAT('until ', r.valid_until))
        FROM shop_order_discounts d
        JOIN shop_discount_rules r ON r.rule_id = d.rule_id
            AND NOT (COALESCE(r.valid_from <= v_order_date, 1)
                     AND COALESCE(r.valid_until > v_order_date, 1))
        WHERE d.order_seq_no = pi_order_seq_no
        UNION ALL
        SELECT 3, 0, CONCAT('coupon ', SUBSTRING_INDEX(v_coupon_fault, ' ', 1)), 'used',
               SUBSTRING_INDEX(v_coupon_fault, ' ', -1)
        FROM DUAL
        WHERE v_coupon_fault IS NOT NULL) d;
END//
DELIMITER ;
