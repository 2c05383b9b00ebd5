-- _price_list: turn what was priced into totals: delivery, discounts, points and cash, tax. The
-- careful way, which reads nothing but the list and rows that never change: whoever has the list of
-- an order, or of a cart, gets its totals. Orders and quotes compute the same as they go.
--
-- Parameters
--   pi_shop_id       shop
--   pi_user_id       buyer; NULL = an order's that was made, see _price_credits
--   pi_list          what was priced, see shop_order_insert
--   pi_coupon_ids, pi_promotions, pi_rules  see _price_discounts
--   pi_area_rule_id  shop_area_rules: delivery there costs more; NULL = it does not
--   pi_point, pi_cash  what is to be used
--   pi_digits        decimals of the currency
--   pi_vat_rate      0.1 = 10 %
--   pi_now           UTC; judged by this moment
--   po_product_total, po_shipping_fee, po_total, po_supply, po_vat, po_tax_free
--                    OUT: see calc_cart_totals
--   po_parcels, po_undelivered  OUT: see _price_parcels
--   po_discounts, po_discount   OUT: see _price_discounts; '[]' and 0 when nothing is taken off
--   po_shares        OUT: see _price_credits; '[]' without points and cash
--   po_coupon_fault  OUT: see _price_discounts: nothing is taken off then
--   po_credit_fault  OUT: see _price_credits
-- Returns nothing
-- Errors  none but those of the engine: an amount of more than 15 digits is out of range
-- Locks   none
-- Example
--   CALL _price_list(1, 'demo1', '[[1,1,1,1,1]]', '[]', 0, NULL, NULL, 0, 0, 0, 0.1,
--       UTC_TIMESTAMP(6), @p, @f, @parcels, @un, @ds, @d, @shares, @t, @s, @v, @free, @cf, @pf);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _price_list;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _price_list(
    pi_shop_id           INT UNSIGNED,
    pi_user_id           VARCHAR(63),
    pi_list              LONGTEXT,
    pi_coupon_ids        LONGTEXT,
    pi_promotions        INT UNSIGNED,
    pi_rules             LONGTEXT,
    pi_area_rule_id      BIGINT UNSIGNED,
    pi_point             DECIMAL(18,2),
    pi_cash              DECIMAL(18,2),
    pi_digits            TINYINT UNSIGNED,
    pi_vat_rate          DECIMAL(5,4),
    pi_now               DATETIME(6),
    OUT po_product_total DECIMAL(18,2),
    OUT po_shipping_fee  DECIMAL(18,2),
    OUT po_parcels       LONGTEXT,
    OUT po_undelivered   LONGTEXT,
    OUT po_discounts     LONGTEXT,
    OUT po_discount      DECIMAL(18,2),
    OUT po_shares        LONGTEXT,
    OUT po_total         DECIMAL(18,2),
    OUT po_supply        DECIMAL(18,2),
    OUT po_vat           DECIMAL(18,2),
    OUT po_tax_free      DECIMAL(18,2),
    OUT po_coupon_fault  TEXT,
    OUT po_credit_fault  TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What was priced to totals'
BEGIN
    DECLARE v_surcharge DECIMAL(18,2);

    SELECT COALESCE(SUM(p.unit_price * x.quantity), 0),
           COALESCE(SUM(CASE p.tax_type WHEN 'free' THEN p.unit_price * x.quantity END), 0)
    INTO po_product_total, po_tax_free
    FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
        quantity INT UNSIGNED    PATH '$[1]',
        price_id BIGINT UNSIGNED PATH '$[2]')) x
    STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = x.price_id;
    SELECT MAX(surcharge) INTO v_surcharge
    FROM shop_area_rules
    WHERE area_rule_id = pi_area_rule_id;
    CALL _price_parcels(pi_list, v_surcharge, po_shipping_fee, po_parcels, po_undelivered);
    SET po_discounts = '[]', po_discount = 0, po_shares = '[]';
    IF pi_coupon_ids <> '[]' OR pi_promotions > 0 OR pi_rules <> '[]' THEN
        CALL _price_discounts(pi_shop_id, pi_user_id, pi_list, pi_coupon_ids, pi_promotions,
            pi_rules, pi_area_rule_id, pi_digits, pi_now, po_shipping_fee, po_parcels, po_discounts,
            po_discount, po_tax_free, po_coupon_fault);
    END IF;
    IF pi_point + pi_cash > 0 THEN
        CALL _price_credits(pi_shop_id, pi_user_id, pi_list, po_discounts, po_shipping_fee,
            pi_point, pi_cash, pi_digits, pi_now, po_shares, po_tax_free, po_credit_fault);
    END IF;
    SET po_total = po_product_total - po_discount - pi_point - pi_cash + po_shipping_fee,
        po_vat = ROUND((po_total - po_tax_free) * pi_vat_rate / (1 + pi_vat_rate), pi_digits),
        po_supply = po_total - po_tax_free - po_vat;
END//
DELIMITER ;
