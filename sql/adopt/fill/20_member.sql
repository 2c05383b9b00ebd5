-- Members. A name or a phone that the old table has not comes from the member's last order.
DELETE FROM member;
INSERT INTO member (shop_id, user_id, cust_no, user_name, user_phone, user_cash{extra})
SELECT 1, o.user_id, o.cust_no,
       COALESCE(NULLIF(o.user_name, ''), last_order.user_name, ''),
       COALESCE(NULLIF(o.user_phone, ''), last_order.user_phone, ''),
       COALESCE(o.user_cash, 0){o.extra}
FROM judged_member o
LEFT JOIN (SELECT buyer, user_name, user_phone
           FROM (SELECT h.buyer, h.user_name, h.user_phone,
                        ROW_NUMBER() OVER (PARTITION BY h.buyer ORDER BY h.seq_no DESC) AS nth
                 FROM judged_shop_orders h) ranked
           WHERE nth = 1) last_order ON last_order.buyer = o.user_id
WHERE o.fault IS NULL;
