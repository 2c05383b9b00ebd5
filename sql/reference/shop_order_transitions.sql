-- Who may move an order from what to what. Loaded again with every load: rows that are not here are kept.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_order_transitions (from_status, action, actor, to_status)
SELECT d.from_status, d.action, d.actor, d.to_status FROM (
              SELECT 0 AS from_status, 'order' AS action, 'buyer' AS actor, 1 AS to_status
    UNION ALL SELECT  1, 'pay',          'pg',     2
    UNION ALL SELECT 11, 'pay',          'pg',     2
    UNION ALL SELECT 13, 'pay',          'pg',     2
    -- A payment that an operator enters by hand.
    UNION ALL SELECT  1, 'pay',          'dba',    2
    UNION ALL SELECT 11, 'pay',          'dba',    2
    UNION ALL SELECT 13, 'pay',          'dba',    2
    -- Approved after a refusal, or too late, while the units can still be had.
    UNION ALL SELECT 10, 'revive',       'pg',     2
    UNION ALL SELECT 12, 'revive',       'pg',     2
    UNION ALL SELECT 10, 'revive',       'dba',    2
    UNION ALL SELECT 12, 'revive',       'dba',    2
    UNION ALL SELECT  1, 'free',         'buyer',  2
    UNION ALL SELECT  1, 'fail',         'pg',    12
    UNION ALL SELECT 11, 'fail',         'pg',    12
    UNION ALL SELECT 13, 'fail',         'pg',    12
    UNION ALL SELECT  1, 'expire',       'job',   10
    UNION ALL SELECT 11, 'expire',       'job',   10
    UNION ALL SELECT  1, 'expire',       'pg',    10
    UNION ALL SELECT 11, 'expire',       'pg',    10
    UNION ALL SELECT 13, 'expire',       'pg',    10
    UNION ALL SELECT  1, 'restore_cart', 'buyer',  9
    UNION ALL SELECT  2, 'complete',     'buyer',  6
    UNION ALL SELECT  3, 'complete',     'buyer',  6
    UNION ALL SELECT  4, 'complete',     'buyer',  6
    UNION ALL SELECT  5, 'complete',     'buyer',  6
    UNION ALL SELECT  2, 'complete',     'job',    6
    UNION ALL SELECT  3, 'complete',     'job',    6
    UNION ALL SELECT  4, 'complete',     'job',    6
    UNION ALL SELECT  5, 'complete',     'job',    6
) d
ON DUPLICATE KEY UPDATE shop_order_transitions.to_status = d.to_status;
