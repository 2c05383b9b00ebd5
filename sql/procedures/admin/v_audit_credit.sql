-- v_audit_credit: points and cash that are not what they should be. Read through shop_audit.
--
-- - What is left of a grant is not what its entries say, or one of them is another member's.
-- - An account is not the sum of what is left of its grants, or a member's copy of it
--   (member.user_cash) is another one.
-- - An order that lives has not taken what it uses, one that has ended still has it; a paid one
--   holds it, one that waits has used it. Orders that a shop has brought along (adopted) have no
--   entries.
-- - What points or cash pay of an order's lines is not what it uses, or more than a line and the
--   delivery cost after discounts.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_credit;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_credit AS
SELECT 'credit' AS invariant, g.shop_id, CAST(NULL AS UNSIGNED) AS order_seq_no,
       CONCAT('grant ', g.grant_no) AS subject,
       CONCAT('of ', g.amount, ' has ', g.left_amount, ' left, by its entries ',
              COALESCE(SUM(CASE e.to_account WHEN 'member' THEN e.amount END), 0)
              - COALESCE(SUM(CASE e.from_account WHEN 'member' THEN e.amount END), 0)) AS detail
FROM shop_credit_grants g
LEFT JOIN shop_credit_ledger e ON e.grant_no = g.grant_no
GROUP BY g.shop_id, g.grant_no, g.amount, g.left_amount, g.user_id, g.kind
HAVING g.left_amount <> COALESCE(SUM(CASE e.to_account WHEN 'member' THEN e.amount END), 0)
                        - COALESCE(SUM(CASE e.from_account WHEN 'member' THEN e.amount END), 0)
    OR g.amount <> COALESCE(SUM(CASE e.from_account WHEN 'shop' THEN e.amount END), 0)
    OR SUM(e.shop_id <> g.shop_id OR e.user_id <> g.user_id OR e.kind <> g.kind) > 0
UNION ALL
SELECT 'credit', x.shop_id, CAST(NULL AS UNSIGNED), CONCAT(x.kind, ' of ', x.user_id),
       CONCAT('balance ', COALESCE(SUM(x.balance), 'none'), ', left of grants ', SUM(x.left_amount))
FROM (SELECT shop_id, user_id, kind, balance, 0 AS left_amount FROM shop_credit_accounts
      UNION ALL
      SELECT shop_id, user_id, kind, NULL, left_amount FROM shop_credit_grants) x
GROUP BY x.shop_id, x.user_id, x.kind
HAVING NOT SUM(x.balance) <=> SUM(x.left_amount)
UNION ALL
SELECT 'credit', m.shop_id, CAST(NULL AS UNSIGNED), CONCAT('member ', m.user_id),
       CONCAT('user_cash ', m.user_cash, ', cash ', COALESCE(a.balance, 0))
FROM member m
LEFT JOIN shop_credit_accounts a ON a.shop_id = m.shop_id AND a.user_id = m.user_id
    AND a.kind = 'cash'
WHERE GREATEST(m.user_cash, 0) <> COALESCE(a.balance, 0)
UNION ALL
SELECT 'credit', c.shop_id, c.order_seq_no, CONCAT('order ', c.order_seq_no),
       CONCAT('uses points ', c.point_used, ' and cash ', c.cash_used, ', holds ', c.points_held,
              ' and ', c.cash_held, ', has used ', c.points_taken, ' and ', c.cash_taken,
              ' in status ', c.order_status)
