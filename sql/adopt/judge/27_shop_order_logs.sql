-- Log lines.
-- needs: order_seq_no
-- key: order_seq_no
SELECT o.*, h.order_status AS status, h.placed,
       CASE WHEN h.seq_no IS NULL THEN 'no such order'
            WHEN h.fault IS NOT NULL THEN CONCAT('its order: ', h.fault)
       END AS fault
FROM old_shop_order_logs o
LEFT JOIN judged_shop_orders h ON h.seq_no = o.order_seq_no;
