-- _tell_discounts: what promotions and coupons take off, in words and numbers for a quote.
--
-- Parameters
--   pi_discounts  as _price_discounts returns it
--   pi_list       what was priced, see shop_order_insert
--   po_json       OUT: discounts_json of shop_order_quote
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   CALL _tell_discounts('[{"coupon_no":5,"rule_id":1,"amount":"1000.00",
--       "lines":[[1,"1000.00"]]}]', '[[7,1,1,1,1]]', @json);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _tell_discounts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _tell_discounts(
    pi_discounts LONGTEXT,
    pi_list      LONGTEXT,
    OUT po_json  LONGTEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What is taken off, for a quote'
BEGIN
    -- Names are as long as they are, whatever the number of lines.
    IF @@group_concat_max_len < 1048576 THEN
        CALL _fit_session();
    END IF;
    SELECT CONCAT('[', COALESCE(GROUP_CONCAT(
               '{"coupon_id":', COALESCE(d.coupon_no, 'null'),
               ',"coupon_code":', COALESCE(JSON_QUOTE(r.coupon_code), 'null'),
               ',"coupon_name":', CASE WHEN d.coupon_no IS NULL THEN 'null'
                                       ELSE JSON_QUOTE(r.coupon_name) END,
               ',"promotion_code":', COALESCE(JSON_QUOTE(r.promotion_code), 'null'),
               ',"promotion_name":', CASE WHEN d.coupon_no IS NULL THEN JSON_QUOTE(r.coupon_name)
                                          ELSE 'null' END,
               ',"target":"', r.target,
               '","amount":"', d.amount, '","lines":[', COALESCE(d.shares, ''), ']}'
               ORDER BY d.discount_no), ''), ']')
    INTO po_json
    FROM (SELECT x.discount_no, x.coupon_no, x.rule_id, x.amount,
                 GROUP_CONCAT(CASE WHEN x.line_no > 0 THEN CONCAT('{"cart_id":',
                                  JSON_EXTRACT(pi_list, CONCAT('$[', x.line_no - 1, '][0]')),
                                  ',"amount":"', x.share, '"}') END
                              ORDER BY x.line_no) AS shares
          FROM JSON_TABLE(pi_discounts, '$[*]' COLUMNS (
              discount_no FOR ORDINALITY,
              coupon_no   BIGINT UNSIGNED PATH '$.coupon_no',
              rule_id     BIGINT UNSIGNED PATH '$.rule_id',
              amount      DECIMAL(18,2)   PATH '$.amount',
              NESTED PATH '$.lines[*]' COLUMNS (
                  line_no SMALLINT UNSIGNED PATH '$[0]',
                  share   DECIMAL(18,2)     PATH '$[1]'))) x
          GROUP BY x.discount_no, x.coupon_no, x.rule_id, x.amount) d
    STRAIGHT_JOIN shop_discount_rules r FORCE INDEX (PRIMARY) ON r.rule_id = d.rule_id;
END//
DELIMITER ;
