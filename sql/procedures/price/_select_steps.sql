-- _select_steps: answer how a total comes about: every rule that has fired, in order, with what it
-- adds or takes off.
--
-- Parameters
--   pi_list          what was priced, see shop_order_insert
--   pi_parcels, pi_discounts, pi_shares, pi_area_rule_id, pi_point, pi_cash, pi_vat_rate
--                    see _price_list
--   pi_supply, pi_vat, pi_tax_free   the total, split by tax
-- Returns a row for each step: lines, delivery by parcel, discounts, points, cash, then the tax,
--   which is contained
--   step_no     1, 2, …
--   kind        line | delivery | area | promotion | coupon | point | cash | supply | vat |
--               tax_free
--   name        of the product, area, promotion or coupon; NULL of the others
--   rules       rows that never change and say so: price 3, delivery rule 1, discount rule 2,
--               area rule 1; NULL = none
--   detail      what was computed
--   amount      as it counts in the total: what is taken off is below 0
--   total       after this step
--   lines_json  how that is spread over lines: [[line number, amount], …], 0 = delivery; NULL of
--               steps that are not
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_steps('[[1,1,1,1,1]]', '[]', '[]', '[]', NULL, 0, 0, 0.1, 30000, 3000, 0);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_steps;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_steps(
    pi_list         LONGTEXT,
    pi_parcels      LONGTEXT,
    pi_discounts    LONGTEXT,
    pi_shares       LONGTEXT,
    pi_area_rule_id BIGINT UNSIGNED,
    pi_point        DECIMAL(18,2),
    pi_cash         DECIMAL(18,2),
    pi_vat_rate     DECIMAL(5,4),
    pi_supply       DECIMAL(18,2),
    pi_vat          DECIMAL(18,2),
    pi_tax_free     DECIMAL(18,2))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'How a total comes about'