FROM (SELECT o.seq_no AS order_seq_no, o.shop_id, o.point_used, o.cash_used, o.order_status,
             t.phase,
             COALESCE(SUM(CASE WHEN e.kind <> 'point' THEN 0
                               WHEN e.to_account = 'order' THEN e.amount
                               WHEN e.from_account = 'order' THEN -e.amount END), 0) AS points_held,
             COALESCE(SUM(CASE WHEN e.kind <> 'cash' THEN 0
                               WHEN e.to_account = 'order' THEN e.amount
                               WHEN e.from_account = 'order' THEN -e.amount END), 0) AS cash_held,
             COALESCE(SUM(CASE WHEN e.kind <> 'point' THEN 0
                               WHEN e.to_account = 'used' THEN e.amount
                               WHEN e.from_account = 'used' THEN -e.amount END), 0) AS points_taken,
             COALESCE(SUM(CASE WHEN e.kind <> 'cash' THEN 0
                               WHEN e.to_account = 'used' THEN e.amount
                               WHEN e.from_account = 'used' THEN -e.amount END), 0) AS cash_taken,
             COALESCE(SUM(e.shop_id <> o.shop_id OR e.user_id <> o.user_id), 0) AS of_others
      FROM shop_orders o
      JOIN shop_order_statuses t ON t.order_status = o.order_status
      LEFT JOIN shop_credit_ledger e ON e.order_seq_no = o.seq_no
      WHERE o.pricing_version IS NOT NULL
      GROUP BY o.seq_no, o.shop_id, o.point_used, o.cash_used, o.order_status, t.phase) c
WHERE c.points_held <> CASE c.phase WHEN 'open' THEN c.point_used ELSE 0 END
   OR c.cash_held <> CASE c.phase WHEN 'open' THEN c.cash_used ELSE 0 END
   OR c.points_taken <> CASE c.phase WHEN 'paid' THEN c.point_used ELSE 0 END
   OR c.cash_taken <> CASE c.phase WHEN 'paid' THEN c.cash_used ELSE 0 END
   OR c.of_others > 0
UNION ALL
SELECT 'credit', MAX(e.shop_id), e.order_seq_no, CONCAT('order ', e.order_seq_no),
       'is none, and has entries'
FROM shop_credit_ledger e
LEFT JOIN shop_orders o ON o.seq_no = e.order_seq_no
WHERE e.order_seq_no IS NOT NULL AND o.seq_no IS NULL
GROUP BY e.order_seq_no
UNION ALL
SELECT 'credit', o.shop_id, o.seq_no, CONCAT('order ', o.seq_no),
       CONCAT('uses points ', o.point_used, ' and cash ', o.cash_used, ', spread ',
              COALESCE(SUM(CASE k.kind WHEN 'point' THEN k.amount END), 0), ' and ',
              COALESCE(SUM(CASE k.kind WHEN 'cash' THEN k.amount END), 0))
FROM shop_orders o
LEFT JOIN shop_order_credit_lines k ON k.order_seq_no = o.seq_no
WHERE o.pricing_version IS NOT NULL
GROUP BY o.shop_id, o.seq_no, o.point_used, o.cash_used
HAVING o.point_used <> COALESCE(SUM(CASE k.kind WHEN 'point' THEN k.amount END), 0)
    OR o.cash_used <> COALESCE(SUM(CASE k.kind WHEN 'cash' THEN k.amount END), 0)
UNION ALL
SELECT 'credit', c.shop_id, c.order_seq_no,
       CONCAT('order ', c.order_seq_no, ' line ', c.line_no),
       CONCAT('points and cash of ', c.amount, ' on ', c.cost)
FROM (SELECT k.order_seq_no, k.line_no, MAX(o.shop_id) AS shop_id, SUM(k.amount) AS amount,
             COALESCE(MAX(CASE k.line_no WHEN 0 THEN o.shipping_fee ELSE l.line_amount END), 0)
             - COALESCE(MAX((SELECT SUM(d.amount) FROM shop_order_discount_lines d
                             WHERE d.order_seq_no = k.order_seq_no AND d.line_no = k.line_no)), 0)
                 AS cost
      FROM shop_order_credit_lines k
      LEFT JOIN shop_orders o ON o.seq_no = k.order_seq_no
      LEFT JOIN shop_order_product l ON l.order_seq_no = k.order_seq_no AND l.line_no = k.line_no
      GROUP BY k.order_seq_no, k.line_no) c
WHERE c.amount > c.cost;
