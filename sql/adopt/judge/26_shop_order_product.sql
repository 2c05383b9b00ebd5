-- Order lines. price: the old shop's; where it wrote none, the order's product total is shared out
-- by today's prices and rounded up to the currency unit.
-- needs: order_seq_no, product_id
-- key: order_seq_no
SELECT k.*,
       CASE WHEN k.unit_price >= 0 THEN k.unit_price
            ELSE CEIL(GREATEST(COALESCE(k.goods, 0) - k.priced, 0)
                      * k.weight / k.weights / k.units) END AS price,
       ROW_NUMBER() OVER (PARTITION BY k.fault IS NULL, k.order_seq_no
                          ORDER BY k.product, k.choice, k.units, k.unit_price) AS line
FROM (SELECT j.*,
             SUM(CASE WHEN j.unit_price >= 0 THEN j.unit_price * j.units ELSE 0 END)
                 OVER (PARTITION BY j.fault IS NULL, j.order_seq_no) AS priced,
             SUM(CASE WHEN j.unit_price >= 0 THEN 0 ELSE j.weight END)
                 OVER (PARTITION BY j.fault IS NULL, j.order_seq_no) AS weights
      FROM (SELECT o.*, COALESCE(p.product_id, o.product_id) AS product,
                   COALESCE(NULLIF(o.option_hash, ''), '__noopt__') AS choice,
                   -- What was ordered was at least one.
                   COALESCE(o.quantity, 1) AS units,
                   COALESCE(o.quantity, 1) * COALESCE(NULLIF(p.price, 0), 1) AS weight,
                   COALESCE(h.product_total_price,
                            h.total_payment - COALESCE(h.shipping_fee, 0)) AS goods,
                   CASE WHEN h.seq_no IS NULL THEN 'no such order'
                        WHEN h.fault IS NOT NULL THEN CONCAT('its order: ', h.fault)
                        WHEN COALESCE(o.product_id, '') = '' THEN 'no product_id'
                        WHEN CHAR_LENGTH(o.product_id) > 30 THEN 'product_id is longer than 30'
                        WHEN CHAR_LENGTH(o.option_hash) > 64 THEN 'option_hash is longer than 64'
                        WHEN o.quantity < 1 THEN 'quantity is not at least 1'
                   END AS fault
            FROM old_shop_order_product o
            LEFT JOIN judged_shop_orders h ON h.seq_no = o.order_seq_no
            LEFT JOIN known_product p ON p.folded = LOWER(o.product_id)) j) k;