BEGIN
    DECLARE v_parcels LONGTEXT;

    -- Each parcel with the policies of its lines as FIND_IN_SET takes them: '3,4'.
    SELECT CONCAT('[', GROUP_CONCAT('["', REPLACE(REPLACE(REPLACE(j.policy_ids, '[', ''), ']', ''),
                                                  ' ', ''),
                                    '","', j.amount, '","', j.fee, '","', j.surcharge, '",',
                                    COALESCE(CONCAT('"', j.free_over, '"'), 'null'), ']'
                                    ORDER BY j.parcel_no), ']')
    INTO v_parcels
    FROM JSON_TABLE(pi_parcels, '$[*]' COLUMNS (
        parcel_no  FOR ORDINALITY,
        policy_ids JSON          PATH '$.policy_ids',
        amount     DECIMAL(18,2) PATH '$.amount',
        fee        DECIMAL(18,2) PATH '$.fee',
        surcharge  DECIMAL(18,2) PATH '$.surcharge',
        free_over  DECIMAL(18,2) PATH '$.free_over')) j;
    SET v_parcels = COALESCE(v_parcels, '[]');

    SELECT ROW_NUMBER() OVER (ORDER BY s.place, s.part, s.rules) AS step_no, s.kind, s.name,
           s.rules, s.detail, s.amount,
           CAST(SUM(CASE WHEN s.place <= 5 THEN s.amount ELSE 0 END)
               OVER (ORDER BY s.place, s.part, s.rules) AS DECIMAL(18,2)) AS total, s.lines_json
    FROM (
        SELECT 1 AS place, x.line_no AS part, 'line' AS kind,
               CONCAT(p.product_name, CASE p.option_name WHEN '' THEN ''
                                           ELSE CONCAT(' (', p.option_name, ')') END) AS name,
               CONCAT('price ', p.price_id) AS rules,
               CONCAT(x.quantity, ' × ', p.unit_price,
                      CASE p.tax_type WHEN 'free' THEN ', tax free' ELSE '' END) AS detail,
               CAST(p.unit_price * x.quantity AS DECIMAL(18,2)) AS amount,
               CAST(NULL AS CHAR) AS lines_json
        FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
            line_no  FOR ORDINALITY,
            quantity INT UNSIGNED    PATH '$[1]',
            price_id BIGINT UNSIGNED PATH '$[2]')) x
        STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = x.price_id
        UNION ALL
        SELECT 2, MIN(x.line_no), 'delivery', NULL,
               CONCAT('delivery rule ', GROUP_CONCAT(DISTINCT x.rule_id ORDER BY x.rule_id)),
               CASE WHEN c.policy_ids IS NULL THEN 'free'
                    ELSE CONCAT('parcel of ', c.amount,
                                COALESCE(CONCAT(', free from ', c.free_over), '')) END,
               COALESCE(c.fee - c.surcharge, 0), NULL
        FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
            line_no   FOR ORDINALITY,
            rule_id   BIGINT UNSIGNED PATH '$[3]',
            policy_id INT UNSIGNED    PATH '$[4]')) x
        LEFT JOIN JSON_TABLE(v_parcels, '$[*]' COLUMNS (
            policy_ids VARCHAR(2000) PATH '$[0]',
            amount     DECIMAL(18,2) PATH '$[1]',
            fee        DECIMAL(18,2) PATH '$[2]',
            surcharge  DECIMAL(18,2) PATH '$[3]',
            free_over  DECIMAL(18,2) PATH '$[4]')) c ON FIND_IN_SET(x.policy_id, c.policy_ids) > 0
        GROUP BY c.policy_ids, c.amount, c.fee, c.surcharge, c.free_over
        UNION ALL
        SELECT 3, c.parcel_no, 'area', a.area_name, CONCAT('area rule ', a.area_rule_id),
               CONCAT('parcel of ', c.amount), c.surcharge, NULL
        FROM JSON_TABLE(v_parcels, '$[*]' COLUMNS (
            parcel_no FOR ORDINALITY,
            amount    DECIMAL(18,2) PATH '$[1]',
            surcharge DECIMAL(18,2) PATH '$[3]')) c
        JOIN shop_area_rules a ON a.area_rule_id = pi_area_rule_id
        WHERE c.surcharge > 0
        UNION ALL
        SELECT 4, d.discount_no, CASE WHEN d.coupon_no IS NULL THEN 'promotion' ELSE 'coupon' END,
               r.coupon_name, CONCAT('discount rule ', d.rule_id),
               CONCAT_WS(', ', r.target,
                   CASE r.kind WHEN 'units' THEN CONCAT(r.buy_units, ' + ', r.free_units)
                               WHEN 'steps' THEN CONCAT('steps ', r.steps)
                               ELSE CONCAT(r.kind, ' ', COALESCE(CONCAT(r.rate), r.amount)) END,
                   CONCAT('at most ', r.max_discount), CONCAT('from ', r.min_amount)),
               -d.amount,
               CONCAT('[', GROUP_CONCAT('[', d.line_no, ',"', d.share, '"]' ORDER BY d.line_no),
                      ']')
        FROM JSON_TABLE(pi_discounts, '$[*]' COLUMNS (
            discount_no FOR ORDINALITY,
            coupon_no   BIGINT UNSIGNED PATH '$.coupon_no',
            rule_id     BIGINT UNSIGNED PATH '$.rule_id',
            amount      DECIMAL(18,2)   PATH '$.amount',
            NESTED PATH '$.lines[*]' COLUMNS (
                line_no SMALLINT UNSIGNED PATH '$[0]',
                share   DECIMAL(18,2)     PATH '$[1]'))) d
        JOIN shop_discount_rules r ON r.rule_id = d.rule_id
        GROUP BY d.discount_no, d.coupon_no, d.rule_id, d.amount, r.coupon_name, r.target, r.kind,
                 r.rate, r.amount, r.buy_units, r.free_units, r.steps, r.max_discount, r.min_amount
        UNION ALL
        SELECT 5, CASE k.kind WHEN 'point' THEN 1 ELSE 2 END, k.kind, NULL, NULL, '',
               CASE k.kind WHEN 'point' THEN -pi_point ELSE -pi_cash END,
               CONCAT('[', GROUP_CONCAT('[', k.line_no, ',"', k.share, '"]' ORDER BY k.line_no),
                      ']')
        FROM JSON_TABLE(pi_shares, '$[*]' COLUMNS (
            kind    VARCHAR(5)        PATH '$[0]',
            line_no SMALLINT UNSIGNED PATH '$[1]',
            share   DECIMAL(18,2)     PATH '$[2]')) k
        GROUP BY k.kind
        UNION ALL
        SELECT 6, 1, 'supply', NULL, NULL, 'contained, without VAT', pi_supply, NULL
        UNION ALL
        SELECT 6, 2, 'vat', NULL, NULL, CONCAT('contained, rate ', pi_vat_rate), pi_vat, NULL
        UNION ALL
        SELECT 6, 3, 'tax_free', NULL, NULL, 'contained', pi_tax_free, NULL) s
    ORDER BY s.place, s.part, s.rules;
END//
DELIMITER ;
