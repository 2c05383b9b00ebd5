-- One row says that the order was taken over, with the status it had;
-- what the old shop logged follows as notes.
DELETE FROM shop_order_logs;
INSERT INTO shop_order_logs (seq_no, order_seq_no, log_date, from_status, to_status,
    action, actor, actor_name, log_message)
SELECT ROW_NUMBER() OVER (ORDER BY o.seq_no), o.seq_no, o.order_date, 0, o.order_status,
       CONCAT('adopt_', o.order_status), 'dba', LEFT(USER(), 100), 'taken over from the shop before'
FROM shop_orders o;

INSERT INTO shop_order_logs (seq_no, order_seq_no, log_date, from_status, to_status,
    action, actor, actor_name, log_message{extra})
SELECT (SELECT COUNT(*) FROM shop_orders)
           + ROW_NUMBER() OVER (ORDER BY o.order_seq_no, o.log_date, o.seq_no, o.log_message),
       o.order_seq_no, COALESCE(o.log_date, o.placed, v_now), o.status, o.status,
       'note', 'dba', LEFT(USER(), 100), COALESCE(o.log_message, ''){o.extra}
FROM judged_shop_order_logs o
WHERE o.fault IS NULL;
