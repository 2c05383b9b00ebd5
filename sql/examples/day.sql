-- A day at the prompt: cart, quote, order, refusal, payment, restore, audit. What comes of it is in
-- day.txt; `make test` compares it on both engines. On the demonstration's data (`make run`, then
-- in another terminal):
--   mariadb --defaults-file=var/dev/client.cnf -t -v --force jumun < sql/examples/day.sql
-- --force goes on after an error: five of these statements are refused, on purpose. It can be done
-- once; a second time, give the orders and the payment other numbers.

-- 1. A buyer on the phone wants two cups. Put them into her cart. What would they cost, delivered?
CALL add_shop_cart(1, 'demo20', 'D0001', NULL, '2');
SELECT JSON_ARRAYAGG(seq_no) INTO @cart FROM shop_cart WHERE shop_id = 1 AND user_id = 'demo20';
CALL shop_order_quote(1, 'demo20', @cart, NULL, NULL, NULL, NULL, NULL, NULL, NULL)\G

-- 2. Ordered at the total of an old page, which left the delivery out: refused, with what it costs
--    now. Nothing was written. The catalogue says what to do.
SELECT seq_no INTO @address FROM shop_shipping_address
 WHERE shop_id = 1 AND user_id = 'demo20' AND is_default = 1;
CALL shop_order_insert(1, 'demo20', 'DAY-1', @cart, @address, NULL, NULL, NULL, NULL,
                       '19800', 'cart', 'wallet', NULL)\G
SELECT code, http_status, retryable, title_en, remedy
  FROM shop_error_codes WHERE code = 'PRICE_CHANGED'\G

-- 3. At the right total it is an order that waits for its payment. The cart is empty, the units are
--    held.
CALL shop_order_insert(1, 'demo20', 'DAY-1', @cart, @address, NULL, NULL, NULL, NULL,
                       '22800', 'cart', 'wallet', NULL)\G
CALL select_shop_cart(1, 'demo20', NULL);
SELECT r.product_id, r.quantity, r.state FROM shop_stock_reservations r
  JOIN shop_orders o ON o.seq_no = r.order_seq_no
 WHERE o.order_number = 'DAY-1';

-- 4. The very same call again is the same order (replayed: 1). With another total it is another
--    request under a number that is taken.
CALL shop_order_insert(1, 'demo20', 'DAY-1', @cart, @address, NULL, NULL, NULL, NULL,
                       '22800', 'cart', 'wallet', NULL)\G
CALL shop_order_insert(1, 'demo20', 'DAY-1', @cart, @address, NULL, NULL, NULL, NULL,
                       '22900', 'cart', 'wallet', NULL);

-- 5. A message of the payment gateway with a wrong hash changes nothing. The authentic one pays the
--    order; when it comes again with the buyer's browser, it says nothing new.
SET @paid = '{"mId":"M_DEMO","mTrdNo":"DAY-1","trdNo":"W0123456789abcdef0123456789abcdef",
              "trdAmt":"22800","rsltCd":"0000","rsltMsg":"approved","authDt":"20261120153107",
              "pktHash":"HASH"}';
SET @signed = '0000DAY-1W0123456789abcdef0123456789abcdef2280020261120153107M_DEMO';
SET @forged = REPLACE(@paid, 'HASH', SHA2(CONCAT(@signed, 'a guess'), 256));
SET @paid = REPLACE(@paid, 'HASH', SHA2(CONCAT(@signed, 'demo-hash-key'), 256));
CALL shop_order_update('wallet', 'M_DEMO', 'notify', @forged);
CALL shop_order_update('wallet', 'M_DEMO', 'notify', @paid)\G
CALL shop_order_update('wallet', 'M_DEMO', 'return', @paid)\G

-- 6. How it came to be: the order, its lines, its payments, its log.
CALL shop_order_select(1, NULL, 'DAY-1')\G

-- 7. A second order. She thinks better of it before she pays: the lines go back into the cart.
CALL add_shop_cart(1, 'demo20', 'D0001', NULL, '1');
SELECT JSON_ARRAYAGG(seq_no) INTO @cart FROM shop_cart WHERE shop_id = 1 AND user_id = 'demo20';
CALL shop_order_insert(1, 'demo20', 'DAY-2', @cart, @address, NULL, NULL, NULL, NULL,
                       '12900', 'cart', 'wallet', NULL)\G
CALL shop_order_restore_cart(1, 'demo20', 'DAY-2');

-- 8. So it can no longer be paid, by hand either; and what is paid, DAY-1, is not put back.
CALL update_adm_order_payment(1, 'DAY-2', 'wallet', 'M_DEMO', 'Wfedcba9876543210fedcba9876543210',
                              '12900', NULL, 'she has paid after all');
CALL shop_order_restore_cart(1, 'demo20', 'DAY-1');
SELECT from_status, action, actor, to_status
  FROM shop_order_transitions WHERE action = 'restore_cart';

-- 9. The potter brings forty cups. The call may be repeated: the number of his note is booked once.
CALL shop_stock_add(1, 'D0001', NULL, '40', 'delivery of the potter', 'R-0815-1');
CALL shop_stock_add(1, 'D0001', NULL, '40', 'delivery of the potter', 'R-0815-1');

-- 10. In the evening: what is owed to buyers, and does everything add up?
CALL select_adm_pg_duties(1, 'owed');
CALL shop_audit();
