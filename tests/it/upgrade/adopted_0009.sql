-- The rows of a database at schema version 9, as the routines of that version wrote them. Never changed.
-- Made by jumun-adopt --apply of tests/it/adopt/old_shop.sql, without the old shop's own columns
-- (UPGRADE_FIXTURE=1 make test T=upgrade::fixtures ENGINES=mariadb). Read by both engines.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL', foreign_key_checks = 0;
INSERT INTO member (`shop_id`, `user_id`, `cust_no`, `user_name`, `user_phone`, `user_cash`) VALUES
('1', 'Lee', 'C2', '이손님', '', '0.00'),
('1', 'kim', 'C1', '김손님', '', '5000.00'),
('1', 'park', NULL, '', '', '0.00');
INSERT INTO shop_cart (`seq_no`, `shop_id`, `user_id`, `product_id`, `option_hash`, `quantity`, `create_date`, `update_date`) VALUES
('11', '1', 'kim', 'TEA-1', '__noopt__', '6', '2024-02-29 14:00:00.000000', '2024-03-02 00:00:00.000000'),
('14', '1', 'kim', 'CUP-1', '__noopt__', '1000', '2024-03-03 03:00:00.000000', '2024-03-03 03:00:00.000000'),
('20', '1', 'guest-77', 'CUP-1', '__noopt__', '1', '2024-03-03 03:00:00.000000', '2024-03-03 03:00:00.000000'),
('22', '1', 'Lee', 'TEA-1', 'large', '1', '2024-03-03 03:00:00.000000', '2024-03-03 03:00:00.000000'),
('23', '1', 'Lee', 'TEA-1', '__noopt__', '99999', '2024-03-03 03:00:00.000000', '2024-03-03 03:00:00.000000');
ALTER TABLE shop_cart AUTO_INCREMENT = 36;
INSERT INTO shop_delivery_policy (`shop_id`, `id`, `policy_name`, `type`, `base_cost`, `free_over`, `combine_group_id`) VALUES
('1', '0', 'none: adopted products that had no policy', 'fixed', '0.00', NULL, NULL),
('1', '1', 'policy 1', 'conditional', '3000.00', '30000.00', NULL),
('1', '2', 'policy 2', 'free', '0.00', NULL, NULL),
('1', '3', 'policy 3', 'fixed', '2500.00', NULL, NULL),
('1', '4', 'policy 4', 'fixed', '9000.00', NULL, NULL);
INSERT INTO shop_error_codes (`errno`, `code`, `http_status`, `retryable`, `repeat_call`, `title_ko`, `title_en`, `remedy`) VALUES
('1020', 'ROW_CHANGED', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Row changed since it was read; rolled back', 'Repeat the CALL; the gateway does so itself'),
('1040', 'TOO_MANY_CONNECTIONS', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Too many connections to the database', 'Repeat the CALL after a pause'),
('1047', 'CLUSTER_NOT_READY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The cluster node is not ready', 'Repeat the CALL after a pause'),
('1053', 'SERVER_SHUTDOWN', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The database is shutting down', 'Repeat the CALL after a pause'),
('1139', 'TEXT_NOT_VALID', '400', '0', '0', '잘못된 값이 있습니다', 'A text is not UTF-8', 'Correct it'),
('1160', 'ANSWER_NOT_SENT', '504', '0', '0', '처리 결과를 확인하지 못했습니다', 'The client was gone before its answer; what was done stays', 'Nothing: orders may be repeated with the same mTrdNo'),
('1161', 'ANSWER_NOT_READ', '504', '0', '0', '처리 결과를 확인하지 못했습니다', 'The client did not read its answer; what was done stays', 'Nothing: orders may be repeated with the same mTrdNo'),
('1205', 'LOCK_WAIT_TIMEOUT', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Waited too long for a lock; rolled back', 'Repeat the CALL after a pause; the gateway does so itself'),
('1213', 'DEADLOCK', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Deadlock; rolled back', 'Repeat the CALL; the gateway does so itself'),
('1264', 'NUMBER_OUT_OF_RANGE', '400', '0', '0', '값이 허용 범위를 벗어났습니다', 'A number is out of range', 'Correct it'),
('1265', 'VALUE_TRUNCATED', '400', '0', '0', '잘못된 값이 있습니다', 'A value has more than its type can hold', 'Correct it'),
('1290', 'SERVER_READ_ONLY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The server is read-only', 'Connect to the primary and repeat the CALL'),
('1305', 'PROCEDURE_MISSING', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The procedure is being replaced, or was never loaded', 'Run jumun db load; see jumun db check'),
('1317', 'QUERY_INTERRUPTED', '503', '1', '0', '처리가 중단되었습니다. 다시 시도해 주세요', 'The CALL was killed; nothing was done', 'Repeat the CALL'),
('1318', 'PROCEDURE_DIFFERS', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The procedure has other parameters', 'Run jumun db load with the files of this gateway'),
('1366', 'VALUE_NOT_VALID', '400', '0', '0', '잘못된 값이 있습니다', 'A value has the wrong type or is not UTF-8', 'Correct it'),
('1370', 'PROCEDURE_NOT_GRANTED', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The account may not call this procedure', 'Run jumun db load: loading a procedure drops its grants'),
('1406', 'VALUE_TOO_LONG', '400', '0', '0', '값이 너무 깁니다', 'A value is too long', 'Shorten it'),
('1969', 'STATEMENT_TIMEOUT', '503', '1', '0', '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The statement took too long; nothing was done', 'Repeat the CALL after a pause'),
('2101', 'PRICE_CHANGED', '409', '0', '0', '가격이 바뀌었습니다', 'The price has changed', 'Show the buyer the quote that comes with the answer and order again with its total; the key is still free'),
('2102', 'IDEMPOTENCY_MISMATCH', '422', '0', '0', '이미 다른 주문에 쓰인 주문번호입니다', 'This mTrdNo was used for another request', 'Use a new mTrdNo for a new order; repeat the very same request for the same one'),
('2103', 'CART_NOT_FOUND', '409', '0', '0', '장바구니에 없는 상품입니다', 'Not in the cart', 'The rows are ordered already, or not this buyer\'s: load the cart again'),
('2104', 'PRODUCT_UNAVAILABLE', '409', '0', '0', '지금 살 수 없는 상품이 있습니다', 'A product cannot be bought now', 'Take the lines with orderable = 0 out of the cart or choose an option'),
('2105', 'OUT_OF_STOCK', '409', '0', '0', '재고가 부족합니다', 'Out of stock', 'Lower the quantities named in shortage; unpaid orders of others may lapse'),
('2106', 'AMOUNT_MISMATCH', '409', '0', '0', '결제 금액이 주문 금액과 다릅니다', 'The amount paid is not the order\'s total', 'The payment is recorded and owed back: see select_adm_pg_duties'),
('2107', 'SIGNATURE_INVALID', '403', '0', '0', '결제 정보가 올바르지 않습니다', 'The message is not authentic', 'Check hash_template and secret_key of the adapter; otherwise it was forged'),
('2108', 'DUPLICATE_APPROVAL', '409', '0', '0', '이미 처리된 결제입니다', 'This approval was used already', 'The payment is recorded; what is owed for it is in select_adm_pg_duties'),
('2109', 'ORDER_NOT_FOUND', '404', '0', '0', '주문을 찾을 수 없습니다', 'Order not found', 'Check the name of the order and whose it is'),
('2110', 'STATE_NOT_ALLOWED', '409', '0', '0', '지금은 할 수 없는 요청입니다', 'Not allowed in this status', 'See shop_order_transitions for what is'),
('2111', 'ORDER_EXPIRED', '410', '0', '0', '결제 시간이 지난 주문입니다', 'The order has expired', 'Restore the cart and order again with a new mTrdNo'),
('2112', 'INVALID_INPUT', '400', '0', '0', '잘못된 값이 있습니다', 'Invalid input', 'Correct the field named in the answer'),
('2113', 'MERCHANT_NOT_FOUND', '404', '0', '0', '등록되지 않은 결제 상점입니다', 'Unknown payment gateway or merchant', 'Check the URL registered at the payment gateway against shop_pg_adapters'),
('2114', 'PG_NOT_AVAILABLE', '409', '0', '0', '사용할 수 없는 결제 수단입니다', 'This payment gateway is not available', 'Choose another one; see shop_pg_adapters.is_enabled'),
('2115', 'ADDRESS_NOT_FOUND', '409', '0', '0', '배송지를 찾을 수 없습니다', 'Address not found', 'Choose one of the buyer\'s addresses or type one in'),
('2116', 'COUPON_NOT_AVAILABLE', '409', '0', '0', '사용할 수 없는 쿠폰입니다', 'This coupon cannot be used', 'Order without it'),
('2117', 'POINTS_NOT_ENOUGH', '409', '0', '0', '적립금이 부족합니다', 'Not enough points', 'Lower point_to_use'),
('2118', 'CART_FULL', '409', '0', '0', '장바구니가 가득 찼습니다', 'The cart is full', 'Order or delete something first'),
('2119', 'SHOP_NOT_FOUND', '404', '0', '0', '등록되지 않은 상점입니다', 'Unknown shop', 'Check shop_id'),
('2120', 'PAYMENT_FAILED', '402', '0', '0', '결제가 완료되지 않았습니다', 'The payment failed', 'Restore the cart and order again with a new mTrdNo'),
('2121', 'CHANNEL_NOT_ALLOWED', '403', '0', '0', '허용되지 않은 경로입니다', 'This channel is not allowed', 'return and notify come through the gateway, manual from an operators account'),
('2122', 'PRODUCT_NOT_FOUND', '404', '0', '0', '상품을 찾을 수 없습니다', 'Product or option not found', 'Check product_id and option_hash'),
('2180', 'UNAUTHENTICATED', '401', '0', '0', '인증이 필요합니다', 'Authentication required', 'Send Authorization: Bearer with a key of the shop, or a good ticket'),
('2181', 'ROUTE_NOT_FOUND', '404', '0', '0', '없는 주소입니다', 'No such address', 'See the routes in the README'),
('2182', 'METHOD_NOT_ALLOWED', '405', '0', '0', '허용되지 않은 메서드입니다', 'Method not allowed', 'See the header Allow'),
('2183', 'BODY_TOO_LARGE', '413', '0', '0', '요청이 너무 큽니다', 'The request is too large', 'Send less; see the limit in the README'),
('2184', 'MEDIA_TYPE_NOT_SUPPORTED', '415', '0', '0', '지원하지 않는 형식입니다', 'Media type not supported', 'Send application/json or application/x-www-form-urlencoded'),
('2185', 'OVERLOADED', '503', '1', '0', '지금은 요청이 많습니다. 잠시 뒤 다시 시도해 주세요', 'Too many requests just now', 'Repeat after Retry-After; nothing was done'),
('2186', 'DATABASE_UNAVAILABLE', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The database cannot be reached', 'Repeat after Retry-After; nothing was done'),
('2187', 'OUTCOME_UNKNOWN', '504', '0', '0', '처리 결과를 확인하지 못했습니다', 'The outcome is unknown', 'Ask for the current state before repeating; orders may be repeated with the same mTrdNo'),
('2188', 'DEADLINE_EXCEEDED', '503', '1', '0', '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The deadline has passed', 'Repeat the same request after Retry-After: it is safe'),
('2189', 'INTERNAL_ERROR', '500', '0', '0', '처리 중 오류가 발생했습니다', 'Internal error', 'See shop_error_log and the gateway\'s log by request_id'),
('2190', 'FORBIDDEN', '403', '0', '0', '권한이 없습니다', 'Not allowed with this key', 'Use a key that may do this'),
('2191', 'TICKET_EXPIRED', '401', '0', '0', '주문서의 유효 시간이 지났습니다', 'The ticket has expired', 'Load the order form again: the shop signs a new ticket; the same mTrdNo may be used'),
('2192', 'ORIGIN_NOT_ALLOWED', '403', '0', '0', '이 페이지에서는 주문할 수 없습니다', 'Orders cannot be posted from this page', 'Add the page\'s origin to shops.allowed_origins_json; the page must send it (see Referrer-Policy in the README)'),
('3024', 'QUERY_TIMEOUT', '503', '1', '0', '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The query took too long; nothing was done', 'Repeat the CALL after a pause'),
('3100', 'TRANSACTION_REFUSED', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The cluster refused the transaction', 'Connect to the primary and repeat the CALL'),
('3157', 'JSON_TOO_DEEP', '400', '0', '0', '잘못된 값이 있습니다', 'JSON is nested too deeply', 'Send flat JSON'),
('3572', 'LOCK_NOT_AVAILABLE', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'A lock is not available; rolled back', 'Repeat the CALL after a pause');
ALTER TABLE shop_error_log AUTO_INCREMENT = 1;
INSERT INTO shop_jobs (`job_name`, `is_enabled`, `interval_seconds`, `lease_seconds`, `batch_size`, `lease_holder`, `lease_until`, `next_run_at`, `last_run_at`, `last_result`) VALUES
('shop_order_expire', '1', '5', '60', '500', NULL, '2026-11-28 19:32:49.542663', '2026-11-28 19:32:49.542663', NULL, NULL),
('shop_stock_mirror', '1', '10', '60', '1000', NULL, '2026-11-28 19:32:49.542663', '2026-11-28 19:32:49.542663', NULL, NULL);
INSERT INTO shop_order_logs (`seq_no`, `order_seq_no`, `log_date`, `from_status`, `to_status`, `action`, `actor`, `actor_name`, `log_message`) VALUES
('1', '101', '2023-12-31 23:00:00.000000', '0', '6', 'adopt_6', 'dba', 'root@localhost', 'taken over from the shop before'),
('2', '102', '2024-01-02 14:30:00.000000', '0', '2', 'adopt_2', 'dba', 'root@localhost', 'taken over from the shop before'),
('3', '103', '2024-01-02 14:30:00.000000', '0', '4', 'adopt_4', 'dba', 'root@localhost', 'taken over from the shop before'),
('4', '104', '2024-01-03 15:10:00.000000', '0', '5', 'adopt_5', 'dba', 'root@localhost', 'taken over from the shop before'),
('5', '105', '2024-01-05 03:00:00.000000', '0', '1', 'adopt_1', 'dba', 'root@localhost', 'taken over from the shop before'),
('6', '106', '2024-01-06 03:00:00.000000', '0', '11', 'adopt_11', 'dba', 'root@localhost', 'taken over from the shop before'),
('7', '107', '2024-01-07 03:00:00.000000', '0', '9', 'adopt_9', 'dba', 'root@localhost', 'taken over from the shop before'),
('8', '108', '2024-01-08 03:00:00.000000', '0', '8', 'adopt_8', 'dba', 'root@localhost', 'taken over from the shop before'),
('9', '109', '2024-01-09 03:00:00.000000', '0', '2', 'adopt_2', 'dba', 'root@localhost', 'taken over from the shop before'),
('10', '111', '2024-01-11 03:00:00.000000', '0', '12', 'adopt_12', 'dba', 'root@localhost', 'taken over from the shop before'),
('11', '101', '2023-12-31 23:05:00.000000', '6', '6', 'note', 'dba', 'root@localhost', '결제 완료'),
('12', '101', '2024-01-02 01:00:00.000000', '6', '6', 'note', 'dba', 'root@localhost', '송장 등록'),
('13', '102', '2024-01-02 14:30:00.000000', '2', '2', 'note', 'dba', 'root@localhost', '결제 완료'),
('14', '103', '2024-01-03 01:00:00.000000', '4', '4', 'note', 'dba', 'root@localhost', '긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 긴 글 ');
ALTER TABLE shop_order_logs AUTO_INCREMENT = 15;
INSERT INTO shop_order_product (`order_seq_no`, `line_no`, `shop_id`, `product_id`, `product_name`, `option_hash`, `option_name`, `unit_price`, `quantity`, `line_amount`, `tax_type`, `delivery_policy_id`, `cart_seq_no`) VALUES
('101', '1', '1', 'TEA-1', '보성 녹차', '__noopt__', '', '12000.00', '2', '24000.00', 'taxable', '1', '25'),
('102', '1', '1', 'CUP-1', '백자 찻잔', '__noopt__', '', '9000.00', '1', '9000.00', 'taxable', '2', '26'),
('103', '1', '1', 'CUP-1', '백자 찻잔', '__noopt__', '', '4616.00', '3', '13848.00', 'taxable', '2', '27'),
('103', '2', '1', 'TEA-1', '보성 녹차', '__noopt__', '', '6154.00', '1', '6154.00', 'taxable', '1', '28'),
('104', '1', '1', 'TEA-2', '제주 홍차', '__noopt__', '', '5000.00', '1', '5000.00', 'taxable', '1', '29'),
('105', '1', '1', 'POT-1', '주전자', '__noopt__', '', '27000.00', '1', '27000.00', 'taxable', '0', '30'),
('106', '1', '1', 'TEA-2', '제주 홍차', '__noopt__', '', '15000.00', '1', '15000.00', 'taxable', '1', '31'),
('107', '1', '1', 'TEA-1', '보성 녹차', '__noopt__', '', '10800.00', '1', '10800.00', 'taxable', '1', '32'),
('108', '1', '1', 'TEA-1', '보성 녹차', '__noopt__', '', '10800.00', '1', '10800.00', 'taxable', '1', '33'),
('109', '1', '1', '__unknown__', 'not recorded', '__noopt__', '', '5000.00', '1', '5000.00', 'taxable', '0', '35'),
('111', '1', '1', 'GONE', '없는 상품', '__noopt__', '', '1000.00', '2', '2000.00', 'taxable', '0', '34');
INSERT INTO shop_order_transitions (`from_status`, `action`, `actor`, `to_status`) VALUES
('0', 'adopt_1', 'dba', '1'),
('0', 'adopt_10', 'dba', '10'),
('0', 'adopt_11', 'dba', '11'),
('0', 'adopt_12', 'dba', '12'),
('0', 'adopt_13', 'dba', '13'),
('0', 'adopt_2', 'dba', '2'),
('0', 'adopt_3', 'dba', '3'),
('0', 'adopt_4', 'dba', '4'),
('0', 'adopt_5', 'dba', '5'),
('0', 'adopt_6', 'dba', '6'),
('0', 'adopt_7', 'dba', '7'),
('0', 'adopt_8', 'dba', '8'),
('0', 'adopt_9', 'dba', '9'),
('0', 'order', 'buyer', '1'),
('1', 'expire', 'job', '10'),
('1', 'expire', 'pg', '10'),
('1', 'fail', 'pg', '12'),
('1', 'free', 'buyer', '2'),
('1', 'note', 'dba', '1'),
('1', 'pay', 'pg', '2'),
('1', 'restore_cart', 'buyer', '9'),
('2', 'note', 'dba', '2'),
('3', 'note', 'dba', '3'),
('4', 'note', 'dba', '4'),
('5', 'note', 'dba', '5'),
('6', 'note', 'dba', '6'),
('7', 'note', 'dba', '7'),
('8', 'note', 'dba', '8'),
('9', 'note', 'dba', '9'),
('10', 'note', 'dba', '10'),
('11', 'expire', 'job', '10'),
('11', 'expire', 'pg', '10'),
('11', 'fail', 'pg', '12'),
('11', 'note', 'dba', '11'),
('11', 'pay', 'pg', '2'),
('12', 'note', 'dba', '12'),
('13', 'expire', 'pg', '10'),
('13', 'fail', 'pg', '12'),
('13', 'note', 'dba', '13'),
('13', 'pay', 'pg', '2');
INSERT INTO shop_orders (`seq_no`, `shop_id`, `order_number`, `order_key`, `order_code`, `order_date`, `order_mode`, `order_status`, `user_id`, `user_name`, `user_phone`, `receiver_name`, `receiver_phone`, `post_code`, `address`, `address_detail`, `delivery_msg`, `currency`, `line_count`, `product_total_price`, `discount_total`, `point_used`, `shipping_fee`, `total_payment`, `supply_amount`, `vat_amount`, `tax_free_amount`, `client_total`, `request_sha256`, `pg`, `merchant_id`, `pay_type`, `expires_at`, `approval_no`, `approval_msg`, `paid_at`, `restored_at`, `courier_id`, `tracking_number`, `vendor_order_no`, `update_date`) VALUES
('101', '1', 'A-101', X'018cc21b05807036a5733a2e671faaeb', '20240101-SHBSTX96', '2023-12-31 23:00:00.000000', 'cart', '6', 'kim', '김손님', '010-1', '김견본', '010-1', '03187', '견본로 1', '1호', '조심히', 'KRW', '1', '24000.00', '0.00', '0.00', '0.00', '24000.00', '21818.00', '2182.00', '0.00', '24000.00', X'e2182514ad87d4272c9760602f517abc60df7e7f5d0400dc6b656ce1632f18bd', 'adopted', 'adopted', 'card', '2023-12-31 23:30:00.000000', 'AP-1', '승인', '2023-12-31 23:05:00.000000', NULL, '04', 'T1', 'V1', '2026-11-28 19:32:49.316247'),
('102', '1', 'A-102', X'018cca94d240739ab75cef8c5b2f94e7', '20240102-8A7PGP52', '2024-01-02 14:30:00.000000', 'cart', '2', 'kim', '김손님', '010-1', '김견본', '010-1', '03187', '견본로 1', '', '', 'KRW', '1', '9000.00', '0.00', '0.00', '2500.00', '11500.00', '10455.00', '1045.00', '0.00', '11500.00', X'ced83c1b61e07083a5f3da54eaa97f05d970bbab683ed41440a8fa556683d02b', 'adopted', 'adopted', 'card', '2024-01-02 15:00:00.000000', 'AP-1', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247'),
('103', '1', 'A-102-103', X'018cca94d24072a8b484fef62de084c8', '20240102-AGPGPRVM', '2024-01-02 14:30:00.000000', 'cart', '4', 'Lee', '이손님', '', '', '', '', '', '', '', 'KRW', '2', '20002.00', '2002.00', '0.00', '3000.00', '21000.00', '19091.00', '1909.00', '0.00', '21000.00', X'ff0cae2653bc07218cc9f54f7d9019d33de3a14142cfbb9ee12699f796f6f0cf', 'adopted', 'adopted', 'card', '2024-01-02 15:00:00.000000', NULL, NULL, NULL, NULL, '04', 'T3', NULL, '2026-11-28 19:32:49.316247'),
('104', '1', 'adopted-104', X'018ccfdfcd40794881976ae57636c768', '20240104-2WATBR0J', '2024-01-03 15:10:00.000000', 'cart', '5', 'nobody', '비회원', '', '', '', '', '', '', '', 'KRW', '1', '5000.00', '0.00', '0.00', '7000.00', '12000.00', '10909.00', '1091.00', '0.00', '12000.00', X'6d183d170e099d647921f429bbf1949a047b7ae67b095a6646b8e679267fc1bf', 'adopted', 'adopted', 'bank', '2024-01-03 15:40:00.000000', 'AP-4', NULL, '2024-01-03 15:10:00.000000', NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247'),
('105', '1', 'A-105', X'018cd7902f807d37ada4f51aeef0e0e4', '20240105-JN35E820', '2024-01-05 03:00:00.000000', 'cart', '1', 'Lee', '이손님', '', '', '', '', '', '', '', 'KRW', '1', '27000.00', '0.00', '0.00', '0.00', '27000.00', '24545.00', '2455.00', '0.00', '27000.00', X'5dc499e25dc526bc448aae69ee580413d46203022628ff25a4e565fb3b2c7136', 'adopted', 'adopted', 'card', '2024-01-05 03:30:00.000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247'),
('106', '1', 'A-106', X'018cdcb68b807b5cb9d1af8a418ae1e8', '20240106-QYCAT724', '2024-01-06 03:00:00.000000', 'cart', '11', 'kim', '김손님', '', '', '', '', '', '', '', 'KRW', '1', '15000.00', '0.00', '0.00', '3000.00', '18000.00', '16364.00', '1636.00', '0.00', '18000.00', X'36b187430061ac46c517c5252d39959a48d1ce7a335f46ad3435621ae51092b9', 'adopted', 'adopted', 'bank', '2026-12-05 19:32:49.316247', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247'),
('107', '1', 'A-107', X'018ce1dce7807bad8ca3c8b2b527437b', '20240107-1QK8BYX8', '2024-01-07 03:00:00.000000', 'cart', '9', 'kim', '김손님', '', '', '', '', '', '', '', 'KRW', '1', '10800.00', '0.00', '0.00', '3000.00', '13800.00', '12545.00', '1255.00', '0.00', '13800.00', X'5b70d6278a7009951bfbfa3d6b4ee30b29c082a070fca2741eb9c9aa0f07dcdd', 'adopted', 'adopted', 'card', '2024-01-07 03:30:00.000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247'),
('108', '1', 'A-108', X'018ce70343807c3681811ef41d531cf0', '20240108-QTXR2BS3', '2024-01-08 03:00:00.000000', 'cart', '8', 'kim', '김손님', '', '', '', '', '', '', '', 'KRW', '1', '10800.00', '0.00', '0.00', '3000.00', '13800.00', '12545.00', '1255.00', '0.00', '13800.00', X'e31bbab15264e3f413d69bb418a26964dbb06c06fb599d42fe9a04acf0ab3343', 'adopted', 'adopted', 'card', '2024-01-08 03:30:00.000000', 'AP-8', '환불', '2024-01-08 03:01:00.000000', NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247'),
('109', '1', 'A-109', X'018cec299f807e508cbb2bc82f4abc39', '20240109-0W5N016N', '2024-01-09 03:00:00.000000', 'cart', '2', 'Lee', '이손님', '', '', '', '', '', '', '', 'KRW', '1', '5000.00', '0.00', '0.00', '0.00', '5000.00', '4545.00', '455.00', '0.00', '5000.00', X'1226d709ff8404304c6abf3d84ac7337a1948250a654de5083616c39d794a74b', 'adopted', 'adopted', 'card', '2024-01-09 03:30:00.000000', 'AP-9', NULL, '2024-01-09 03:01:00.000000', NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247'),
('111', '1', 'A-111', X'018cf676578076adb925f73f58678439', '20240111-JWPDJPCR', '2024-01-11 03:00:00.000000', 'cart', '12', 'kim', '김손님', '', '', '', '', '', '', '', 'KRW', '1', '2000.00', '0.00', '0.00', '0.00', '2000.00', '1818.00', '182.00', '0.00', '2000.00', X'237340e20781a8d404916d17d32694b1b09feb9f9af0b93692d0c565006c1819', 'adopted', 'adopted', 'card', '2024-01-11 03:30:00.000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-28 19:32:49.316247');
ALTER TABLE shop_orders AUTO_INCREMENT = 112;
INSERT INTO shop_payments (`seq_no`, `shop_id`, `order_seq_no`, `pg`, `merchant_id`, `pg_tx`, `approval_no`, `amount`, `status`, `result_code`, `result_msg`, `approved_at`, `create_date`, `update_date`) VALUES
('1', '1', '101', 'adopted', 'adopted', 'order 101', 'AP-1', '24000.00', 'adopted', '', '승인', '', '2023-12-31 23:05:00.000000', '2026-11-28 19:32:49.316247'),
('2', '1', '102', 'adopted', 'adopted', 'order 102', NULL, '11500.00', 'adopted', '', '', '', '2024-01-02 14:30:00.000000', '2026-11-28 19:32:49.316247'),
('3', '1', '103', 'adopted', 'adopted', 'order 103', NULL, '21000.00', 'adopted', '', '', '', '2024-01-02 14:30:00.000000', '2026-11-28 19:32:49.316247'),
('4', '1', '104', 'adopted', 'adopted', 'order 104', 'AP-4', '12000.00', 'adopted', '', '', '', '2024-01-03 15:10:00.000000', '2026-11-28 19:32:49.316247'),
('5', '1', '108', 'adopted', 'adopted', 'order 108', 'AP-8', '13800.00', 'adopted', '', '환불', '', '2024-01-08 03:01:00.000000', '2026-11-28 19:32:49.316247'),
('6', '1', '109', 'adopted', 'adopted', 'order 109', 'AP-9', '5000.00', 'adopted', '', '', '', '2024-01-09 03:01:00.000000', '2026-11-28 19:32:49.316247');
ALTER TABLE shop_payments AUTO_INCREMENT = 7;
ALTER TABLE shop_pg_duties AUTO_INCREMENT = 1;
ALTER TABLE shop_pg_messages AUTO_INCREMENT = 1;
INSERT INTO shop_products (`shop_id`, `product_id`, `product_name`, `buy_price`, `sale_price`, `discount_rate`, `tax_type`, `display`, `stat`, `option_required`, `category_id`, `delivery_policy_id`, `stock_strategy`, `stock_slots`, `product_thumb_img_url`, `quantity_stock`) VALUES
('1', 'CUP-1', '백자 찻잔', '9000.00', NULL, '0.1000', 'taxable', '1', '1', '0', 'cup', '2', 'single', '1', NULL, '20'),
('1', 'CUP-2', '청자 찻잔', '0.00', NULL, '0.0000', 'taxable', '1', '2', '0', 'cup', '2', 'single', '1', NULL, '10'),
('1', 'OLD-1', '단종 다기', '5000.00', '5000.00', '0.0000', 'taxable', '0', '2', '0', NULL, '3', 'single', '1', NULL, '0'),
('1', 'POT-1', '주전자', '30000.00', '27000.00', '0.0000', 'taxable', '1', '2', '0', 'pot', '0', 'single', '1', NULL, '0'),
('1', 'TEA-1', '보성 녹차', '12900.00', '12000.00', '0.1000', 'taxable', '1', '1', '0', 'tea', '1', 'single', '1', '/img/tea1.jpg', '50'),
('1', 'TEA-2', '제주 홍차', '15000.00', '0.00', '0.0000', 'taxable', '1', '1', '0', 'tea', '1', 'single', '1', NULL, '3');
INSERT INTO shop_shipping_address (`seq_no`, `shop_id`, `user_id`, `receiver_name`, `receiver_phone`, `post_code`, `address`, `address_detail`, `delivery_msg`, `is_default`, `update_date`) VALUES
('2', '1', 'Lee', '이본보기', '010-5555-6666', '63000', '제주특별자치도 길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길길', '', '', '1', '2026-11-28 19:32:49.316247'),
('3', '1', 'kim', '김직장', '02-333-4444', '04524', '서울특별시 예시구 보기로 9', '', '', '0', '2026-11-28 19:32:49.316247'),
('4', '1', 'kim', '김견본', '010-1111-2222', '03187', '서울특별시 예시구 견본로 1', '101동 1001호', '문 앞에 놓아 주세요', '1', '2024-01-01 23:59:59.000000');
ALTER TABLE shop_shipping_address AUTO_INCREMENT = 5;
INSERT INTO shop_stock (`shop_id`, `product_id`, `option_hash`, `slot`, `free`, `update_date`) VALUES
('1', 'CUP-1', '__noopt__', '0', '20', '2026-11-28 19:32:49.316247'),
('1', 'CUP-2', '__noopt__', '0', '10', '2026-11-28 19:32:49.316247'),
('1', 'OLD-1', '__noopt__', '0', '0', '2026-11-28 19:32:49.316247'),
('1', 'POT-1', '__noopt__', '0', '0', '2026-11-28 19:32:49.316247'),
('1', 'TEA-1', '__noopt__', '0', '50', '2026-11-28 19:32:49.316247'),
('1', 'TEA-2', '__noopt__', '0', '3', '2026-11-28 19:32:49.316247');
INSERT INTO shop_stock_ledger (`seq_no`, `shop_id`, `product_id`, `option_hash`, `difference`, `reason`, `actor`, `create_date`) VALUES
('1', '1', 'CUP-1', '__noopt__', '24', 'adopted', 'root@localhost', '2026-11-28 19:32:49.316247'),
('2', '1', 'CUP-2', '__noopt__', '10', 'adopted', 'root@localhost', '2026-11-28 19:32:49.316247'),
('3', '1', 'POT-1', '__noopt__', '1', 'adopted', 'root@localhost', '2026-11-28 19:32:49.316247'),
('4', '1', 'TEA-1', '__noopt__', '53', 'adopted', 'root@localhost', '2026-11-28 19:32:49.316247'),
('5', '1', 'TEA-2', '__noopt__', '5', 'adopted', 'root@localhost', '2026-11-28 19:32:49.316247'),
('6', '1', '__unknown__', '__noopt__', '1', 'adopted', 'root@localhost', '2026-11-28 19:32:49.316247');
ALTER TABLE shop_stock_ledger AUTO_INCREMENT = 7;
INSERT INTO shop_stock_reservations (`order_seq_no`, `shop_id`, `product_id`, `option_hash`, `slot`, `quantity`, `state`, `expires_at`, `update_date`) VALUES
('101', '1', 'TEA-1', '__noopt__', '0', '2', 'sold', '2023-12-31 23:30:00.000000', '2026-11-28 19:32:49.316247'),
('102', '1', 'CUP-1', '__noopt__', '0', '1', 'sold', '2024-01-02 15:00:00.000000', '2026-11-28 19:32:49.316247'),
('103', '1', 'CUP-1', '__noopt__', '0', '3', 'sold', '2024-01-02 15:00:00.000000', '2026-11-28 19:32:49.316247'),
('103', '1', 'TEA-1', '__noopt__', '0', '1', 'sold', '2024-01-02 15:00:00.000000', '2026-11-28 19:32:49.316247'),
('104', '1', 'TEA-2', '__noopt__', '0', '1', 'sold', '2024-01-03 15:40:00.000000', '2026-11-28 19:32:49.316247'),
('105', '1', 'POT-1', '__noopt__', '0', '1', 'held', '2024-01-05 03:30:00.000000', '2026-11-28 19:32:49.316247'),
('106', '1', 'TEA-2', '__noopt__', '0', '1', 'held', '2026-12-05 19:32:49.316247', '2026-11-28 19:32:49.316247'),
('107', '1', 'TEA-1', '__noopt__', '0', '1', 'released', '2024-01-07 03:30:00.000000', '2026-11-28 19:32:49.316247'),
('108', '1', 'TEA-1', '__noopt__', '0', '1', 'released', '2024-01-08 03:30:00.000000', '2026-11-28 19:32:49.316247'),
('109', '1', '__unknown__', '__noopt__', '0', '1', 'sold', '2024-01-09 03:30:00.000000', '2026-11-28 19:32:49.316247'),
('111', '1', 'GONE', '__noopt__', '0', '2', 'released', '2024-01-11 03:30:00.000000', '2026-11-28 19:32:49.316247');
INSERT INTO shops (`shop_id`, `shop_name`, `currency`, `currency_digits`, `vat_rate`, `total_tolerance`, `utc_offset_minutes`, `reservation_minutes`, `gateway_url`, `result_url`, `error_url`, `allowed_origins_json`) VALUES
('1', '다원', 'KRW', '0', '0.1000', NULL, '540', '30', 'http://gateway.test', 'http://shop.test/done', 'http://shop.test/failed', '[]');
