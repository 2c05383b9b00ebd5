-- _select_amounts: answer totals as a result set of one row.
--
-- Parameters
--   pi_quote_id                                 under which the quote is kept, or NULL
--   pi_currency, pi_digits                      of the shop
--   pi_product_total … pi_tax_free              as calc_cart_totals returns them
--   pi_old_total                                the total that the buyer saw
-- Returns one row
--   quote_id, currency, currency_digits, product_total_price, discount_total, point_used,
--   cash_used, shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, old_total,
--   price_changes_json (see refresh_shop_cart)
-- Errors  none
-- Locks   none
-- Example
--   CALL _select_amounts(1, 'KRW', 0, 10000, 3000, 0, 0, 0, 13000, 11818, 1182, 0, 12000);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _select_amounts;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _select_amounts(
    pi_quote_id      BIGINT UNSIGNED,
    pi_currency      CHAR(3),
    pi_digits        TINYINT UNSIGNED,
    pi_product_total DECIMAL(18,2),
    pi_shipping_fee  DECIMAL(18,2),
    pi_discount      DECIMAL(18,2),
    pi_point         DECIMAL(18,2),
    pi_cash          DECIMAL(18,2),
    pi_total         DECIMAL(18,2),
    pi_supply        DECIMAL(18,2),
    pi_vat           DECIMAL(18,2),
    pi_tax_free      DECIMAL(18,2),
    pi_old_total     DECIMAL(18,2))
    SQL SECURITY DEFINER
    NO SQL
    COMMENT 'Totals as a result set'
BEGIN
    SELECT pi_quote_id AS quote_id, pi_currency AS currency, pi_digits AS currency_digits,
           pi_product_total AS product_total_price,
           pi_discount AS discount_total, pi_point AS point_used, pi_cash AS cash_used,
           pi_shipping_fee AS shipping_fee, pi_total AS total_payment,
           pi_supply AS supply_amount, pi_vat AS vat_amount, pi_tax_free AS tax_free_amount,
           pi_old_total AS old_total,
           CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
END//
DELIMITER ;
