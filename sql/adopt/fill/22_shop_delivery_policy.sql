-- A type that jumun does not know, or a conditional one without a limit, costs its base price.
DELETE FROM shop_delivery_policy;
INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type,
    base_cost, free_over, combine_group_id{extra})
SELECT 1, o.id, COALESCE(NULLIF(o.policy_name, ''), CONCAT('policy ', o.id)),
       CASE WHEN o.type IN ('free', 'fixed', 'area') THEN o.type
            WHEN o.type = 'conditional' AND o.free_over IS NOT NULL THEN 'conditional'
            ELSE 'fixed' END,
       GREATEST(COALESCE(o.base_cost, 0), 0), o.free_over, o.combine_group_id{o.extra}
FROM judged_shop_delivery_policy o
WHERE o.fault IS NULL;

INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type)
SELECT 1, 0, 'none: adopted products that had no policy', 'fixed'
FROM DUAL
WHERE EXISTS (SELECT 1 FROM judged_shop_products WHERE fault IS NULL AND policy_id = 0)
  AND NOT EXISTS (SELECT 1 FROM judged_shop_delivery_policy WHERE fault IS NULL AND id = 0);
