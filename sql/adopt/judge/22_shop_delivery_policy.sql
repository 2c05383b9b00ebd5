-- Delivery policies.
-- needs: id
-- key: id
SELECT o.*,
       CASE WHEN o.id IS NULL OR o.id < 0 THEN 'no id'
            WHEN ROW_NUMBER() OVER (PARTITION BY o.id ORDER BY o.base_cost DESC) > 1 THEN 'id twice'
       END AS fault
FROM old_shop_delivery_policy o;
