-- _price_parcels: what delivery costs where a fee follows steps, or in an area that costs more:
-- parcel by parcel. Orders and quotes without either compute it without a call, see
-- shop_order_insert.
--
-- A parcel pays the highest fee that one of its policies asks for all that is in it, and once what
-- the area costs more, also when it costs nothing else, unless all of its policies are the same
-- everywhere.
--
-- Parameters
--   pi_list         what was priced, see shop_order_insert; a line may have, as its seventh member,
--                   what is taken off it: policies judged after discounts look at what is left
--   pi_surcharge    of the area it goes to; NULL = no area that costs more
--   po_fee          OUT: of all parcels
--   po_parcels      OUT: JSON array, see parcels_json of shop_order_quote
--   po_undelivered  OUT: '[1,2]': cart rows that are not delivered there, sorted; '[]' = none
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _price_parcels('[[1,1,1,1,1]]', 3000, @fee, @parcels, @undelivered);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _price_parcels;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _price_parcels(
    pi_list            LONGTEXT,
    pi_surcharge       DECIMAL(18,2),
    OUT po_fee         DECIMAL(52,2),
    OUT po_parcels     LONGTEXT,
    OUT po_undelivered LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Delivery by steps and areas'
BEGIN
    DECLARE v_refused INT UNSIGNED;

    SELECT COALESCE(SUM(g.fee + g.surcharge), 0), SUM(g.refused),
           CONCAT('[', COALESCE(GROUP_CONCAT(CASE WHEN g.fee + g.surcharge > 0 THEN CONCAT(
               '{"policy_ids":[', g.policy_ids, '],"amount":"', g.amount,
               '","fee":"', g.fee + g.surcharge, '","surcharge":"', g.surcharge,
               '","free_over":', COALESCE(CONCAT('"', g.free_over, '"'), 'null'),
               ',"missing":', COALESCE(CONCAT('"', CASE WHEN g.free_over IS NOT NULL
                                                         AND g.missing > 0 THEN g.missing END,
                                               '"'), 'null'), '}') END
               ORDER BY g.policy_ids), ''), ']')
    INTO po_fee, v_refused, po_parcels
    FROM (SELECT GROUP_CONCAT(DISTINCT w.policy_id ORDER BY w.policy_id) AS policy_ids,
                 CAST(MIN(w.amount) AS DECIMAL(18,2)) AS amount,
                 MAX(CASE WHEN w.amount >= w.free_over THEN 0
                          ELSE COALESCE(t.fee + COALESCE((w.measure - t.from_measure)
                                                         DIV t.every * t.more, 0),
                                        w.fee) END) AS fee,
                 MAX(w.remote = 'surcharge') * COALESCE(pi_surcharge, 0.00) AS surcharge,
                 SUM(w.remote = 'refuse') AS refused,
                 CASE WHEN SUM((w.fee > 0 OR t.rule_id IS NOT NULL) AND w.free_over IS NULL) = 0
                      THEN MAX(CASE WHEN w.fee > 0 THEN w.free_over END) END AS free_over,
                 CAST(MAX(CASE WHEN w.fee > 0 THEN w.free_over - w.amount END)
                      AS DECIMAL(18,2)) AS missing
          FROM (SELECT d.rule_id, d.parcel, d.fee, d.free_over, d.remote, x.policy_id,
                       SUM(p.unit_price * x.quantity) OVER (PARTITION BY d.parcel)
                           - (d.amount_basis = 'after_discounts')
                             * SUM(COALESCE(x.off, 0)) OVER (PARTITION BY d.parcel) AS amount,
                       COALESCE(CASE d.type
                           WHEN 'weight'
                               THEN SUM(p.weight * x.quantity) OVER (PARTITION BY d.parcel)
                           WHEN 'quantity'
                               THEN SUM(x.quantity) OVER (PARTITION BY d.parcel)
                           WHEN 'amount'
                               THEN SUM(p.unit_price * x.quantity) OVER (PARTITION BY d.parcel)
                                    - (d.amount_basis = 'after_discounts')
                                      * SUM(COALESCE(x.off, 0)) OVER (PARTITION BY d.parcel)
                           END, 0) AS measure
                FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
                    quantity  INT UNSIGNED    PATH '$[1]',
                    price_id  BIGINT UNSIGNED PATH '$[2]',
                    rule_id   BIGINT UNSIGNED PATH '$[3]',
                    policy_id INT UNSIGNED    PATH '$[4]',
                    off       DECIMAL(18,2)   PATH '$[6]')) x
                STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY)
                    ON p.price_id = x.price_id
                STRAIGHT_JOIN shop_delivery_rules d FORCE INDEX (PRIMARY)
                    ON d.rule_id = x.rule_id) w
          LEFT JOIN shop_delivery_steps t FORCE INDEX (PRIMARY)
              ON t.rule_id = w.rule_id AND t.from_measure <= w.measure
              AND (t.below IS NULL OR t.below > w.measure)
          GROUP BY w.parcel) g;
    SET po_undelivered = '[]';
    IF pi_surcharge IS NOT NULL AND v_refused > 0 THEN
        SELECT CONCAT('[', GROUP_CONCAT(x.id ORDER BY x.id), ']') INTO po_undelivered
        FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
            id      BIGINT UNSIGNED PATH '$[0]',
            rule_id BIGINT UNSIGNED PATH '$[3]')) x
        STRAIGHT_JOIN shop_delivery_rules d FORCE INDEX (PRIMARY) ON d.rule_id = x.rule_id
        WHERE d.remote = 'refuse';
    END IF;
END//
DELIMITER ;
