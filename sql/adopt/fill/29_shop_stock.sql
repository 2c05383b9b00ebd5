-- Stock: quantity_stock is free, what is ordered and not paid is held, what is paid is sold.
DELETE FROM shop_stock_reservations;
INSERT INTO shop_stock_reservations (order_seq_no, shop_id, product_id, option_hash, slot,
    quantity, state, expires_at, update_date)
SELECT l.order_seq_no, 1, l.product_id, '__noopt__', 0, SUM(l.quantity),
       CASE WHEN o.order_status IN (1, 11, 13) THEN 'held'
            WHEN o.order_status BETWEEN 2 AND 6 THEN 'sold'
            ELSE 'released' END,
       o.expires_at, v_now
FROM shop_order_product l
JOIN shop_orders o ON o.seq_no = l.order_seq_no
GROUP BY l.order_seq_no, l.product_id, o.order_status, o.expires_at;

-- Where the old shop takes units only when an order is paid,
-- those of the unpaid ones are still in quantity_stock.
DELETE FROM shop_stock;
INSERT INTO shop_stock (shop_id, product_id, option_hash, slot, free, update_date)
SELECT 1, u.product_id, '__noopt__', 0,
       GREATEST(SUM(u.free) - CASE {stock_taken} WHEN 'payment' THEN SUM(u.held) ELSE 0 END, 0),
       v_now
FROM (SELECT product_id, quantity_stock AS free, 0 AS held FROM shop_products
      UNION ALL
      SELECT product_id, 0, quantity FROM shop_stock_reservations WHERE state = 'held') u
GROUP BY u.product_id;

DELETE FROM shop_stock_ledger;
INSERT INTO shop_stock_ledger (seq_no, shop_id, product_id, option_hash, difference,
    reason, actor, create_date)
SELECT ROW_NUMBER() OVER (ORDER BY u.product_id), 1, u.product_id, '__noopt__', SUM(u.units),
       'adopted', LEFT(USER(), 100), v_now
FROM (SELECT product_id, free AS units FROM shop_stock
      UNION ALL
      SELECT product_id, quantity FROM shop_stock_reservations WHERE state IN ('held', 'sold')) u
GROUP BY u.product_id
HAVING SUM(u.units) <> 0;

UPDATE shop_products p
JOIN shop_stock s ON s.shop_id = p.shop_id AND s.product_id = p.product_id
SET p.quantity_stock = s.free;
