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

-- Their cash, as the triggers of member would write it: a debt is none.
DELETE FROM shop_credit_accounts;
INSERT INTO shop_credit_accounts (shop_id, user_id, kind, balance)
SELECT shop_id, user_id, 'cash', user_cash FROM member WHERE user_cash > 0;

DELETE FROM shop_credit_grants;
INSERT INTO shop_credit_grants (grant_no, shop_id, user_id, kind, amount, left_amount, granted_at)
SELECT ROW_NUMBER() OVER (ORDER BY user_id), shop_id, user_id, kind, balance, balance, v_now
FROM shop_credit_accounts;

DELETE FROM shop_credit_ledger;
INSERT INTO shop_credit_ledger (entry_no, entry_date, grant_no, shop_id, user_id, kind, action,
    from_account, to_account, amount, actor, reason)
SELECT grant_no, granted_at, grant_no, shop_id, user_id, kind, 'adjust', 'shop', 'member', amount,
       LEFT(USER(), 100), 'adopted'
FROM shop_credit_grants;
