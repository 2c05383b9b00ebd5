-- calc_cart_totals: turn priced lines into totals. The only place that does: quote, order, renewal and audit agree.
--
-- Delivery: lines are grouped by combine_group_id, or by policy where there is none. A group ships as one parcel and
-- pays once, the highest fee that one of its policies asks for the group's sum: free 0, fixed and area base_cost,
-- conditional base_cost below free_over (from free_over on, inclusive, 0); rounded to the currency's digits.
-- Tax: prices contain VAT; delivery is taxable.
--
-- Parameters
--   pi_amounts         JSON array, one array a line: line amount, tax type (taxable | free), delivery group, delivery type,
--                      base_cost, free_over or null; amounts as strings
--   pi_digits          decimals of the currency
--   pi_vat_rate        0.1 = 10 %
--   po_product_total   OUT: sum of the lines
--   po_shipping_fee    OUT: delivery
--   po_total           OUT: what is charged
--   po_supply, po_vat, po_tax_free   OUT: the same total, split by tax
-- Returns nothing (OUT parameters: it is called by other routines, not by the gateway)
-- Errors  none
-- Locks   none
-- Example
--   CALL calc_cart_totals('[["10000","taxable","policy 1","conditional","3000","30000"]]', 0, 0.1,
--       @p, @f, @t, @s, @v, @n);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS calc_cart_totals;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE calc_cart_totals(
    pi_amounts           LONGTEXT,
    pi_digits            TINYINT UNSIGNED,
    pi_vat_rate          DECIMAL(5,4),
    OUT po_product_total DECIMAL(18,2),
    OUT po_shipping_fee  DECIMAL(18,2),
    OUT po_total         DECIMAL(18,2),
    OUT po_supply        DECIMAL(18,2),
    OUT po_vat           DECIMAL(18,2),
    OUT po_tax_free      DECIMAL(18,2))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Lines to totals'
BEGIN
    DECLARE v_taxable DECIMAL(18,2);

    SELECT COALESCE(SUM(g.amount), 0), COALESCE(SUM(g.tax_free), 0), COALESCE(SUM(ROUND(g.fee, pi_digits)), 0)
    INTO po_product_total, po_tax_free, po_shipping_fee
    FROM (SELECT SUM(l.amount) AS amount,
                 SUM(CASE WHEN l.tax_type = 'free' THEN l.amount ELSE 0 END) AS tax_free,
                 MAX(CASE WHEN l.type = 'free' OR (l.type = 'conditional' AND l.group_amount >= l.free_over) THEN 0
                          ELSE l.base_cost END) AS fee
          FROM (SELECT x.*, SUM(x.amount) OVER (PARTITION BY x.delivery_group) AS group_amount
                FROM JSON_TABLE(pi_amounts, '$[*]' COLUMNS (
                    amount         DECIMAL(18,2) PATH '$[0]',
                    tax_type       VARCHAR(8)  COLLATE utf8mb4_bin PATH '$[1]',
                    delivery_group VARCHAR(30) COLLATE utf8mb4_bin PATH '$[2]',
                    type           VARCHAR(12) COLLATE utf8mb4_bin PATH '$[3]',
                    base_cost      DECIMAL(18,2) PATH '$[4]',
                    free_over      DECIMAL(18,2) PATH '$[5]')) x) l
          GROUP BY l.delivery_group) g;

    SET po_total = po_product_total + po_shipping_fee;
    SET v_taxable = po_total - po_tax_free;
    SET po_vat = ROUND(v_taxable * pi_vat_rate / (1 + pi_vat_rate), pi_digits);
    SET po_supply = v_taxable - po_vat;
END//
DELIMITER ;
