-- _select_quote_changes: what costs another amount in one quote than in an earlier one of the same
-- cart rows, and why. The differences add up to that of the totals.
--
-- Parameters
--   pi_old_id, pi_new_id  quotes of one buyer for the same rows; NULL or another's = there is none:
--                         nothing can be said
-- Returns a row for each difference: lines by cart row, then discounts, points, cash, delivery
--   kind         line | promotion | coupon | point | cash | delivery
--   cart_id, coupon_id, promotion_code, policy_ids_json   which one; NULL in the others
--   name         of the product, promotion or coupon; NULL of the others
--   old_amount, new_amount   as they count in the total: what is taken off is below 0
--   reason, reason_ko, reason_en   see shop_change_reasons
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_quote_changes(1, 2);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_quote_changes;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_quote_changes(
    pi_old_id BIGINT UNSIGNED,
    pi_new_id BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What has changed between two quotes'
BEGIN
    DECLARE v_old_lines, v_new_lines, v_old_discounts, v_new_discounts, v_old_parcels,
        v_new_parcels LONGTEXT DEFAULT '[]';
    DECLARE v_undelivered LONGTEXT;
    DECLARE v_old_point, v_new_point, v_old_cash, v_new_cash, v_old_surcharge,
        v_new_surcharge DECIMAL(18,2);
    DECLARE v_fee DECIMAL(52,2);

    -- Aggregates: no row is nothing to say, and no condition for the caller's handlers.
    SELECT COALESCE(MAX(CASE q.quote_id WHEN pi_old_id THEN q.lines_json END), '[]'),
           COALESCE(MAX(CASE q.quote_id WHEN pi_new_id THEN q.lines_json END), '[]'),
           COALESCE(MAX(CASE q.quote_id WHEN pi_old_id THEN q.discounts_json END), '[]'),
           COALESCE(MAX(CASE q.quote_id WHEN pi_new_id THEN q.discounts_json END), '[]'),
           MAX(CASE q.quote_id WHEN pi_old_id THEN q.point_used END),
           MAX(CASE q.quote_id WHEN pi_new_id THEN q.point_used END),
           MAX(CASE q.quote_id WHEN pi_old_id THEN q.cash_used END),
           MAX(CASE q.quote_id WHEN pi_new_id THEN q.cash_used END),
           MAX(CASE q.quote_id WHEN pi_old_id THEN a.surcharge END),
           MAX(CASE q.quote_id WHEN pi_new_id THEN a.surcharge END)
    INTO v_old_lines, v_new_lines, v_old_discounts, v_new_discounts, v_old_point, v_new_point,
         v_old_cash, v_new_cash, v_old_surcharge, v_new_surcharge
    FROM (SELECT o.quote_id AS old_id, n.quote_id AS new_id
          FROM shop_quotes n
          JOIN shop_quotes o ON o.quote_id = pi_old_id AND o.shop_id = n.shop_id
              AND o.user_id = n.user_id AND o.cart_ids = n.cart_ids
          WHERE n.quote_id = pi_new_id) x
    JOIN shop_quotes q ON q.quote_id IN (x.old_id, x.new_id)
    LEFT JOIN shop_area_rules a ON a.area_rule_id = q.area_rule_id;
    -- Lines with what is taken off them, see _price_parcels.
    IF v_old_discounts <> '[]' THEN
        SELECT CONCAT('[', GROUP_CONCAT('[', x.id, ',', x.quantity, ',', x.price_id, ',', x.rule_id,
                                        ',', x.policy_id, ',null,"', COALESCE(d.off, 0), '"]'
                                        ORDER BY x.line_no), ']')
        INTO v_old_lines
        FROM JSON_TABLE(v_old_lines, '$[*]' COLUMNS (
            line_no   FOR ORDINALITY,
            id        BIGINT UNSIGNED PATH '$[0]',
            quantity  INT UNSIGNED    PATH '$[1]',
            price_id  BIGINT UNSIGNED PATH '$[2]',
            rule_id   BIGINT UNSIGNED PATH '$[3]',
            policy_id INT UNSIGNED    PATH '$[4]')) x
        LEFT JOIN (SELECT y.cart_id, SUM(y.amount) AS off
                   FROM JSON_TABLE(v_old_discounts, '$[*].lines[*]' COLUMNS (
                       cart_id BIGINT UNSIGNED PATH '$.cart_id',
                       amount  DECIMAL(18,2)   PATH '$.amount')) y
                   GROUP BY y.cart_id) d ON d.cart_id = x.id;
    END IF;
    IF v_new_discounts <> '[]' THEN
        SELECT CONCAT('[', GROUP_CONCAT('[', x.id, ',', x.quantity, ',', x.price_id, ',', x.rule_id,
                                        ',', x.policy_id, ',null,"', COALESCE(d.off, 0), '"]'
                                        ORDER BY x.line_no), ']')
        INTO v_new_lines
        FROM JSON_TABLE(v_new_lines, '$[*]' COLUMNS (
            line_no   FOR ORDINALITY,
            id        BIGINT UNSIGNED PATH '$[0]',
            quantity  INT UNSIGNED    PATH '$[1]',
            price_id  BIGINT UNSIGNED PATH '$[2]',
            rule_id   BIGINT UNSIGNED PATH '$[3]',
            policy_id INT UNSIGNED    PATH '$[4]')) x
        LEFT JOIN (SELECT y.cart_id, SUM(y.amount) AS off
                   FROM JSON_TABLE(v_new_discounts, '$[*].lines[*]' COLUMNS (
                       cart_id BIGINT UNSIGNED PATH '$.cart_id',
                       amount  DECIMAL(18,2)   PATH '$.amount')) y
                   GROUP BY y.cart_id) d ON d.cart_id = x.id;
    END IF;
    CALL _price_parcels(v_old_lines, v_old_surcharge, v_fee, v_old_parcels, v_undelivered);
    CALL _price_parcels(v_new_lines, v_new_surcharge, v_fee, v_new_parcels, v_undelivered);

    -- A UNION with NULL makes texts of numbers.
    SELECT d.kind, CAST(d.cart_id AS UNSIGNED) AS cart_id,
           CAST(d.coupon_id AS UNSIGNED) AS coupon_id, d.promotion_code, d.policy_ids_json, d.name,
           d.old_amount, d.new_amount, d.reason, COALESCE(r.text_ko, d.reason) AS reason_ko,
           COALESCE(r.text_en, d.reason) AS reason_en
    FROM (
        SELECT 1 AS place, 'line' AS kind, l.cart_id, NULL AS coupon_id, NULL AS promotion_code,
               NULL AS policy_ids_json, MAX(l.product_name) AS name,
               COALESCE(SUM(CASE l.side WHEN 0 THEN l.amount END), 0.00) AS old_amount,
               COALESCE(SUM(CASE l.side WHEN 1 THEN l.amount END), 0.00) AS new_amount,
               CASE WHEN COUNT(*) = 1 THEN 'AVAILABILITY_CHANGED'
                    WHEN SUM(CASE l.side WHEN 1 THEN l.unit_price ELSE -l.unit_price END) > 0
                         AND SUM(CASE l.side WHEN 1 THEN l.amount ELSE -l.amount END) > 0
                        THEN 'PRICE_RAISED'
                    WHEN SUM(CASE l.side WHEN 1 THEN l.unit_price ELSE -l.unit_price END) < 0
                         AND SUM(CASE l.side WHEN 1 THEN l.amount ELSE -l.amount END) < 0
                        THEN 'PRICE_LOWERED'
                    ELSE 'QUANTITY_CHANGED' END AS reason
        FROM (SELECT x.side, x.cart_id, p.product_name, p.unit_price,
                     p.unit_price * x.quantity AS amount
              FROM (SELECT 0 AS side, o.cart_id, o.quantity, o.price_id
                    FROM JSON_TABLE(v_old_lines, '$[*]' COLUMNS (
                        cart_id  BIGINT UNSIGNED PATH '$[0]',
                        quantity INT UNSIGNED    PATH '$[1]',
                        price_id BIGINT UNSIGNED PATH '$[2]')) o
                    UNION ALL
                    SELECT 1, n.cart_id, n.quantity, n.price_id
                    FROM JSON_TABLE(v_new_lines, '$[*]' COLUMNS (
                        cart_id  BIGINT UNSIGNED PATH '$[0]',
                        quantity INT UNSIGNED    PATH '$[1]',
                        price_id BIGINT UNSIGNED PATH '$[2]')) n) x
              JOIN shop_product_prices p ON p.price_id = x.price_id) l
        GROUP BY l.cart_id
        UNION ALL
        SELECT 2, CASE WHEN t.coupon_id IS NULL THEN 'promotion' ELSE 'coupon' END, NULL,
               t.coupon_id, t.promotion_code, NULL, MAX(t.name),
               -COALESCE(SUM(CASE t.side WHEN 0 THEN t.amount END), 0.00),
               -COALESCE(SUM(CASE t.side WHEN 1 THEN t.amount END), 0.00),
               CASE WHEN MAX(t.side) = 0 THEN 'DISCOUNT_ENDED'
                    WHEN MIN(t.side) = 1 THEN 'DISCOUNT_ADDED'
                    ELSE 'DISCOUNT_CHANGED' END
        FROM (SELECT 0 AS side, o.coupon_id, o.promotion_code,
                     COALESCE(o.coupon_name, o.promotion_name) AS name, o.amount
              FROM JSON_TABLE(v_old_discounts, '$[*]' COLUMNS (
                  coupon_id      BIGINT UNSIGNED PATH '$.coupon_id',
                  promotion_code VARCHAR(40)     PATH '$.promotion_code',
                  coupon_name    VARCHAR(100)    PATH '$.coupon_name',
                  promotion_name VARCHAR(100)    PATH '$.promotion_name',
                  amount         DECIMAL(18,2)   PATH '$.amount')) o
              UNION ALL
              SELECT 1, n.coupon_id, n.promotion_code, COALESCE(n.coupon_name, n.promotion_name),
                     n.amount
              FROM JSON_TABLE(v_new_discounts, '$[*]' COLUMNS (
                  coupon_id      BIGINT UNSIGNED PATH '$.coupon_id',
                  promotion_code VARCHAR(40)     PATH '$.promotion_code',
                  coupon_name    VARCHAR(100)    PATH '$.coupon_name',
                  promotion_name VARCHAR(100)    PATH '$.promotion_name',
                  amount         DECIMAL(18,2)   PATH '$.amount')) n) t
        GROUP BY t.coupon_id, t.promotion_code
        UNION ALL
        SELECT 3, 'point', NULL, NULL, NULL, NULL, NULL, -v_old_point, -v_new_point,
               'CREDITS_CHANGED'
        UNION ALL
        SELECT 4, 'cash', NULL, NULL, NULL, NULL, NULL, -v_old_cash, -v_new_cash,
               'CREDITS_CHANGED'
        UNION ALL
        SELECT 5, 'delivery', NULL, NULL, NULL, CONCAT('[', f.policy_ids, ']'), NULL,
               COALESCE(SUM(CASE f.side WHEN 0 THEN f.fee END), 0.00),
               COALESCE(SUM(CASE f.side WHEN 1 THEN f.fee END), 0.00),
               CASE WHEN COALESCE(v_old_surcharge, 0) <> COALESCE(v_new_surcharge, 0)
                        THEN 'DELIVERY_AREA_CHANGED'
                    WHEN MAX(f.rules_differ) = 1 THEN 'DELIVERY_RULE_CHANGED'
                    ELSE 'DELIVERY_SUM_CHANGED' END
        FROM (SELECT c.side, c.policy_ids, c.fee,
                     EXISTS (SELECT 1
                             FROM JSON_TABLE(v_old_lines, '$[*]' COLUMNS (
                                 rule_id   BIGINT UNSIGNED PATH '$[3]',
                                 policy_id INT UNSIGNED    PATH '$[4]')) o
                             JOIN JSON_TABLE(v_new_lines, '$[*]' COLUMNS (
                                 rule_id   BIGINT UNSIGNED PATH '$[3]',
                                 policy_id INT UNSIGNED    PATH '$[4]')) n
                                 ON n.policy_id = o.policy_id
                             WHERE n.rule_id <> o.rule_id
                               AND FIND_IN_SET(o.policy_id, c.policy_ids)) AS rules_differ
              FROM (SELECT 0 AS side, REPLACE(REPLACE(REPLACE(o.policy_ids, '[', ''), ']', ''),
                                              ' ', '') AS policy_ids, o.fee
                    FROM JSON_TABLE(v_old_parcels, '$[*]' COLUMNS (
                        policy_ids JSON          PATH '$.policy_ids',
                        fee        DECIMAL(18,2) PATH '$.fee')) o
                    UNION ALL
                    SELECT 1, REPLACE(REPLACE(REPLACE(n.policy_ids, '[', ''), ']', ''), ' ', ''),
                           n.fee
                    FROM JSON_TABLE(v_new_parcels, '$[*]' COLUMNS (
                        policy_ids JSON          PATH '$.policy_ids',
                        fee        DECIMAL(18,2) PATH '$.fee')) n) c) f
        GROUP BY f.policy_ids) d
    LEFT JOIN shop_change_reasons r ON r.reason = d.reason
    WHERE d.old_amount <> d.new_amount
    ORDER BY d.place, d.cart_id, d.coupon_id, d.promotion_code, d.policy_ids_json;
END//
DELIMITER ;
