-- v_delivery_compared: every delivery policy in force, and what is wrong with it.
-- As v_offers_compared.
--
-- Parameters  none (a view)
-- Returns one row per row of shop_delivery_now: shop_id, policy_id, fault (NULL = none)
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_delivery_compared WHERE fault IS NOT NULL;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_delivery_compared AS
SELECT f.shop_id, f.policy_id,
       CASE
           WHEN p.id IS NULL THEN 'there is no such policy'
           WHEN NOT (f.type = p.type AND f.base_cost = p.base_cost AND f.threshold <=> p.free_over
                     AND f.combine_group_id <=> p.combine_group_id AND f.steps <=> p.steps
                     AND f.remote = p.remote AND f.amount_basis = p.amount_basis)
               THEN 'is not as its policy is'
           WHEN NOT (f.currency_digits <=> s.currency_digits)
               THEN 'is not in the currency of its shop'
           WHEN NOT (f.parcel = _delivery_parcel(f.policy_id, f.combine_group_id)
                     AND f.fee = _delivery_fee(f.type, f.base_cost, f.currency_digits)
                     AND f.free_over <=> _delivery_free_over(f.type, f.threshold))
               THEN 'is not what the formula gives'
           WHEN r.rule_id IS NULL
                OR NOT (r.shop_id = f.shop_id AND r.policy_id = f.policy_id AND r.type = f.type
                        AND r.parcel = f.parcel AND r.fee = f.fee AND r.free_over <=> f.free_over
                        AND r.steps <=> f.steps AND r.remote = f.remote
                        AND r.amount_basis = f.amount_basis)
               THEN 'its rule says something else'
       END AS fault
FROM shop_delivery_now f
LEFT JOIN shop_delivery_policy p ON p.shop_id = f.shop_id AND p.id = f.policy_id
LEFT JOIN shops s ON s.shop_id = f.shop_id
LEFT JOIN shop_delivery_rules r ON r.rule_id = f.rule_id;
