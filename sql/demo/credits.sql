-- Demonstration data, part 4: points and cash of every demo member, and the shop's rules for points.
--
-- Load after products.sql. Only what is absent is added: rules that were changed, and what was used,
-- stay as they are.
--
-- Worth knowing when trying things out
--   3,000 points  of which 800 expire in 20 days and are used first; 1,000 at least, in tens, of at
--                 most half of what an order costs; 1 % of the goods of a complete order is earned
--   5,000 cash    which pays anything
--   orders        are complete 7 days after they were paid, or when the buyer says so

SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

UPDATE shops SET point_min_use = 1000, point_unit = 10, point_max_rate = 0.5, point_earn_rate = 0.01, point_days = 365,
                 complete_days = 7
 WHERE shop_id = 1 AND complete_days IS NULL;

-- The key gives nobody the same a second time.
SET @members = (SELECT CONCAT('[', GROUP_CONCAT(JSON_QUOTE(m.user_id) ORDER BY m.cust_no), ']')
                  FROM member AS m
                 WHERE m.shop_id = 1 AND m.user_id REGEXP '^demo[0-9]+$');
CALL adjust_adm_credits(1, 'point', @members, '2200', '365', 'demo-1', '가입 축하');
CALL adjust_adm_credits(1, 'point', @members, '800', '20', 'demo-2', '이달의 적립금');
CALL adjust_adm_credits(1, 'cash', @members, '5000', NULL, 'demo-1', '충전');
