-- v_offers_compared: every offer, and what is wrong with it. What an offer should be is said here:
-- as its product, its option and its shop are now, at the price that the formula makes of them, by
-- a price row that says the same. shop_offers_repair mends what it names, shop_audit reports it.
-- Where a planned price has begun, the row of the price before is not compared: what a price row
-- says beside the price may have changed since.
--
-- Parameters  none (a view)
-- Returns one row per offer: shop_id, product_id, option_hash, fault (NULL = none)
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_offers_compared WHERE fault IS NOT NULL;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_offers_compared AS
SELECT f.shop_id, f.product_id, f.option_hash,
       CASE
           WHEN p.product_id IS NULL THEN 'there is no such product'
           WHEN f.option_hash <> '__noopt__' AND o.option_hash IS NULL
               THEN 'there is no such option'
           WHEN NOT (f.buy_price = p.buy_price AND f.sale_price <=> p.sale_price
                     AND f.discount_rate = p.discount_rate
                     AND CAST(f.product_name AS BINARY) = CAST(p.product_name AS BINARY)
                     AND f.tax_type = p.tax_type
                     AND CAST(f.category_id AS BINARY) <=> CAST(p.category_id AS BINARY)
                     AND f.weight <=> p.weight AND f.delivery_policy_id = p.delivery_policy_id
                     AND f.stock_slots = p.stock_slots AND f.option_required = p.option_required
                     AND f.product_shown = (p.display = '1' AND p.stat <> '2')
                     AND f.option_groups = p.option_groups
                     AND f.required_choices = p.required_choices
                     AND f.required_texts = p.required_texts AND f.set_parts = p.set_parts
                     AND f.quantity_rules
                         = (COALESCE(p.min_quantity, p.max_quantity, p.quantity_step,
                                     p.member_quantity) IS NOT NULL))
               THEN 'is not as its product is'
           WHEN NOT (f.add_price = COALESCE(o.add_price, 0)
                     AND CAST(f.option_name AS BINARY) = CAST(COALESCE(o.option_name, '') AS BINARY)
                     AND CAST(f.stock_option_hash AS BINARY)
                         = CAST(COALESCE(o.stock_option_hash, '__noopt__') AS BINARY)
                     AND f.option_shown = COALESCE(o.display = '1', 1))
               THEN 'is not as its option is'
           WHEN NOT (f.currency_digits <=> s.currency_digits)
               THEN 'is not in the currency of its shop'
           WHEN NOT (f.price_unit <=> s.price_unit AND f.price_rounding <=> s.price_rounding)
               THEN 'is not rounded as its shop says'
           WHEN NOT (f.unit_price = _unit_price(f.buy_price, f.sale_price, f.discount_rate,
                                                f.add_price, f.currency_digits, f.price_unit,
                                                f.price_rounding)
                     AND f.list_price = _list_price(f.buy_price, f.add_price, f.currency_digits)
                     AND f.orderable = _is_orderable(f.product_shown,
                                           f.option_required = 1 OR f.required_choices > 0,
                                           f.option_hash, f.option_shown, f.unit_price)
                                       * _orderable_as(f.required_texts,
                                                       f.quantity_rules = 1
                                                       OR f.set_parts > 0))
               THEN 'is not what the formula gives'
           WHEN NOT COALESCE(f.holds_until <= UTC_TIMESTAMP(6), 0)
                AND (r.price_id IS NULL OR NOT (
                        r.shop_id = f.shop_id AND r.product_id = f.product_id
                        AND r.option_hash = f.option_hash AND r.plan_id = f.plan_id
                        AND r.unit_price = f.unit_price AND r.list_price = f.list_price
                        AND r.discount_rate = f.discount_rate
                        AND CAST(r.product_name AS BINARY) = CAST(f.product_name AS BINARY)
                        AND CAST(r.option_name AS BINARY) = CAST(f.option_name AS BINARY)
                        AND CAST(r.category_id AS BINARY) <=> CAST(f.category_id AS BINARY)
                        AND r.weight <=> f.weight AND r.tax_type = f.tax_type
                        AND CAST(r.stock_option_hash AS BINARY)
                            = CAST(f.stock_option_hash AS BINARY)))
               THEN 'its price row says something else'
       END AS fault
FROM shop_offers f
LEFT JOIN shop_products p ON p.shop_id = f.shop_id AND p.product_id = f.product_id
LEFT JOIN shop_product_options o
    ON o.shop_id = f.shop_id AND o.product_id = f.product_id AND o.option_hash = f.option_hash
LEFT JOIN shops s ON s.shop_id = f.shop_id
LEFT JOIN shop_product_prices r ON r.price_id = f.price_id
WHERE f.plan_id = 0;
