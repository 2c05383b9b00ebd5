-- Money that the old shop says it has: paid, and nobody can prove it any more. Two orders with one
-- approval number: the first keeps it.
DELETE FROM shop_payments;
INSERT INTO shop_payments (seq_no, shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no,
    amount, status, result_code, result_msg, approved_at, create_date, update_date)
SELECT ROW_NUMBER() OVER (ORDER BY o.seq_no), 1, o.seq_no, 'adopted', 'adopted',
       CONCAT('order ', o.seq_no),
       CASE WHEN ROW_NUMBER() OVER (PARTITION BY NULLIF(o.approval_no, '') ORDER BY o.seq_no) = 1
            THEN NULLIF(o.approval_no, '') END,
       o.total_payment, 'adopted', '', COALESCE(o.approval_msg, ''), '',
       COALESCE(o.paid_at, o.order_date), v_now
FROM shop_orders o
WHERE o.total_payment > 0
  AND (o.order_status BETWEEN 2 AND 6 OR (o.order_status IN (7, 8) AND o.approval_no <> ''));
