-- v_audit_option: options that are not what they should be. Read through shop_audit.
--
-- - A product counts other groups of options than it has (shop_option_groups and its triggers).
-- - A combination's hash is not that of its choices, or it leaves out a choice that is required.
-- - What was chosen has another hash than that under which carts and orders name it.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_option;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_option AS
SELECT 'option' AS invariant, t.shop_id, CAST(NULL AS UNSIGNED) AS order_seq_no,
       CONCAT('product ', t.product_id) AS subject,
       CONCAT('counts ', SUM(t.counted), ' groups, has ', SUM(t.there), '; required choices ',
              SUM(t.choices), ', ', SUM(t.choices_there), '; required texts ', SUM(t.texts), ', ',
              SUM(t.texts_there)) AS detail
FROM (SELECT shop_id, product_id, option_groups AS counted, required_choices AS choices,
             required_texts AS texts, 0 AS there, 0 AS choices_there, 0 AS texts_there
      FROM shop_products
      WHERE option_groups > 0 OR required_choices > 0 OR required_texts > 0
      UNION ALL
      SELECT shop_id, product_id, 0, 0, 0, 1, kind = 'choice' AND is_required = 1,
             kind = 'text' AND is_required = 1
      FROM shop_option_groups) t
GROUP BY t.shop_id, t.product_id
HAVING SUM(t.counted) <> SUM(t.there) OR SUM(t.choices) <> SUM(t.choices_there)
    OR SUM(t.texts) <> SUM(t.texts_there)
UNION ALL
SELECT 'option', o.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('option ', o.product_id, ' ', o.option_hash),
       'is not the hash of its choices'
FROM shop_product_options o
WHERE o.choices_json IS NOT NULL
  AND CAST(o.option_hash AS BINARY) <> CAST(SHA2(o.choices_json, 256) AS BINARY)
UNION ALL
SELECT 'option', o.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('option ', o.product_id, ' ', o.option_hash),
       CONCAT('leaves out what is required: ', g.group_name)
FROM shop_product_options o
JOIN shop_option_groups g ON g.shop_id = o.shop_id AND g.product_id = o.product_id
    AND g.kind = 'choice' AND g.is_required = 1
WHERE o.choices_json IS NOT NULL
  AND JSON_EXTRACT(o.choices_json, CONCAT('$."', g.group_name, '"')) IS NULL
UNION ALL
SELECT 'option', c.shop_id, CAST(NULL AS UNSIGNED),
       CONCAT('chosen of ', c.product_id, ' ', c.option_hash),
       'is not the hash of what was chosen'
FROM shop_option_payloads c
WHERE CAST(c.option_hash AS BINARY) <> CAST(SHA2(c.payload_json, 256) AS BINARY);
