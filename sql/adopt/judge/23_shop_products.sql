-- Products. One that has no price, or no delivery policy, is taken over as sold out:
-- it is shown and cannot be bought.
-- needs: product_id
-- key: product_id
SELECT o.*,
       CASE WHEN COALESCE(GREATEST(o.sale_price, 0), 0) = 0 AND COALESCE(o.buy_price, 0) <= 0
                THEN 'no price'
            WHEN d.id IS NULL THEN 'no delivery policy'
       END AS unsaleable,
       CASE WHEN d.id IS NULL THEN 0 ELSE d.id END AS policy_id,
       CASE WHEN COALESCE(o.product_id, '') = '' THEN 'no product_id'
            WHEN CHAR_LENGTH(o.product_id) > 30 THEN 'product_id is longer than 30'
            WHEN ROW_NUMBER() OVER (PARTITION BY o.product_id ORDER BY o.product_name) > 1
                THEN 'product_id twice'
       END AS fault
FROM old_shop_products o
LEFT JOIN (SELECT DISTINCT id FROM judged_shop_delivery_policy WHERE fault IS NULL) d
    ON d.id = o.delivery_policy_id;
