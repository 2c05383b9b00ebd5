-- _price_credits: whether a buyer can use so many points and so much cash for a quote or order, and
-- what they pay of each line and of the delivery.
--
-- Points come first, then cash. Both are spread over the lines and the delivery by what discounts,
-- and points before cash, have left of them, with what discounts are spread by, see
-- _price_discounts: each gets its part cut down to the smallest unit of the currency, and the units
-- that remain go to the largest remainders, of equal ones to the first line, to the delivery last.
--
-- Parameters
--   pi_shop_id, pi_user_id  buyer; NULL = an order's that was made: whether they can be used is not
--                    asked
--   pi_list          what was priced, see shop_order_insert
--   pi_discounts     as _price_discounts returns it; NULL = none
--   pi_shipping_fee  delivery
--   pi_point, pi_cash  what is to be used
--   pi_digits        decimals of the currency
--   pi_now           UTC; judged by this moment
--   po_shares        OUT: '[["point",1,"600.00"],["point",0,"100.00"],["cash",1,"50.00"]]': line
--                    0 = delivery
--   pio_tax_free     INOUT: sum of the lines that are tax free; less what is paid of them so
--   po_fault         OUT: why not, NULL = they can be used. point or cash, and
--                      balance N   there is only so much
--                      min_use N   so many points at least, see shops.point_min_use
--                      unit N      multiples of it, see shops.point_unit
--                      max_use N   no more is needed, or allowed, see shops.point_max_rate
-- Returns nothing
-- Errors  none
-- Locks   none: what may have changed when the order is written is seen by _take_credits
-- Example
--   CALL _price_credits(1, 'demo1', '[[1,1,1,1,1]]', NULL, 3000, 500, 0, 0, UTC_TIMESTAMP(6),
--       @shares, @tax_free, @fault);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _price_credits;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _price_credits(
    pi_shop_id         INT UNSIGNED,
    pi_user_id         VARCHAR(63),
    pi_list            LONGTEXT,
    pi_discounts       LONGTEXT,
    pi_shipping_fee    DECIMAL(18,2),
    pi_point           DECIMAL(18,2),
    pi_cash            DECIMAL(18,2),
    pi_digits          TINYINT UNSIGNED,
    pi_now             DATETIME(6),
    OUT po_shares      LONGTEXT,
    INOUT pio_tax_free DECIMAL(52,2),
    OUT po_fault       TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What points and cash pay of each line'
BEGIN
    DECLARE v_unit DECIMAL(18,2) DEFAULT CASE pi_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END;
    DECLARE v_lines, v_shares LONGTEXT;
    DECLARE v_min_use, v_point_unit, v_points, v_cash, v_base, v_off, v_free DECIMAL(18,2);
    DECLARE v_most DECIMAL(40,6);
    DECLARE v_max_rate DECIMAL(5,4);
    DECLARE v_kind VARCHAR(5) DEFAULT 'point';

    -- Lines, and the delivery as line 0: [line, what is left of it, tax free].
    SELECT CONCAT('[', GROUP_CONCAT('[', l.line_no, ',"', l.amount - COALESCE(d.amount, 0), '",',
                                    l.tax_free, ']' ORDER BY l.line_no), ']'),
           SUM(l.amount - COALESCE(d.amount, 0))
    INTO v_lines, v_base
    FROM (SELECT x.line_no, p.unit_price * x.quantity AS amount, p.tax_type = 'free' AS tax_free
          FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
              line_no  FOR ORDINALITY,
              quantity INT UNSIGNED    PATH '$[1]',
              price_id BIGINT UNSIGNED PATH '$[2]')) x
          STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = x.price_id
          UNION ALL
          SELECT 0, pi_shipping_fee, 0) l
    LEFT JOIN (SELECT k.line_no, SUM(k.amount) AS amount
               FROM JSON_TABLE(COALESCE(pi_discounts, '[]'), '$[*]' COLUMNS (
                   NESTED PATH '$.lines[*]' COLUMNS (
                       line_no SMALLINT UNSIGNED PATH '$[0]',
                       amount  DECIMAL(18,2)     PATH '$[1]'))) k
               GROUP BY k.line_no) d ON d.line_no = l.line_no;
    SELECT s.point_min_use, s.point_unit, s.point_max_rate,
           COALESCE(SUM(CASE g.kind WHEN 'point' THEN g.left_amount END), 0),
           COALESCE(SUM(CASE g.kind WHEN 'cash' THEN g.left_amount END), 0)
    INTO v_min_use, v_point_unit, v_max_rate, v_points, v_cash
    FROM shops s
    LEFT JOIN shop_credit_grants g FORCE INDEX (ix_shop_credit_grants_member)
        ON g.shop_id = s.shop_id AND g.user_id = pi_user_id AND g.kind IN ('point', 'cash')
        AND g.left_amount > 0 AND (g.expires_at IS NULL OR g.expires_at > pi_now)
    WHERE s.shop_id = pi_shop_id
    GROUP BY s.point_min_use, s.point_unit, s.point_max_rate;
    SET v_most = v_base * v_max_rate, v_most = v_most - MOD(v_most, v_unit),
        po_fault = CASE
            WHEN pi_user_id IS NULL THEN NULL
            WHEN pi_point > v_points THEN CONCAT('point balance ', v_points)
            WHEN pi_point BETWEEN v_unit AND v_min_use - v_unit
                THEN CONCAT('point min_use ', v_min_use)
            WHEN MOD(pi_point, v_point_unit) > 0 THEN CONCAT('point unit ', v_point_unit)
            WHEN pi_point > v_most THEN CONCAT('point max_use ', CAST(v_most AS DECIMAL(18,2)))
            WHEN pi_cash > v_cash THEN CONCAT('cash balance ', v_cash)
            WHEN pi_cash > v_base - pi_point THEN CONCAT('cash max_use ', v_base - pi_point) END,
        po_shares = '';

    WHILE v_kind IS NOT NULL DO
        SET v_off = CASE WHEN po_fault IS NOT NULL THEN 0 WHEN v_kind = 'point' THEN pi_point
                         ELSE pi_cash END;
        IF v_off > 0 THEN
            SELECT CONCAT('[', GROUP_CONCAT('[', s.line_no, ',"', s.rest - s.share, '",',
                                            s.tax_free, ']' ORDER BY s.line_no), ']'),
                   GROUP_CONCAT(CASE WHEN s.share > 0 THEN
                       CONCAT('["', v_kind, '",', s.line_no, ',"', s.share, '"]') END
                       ORDER BY s.line_no),
                   SUM(CASE s.tax_free WHEN 1 THEN s.share ELSE 0 END)
            INTO v_lines, v_shares, v_free
            FROM (SELECT w.line_no, w.rest, w.tax_free,
                         CAST(w.part + CASE WHEN ROW_NUMBER() OVER (ORDER BY w.remainder DESC,
                                                                    w.line_no = 0, w.line_no)
                                                 * v_unit <= v_off - SUM(w.part) OVER ()
                                            THEN v_unit ELSE 0 END AS DECIMAL(18,2)) AS share
                  FROM (SELECT y.*, (v_off * y.rest - y.remainder) / v_base AS part
                        FROM (SELECT l.*, MOD(v_off * l.rest, v_base * v_unit) AS remainder
                              FROM JSON_TABLE(v_lines, '$[*]' COLUMNS (
                                  line_no  SMALLINT UNSIGNED PATH '$[0]',
                                  rest     DECIMAL(18,2)     PATH '$[1]',
                                  tax_free TINYINT           PATH '$[2]')) l) y) w) s;
            SET pio_tax_free = pio_tax_free - v_free, v_base = v_base - v_off,
                po_shares = CONCAT_WS(',', NULLIF(po_shares, ''), v_shares);
        END IF;
        SET v_kind = CASE v_kind WHEN 'point' THEN 'cash' END;
    END WHILE;
    SET po_shares = CONCAT('[', po_shares, ']');
END//
DELIMITER ;
