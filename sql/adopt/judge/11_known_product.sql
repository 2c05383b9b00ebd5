-- How a product is spelled, and what it costs now.
-- key: folded
SELECT LOWER(o.product_id) AS folded, MIN(o.product_id) AS product_id,
       MAX(COALESCE(NULLIF(o.sale_price, 0), o.buy_price, 0)) AS price
FROM old_shop_products o
WHERE o.product_id <> ''
GROUP BY LOWER(o.product_id)
HAVING COUNT(DISTINCT o.product_id) = 1;
