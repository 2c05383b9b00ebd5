-- A discount of more than 1 was meant in per cent.
DELETE FROM shop_products;
INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price,
    discount_rate, tax_type, display, stat, option_required, category_id, delivery_policy_id,
    product_thumb_img_url, quantity_stock{extra})
SELECT 1, o.product_id, COALESCE(o.product_name, ''), GREATEST(COALESCE(o.buy_price, 0), 0),
       GREATEST(o.sale_price, 0),
       CASE WHEN o.discount_rate BETWEEN 0 AND 1 THEN o.discount_rate
            WHEN o.discount_rate > 1 AND o.discount_rate <= 100 THEN o.discount_rate / 100
            ELSE 0 END,
       CASE WHEN o.tax_type = 'free' THEN 'free' ELSE 'taxable' END,
       COALESCE(o.display, '0'),
       CASE WHEN o.unsaleable IS NULL THEN COALESCE(o.stat, '1') ELSE '2' END,
       CASE WHEN o.option_required = 1 THEN 1 ELSE 0 END,
       o.category_id, o.policy_id, o.product_thumb_img_url,
       LEAST(GREATEST(COALESCE(o.quantity_stock, 0), 0), 999999999){o.extra}
FROM judged_shop_products o
WHERE o.fault IS NULL;
