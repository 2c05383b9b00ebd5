-- Groups of options and parts of sets that a page inserted again (INSERT IGNORE, ON DUPLICATE KEY)
-- were counted again: the counts are what is there.

UPDATE shop_products p
LEFT JOIN (SELECT shop_id, product_id, COUNT(*) AS option_groups,
                  SUM(kind = 'choice' AND is_required = 1) AS required_choices,
                  SUM(kind = 'text' AND is_required = 1) AS required_texts
           FROM shop_option_groups
           GROUP BY shop_id, product_id) g
    ON g.shop_id = p.shop_id AND g.product_id = p.product_id
SET p.option_groups = COALESCE(g.option_groups, 0),
    p.required_choices = COALESCE(g.required_choices, 0),
    p.required_texts = COALESCE(g.required_texts, 0)
WHERE p.option_groups <> COALESCE(g.option_groups, 0)
   OR p.required_choices <> COALESCE(g.required_choices, 0)
   OR p.required_texts <> COALESCE(g.required_texts, 0);

UPDATE shop_products p
LEFT JOIN (SELECT shop_id, product_id, COUNT(*) AS parts
           FROM shop_set_parts GROUP BY shop_id, product_id) e
    ON e.shop_id = p.shop_id AND e.product_id = p.product_id
LEFT JOIN (SELECT shop_id, part_product_id, COUNT(*) AS sets
           FROM shop_set_parts GROUP BY shop_id, part_product_id) i
    ON i.shop_id = p.shop_id AND i.part_product_id = p.product_id
SET p.set_parts = COALESCE(e.parts, 0), p.in_sets = COALESCE(i.sets, 0)
WHERE p.set_parts <> COALESCE(e.parts, 0) OR p.in_sets <> COALESCE(i.sets, 0);

UPDATE shops s
LEFT JOIN (SELECT shop_id, COUNT(*) AS parts FROM shop_set_parts GROUP BY shop_id) e
    ON e.shop_id = s.shop_id
SET s.set_parts = COALESCE(e.parts, 0)
WHERE s.set_parts <> COALESCE(e.parts, 0);

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (28, '0028_counted_once.sql', UTC_TIMESTAMP(6));
