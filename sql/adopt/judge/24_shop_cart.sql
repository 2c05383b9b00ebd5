-- Cart rows. Rows of one buyer, product and option add up into the first of them.
-- needs: seq_no
-- key: seq_no
SELECT j.*,
       CASE WHEN j.flaw IS NOT NULL THEN j.flaw
            WHEN j.seq_no <> j.first_seq_no THEN CONCAT('added to row ', j.first_seq_no)
       END AS fault
FROM (SELECT i.*,
             MIN(i.seq_no)      OVER w AS first_seq_no,
             SUM(i.quantity)    OVER w AS units,
             MIN(i.create_date) OVER w AS first_date,
             MAX(i.update_date) OVER w AS last_date
      FROM (SELECT o.*, COALESCE(m.user_id, o.user_id) AS buyer, p.product_id AS product,
                   COALESCE(NULLIF(o.option_hash, ''), '__noopt__') AS choice,
                   CASE WHEN o.seq_no IS NULL THEN 'no seq_no'
                        WHEN COALESCE(o.user_id, '') = '' THEN 'no user_id'
                        WHEN CHAR_LENGTH(o.user_id) > 63 THEN 'user_id is longer than 63'
                        WHEN CHAR_LENGTH(o.option_hash) > 64 THEN 'option_hash is longer than 64'
                        WHEN p.product_id IS NULL THEN 'no such product'
                        WHEN o.quantity IS NULL THEN 'quantity is not a number'
                        WHEN o.quantity < 1 THEN 'quantity is not at least 1'
                   END AS flaw
            FROM old_shop_cart o
            LEFT JOIN known_user m ON m.folded = LOWER(o.user_id)
            LEFT JOIN known_product p ON p.folded = LOWER(o.product_id)) i
      WINDOW w AS (PARTITION BY CASE WHEN i.flaw IS NULL THEN 0 ELSE i.seq_no END,
                                i.buyer, i.product, i.choice)) j;
