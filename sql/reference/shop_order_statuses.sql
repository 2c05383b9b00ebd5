-- What each status of an order means: the only list of them. Loaded again with every load.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_order_statuses (order_status, name, phase, settled, on_payment, next_step, late_step, error_code)
SELECT d.order_status, d.name, d.phase, d.settled, d.on_payment, d.next_step, d.late_step, d.error_code FROM (
              SELECT 1 AS order_status, 'pending' AS name, 'open' AS phase, 'no' AS settled, 'pay' AS on_payment,
                     'pay' AS next_step, 'restore_cart' AS late_step, 'ORDER_EXPIRED' AS error_code
    UNION ALL SELECT  2, 'paid',                'paid',  'yes',   'surplus', 'done', 'done', ''
    UNION ALL SELECT  3, 'preparing',           'paid',  'yes',   'surplus', 'done', 'done', ''
    UNION ALL SELECT  4, 'shipping',            'paid',  'yes',   'surplus', 'done', 'done', ''
    UNION ALL SELECT  5, 'delivered',           'paid',  'yes',   'surplus', 'done', 'done', ''
    UNION ALL SELECT  6, 'complete',            'paid',  'yes',   'surplus', 'done', 'done', ''
    UNION ALL SELECT  7, 'cancelled by shop',   'ended', 'maybe', 'late', 'restore_cart', 'restore_cart', 'STATE_NOT_ALLOWED'
    UNION ALL SELECT  8, 'refunded',            'ended', 'maybe', 'late', 'none', 'none', 'STATE_NOT_ALLOWED'
    UNION ALL SELECT  9, 'cancelled by buyer',  'ended', 'no', 'late', 'restore_cart', 'restore_cart', 'STATE_NOT_ALLOWED'
    UNION ALL SELECT 10, 'expired',             'ended', 'no', 'revive', 'restore_cart', 'restore_cart', 'ORDER_EXPIRED'
    UNION ALL SELECT 11, 'waiting for deposit', 'open',  'no', 'pay', 'deposit', 'deposit', ''
    UNION ALL SELECT 12, 'payment failed',      'ended', 'no', 'revive', 'restore_cart', 'restore_cart', 'PAYMENT_FAILED'
    UNION ALL SELECT 13, 'approving',           'open',  'no', 'pay', 'wait', 'wait', ''
) d
ON DUPLICATE KEY UPDATE name = d.name, phase = d.phase, settled = d.settled, on_payment = d.on_payment,
    next_step = d.next_step, late_step = d.late_step, error_code = d.error_code;
