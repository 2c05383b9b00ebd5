-- Delivery addresses. The old table may have no numbers: they are given by buyer.
-- key: number
SELECT a.*,
       CASE WHEN COALESCE(a.user_id, '') = '' THEN 'no user_id'
            WHEN CHAR_LENGTH(a.user_id) > 63 THEN 'user_id is longer than 63'
            WHEN ROW_NUMBER() OVER (PARTITION BY a.number ORDER BY a.update_date DESC) > 1
                THEN 'seq_no twice'
       END AS fault
FROM (SELECT o.*, COALESCE(m.user_id, o.user_id) AS owner,
             COALESCE(o.seq_no,
                      ROW_NUMBER() OVER (ORDER BY o.user_id, o.is_default DESC,
                                                  o.update_date, o.address)) AS number
      FROM old_shop_shipping_address o
      LEFT JOIN known_user m ON m.folded = LOWER(o.user_id)) a;
