-- What each verdict on a message of a payment gateway means: the only list of them. Loaded again with every load.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_payment_verdicts
    (verdict, meaning, keeps_payment, keeps_approval, settles, moves, duty, error_code, code_if_paid, code_if_expired)
SELECT d.verdict, d.meaning, d.keeps_payment, d.keeps_approval, d.settles, d.moves, d.duty, d.error_code,
       d.code_if_paid, d.code_if_expired FROM (
              SELECT 'paid' AS verdict, 'approved: settles the order' AS meaning, 1 AS keeps_payment, 1 AS keeps_approval,
                     1 AS settles, 'pay' AS moves, NULL AS duty, '' AS error_code, '' AS code_if_paid, '' AS code_if_expired
    UNION ALL SELECT 'failed', 'refused: the order''s payment failed', 1, 0, 0, 'fail', NULL,
                     'PAYMENT_FAILED', '', 'PAYMENT_FAILED'
    UNION ALL SELECT 'ignored', 'refused: too late to matter', 0, 0, 0, NULL, NULL, 'PAYMENT_FAILED', '', 'ORDER_EXPIRED'
    UNION ALL SELECT 'repeated', 'said before: nothing changes', 0, 0, 0, NULL, NULL, NULL, NULL, NULL
    UNION ALL SELECT 'contradiction', 'approved, with a transaction that was approved with something else', 0, 0, 0, NULL,
                     'lookup', 'DUPLICATE_APPROVAL', 'DUPLICATE_APPROVAL', 'DUPLICATE_APPROVAL'
    UNION ALL SELECT 'incomplete', 'approved, without a transaction number', 0, 0, 0, NULL,
                     'lookup', 'INVALID_INPUT', 'INVALID_INPUT', 'INVALID_INPUT'
    UNION ALL SELECT 'approval_reused', 'approved, with an approval number that another transaction had', 1, 0, 0, NULL,
                     'lookup', 'DUPLICATE_APPROVAL', 'DUPLICATE_APPROVAL', 'DUPLICATE_APPROVAL'
    UNION ALL SELECT 'unknown_order', 'approved, for an order that does not exist', 1, 1, 0, NULL,
                     'refund', 'ORDER_NOT_FOUND', 'ORDER_NOT_FOUND', 'ORDER_NOT_FOUND'
    UNION ALL SELECT 'amount_mismatch', 'approved, for another amount', 1, 1, 0, 'fail',
                     'refund', 'AMOUNT_MISMATCH', 'AMOUNT_MISMATCH', 'AMOUNT_MISMATCH'
    -- To its buyer the order is paid.
    UNION ALL SELECT 'surplus', 'approved, for an order that is paid already', 1, 1, 0, NULL, 'refund', '', '', ''
    UNION ALL SELECT 'late', 'approved, for an order that has ended or whose units are gone', 1, 1, 0, 'expire',
                     'refund', 'STATE_NOT_ALLOWED', 'STATE_NOT_ALLOWED', 'ORDER_EXPIRED'
    -- No message ever says it: the payment of an order that moved in from the shop before.
    UNION ALL SELECT 'adopted', 'paid before jumun, on the old shop''s word', 1, 0, 1, NULL, NULL, '', '', ''
) d
ON DUPLICATE KEY UPDATE meaning = d.meaning, keeps_payment = d.keeps_payment, keeps_approval = d.keeps_approval,
    settles = d.settles, moves = d.moves, duty = d.duty, error_code = d.error_code, code_if_paid = d.code_if_paid,
    code_if_expired = d.code_if_expired;
