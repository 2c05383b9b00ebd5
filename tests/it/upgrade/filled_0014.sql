-- The rows of a database at schema version 14, as the routines of that version wrote them. Never changed.
-- Made by tests/it/upgrade/history.rs, which calls the routines
-- (UPGRADE_FIXTURE=1 make test T=upgrade::fixtures ENGINES=mariadb). Read by both engines.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL', foreign_key_checks = 0;
INSERT INTO member (`shop_id`, `user_id`, `cust_no`, `user_name`, `user_phone`, `user_cash`) VALUES
('1', 'u1', 'C101', 'Buyer 1', '010-0000-0001', '0.00'),
('1', 'u2', 'C102', 'Buyer 2', '010-0000-0002', '0.00'),
('1', 'u3', 'C103', 'Buyer 3', '010-0000-0003', '0.00'),
('1', 'u4', 'C104', 'Buyer 4', '010-0000-0004', '0.00'),
('1', 'u5', 'C105', 'Buyer 5', '010-0000-0005', '0.00'),
('1', 'u6', 'C106', 'Buyer 6', '010-0000-0006', '0.00'),
('1', 'u7', 'C107', 'Buyer 7', '010-0000-0007', '0.00'),
('1', 'u8', 'C108', 'Buyer 8', '010-0000-0008', '0.00'),
('1', 'u9', 'C109', 'Buyer 9', '010-0000-0009', '0.00'),
('2', 'u1', 'C201', 'Buyer 1', '010-0000-0001', '0.00'),
('2', 'u2', 'C202', 'Buyer 2', '010-0000-0002', '0.00'),
('2', 'u3', 'C203', 'Buyer 3', '010-0000-0003', '0.00'),
('2', 'u4', 'C204', 'Buyer 4', '010-0000-0004', '0.00'),
('2', 'u5', 'C205', 'Buyer 5', '010-0000-0005', '0.00'),
('2', 'u6', 'C206', 'Buyer 6', '010-0000-0006', '0.00'),
('2', 'u7', 'C207', 'Buyer 7', '010-0000-0007', '0.00'),
('2', 'u8', 'C208', 'Buyer 8', '010-0000-0008', '0.00'),
('2', 'u9', 'C209', 'Buyer 9', '010-0000-0009', '0.00');
INSERT INTO shop_cart (`seq_no`, `shop_id`, `user_id`, `product_id`, `option_hash`, `quantity`, `create_date`, `update_date`) VALUES
('13', '1', 'u1', 'book', '__noopt__', '1', '2026-11-29 01:57:19.303331', '2026-11-29 01:57:19.303331'),
('14', '1', 'u5', 'shirt', 'red', '2', '2026-11-29 01:57:19.303681', '2026-11-29 01:57:19.303681'),
('15', '1', 'guest-8', 'pen', '__noopt__', '5', '2026-11-29 01:57:19.303900', '2026-11-29 01:57:19.303900'),
('16', '2', 'u2', 'mug', '__noopt__', '1', '2026-11-29 01:57:19.304134', '2026-11-29 01:57:19.304134'),
('17', '1', 'u6', 'book', '__noopt__', '2', '2026-11-29 01:57:19.306780', '2026-11-29 01:57:19.306780'),
('24', '1', 'u3', 'book', '__noopt__', '2', '2026-11-29 01:57:19.381513', '2026-11-29 01:57:19.387793'),
('25', '1', 'u4', 'book', '__noopt__', '1', '2026-11-29 01:57:19.394791', '2026-11-29 01:57:19.394791'),
('37', '1', 'u8', 'book', '__noopt__', '2', '2026-11-29 01:57:19.541584', '2026-11-29 01:57:19.556385');
ALTER TABLE shop_cart AUTO_INCREMENT = 42;
INSERT INTO shop_cart_headers (`shop_id`, `user_id`, `version`) VALUES
('1', 'guest-7', '1'),
('1', 'u1', '2'),
('1', 'u2', '4'),
('1', 'u3', '6'),
('1', 'u4', '3'),
('1', 'u5', '1'),
('1', 'u6', '1'),
('1', 'u7', '3'),
('1', 'u8', '9'),
('1', 'u9', '3'),
('2', 'u1', '1');
INSERT INTO shop_delivery_policy (`shop_id`, `id`, `policy_name`, `type`, `base_cost`, `free_over`, `combine_group_id`) VALUES
('1', '1', 'free', 'free', '0.00', NULL, NULL),
('1', '2', 'fixed', 'fixed', '3000.00', NULL, NULL),
('1', '3', 'free from 50000', 'conditional', '3000.00', '50000.00', NULL),
('1', '4', 'by area', 'area', '4000.00', NULL, NULL),
('1', '5', 'small parcel', 'fixed', '2500.00', NULL, '1'),
('1', '6', 'glass parcel', 'fixed', '3500.00', NULL, '1'),
('2', '1', 'fixed', 'fixed', '4.99', NULL, NULL);
INSERT INTO shop_error_codes (`errno`, `code`, `http_status`, `retryable`, `repeat_call`, `title_ko`, `title_en`, `remedy`, `is_logged`) VALUES
('1015', 'TABLE_LOCK_REFUSED', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'A table cannot be locked, because it is read-only', 'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary', '1'),
('1020', 'ROW_CHANGED', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Row changed since it was read; rolled back', 'Repeat the CALL; the gateway does so itself', '0'),
('1021', 'DISK_FULL', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The disk of the database is full', 'Make room; nothing was done', '1'),
('1036', 'TABLE_READ_ONLY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'A table is read-only', 'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary', '1'),
('1040', 'TOO_MANY_CONNECTIONS', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Too many connections to the database', 'Repeat the CALL after a pause', '0'),
('1044', 'DATABASE_NOT_GRANTED', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'An account has lost its right to the database', 'Run jumun db load: it grants again; see jumun db check', '1'),
('1047', 'CLUSTER_NOT_READY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The cluster node is not ready', 'Repeat the CALL after a pause', '0'),
('1053', 'SERVER_SHUTDOWN', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The database is shutting down', 'Repeat the CALL after a pause', '0'),
('1104', 'JOIN_REFUSED', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'max_join_size refuses a SELECT', 'SET SESSION sql_big_selects = 1', '1'),
('1114', 'TABLE_FULL', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The database has no room for another row', 'Make room; nothing was done', '1'),
('1139', 'TEXT_NOT_VALID', '400', '0', '0', '잘못된 값이 있습니다', 'A text is not UTF-8', 'Correct it', '0'),
('1142', 'TABLE_NOT_GRANTED', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The owner of the procedures has lost a right on a table', 'Run jumun db load: it grants again; see jumun db check', '1'),
('1143', 'COLUMN_NOT_GRANTED', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The owner of the procedures has lost a right on a column', 'Run jumun db load: it grants again; see jumun db check', '1'),
('1146', 'TABLE_MISSING', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'A table or view is missing or is being replaced', 'Run jumun db load; see jumun db check', '1'),
('1160', 'ANSWER_NOT_SENT', '504', '0', '0', '처리 결과를 확인하지 못했습니다', 'The client was gone before its answer; what was done stays', 'Nothing: orders may be repeated with the same mTrdNo', '0'),
('1161', 'ANSWER_NOT_READ', '504', '0', '0', '처리 결과를 확인하지 못했습니다', 'The client did not read its answer; what was done stays', 'Nothing: orders may be repeated with the same mTrdNo', '0'),
('1175', 'SAFE_UPDATES_ON', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'sql_safe_updates refuses a statement', 'SET SESSION sql_safe_updates = 0; do not call from mysql -U', '1'),
('1205', 'LOCK_WAIT_TIMEOUT', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Waited too long for a lock; rolled back', 'Repeat the CALL after a pause; the gateway does so itself', '0'),
('1213', 'DEADLOCK', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Deadlock; rolled back', 'Repeat the CALL; the gateway does so itself', '0'),
('1264', 'NUMBER_OUT_OF_RANGE', '400', '0', '0', '값이 허용 범위를 벗어났습니다', 'A number is out of range', 'Correct it', '0'),
('1265', 'VALUE_TRUNCATED', '400', '0', '0', '잘못된 값이 있습니다', 'A value has more than its type can hold', 'Correct it', '0'),
('1290', 'SERVER_READ_ONLY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The server is read-only', 'Connect to the primary and repeat the CALL', '0'),
('1305', 'PROCEDURE_MISSING', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The procedure is being replaced, or was never loaded', 'Run jumun db load; see jumun db check', '0'),
('1317', 'QUERY_INTERRUPTED', '503', '1', '0', '처리가 중단되었습니다. 다시 시도해 주세요', 'The CALL was killed; nothing was done', 'Repeat the CALL', '0'),
('1318', 'PROCEDURE_DIFFERS', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The procedure has other parameters', 'Run jumun db load with the files of this gateway', '0'),
('1356', 'VIEW_NOT_VALID', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'A view cannot be used: something below it, its owner or a right is missing', 'Run jumun db load; see jumun db check', '1'),
('1366', 'VALUE_NOT_VALID', '400', '0', '0', '잘못된 값이 있습니다', 'A value has the wrong type or is not UTF-8', 'Correct it', '0'),
('1370', 'PROCEDURE_NOT_GRANTED', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The procedure is missing, or the account may not call it', 'Run jumun db load, which loads and grants it; jumun db check says which of the two it was', '0'),
('1406', 'VALUE_TOO_LONG', '400', '0', '0', '값이 너무 깁니다', 'A value is too long', 'Shorten it', '0'),
('1449', 'DEFINER_MISSING', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The account that owns the procedures is missing', 'Run jumun db load: it makes \'jumun_definer\'@\'localhost\' and grants what it needs', '1'),
('1461', 'TOO_MANY_STATEMENTS', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'Too many prepared statements on the server', 'Raise max_prepared_stmt_count: each connection of the gateway prepares up to 64', '1'),
('1568', 'TRANSACTION_UNDER_WAY', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'A transaction is under way that ROLLBACK did not end', 'SET SESSION completion_type = NO_CHAIN', '1'),
('1665', 'BINLOG_FORMAT_REFUSED', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'binlog_format is STATEMENT: no write is accepted', 'SET GLOBAL binlog_format = ROW, in the servers configuration too, and connect again', '1'),
('1792', 'TRANSACTION_READ_ONLY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'Transactions are read-only', 'SET GLOBAL transaction_read_only = OFF (MariaDB: tx_read_only), or connect to the primary', '0'),
('1836', 'INNODB_MODE_READ_ONLY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'InnoDB runs in read-only mode', 'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary', '0'),
('1874', 'INNODB_READ_ONLY', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'InnoDB is read-only', 'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary', '0'),
('1969', 'STATEMENT_TIMEOUT', '503', '1', '0', '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The statement took too long; nothing was done', 'Repeat the CALL after a pause', '0'),
('2101', 'PRICE_CHANGED', '409', '0', '0', '가격이 바뀌었습니다', 'The price has changed', 'Show the buyer the quote that comes with the answer and order again with its total; the key is still free', '0'),
('2102', 'IDEMPOTENCY_MISMATCH', '422', '0', '0', '이미 다른 주문에 쓰인 주문번호입니다', 'This mTrdNo was used for another request', 'Use a new mTrdNo for a new order; repeat the very same request for the same one', '0'),
('2103', 'CART_NOT_FOUND', '409', '0', '0', '장바구니에 없는 상품입니다', 'Not in the cart', 'The rows are ordered already, or not this buyer\'s: load the cart again', '0'),
('2104', 'PRODUCT_UNAVAILABLE', '409', '0', '0', '지금 살 수 없는 상품이 있습니다', 'A product cannot be bought now', 'Take the lines with orderable = 0 out of the cart or choose an option', '0'),
('2105', 'OUT_OF_STOCK', '409', '0', '0', '재고가 부족합니다', 'Out of stock', 'Lower the quantities named in shortage; unpaid orders of others may lapse', '0'),
('2106', 'AMOUNT_MISMATCH', '409', '0', '0', '결제 금액이 주문 금액과 다릅니다', 'The amount paid is not the order\'s total', 'From a payment gateway: recorded and owed back, see select_adm_pg_duties. By hand: nothing was written, enter what was paid', '0'),
('2107', 'SIGNATURE_INVALID', '403', '0', '0', '결제 정보가 올바르지 않습니다', 'The message is not authentic', 'Check hash_template and secret_key of the adapter; otherwise it was forged', '0'),
('2108', 'DUPLICATE_APPROVAL', '409', '0', '0', '이미 처리된 결제입니다', 'This approval was used already', 'From a payment gateway: recorded, what is owed is in select_adm_pg_duties. By hand: nothing was written, see shop_payments', '0'),
('2109', 'ORDER_NOT_FOUND', '404', '0', '0', '주문을 찾을 수 없습니다', 'Order not found', 'Check the name of the order and whose it is', '0'),
('2110', 'STATE_NOT_ALLOWED', '409', '0', '0', '지금은 할 수 없는 요청입니다', 'Not allowed in this status', 'See shop_order_transitions for what is', '0'),
('2111', 'ORDER_EXPIRED', '410', '0', '0', '결제 시간이 지난 주문입니다', 'The order has expired', 'Restore the cart and order again with a new mTrdNo', '0'),
('2112', 'INVALID_INPUT', '400', '0', '0', '잘못된 값이 있습니다', 'Invalid input', 'Correct the field named in the answer', '0'),
('2113', 'MERCHANT_NOT_FOUND', '404', '0', '0', '등록되지 않은 결제 상점입니다', 'Unknown payment gateway or merchant', 'Check the URL registered at the payment gateway against shop_pg_adapters', '0'),
('2114', 'PG_NOT_AVAILABLE', '409', '0', '0', '사용할 수 없는 결제 수단입니다', 'This payment gateway is not available', 'Choose another one; see shop_pg_adapters.is_enabled', '0'),
('2115', 'ADDRESS_NOT_FOUND', '409', '0', '0', '배송지를 찾을 수 없습니다', 'Address not found', 'Choose one of the buyer\'s addresses or type one in', '0'),
('2116', 'COUPON_NOT_AVAILABLE', '409', '0', '0', '사용할 수 없는 쿠폰입니다', 'This coupon cannot be used', 'Order without it', '0'),
('2117', 'POINTS_NOT_ENOUGH', '409', '0', '0', '적립금이 부족합니다', 'Not enough points', 'Lower point_to_use', '0'),
('2118', 'CART_FULL', '409', '0', '0', '장바구니가 가득 찼습니다', 'The cart is full', 'Order or delete something first', '0'),
('2119', 'SHOP_NOT_FOUND', '404', '0', '0', '등록되지 않은 상점입니다', 'Unknown shop', 'Check shop_id', '0'),
('2120', 'PAYMENT_FAILED', '402', '0', '0', '결제가 완료되지 않았습니다', 'The payment failed', 'Restore the cart and order again with a new mTrdNo', '0'),
('2121', 'CHANNEL_NOT_ALLOWED', '403', '0', '0', '허용되지 않은 경로입니다', 'This channel is not allowed', 'The channels are return and notify; a payment by hand is update_adm_order_payment', '0'),
('2122', 'PRODUCT_NOT_FOUND', '404', '0', '0', '상품을 찾을 수 없습니다', 'Product or option not found', 'Check product_id and option_hash', '0'),
('2123', 'ORDER_NAME_AMBIGUOUS', '409', '0', '0', '같은 이름의 주문이 두 건 있습니다', 'Two orders have this name', 'Say which of its names it is: order_key:…, order_number:…, order_code:… or seq_no:…', '0'),
('2124', 'STOCK_BELOW_HELD', '409', '0', '0', '미결제 주문이 잡아 둔 수량보다 적습니다', 'Fewer units than unpaid orders hold', 'Set free to 0, so that no more is sold, and see in shop_stock_reservations which orders hold the units', '0'),
('2125', 'DUTY_NOT_FOUND', '404', '0', '0', '처리할 내역을 찾을 수 없습니다', 'Duty not found', 'Check duty_no against select_adm_pg_duties', '0'),
('2140', 'ROW_IS_KEPT', '409', '0', '0', '고치거나 지울 수 없는 기록입니다', 'This row stays as it is', 'Use the procedure for what you want to do; a change that is meant: see sql/README.md', '0'),
('2145', 'ADAPTER_NOT_PROVEN', '409', '0', '0', '결제대행사 설정에서 필드의 경계가 정해지지 않습니다', 'The patterns of this adapter do not prove where every field ends', 'SELECT @jumun_adapter_fault on the same connection says what is missing; see Payment gateways in the README', '0'),
('2179', 'SHOP_IS_MOVING', '503', '1', '0', '이전 중입니다', 'The shop is moving', 'A row of the shop\'s own', '0'),
('2180', 'UNAUTHENTICATED', '401', '0', '0', '인증이 필요합니다', 'Authentication required', 'Send Authorization: Bearer with a key of the shop, or a good ticket', '0'),
('2181', 'ROUTE_NOT_FOUND', '404', '0', '0', '없는 주소입니다', 'No such address', 'See the routes in the README', '0'),
('2182', 'METHOD_NOT_ALLOWED', '405', '0', '0', '허용되지 않은 메서드입니다', 'Method not allowed', 'See the header Allow', '0'),
('2183', 'BODY_TOO_LARGE', '413', '0', '0', '요청이 너무 큽니다', 'The request is too large', 'Send less; see the limit in the README', '0'),
('2184', 'MEDIA_TYPE_NOT_SUPPORTED', '415', '0', '0', '지원하지 않는 형식입니다', 'Media type not supported', 'Send application/json or application/x-www-form-urlencoded', '0'),
('2185', 'OVERLOADED', '503', '1', '0', '지금은 요청이 많습니다. 잠시 뒤 다시 시도해 주세요', 'Too many requests just now', 'Repeat after Retry-After; nothing was done', '0'),
('2186', 'DATABASE_UNAVAILABLE', '503', '1', '0', '잠시 뒤 다시 시도해 주세요', 'The database cannot be reached', 'Repeat after Retry-After; nothing was done', '0'),
('2187', 'OUTCOME_UNKNOWN', '504', '0', '0', '처리 결과를 확인하지 못했습니다', 'The outcome is unknown', 'Ask for the current state before repeating; orders may be repeated with the same mTrdNo', '0'),
('2188', 'DEADLINE_EXCEEDED', '503', '1', '0', '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The deadline has passed', 'Repeat the same request after Retry-After: it is safe', '0'),
('2189', 'INTERNAL_ERROR', '500', '0', '0', '처리 중 오류가 발생했습니다', 'Internal error', 'See shop_error_log and the gateway\'s log by request_id', '0'),
('2190', 'FORBIDDEN', '403', '0', '0', '권한이 없습니다', 'Not allowed with this key', 'Use a key that may do this', '0'),
('2191', 'TICKET_EXPIRED', '401', '0', '0', '주문서의 유효 시간이 지났습니다', 'The ticket has expired', 'Load the order form again: the shop signs a new ticket; the same mTrdNo may be used', '0'),
('2192', 'ORIGIN_NOT_ALLOWED', '403', '0', '0', '이 페이지에서는 주문할 수 없습니다', 'Orders cannot be posted from this page', 'Add the page\'s origin to shops.allowed_origins_json; the page must send it (see Referrer-Policy in the README)', '0'),
('3024', 'QUERY_TIMEOUT', '503', '1', '0', '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The query took too long; nothing was done', 'Repeat the CALL after a pause', '0'),
('3100', 'TRANSACTION_REFUSED', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'The cluster refused the transaction', 'Connect to the primary and repeat the CALL', '0'),
('3157', 'JSON_TOO_DEEP', '400', '0', '0', '잘못된 값이 있습니다', 'JSON is nested too deeply', 'Send flat JSON', '0'),
('3572', 'LOCK_NOT_AVAILABLE', '503', '1', '1', '잠시 뒤 다시 시도해 주세요', 'A lock is not available; rolled back', 'Repeat the CALL after a pause', '0'),
('4094', 'CALL_KILLED', '503', '1', '0', '처리가 중단되었습니다. 다시 시도해 주세요', 'The CALL was killed inside a routine; nothing was done', 'Repeat the CALL', '0');
INSERT INTO shop_error_log (`seq_no`, `log_date`, `routine`, `step`, `errno`, `sqlstate_code`, `message`, `parameters_json`) VALUES
('1', '2026-11-29 01:57:19.649149', 'shop_order_insert', 'hold the stock', '1690', '22003', 'out of range', '{}');
ALTER TABLE shop_error_log AUTO_INCREMENT = 2;
INSERT INTO shop_health (`what`, `done_at`, `found`) VALUES
('audit', '2026-11-29 01:57:19.722301', '0');
INSERT INTO shop_jobs (`job_name`, `is_enabled`, `interval_seconds`, `lease_seconds`, `batch_size`, `lease_holder`, `lease_until`, `next_run_at`, `last_run_at`, `last_result`, `last_success_at`) VALUES
('shop_order_expire', '1', '5', '60', '500', NULL, '2026-11-29 01:57:19.651805', '2026-11-29 01:57:24.650634', '2026-11-29 01:57:19.650634', 'expired 2', NULL),
('shop_stock_mirror', '0', '10', '60', '1000', NULL, '2026-11-29 01:57:19.075504', '2026-11-29 01:57:19.075504', NULL, NULL, NULL);
INSERT INTO shop_keys (`key_sha256`, `shop_id`, `key_label`, `create_date`, `revoked_at`) VALUES
(X'232caee2f676c48dd278283927605c89048c30cab68d90828c60d4d023f27945', '1', 'old server', '2026-01-01 00:00:00.000000', '2026-02-01 00:00:00.000000'),
(X'84028750e23eb74d83350e3c7a1e6086817ef460fadcc2d52febf1bec5b45e79', '1', 'test', '2026-11-29 01:57:19.218909', NULL),
(X'e28990433a52383d906d01292705aab578615f95032261f15c264416fff435a3', '2', 'test', '2026-11-29 01:57:19.218909', NULL);
INSERT INTO shop_order_logs (`seq_no`, `order_seq_no`, `log_date`, `from_status`, `to_status`, `action`, `actor`, `actor_name`, `log_message`) VALUES
('1', '2', '2026-11-29 01:57:19.267757', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('2', '3', '2026-11-29 01:57:19.273611', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('3', '4', '2026-11-29 01:57:19.277998', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('4', '5', '2026-11-29 01:57:19.282203', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('5', '6', '2026-11-29 01:57:19.285948', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('6', '7', '2026-11-29 01:57:19.296031', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('7', '8', '2026-11-29 01:57:19.301636', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('8', '9', '2026-11-29 01:57:19.318520', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('9', '10', '2026-11-29 01:57:19.322655', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('10', '11', '2026-11-29 01:57:19.326192', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('11', '12', '2026-11-29 01:57:19.331117', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('12', '13', '2026-11-29 01:57:19.335433', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('13', '14', '2026-11-29 01:57:19.339556', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('14', '9', '2026-11-29 01:57:19.348853', '1', '12', 'fail', 'pg', 'jumun_gateway@localhost', 'failed: card refused'),
('15', '10', '2026-11-29 01:57:19.363972', '1', '12', 'fail', 'pg', 'jumun_gateway@localhost', 'failed: card refused'),
('16', '11', '2026-11-29 01:57:19.375005', '1', '10', 'expire', 'job', 'root@localhost', 'not paid in time'),
('17', '12', '2026-11-29 01:57:19.376137', '1', '10', 'expire', 'job', 'root@localhost', 'not paid in time'),
('18', '13', '2026-11-29 01:57:19.393580', '1', '9', 'restore_cart', 'buyer', 'jumun_gateway@localhost', ''),
('19', '15', '2026-11-29 01:57:19.407134', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('20', '15', '2026-11-29 01:57:19.409128', '1', '2', 'free', 'buyer', 'jumun_gateway@localhost', 'nothing to pay'),
('21', '16', '2026-11-29 01:57:19.421776', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('22', '16', '2026-11-29 01:57:19.430821', '1', '2', 'pay', 'pg', 'jumun_gateway@localhost', 'A-P1'),
('23', '17', '2026-11-29 01:57:19.441910', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('24', '17', '2026-11-29 01:57:19.445763', '1', '2', 'pay', 'pg', 'jumun_gateway@localhost', 'A-P2'),
('25', '18', '2026-11-29 01:57:19.449575', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('26', '18', '2026-11-29 01:57:19.453325', '1', '2', 'pay', 'pg', 'jumun_gateway@localhost', 'A-P3'),
('27', '17', '2026-11-29 01:57:19.456995', '2', '3', 'prepare', 'shop', 'pages', ''),
('28', '18', '2026-11-29 01:57:19.458817', '2', '3', 'prepare', 'shop', 'pages', ''),
('29', '18', '2026-11-29 01:57:19.459623', '3', '4', 'ship', 'shop', 'pages', ''),
('30', '19', '2026-11-29 01:57:19.464559', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('31', '20', '2026-11-29 01:57:19.469312', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('32', '21', '2026-11-29 01:57:19.473258', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('33', '22', '2026-11-29 01:57:19.477411', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('34', '23', '2026-11-29 01:57:19.481881', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('35', '24', '2026-11-29 01:57:19.486229', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('36', '25', '2026-11-29 01:57:19.490779', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('37', '19', '2026-11-29 01:57:19.495488', '1', '12', 'fail', 'pg', 'jumun_gateway@localhost', 'amount_mismatch: approved'),
('38', '20', '2026-11-29 01:57:19.506229', '1', '2', 'pay', 'pg', 'jumun_gateway@localhost', 'A-W2'),
('39', '22', '2026-11-29 01:57:19.536585', '1', '10', 'expire', 'job', 'root@localhost', 'not paid in time'),
('40', '23', '2026-11-29 01:57:19.555268', '1', '9', 'restore_cart', 'buyer', 'jumun_gateway@localhost', ''),
('41', '26', '2026-11-29 01:57:19.599408', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('42', '26', '2026-11-29 01:57:19.610462', '1', '2', 'pay', 'pg', 'jumun_gateway@localhost', 'A-S1'),
('43', '27', '2026-11-29 01:57:19.621401', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('44', '28', '2026-11-29 01:57:19.627833', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('45', '29', '2026-11-29 01:57:19.632526', '0', '1', 'order', 'buyer', 'jumun_gateway@localhost', ''),
('46', '29', '2026-11-29 01:57:19.641711', '1', '2', 'pay', 'pg', 'jumun_gateway@localhost', 'A-S2');
ALTER TABLE shop_order_logs AUTO_INCREMENT = 47;
INSERT INTO shop_order_product (`order_seq_no`, `line_no`, `shop_id`, `product_id`, `product_name`, `option_hash`, `option_name`, `unit_price`, `quantity`, `line_amount`, `tax_type`, `delivery_policy_id`, `cart_seq_no`) VALUES
('2', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '2', '20000.00', 'taxable', '1', '1'),
('2', '2', '1', 'pen', 'Pen', '__noopt__', '', '1000.00', '3', '3000.00', 'taxable', '5', '2'),
('2', '3', '1', 'ink', 'Ink', '__noopt__', '', '2000.00', '1', '2000.00', 'taxable', '6', '3'),
('2', '4', '1', 'shirt', 'Shirt', 'wrap-a', 'gift, paper', '15500.00', '1', '15500.00', 'taxable', '2', '4'),
('2', '5', '1', 'shirt', 'Shirt', 'wrap-b', 'gift, box', '15500.00', '2', '31000.00', 'taxable', '2', '5'),
('2', '6', '1', 'rice', '쌀', '__noopt__', '', '5000.00', '1', '5000.00', 'free', '4', '6'),
('3', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '7'),
('4', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '8'),
('5', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '9'),
('6', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '10'),
('7', '1', '1', 'chair', 'Chair', '__noopt__', '', '27000.00', '1', '27000.00', 'taxable', '3', '11'),
('8', '1', '2', 'mug', 'Mug', '__noopt__', '', '19.99', '1', '19.99', 'taxable', '1', '12'),
('9', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '18'),
('10', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '19'),
('11', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '20'),
('12', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '21'),
('13', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '22'),
('14', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '23'),
('15', '1', '1', 'gift', '사은품', '__noopt__', '', '0.00', '1', '0.00', 'taxable', '1', '26'),
('16', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '27'),
('17', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '28'),
('18', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '29'),
('19', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '30'),
('20', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '31'),
('21', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '32'),
('22', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '33'),
('23', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '34'),
('24', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '35'),
('25', '1', '1', 'book', '책', '__noopt__', '', '10000.00', '1', '10000.00', 'taxable', '1', '36'),
('26', '1', '1', 'lamp', 'Lamp', '__noopt__', '', '20000.00', '30', '600000.00', 'taxable', '2', '38'),
('27', '1', '1', 'lamp', 'Lamp', '__noopt__', '', '20000.00', '40', '800000.00', 'taxable', '2', '39'),
('28', '1', '1', 'last', 'Last one', '__noopt__', '', '7000.00', '1', '7000.00', 'taxable', '1', '40'),
('29', '1', '1', 'last', 'Last one', '__noopt__', '', '7000.00', '1', '7000.00', 'taxable', '1', '41');
INSERT INTO shop_order_transitions (`from_status`, `action`, `actor`, `to_status`) VALUES
('0', 'order', 'buyer', '1'),
('1', 'expire', 'job', '10'),
('1', 'expire', 'pg', '10'),
('1', 'fail', 'pg', '12'),
('1', 'free', 'buyer', '2'),
('1', 'pay', 'dba', '2'),
('1', 'pay', 'pg', '2'),
('1', 'restore_cart', 'buyer', '9'),
('2', 'prepare', 'shop', '3'),
('3', 'ship', 'shop', '4'),
('10', 'revive', 'dba', '2'),
('10', 'revive', 'pg', '2'),
('11', 'expire', 'job', '10'),
('11', 'expire', 'pg', '10'),
('11', 'fail', 'pg', '12'),
('11', 'pay', 'dba', '2'),
('11', 'pay', 'pg', '2'),
('12', 'revive', 'dba', '2'),
('12', 'revive', 'pg', '2'),
('13', 'expire', 'pg', '10'),
('13', 'fail', 'pg', '12'),
('13', 'pay', 'dba', '2'),
('13', 'pay', 'pg', '2');
INSERT INTO shop_orders (`seq_no`, `shop_id`, `order_number`, `order_key`, `order_code`, `order_date`, `order_mode`, `order_status`, `user_id`, `user_name`, `user_phone`, `receiver_name`, `receiver_phone`, `post_code`, `address`, `address_detail`, `delivery_msg`, `currency`, `line_count`, `product_total_price`, `discount_total`, `point_used`, `shipping_fee`, `total_payment`, `supply_amount`, `vat_amount`, `tax_free_amount`, `client_total`, `request_sha256`, `pg`, `merchant_id`, `pay_type`, `expires_at`, `approval_no`, `approval_msg`, `paid_at`, `restored_at`, `courier_id`, `tracking_number`, `vendor_order_no`, `update_date`, `seal`) VALUES
('2', '1', 'PENDING-MANY', X'01a2250561207a6d96a34c966d8fd1f9', '20261129-KM5K0AGA', '2026-11-29 01:57:19.264614', 'cart', '1', 'u1', 'Buyer 1', '010-0000-0001', 'Receiver 1', '010-1111-0001', '01010', '1 Sejong-daero', 'door 1', 'ring twice', 'KRW', '6', '76500.00', '0.00', '0.00', '10500.00', '87000.00', '74545.00', '7455.00', '5000.00', '87000.00', X'4506ef81d08ba7f4bbadad75e51de46e5c639021c485181be7345e2575a363d9', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.264614', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.264614', '23284323'),
('3', '1', 'PENDING-1', X'01a2250561287770978423731771cc13', '20261129-MRSGZNHK', '2026-11-29 01:57:19.272015', 'cart', '1', 'u2', 'Buyer 2', '010-0000-0002', 'Receiver 2', '010-1111-0002', '01020', '2 Sejong-daero', 'door 2', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'9a3c34917def9a39793c4b498ceedb361089bcee1266a19f7f90d5caaed9dacb', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.272015', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.272015', '3031236912'),
('4', '1', 'PENDING-2', X'01a22505612c7c77b0c0b864894ef246', '20261129-5G12VYY4', '2026-11-29 01:57:19.276540', 'cart', '1', 'u2', 'Buyer 2', '010-0000-0002', 'Receiver 2', '010-1111-0002', '01020', '2 Sejong-daero', 'door 2', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'08234bdbf684de2093ab02a7a6a2aca0e5a859143c615863b4bf8dc56de370f5', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.276540', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.276540', '2644590227'),
('5', '1', 'PENDING-3', X'01a2250561317a729c521a4d7fc9521d', '20261129-ZC3W2Y3F', '2026-11-29 01:57:19.281004', 'cart', '1', 'u3', 'Buyer 3', '010-0000-0003', 'Receiver 3', '010-1111-0003', '01030', '3 Sejong-daero', 'door 3', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'ec6b64aae26a2ac8bac693032bf2849eff1d8fe11e47784595efba999db8a203', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.281004', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.281004', '841069416'),
('6', '1', 'PENDING-4', X'01a22505613479e4abe9581ac2fe37b7', '20261129-8MR6MJNF', '2026-11-29 01:57:19.284625', 'cart', '1', 'u3', 'Buyer 3', '010-0000-0003', 'Receiver 3', '010-1111-0003', '01030', '3 Sejong-daero', 'door 3', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'eb88cba721a26bbe5ecc41258cfbf4ac56f3e1a8f53b2d7640d54cf163f58e94', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.284625', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.284625', '139664853'),
('7', '1', 'PENDING-GUEST', X'01a22505613d7aae888541d719ae22e9', '20261129-TZ1A4AC6', '2026-11-29 01:57:19.293045', 'direct', '1', 'guest-7', '손님', '010-9999-0000', '손님', '010-9999-0000', '04524', '세종대로 1', '101호', '문 앞', 'KRW', '1', '27000.00', '0.00', '0.00', '3000.00', '30000.00', '27273.00', '2727.00', '0.00', '30000.00', X'267200bc4f557154bccaabe0a0a47b3e469e215288c52ee65a0f8c3feeab8977', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.293045', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.293045', '2379483144'),
('8', '2', 'PENDING-USD', X'01a22505614471bcb507881e19dbe7d2', '20261129-N5GFHSWA', '2026-11-29 01:57:19.300010', 'cart', '1', 'u1', 'Buyer 1', '010-0000-0001', 'Receiver 1', '010-1111-0001', '02010', '1 Sejong-daero', 'door 1', 'ring twice', 'USD', '1', '19.99', '0.00', '0.00', '4.99', '24.98', '22.71', '2.27', '0.00', '24.98', X'82d7e59e990ba58529969639964407ac67ed2ce1e5394474353833638092567d', 'wallet', 'M2', 'wallet', '2026-11-29 02:27:19.300010', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.300010', '204280923'),
('9', '1', 'FAILED', X'01a22505615373d0998b85f387aa4f77', '20261129-CKTPY3KY', '2026-11-29 01:57:19.315372', 'cart', '12', 'u2', 'Buyer 2', '010-0000-0002', 'Receiver 2', '010-1111-0002', '01020', '2 Sejong-daero', 'door 2', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'3826424ebc4221f95658a7bf8dff3f100f80757da08431f2ac4e606baf48a1a3', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.315372', NULL, 'card refused', NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.348215', '1627055685'),
('10', '1', 'FAILED-RESTORED', X'01a2250561597a8f9138245226d18056', '20261129-B794Q1QF', '2026-11-29 01:57:19.321302', 'cart', '12', 'u3', 'Buyer 3', '010-0000-0003', 'Receiver 3', '010-1111-0003', '01030', '3 Sejong-daero', 'door 3', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'81229d50d4b7b856e4e5bd8e3e692dce35882bd77ad3b9eb234fa5c381a1ba51', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.321302', NULL, 'card refused', NULL, '2026-11-29 01:57:19.379921', NULL, NULL, NULL, '2026-11-29 01:57:19.363761', '1481138419'),
('11', '1', 'EXPIRED', X'01a22505615d79b690ad99b63f62ca1d', '20261129-Q4WTEWC9', '2026-11-29 01:57:19.325012', 'cart', '10', 'u2', 'Buyer 2', '010-0000-0002', 'Receiver 2', '010-1111-0002', '01020', '2 Sejong-daero', 'door 2', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'5bff05cc15096957d79423efd24f22d93aefc7ed1fe77067e1ee85229e2e581f', 'wallet', 'M1', 'wallet', '2026-11-29 01:57:18.369863', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.374307', '1880479278'),
('12', '1', 'EXPIRED-RESTORED', X'01a225056162765d947e8affdb7873a2', '20261129-T0TE99WR', '2026-11-29 01:57:19.330064', 'cart', '10', 'u3', 'Buyer 3', '010-0000-0003', 'Receiver 3', '010-1111-0003', '01030', '3 Sejong-daero', 'door 3', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'ee1e4e3a9c9a09b48409346be2ebf955db8e4d0681bcb5111566d54ab8aa92b2', 'wallet', 'M1', 'wallet', '2026-11-29 01:57:18.370863', NULL, NULL, NULL, '2026-11-29 01:57:19.386247', NULL, NULL, NULL, '2026-11-29 01:57:19.375947', '2706200085'),
('13', '1', 'CANCELLED', X'01a2250561667a94a119822cccd27afa', '20261129-93YNHHZW', '2026-11-29 01:57:19.334275', 'cart', '9', 'u4', 'Buyer 4', '010-0000-0004', 'Receiver 4', '010-1111-0004', '01040', '4 Sejong-daero', 'door 4', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'a49f95569b27bc48a9f568238bfdc1696d9848b67ebf91ec6d32cee0b8579d6e', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.334275', NULL, NULL, NULL, '2026-11-29 01:57:19.393655', NULL, NULL, NULL, '2026-11-29 01:57:19.392925', '321896562'),
('14', '1', 'LAPSED', X'01a22505616a7b2c9d33e7f093202dc3', '20261129-FTMME3WQ', '2026-11-29 01:57:19.338426', 'cart', '1', 'u4', 'Buyer 4', '010-0000-0004', 'Receiver 4', '010-1111-0004', '01040', '4 Sejong-daero', 'door 4', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'03d6aec1eba57b6fcbfa71081648beeb94460e22547fecef6c8173f6c802f8e5', 'wallet', 'M1', 'wallet', '2026-11-29 01:57:18.642668', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.338426', '4035523814'),
('15', '1', 'FREE', X'01a2250561ab7cf3969b3acb30adcdbd', '20261129-QD8H5JYV', '2026-11-29 01:57:19.403628', 'cart', '2', 'u5', 'Buyer 5', '010-0000-0005', 'Receiver 5', '010-1111-0005', '01050', '5 Sejong-daero', 'door 5', 'ring twice', 'KRW', '1', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00', X'838d80a4eb74e319c3241005562f31161c4b774357e38c21f749f58da1bfced7', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.403628', NULL, NULL, '2026-11-29 01:57:19.409184', NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.408924', '2251532354'),
('16', '1', 'PAID', X'01a2250561b970248cac192afe06fa19', '20261129-RH52SBZE', '2026-11-29 01:57:19.417694', 'cart', '2', 'u7', 'Buyer 7', '010-0000-0007', 'Receiver 7', '010-1111-0007', '01070', '7 Sejong-daero', 'door 7', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'4b5a77e309d4927f65156cd02ea64f721bf63f4b8d3fb3cdd47d41566bcfba22', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.417694', 'A-P1', 'approved', '2026-11-29 01:57:19.430894', NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.430345', '3288133083'),
('17', '1', 'PAID-PREPARED', X'01a2250561ce7ed795fb28e2f4385c58', '20261129-35Y75Y1W', '2026-11-29 01:57:19.438899', 'cart', '3', 'u7', 'Buyer 7', '010-0000-0007', 'Receiver 7', '010-1111-0007', '01070', '7 Sejong-daero', 'door 7', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'9f3a16bc6bdea25827b8a3d913818185e6497458edad54e864aafc10489a17e0', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.438899', 'A-P2', 'approved', '2026-11-29 01:57:19.445815', NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.457602', '2920940253'),
('18', '1', 'PAID-SHIPPED', X'01a2250561d871588a4f98a61a9b9ad2', '20261129-48RZYQ99', '2026-11-29 01:57:19.448174', 'cart', '4', 'u7', 'Buyer 7', '010-0000-0007', 'Receiver 7', '010-1111-0007', '01070', '7 Sejong-daero', 'door 7', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'1fc506da0c84acdc4de0ec734eb750a9f3f527f9f0467c0c7b5cfaf64eaaff9e', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.448174', 'A-P3', 'approved', '2026-11-29 01:57:19.453374', NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.460173', '3697861241'),
('19', '1', 'MISMATCH', X'01a2250561e77094ab4da16e96265306', '20261129-KPGGV7JR', '2026-11-29 01:57:19.463251', 'cart', '12', 'u8', 'Buyer 8', '010-0000-0008', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'4603c3814988ce16aee29f8eaaa20826563551aa6bc475da5a76e28701430cb9', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.463251', NULL, 'approved', NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.494717', '3561476472'),
('20', '1', 'SURPLUS', X'01a2250561eb790b8a685d1d8a7d6584', '20261129-SC0E9QE2', '2026-11-29 01:57:19.467842', 'cart', '2', 'u8', 'Buyer 8', '010-0000-0008', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'beb500945815a21e1d9d2c0b429ea30188983f18cf3158f5b14cd760ba72f716', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.467842', 'A-W2', 'approved', '2026-11-29 01:57:19.506290', NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.505686', '848958946'),
('21', '1', 'REUSED', X'01a2250561f0797ca2cd5b136678ba95', '20261129-Z5ZAGM08', '2026-11-29 01:57:19.472031', 'cart', '1', 'u8', 'Buyer 8', '010-0000-0008', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'09affbc6120be2a8fa22a6c30f7067598bb80492098eaeb92b2fddaa8ef4840e', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.472031', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.472031', '2883036137'),
('22', '1', 'LATE-EXPIRED', X'01a2250561f4714090adce7efa89707f', '20261129-NPN480EQ', '2026-11-29 01:57:19.476027', 'cart', '10', 'u8', 'Buyer 8', '010-0000-0008', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'6dd9b8ca7296adc1b8a7e18d51c9a70020603252ec6f0827f03c4f0713df7003', 'wallet', 'M1', 'wallet', '2026-11-29 01:57:18.532532', NULL, NULL, NULL, '2026-11-29 01:57:19.540078', NULL, NULL, NULL, '2026-11-29 01:57:19.535888', '2120182918'),
('23', '1', 'LATE-CANCELLED', X'01a2250561f879478287b44f378b3f8c', '20261129-70WKRBGN', '2026-11-29 01:57:19.480673', 'cart', '9', 'u8', 'Buyer 8', '010-0000-0008', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'd215e8b6b07226a55f1cbc2550ecafba35c7a1983cccd256fea5128f74699d21', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.480673', NULL, NULL, NULL, '2026-11-29 01:57:19.555336', NULL, NULL, NULL, '2026-11-29 01:57:19.554657', '2158060729'),
('24', '1', 'BY-HAND', X'01a2250561fc793db44c6a80046d9768', '20261129-A0TJ072E', '2026-11-29 01:57:19.484480', 'cart', '1', 'u8', 'Buyer 8', '010-0000-0008', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'f7e85f3343691c25c373a298752eb5444ba6c4e42c60c9a37a2a9d060068c71c', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.484480', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.484480', '2860146156'),
('25', '1', 'SILENT', X'01a2250562017228bc230d86b2861d7d', '20261129-Q6YYMG47', '2026-11-29 01:57:19.489686', 'cart', '1', 'u8', 'Buyer 8', '010-0000-0008', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', 'KRW', '1', '10000.00', '0.00', '0.00', '0.00', '10000.00', '9091.00', '909.00', '0.00', '10000.00', X'f129318b2ce3523a91188ae7f9e8514dc1f44ea9b326e72338cdd06bcc088a46', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.489686', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.489686', '2324691762'),
('26', '1', 'SLOTS', X'01a22505626c79a399825920efb037ee', '20261129-7ZFR7GBK', '2026-11-29 01:57:19.596002', 'cart', '2', 'u9', 'Buyer 9', '010-0000-0009', 'Receiver 9', '010-1111-0009', '01090', '9 Sejong-daero', 'door 9', 'ring twice', 'KRW', '1', '600000.00', '0.00', '0.00', '3000.00', '603000.00', '548182.00', '54818.00', '0.00', '603000.00', X'6aae6b3a698dbfa18932effafa7722830f49abc0f69e191a483f8ec1e223c5ff', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.596002', 'A-S1', 'approved', '2026-11-29 01:57:19.610554', NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.609821', '2868621268'),
('27', '1', 'SLOTS-PENDING', X'01a225056282722e963da98cc27019b3', '20261129-PXM7XES4', '2026-11-29 01:57:19.618606', 'cart', '1', 'u9', 'Buyer 9', '010-0000-0009', 'Receiver 9', '010-1111-0009', '01090', '9 Sejong-daero', 'door 9', 'ring twice', 'KRW', '1', '800000.00', '0.00', '0.00', '3000.00', '803000.00', '730000.00', '73000.00', '0.00', '803000.00', X'4e1c532d5e53a535fe882f158999ccb4a940cb795b7323ae3a1dc9061e99324a', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.618606', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.618606', '3528776773'),
('28', '1', 'TAKEN-BACK', X'01a22505628a74ffac963a73d27bb1de', '20261129-8ZHPJQMR', '2026-11-29 01:57:19.626567', 'cart', '1', 'u9', 'Buyer 9', '010-0000-0009', 'Receiver 9', '010-1111-0009', '01090', '9 Sejong-daero', 'door 9', 'ring twice', 'KRW', '1', '7000.00', '0.00', '0.00', '0.00', '7000.00', '6364.00', '636.00', '0.00', '7000.00', X'09b2c8b8ddbdf3007271c4138882e41e13650d7777b6b2d4bc2ca2804967f622', 'wallet', 'M1', 'wallet', '2026-11-29 01:57:18.628852', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.626567', '1554078199'),
('29', '1', 'TAKEN', X'01a22505628f7fcc940d89a79af1bf91', '20261129-DJDGMDRE', '2026-11-29 01:57:19.631356', 'cart', '2', 'u1', 'Buyer 1', '010-0000-0001', 'Receiver 1', '010-1111-0001', '01010', '1 Sejong-daero', 'door 1', 'ring twice', 'KRW', '1', '7000.00', '0.00', '0.00', '0.00', '7000.00', '6364.00', '636.00', '0.00', '7000.00', X'907fef73425058d627901d81f1d62fd69299eec151d71e519bd9ac6bb88196fa', 'wallet', 'M1', 'wallet', '2026-11-29 02:27:19.631356', 'A-S2', 'approved', '2026-11-29 01:57:19.641770', NULL, NULL, NULL, NULL, '2026-11-29 01:57:19.641510', '1896087451');
ALTER TABLE shop_orders AUTO_INCREMENT = 30;
INSERT INTO shop_payments (`seq_no`, `shop_id`, `order_seq_no`, `pg`, `merchant_id`, `pg_tx`, `approval_no`, `amount`, `status`, `result_code`, `result_msg`, `approved_at`, `create_date`, `update_date`, `order_number`, `used_approval_no`) VALUES
('1', '1', '9', 'wallet', 'M1', 'F1', NULL, '10000.00', 'failed', '1001', 'card refused', '20261120120000', '2026-11-29 01:57:19.350678', '2026-11-29 01:57:19.350678', 'FAILED', NULL),
('2', '1', '10', 'wallet', 'M1', 'F2', NULL, '10000.00', 'failed', '1001', 'card refused', '20261120120000', '2026-11-29 01:57:19.364483', '2026-11-29 01:57:19.364483', 'FAILED-RESTORED', NULL),
('3', '1', '16', 'wallet', 'M1', 'P1', 'A-P1', '10000.00', 'paid', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.431645', '2026-11-29 01:57:19.431645', 'PAID', NULL),
('4', '1', '17', 'wallet', 'M1', 'P2', 'A-P2', '10000.00', 'paid', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.446037', '2026-11-29 01:57:19.446037', 'PAID-PREPARED', NULL),
('5', '1', '18', 'wallet', 'M1', 'P3', 'A-P3', '10000.00', 'paid', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.453610', '2026-11-29 01:57:19.453610', 'PAID-SHIPPED', NULL),
('6', '1', '19', 'wallet', 'M1', 'W1', 'A-W1', '9000.00', 'amount_mismatch', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.497193', '2026-11-29 01:57:19.497193', 'MISMATCH', NULL),
('7', '1', '20', 'wallet', 'M1', 'W2', 'A-W2', '10000.00', 'paid', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.507041', '2026-11-29 01:57:19.507041', 'SURPLUS', NULL),
('8', '1', '20', 'wallet', 'M1', 'W3', 'A-W3', '10000.00', 'surplus', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.515216', '2026-11-29 01:57:19.515216', 'SURPLUS', NULL),
('9', '1', '21', 'wallet', 'M1', 'W4', NULL, '10000.00', 'approval_reused', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.530908', '2026-11-29 01:57:19.530908', 'REUSED', 'A-W2'),
('10', '1', '22', 'wallet', 'M1', 'W5', 'A-W5', '10000.00', 'late', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.550312', '2026-11-29 01:57:19.550312', 'LATE-EXPIRED', NULL),
('11', '1', '23', 'wallet', 'M1', 'W6', 'A-W6', '10000.00', 'late', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.565128', '2026-11-29 01:57:19.565128', 'LATE-CANCELLED', NULL),
('12', '1', NULL, 'wallet', 'M1', 'W7', 'A-W7', '10000.00', 'unknown_order', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.573121', '2026-11-29 01:57:19.573121', 'NO-SUCH-ORDER', NULL),
('13', '1', '26', 'wallet', 'M1', 'S1', 'A-S1', '603000.00', 'paid', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.611290', '2026-11-29 01:57:19.611290', 'SLOTS', NULL),
('14', '1', '29', 'wallet', 'M1', 'S2', 'A-S2', '7000.00', 'paid', '0000', 'approved', '20261120120000', '2026-11-29 01:57:19.641966', '2026-11-29 01:57:19.641966', 'TAKEN', NULL);
ALTER TABLE shop_payments AUTO_INCREMENT = 15;
INSERT INTO shop_pg_adapters (`pg`, `merchant_id`, `shop_id`, `is_enabled`, `pay_type`, `secret_key`, `request_method`, `request_url`, `request_fields_json`, `request_hash_template`, `field_order_number`, `field_pg_tx`, `field_approval_no`, `field_amount`, `field_result_code`, `field_result_message`, `field_approved_at`, `field_merchant_id`, `field_hash`, `hash_template`, `pattern_pg_tx`, `pattern_approved_at`, `success_code`, `ack_http_status`, `ack_content_type`, `ack_body`, `duty_minutes`, `pattern_result_code`, `pattern_others_json`, `read_template`, `read_pattern`) VALUES
('wallet', 'M1', '1', '1', 'wallet', 'test-hash-key', 'POST', 'http://pg.test/pay', '{\"mId\":\"{merchant_id}\",\"mTrdNo\":\"{order_number}\",\"trdAmt\":\"{amount}\",\"prdtNm\":\"{title}\",\"nextUrl\":\"{return_url}\",\"notiUrl\":\"{notify_url}\",\"pktHash\":\"{hash}\"}', '{merchant_id}{order_number}{amount}{key}', 'mTrdNo', 'trdNo', 'apprNo', 'trdAmt', 'rsltCd', 'rsltMsg', 'authDt', 'mId', 'pktHash', '{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}', '[^| ]{0,100}', '[^|]{0,40}', '0000', '200', 'text/plain', 'OK', '1440', '[0-9]{4}', '{\"apprNo\":\"[^| ]{0,100}\"}', '{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}', '\\A[0-9]{4}[^]*[-._A-Za-z0-9]{1,64}[^]*[^| ]{0,100}[^]*[0-9.]{1,18}[^]*[^|]{0,40}[^]*[^| ]{0,100}[^]*[^]*[^]*[^]*\\z'),
('wallet', 'M2', '2', '1', 'wallet', 'test-hash-key', 'POST', 'http://pg.test/pay', '{\"mId\":\"{merchant_id}\",\"mTrdNo\":\"{order_number}\",\"trdAmt\":\"{amount}\",\"prdtNm\":\"{title}\",\"nextUrl\":\"{return_url}\",\"notiUrl\":\"{notify_url}\",\"pktHash\":\"{hash}\"}', '{merchant_id}{order_number}{amount}{key}', 'mTrdNo', 'trdNo', 'trdNo', 'trdAmt', 'rsltCd', 'rsltMsg', 'authDt', 'mId', 'pktHash', '{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}', '[^| ]{0,100}', '[^|]{0,40}', '0000', '200', 'text/plain', 'OK', '1440', '[0-9]{4}', '{\"apprNo\":\"[^| ]{0,100}\"}', '{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}', '\\A[0-9]{4}[^]*[-._A-Za-z0-9]{1,64}[^]*[^| ]{0,100}[^]*[0-9.]{1,18}[^]*[^|]{0,40}[^]*[^| ]{0,100}[^]*[^]*[^]*[^]*\\z');
INSERT INTO shop_pg_duties (`seq_no`, `shop_id`, `order_seq_no`, `payment_seq_no`, `pg`, `merchant_id`, `duty`, `duty_key`, `amount`, `reason`, `state`, `due_at`, `attempts`, `next_try_at`, `create_date`, `done_at`, `message_seq_no`, `proof`, `close_reason`, `closed_by`) VALUES
('1', '1', '19', '6', 'wallet', 'M1', 'refund', 'W1', '9000.00', 'amount_mismatch', 'owed', '2026-11-30 01:57:19.497273', '0', '2026-11-29 01:57:19.497273', '2026-11-29 01:57:19.497273', NULL, '11', NULL, NULL, NULL),
('2', '1', '20', '8', 'wallet', 'M1', 'refund', 'W3', '10000.00', 'surplus', 'owed', '2026-11-30 01:57:19.515299', '0', '2026-11-29 01:57:19.515299', '2026-11-29 01:57:19.515299', NULL, '13', NULL, NULL, NULL),
('3', '1', '21', '9', 'wallet', 'M1', 'lookup', 'W4', '10000.00', 'approval_reused', 'owed', '2026-11-30 01:57:19.531012', '0', '2026-11-29 01:57:19.531012', '2026-11-29 01:57:19.531012', NULL, '15', NULL, NULL, NULL),
('4', '1', '22', '10', 'wallet', 'M1', 'refund', 'W5', '10000.00', 'late', 'owed', '2026-11-30 01:57:19.550396', '0', '2026-11-29 01:57:19.550396', '2026-11-29 01:57:19.550396', NULL, '16', NULL, NULL, NULL),
('5', '1', '23', '11', 'wallet', 'M1', 'refund', 'W6', '10000.00', 'late', 'owed', '2026-11-30 01:57:19.565225', '0', '2026-11-29 01:57:19.565225', '2026-11-29 01:57:19.565225', NULL, '17', NULL, NULL, NULL),
('6', '1', NULL, '12', 'wallet', 'M1', 'refund', 'W7', '10000.00', 'unknown_order', 'owed', '2026-11-30 01:57:19.573208', '0', '2026-11-29 01:57:19.573208', '2026-11-29 01:57:19.573208', NULL, '18', NULL, NULL, NULL),
('7', '1', '25', NULL, 'wallet', 'M1', 'lookup', 'order SILENT af84d5ca80634c37914e7dd41565ff6c710ba15c9b257bfcb771311834fff581', '10000.00', 'incomplete', 'owed', '2026-11-30 01:57:19.580798', '0', '2026-11-29 01:57:19.580798', '2026-11-29 01:57:19.580798', NULL, '19', NULL, NULL, NULL);
ALTER TABLE shop_pg_duties AUTO_INCREMENT = 8;
ALTER TABLE shop_pg_duty_logs AUTO_INCREMENT = 1;
INSERT INTO shop_pg_messages (`seq_no`, `received_at`, `pg`, `merchant_id`, `channel`, `order_number`, `order_seq_no`, `pg_tx`, `verdict`, `fields_json`) VALUES
('1', '2026-11-29 01:57:19.349930', 'wallet', 'M1', 'notify', 'FAILED', '9', 'F1', 'failed', '{\"mId\":\"M1\", \"mTrdNo\":\"FAILED\", \"trdNo\":\"F1\", \"trdAmt\":\"10000\", \"authDt\":\"20261120120000\", \"rsltCd\":\"1001\", \"rsltMsg\":\"card refused\", \"pktHash\":\"***\"}'),
('2', '2026-11-29 01:57:19.358552', 'wallet', 'M1', 'notify', 'FAILED', '9', 'F1', 'repeated', '{\"mId\":\"M1\", \"mTrdNo\":\"FAILED\", \"trdNo\":\"F1\", \"trdAmt\":\"10000\", \"authDt\":\"20261120120000\", \"rsltCd\":\"1001\", \"rsltMsg\":\"card refused\", \"pktHash\":\"***\"}'),
('3', '2026-11-29 01:57:19.361224', 'wallet', 'M1', 'return', 'FAILED', '9', 'F1', 'repeated', '{\"mId\":\"M1\", \"mTrdNo\":\"FAILED\", \"trdNo\":\"F1\", \"trdAmt\":\"10000\", \"authDt\":\"20261120120000\", \"rsltCd\":\"1001\", \"rsltMsg\":\"card refused\", \"pktHash\":\"***\"}'),
('4', '2026-11-29 01:57:19.364356', 'wallet', 'M1', 'notify', 'FAILED-RESTORED', '10', 'F2', 'failed', '{\"mId\":\"M1\", \"mTrdNo\":\"FAILED-RESTORED\", \"trdNo\":\"F2\", \"trdAmt\":\"10000\", \"authDt\":\"20261120120000\", \"rsltCd\":\"1001\", \"rsltMsg\":\"card refused\", \"pktHash\":\"***\"}'),
('5', '2026-11-29 01:57:19.366934', 'wallet', 'M1', 'notify', 'FAILED-RESTORED', '10', 'F2', 'repeated', '{\"mId\":\"M1\", \"mTrdNo\":\"FAILED-RESTORED\", \"trdNo\":\"F2\", \"trdAmt\":\"10000\", \"authDt\":\"20261120120000\", \"rsltCd\":\"1001\", \"rsltMsg\":\"card refused\", \"pktHash\":\"***\"}'),
('6', '2026-11-29 01:57:19.369119', 'wallet', 'M1', 'return', 'FAILED-RESTORED', '10', 'F2', 'repeated', '{\"mId\":\"M1\", \"mTrdNo\":\"FAILED-RESTORED\", \"trdNo\":\"F2\", \"trdAmt\":\"10000\", \"authDt\":\"20261120120000\", \"rsltCd\":\"1001\", \"rsltMsg\":\"card refused\", \"pktHash\":\"***\"}'),
('7', '2026-11-29 01:57:19.430988', 'wallet', 'M1', 'notify', 'PAID', '16', 'P1', 'paid', '{\"mId\":\"M1\", \"mTrdNo\":\"PAID\", \"trdNo\":\"P1\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-P1\", \"pktHash\":\"***\"}'),
('8', '2026-11-29 01:57:19.445889', 'wallet', 'M1', 'notify', 'PAID-PREPARED', '17', 'P2', 'paid', '{\"mId\":\"M1\", \"mTrdNo\":\"PAID-PREPARED\", \"trdNo\":\"P2\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-P2\", \"pktHash\":\"***\"}'),
('9', '2026-11-29 01:57:19.453500', 'wallet', 'M1', 'notify', 'PAID-SHIPPED', '18', 'P3', 'paid', '{\"mId\":\"M1\", \"mTrdNo\":\"PAID-SHIPPED\", \"trdNo\":\"P3\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-P3\", \"pktHash\":\"***\"}'),
('10', '2026-11-29 01:57:19.456171', 'wallet', 'M1', 'return', 'PAID', '16', 'P1', 'repeated', '{\"mId\":\"M1\", \"mTrdNo\":\"PAID\", \"trdNo\":\"P1\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-P1\", \"pktHash\":\"***\"}'),
('11', '2026-11-29 01:57:19.496545', 'wallet', 'M1', 'notify', 'MISMATCH', '19', 'W1', 'amount_mismatch', '{\"mId\":\"M1\", \"mTrdNo\":\"MISMATCH\", \"trdNo\":\"W1\", \"trdAmt\":\"9000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W1\", \"pktHash\":\"***\"}'),
('12', '2026-11-29 01:57:19.506399', 'wallet', 'M1', 'notify', 'SURPLUS', '20', 'W2', 'paid', '{\"mId\":\"M1\", \"mTrdNo\":\"SURPLUS\", \"trdNo\":\"W2\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W2\", \"pktHash\":\"***\"}'),
('13', '2026-11-29 01:57:19.514605', 'wallet', 'M1', 'notify', 'SURPLUS', '20', 'W3', 'surplus', '{\"mId\":\"M1\", \"mTrdNo\":\"SURPLUS\", \"trdNo\":\"W3\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W3\", \"pktHash\":\"***\"}'),
('14', '2026-11-29 01:57:19.522750', 'wallet', 'M1', 'notify', 'SURPLUS', '20', 'W3', 'repeated', '{\"mId\":\"M1\", \"mTrdNo\":\"SURPLUS\", \"trdNo\":\"W3\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W3\", \"pktHash\":\"***\"}'),
('15', '2026-11-29 01:57:19.530234', 'wallet', 'M1', 'notify', 'REUSED', '21', 'W4', 'approval_reused', '{\"mId\":\"M1\", \"mTrdNo\":\"REUSED\", \"trdNo\":\"W4\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W2\", \"pktHash\":\"***\"}'),
('16', '2026-11-29 01:57:19.549698', 'wallet', 'M1', 'notify', 'LATE-EXPIRED', '22', 'W5', 'late', '{\"mId\":\"M1\", \"mTrdNo\":\"LATE-EXPIRED\", \"trdNo\":\"W5\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W5\", \"pktHash\":\"***\"}'),
('17', '2026-11-29 01:57:19.564524', 'wallet', 'M1', 'notify', 'LATE-CANCELLED', '23', 'W6', 'late', '{\"mId\":\"M1\", \"mTrdNo\":\"LATE-CANCELLED\", \"trdNo\":\"W6\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W6\", \"pktHash\":\"***\"}'),
('18', '2026-11-29 01:57:19.572533', 'wallet', 'M1', 'notify', 'NO-SUCH-ORDER', NULL, 'W7', 'unknown_order', '{\"mId\":\"M1\", \"mTrdNo\":\"NO-SUCH-ORDER\", \"trdNo\":\"W7\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-W7\", \"pktHash\":\"***\"}'),
('19', '2026-11-29 01:57:19.580193', 'wallet', 'M1', 'notify', 'SILENT', '25', '', 'incomplete', '{\"mId\":\"M1\", \"mTrdNo\":\"SILENT\", \"trdNo\":\"\", \"trdAmt\":\"10000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-\", \"pktHash\":\"***\"}'),
('20', '2026-11-29 01:57:19.610679', 'wallet', 'M1', 'notify', 'SLOTS', '26', 'S1', 'paid', '{\"mId\":\"M1\", \"mTrdNo\":\"SLOTS\", \"trdNo\":\"S1\", \"trdAmt\":\"603000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-S1\", \"pktHash\":\"***\"}'),
('21', '2026-11-29 01:57:19.641862', 'wallet', 'M1', 'notify', 'TAKEN', '29', 'S2', 'paid', '{\"mId\":\"M1\", \"mTrdNo\":\"TAKEN\", \"trdNo\":\"S2\", \"trdAmt\":\"7000\", \"rsltCd\":\"0000\", \"rsltMsg\":\"approved\", \"authDt\":\"20261120120000\", \"apprNo\":\"A-S2\", \"pktHash\":\"***\"}');
ALTER TABLE shop_pg_messages AUTO_INCREMENT = 22;
INSERT INTO shop_product_options (`shop_id`, `product_id`, `option_hash`, `option_name`, `add_price`, `display`, `stock_option_hash`) VALUES
('1', 'shirt', 'blue', 'blue', '1000.00', '1', 'blue'),
('1', 'shirt', 'old', 'last year', '0.00', '0', 'red'),
('1', 'shirt', 'red', 'red', '0.00', '1', 'red'),
('1', 'shirt', 'wrap-a', 'gift, paper', '500.00', '1', 'wrap'),
('1', 'shirt', 'wrap-b', 'gift, box', '500.00', '1', 'wrap');
INSERT INTO shop_products (`shop_id`, `product_id`, `product_name`, `buy_price`, `sale_price`, `discount_rate`, `tax_type`, `display`, `stat`, `option_required`, `category_id`, `delivery_policy_id`, `stock_strategy`, `stock_slots`, `product_thumb_img_url`, `quantity_stock`) VALUES
('1', 'book', '책', '10000.00', NULL, '0.0000', 'taxable', '1', '1', '0', NULL, '1', 'single', '1', NULL, '0'),
('1', 'chair', 'Chair', '40000.00', '30000.00', '0.1000', 'taxable', '1', '1', '0', NULL, '3', 'single', '1', NULL, '0'),
('1', 'gift', '사은품', '0.00', NULL, '0.0000', 'taxable', '1', '1', '0', NULL, '1', 'single', '1', NULL, '0'),
('1', 'hidden', 'Hidden', '7000.00', NULL, '0.0000', 'taxable', '0', '1', '0', NULL, '1', 'single', '1', NULL, '0'),
('1', 'ink', 'Ink', '2000.00', NULL, '0.0000', 'taxable', '1', '1', '0', NULL, '6', 'single', '1', NULL, '0'),
('1', 'lamp', 'Lamp', '25000.00', '20000.00', '0.0000', 'taxable', '1', '1', '0', NULL, '2', 'slots', '4', NULL, '0'),
('1', 'last', 'Last one', '7000.00', NULL, '0.0000', 'taxable', '1', '1', '0', NULL, '1', 'single', '1', NULL, '0'),
('1', 'none', 'None left', '7000.00', NULL, '0.0000', 'taxable', '1', '1', '0', NULL, '1', 'single', '1', NULL, '0'),
('1', 'pen', 'Pen', '1000.00', NULL, '0.0000', 'taxable', '1', '1', '0', NULL, '5', 'single', '1', NULL, '0'),
('1', 'rice', '쌀', '5000.00', '0.00', '0.0000', 'free', '1', '1', '0', NULL, '4', 'single', '1', NULL, '0'),
('1', 'shirt', 'Shirt', '15000.00', NULL, '0.0000', 'taxable', '1', '1', '1', NULL, '2', 'single', '1', NULL, '0'),
('1', 'soldout', 'Sold out', '7000.00', NULL, '0.0000', 'taxable', '1', '2', '0', NULL, '1', 'single', '1', NULL, '0'),
('2', 'mug', 'Mug', '19.99', NULL, '0.0000', 'taxable', '1', '1', '0', NULL, '1', 'single', '1', NULL, '0');
INSERT INTO shop_shipping_address (`seq_no`, `shop_id`, `user_id`, `receiver_name`, `receiver_phone`, `post_code`, `address`, `address_detail`, `delivery_msg`, `is_default`, `update_date`) VALUES
('101', '1', 'u1', 'Receiver 1', '010-1111-0001', '01010', '1 Sejong-daero', 'door 1', 'ring twice', '1', '2026-11-29 01:57:19.219506'),
('102', '1', 'u2', 'Receiver 2', '010-1111-0002', '01020', '2 Sejong-daero', 'door 2', 'ring twice', '1', '2026-11-29 01:57:19.219919'),
('103', '1', 'u3', 'Receiver 3', '010-1111-0003', '01030', '3 Sejong-daero', 'door 3', 'ring twice', '1', '2026-11-29 01:57:19.220164'),
('104', '1', 'u4', 'Receiver 4', '010-1111-0004', '01040', '4 Sejong-daero', 'door 4', 'ring twice', '1', '2026-11-29 01:57:19.220250'),
('105', '1', 'u5', 'Receiver 5', '010-1111-0005', '01050', '5 Sejong-daero', 'door 5', 'ring twice', '1', '2026-11-29 01:57:19.220321'),
('106', '1', 'u6', 'Receiver 6', '010-1111-0006', '01060', '6 Sejong-daero', 'door 6', 'ring twice', '1', '2026-11-29 01:57:19.220416'),
('107', '1', 'u7', 'Receiver 7', '010-1111-0007', '01070', '7 Sejong-daero', 'door 7', 'ring twice', '1', '2026-11-29 01:57:19.220513'),
('108', '1', 'u8', 'Receiver 8', '010-1111-0008', '01080', '8 Sejong-daero', 'door 8', 'ring twice', '1', '2026-11-29 01:57:19.220600'),
('109', '1', 'u9', 'Receiver 9', '010-1111-0009', '01090', '9 Sejong-daero', 'door 9', 'ring twice', '1', '2026-11-29 01:57:19.220755'),
('201', '2', 'u1', 'Receiver 1', '010-1111-0001', '02010', '1 Sejong-daero', 'door 1', 'ring twice', '1', '2026-11-29 01:57:19.221183'),
('202', '2', 'u2', 'Receiver 2', '010-1111-0002', '02020', '2 Sejong-daero', 'door 2', 'ring twice', '1', '2026-11-29 01:57:19.221366'),
('203', '2', 'u3', 'Receiver 3', '010-1111-0003', '02030', '3 Sejong-daero', 'door 3', 'ring twice', '1', '2026-11-29 01:57:19.221788'),
('204', '2', 'u4', 'Receiver 4', '010-1111-0004', '02040', '4 Sejong-daero', 'door 4', 'ring twice', '1', '2026-11-29 01:57:19.221967'),
('205', '2', 'u5', 'Receiver 5', '010-1111-0005', '02050', '5 Sejong-daero', 'door 5', 'ring twice', '1', '2026-11-29 01:57:19.222545'),
('206', '2', 'u6', 'Receiver 6', '010-1111-0006', '02060', '6 Sejong-daero', 'door 6', 'ring twice', '1', '2026-11-29 01:57:19.222732'),
('207', '2', 'u7', 'Receiver 7', '010-1111-0007', '02070', '7 Sejong-daero', 'door 7', 'ring twice', '1', '2026-11-29 01:57:19.222924'),
('208', '2', 'u8', 'Receiver 8', '010-1111-0008', '02080', '8 Sejong-daero', 'door 8', 'ring twice', '1', '2026-11-29 01:57:19.223099'),
('209', '2', 'u9', 'Receiver 9', '010-1111-0009', '02090', '9 Sejong-daero', 'door 9', 'ring twice', '1', '2026-11-29 01:57:19.223270');
ALTER TABLE shop_shipping_address AUTO_INCREMENT = 210;
INSERT INTO shop_stock (`shop_id`, `product_id`, `option_hash`, `slot`, `free`, `update_date`) VALUES
('1', 'book', '__noopt__', '0', '86', '2026-11-29 01:57:19.207851'),
('1', 'chair', '__noopt__', '0', '99', '2026-11-29 01:57:19.207851'),
('1', 'gift', '__noopt__', '0', '9', '2026-11-29 01:57:19.238747'),
('1', 'hidden', '__noopt__', '0', '10', '2026-11-29 01:57:19.207851'),
('1', 'ink', '__noopt__', '0', '99', '2026-11-29 01:57:19.207851'),
('1', 'lamp', '__noopt__', '0', '0', '2026-11-29 01:57:19.588985'),
('1', 'lamp', '__noopt__', '1', '20', '2026-11-29 01:57:19.588985'),
('1', 'lamp', '__noopt__', '2', '0', '2026-11-29 01:57:19.588985'),
('1', 'lamp', '__noopt__', '3', '10', '2026-11-29 01:57:19.588985'),
('1', 'last', '__noopt__', '0', '0', '2026-11-29 01:57:19.207851'),
('1', 'none', '__noopt__', '0', '0', '2026-11-29 01:57:19.207851'),
('1', 'pen', '__noopt__', '0', '97', '2026-11-29 01:57:19.207851'),
('1', 'rice', '__noopt__', '0', '99', '2026-11-29 01:57:19.207851'),
('1', 'shirt', 'blue', '0', '50', '2026-11-29 01:57:19.207851'),
('1', 'shirt', 'red', '0', '50', '2026-11-29 01:57:19.207851'),
('1', 'shirt', 'wrap', '0', '7', '2026-11-29 01:57:19.207851'),
('1', 'soldout', '__noopt__', '0', '10', '2026-11-29 01:57:19.207851'),
('2', 'mug', '__noopt__', '0', '99', '2026-11-29 01:57:19.207851');
INSERT INTO shop_stock_ledger (`seq_no`, `shop_id`, `product_id`, `option_hash`, `difference`, `reason`, `actor`, `create_date`) VALUES
('1', '1', 'book', '__noopt__', '100', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('2', '1', 'chair', '__noopt__', '100', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('3', '1', 'hidden', '__noopt__', '10', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('4', '1', 'ink', '__noopt__', '100', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('5', '1', 'lamp', '__noopt__', '100', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('6', '1', 'last', '__noopt__', '1', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('7', '1', 'pen', '__noopt__', '100', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('8', '1', 'rice', '__noopt__', '100', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('9', '1', 'shirt', 'blue', '50', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('10', '1', 'shirt', 'red', '50', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('11', '1', 'shirt', 'wrap', '10', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('12', '1', 'soldout', '__noopt__', '10', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('13', '2', 'mug', '__noopt__', '100', 'first stock', 'fixture', '2026-11-29 01:57:19.208303'),
('16', '1', 'gift', '__noopt__', '10', 'first stock', 'fixture', '2026-11-29 01:57:19.238870');
ALTER TABLE shop_stock_ledger AUTO_INCREMENT = 17;
INSERT INTO shop_stock_reservations (`order_seq_no`, `shop_id`, `product_id`, `option_hash`, `slot`, `quantity`, `state`, `expires_at`, `update_date`) VALUES
('2', '1', 'book', '__noopt__', '0', '2', 'held', '2026-11-29 02:27:19.264614', '2026-11-29 01:57:19.264614'),
('2', '1', 'ink', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.264614', '2026-11-29 01:57:19.264614'),
('2', '1', 'pen', '__noopt__', '0', '3', 'held', '2026-11-29 02:27:19.264614', '2026-11-29 01:57:19.264614'),
('2', '1', 'rice', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.264614', '2026-11-29 01:57:19.264614'),
('2', '1', 'shirt', 'wrap', '0', '3', 'held', '2026-11-29 02:27:19.264614', '2026-11-29 01:57:19.264614'),
('3', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.272015', '2026-11-29 01:57:19.272015'),
('4', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.276540', '2026-11-29 01:57:19.276540'),
('5', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.281004', '2026-11-29 01:57:19.281004'),
('6', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.284625', '2026-11-29 01:57:19.284625'),
('7', '1', 'chair', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.293045', '2026-11-29 01:57:19.293045'),
('8', '2', 'mug', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.300010', '2026-11-29 01:57:19.300010'),
('9', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 02:27:19.315372', '2026-11-29 01:57:19.349607'),
('10', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 02:27:19.321302', '2026-11-29 01:57:19.364116'),
('11', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 01:57:18.369863', '2026-11-29 01:57:19.375218'),
('12', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 01:57:18.370863', '2026-11-29 01:57:19.376231'),
('13', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 02:27:19.334275', '2026-11-29 01:57:19.394998'),
('14', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 01:57:18.642668', '2026-11-29 01:57:19.338426'),
('15', '1', 'gift', '__noopt__', '0', '1', 'sold', '2026-11-29 02:27:19.403628', '2026-11-29 01:57:19.408300'),
('16', '1', 'book', '__noopt__', '0', '1', 'sold', '2026-11-29 02:27:19.417694', '2026-11-29 01:57:19.429944'),
('17', '1', 'book', '__noopt__', '0', '1', 'sold', '2026-11-29 02:27:19.438899', '2026-11-29 01:57:19.445338'),
('18', '1', 'book', '__noopt__', '0', '1', 'sold', '2026-11-29 02:27:19.448174', '2026-11-29 01:57:19.452913'),
('19', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 02:27:19.463251', '2026-11-29 01:57:19.496229'),
('20', '1', 'book', '__noopt__', '0', '1', 'sold', '2026-11-29 02:27:19.467842', '2026-11-29 01:57:19.505186'),
('21', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.472031', '2026-11-29 01:57:19.472031'),
('22', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 01:57:18.532532', '2026-11-29 01:57:19.536778'),
('23', '1', 'book', '__noopt__', '0', '1', 'released', '2026-11-29 02:27:19.480673', '2026-11-29 01:57:19.556621'),
('24', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.484480', '2026-11-29 01:57:19.484480'),
('25', '1', 'book', '__noopt__', '0', '1', 'held', '2026-11-29 02:27:19.489686', '2026-11-29 01:57:19.489686'),
('26', '1', 'lamp', '__noopt__', '0', '25', 'sold', '2026-11-29 02:27:19.596002', '2026-11-29 01:57:19.609173'),
('26', '1', 'lamp', '__noopt__', '1', '5', 'sold', '2026-11-29 02:27:19.596002', '2026-11-29 01:57:19.609173'),
('27', '1', 'lamp', '__noopt__', '2', '25', 'held', '2026-11-29 02:27:19.618606', '2026-11-29 01:57:19.623337'),
('27', '1', 'lamp', '__noopt__', '3', '15', 'held', '2026-11-29 02:27:19.618606', '2026-11-29 01:57:19.623521'),
('28', '1', 'last', '__noopt__', '0', '1', 'released', '2026-11-29 01:57:18.628852', '2026-11-29 01:57:19.633559'),
('29', '1', 'last', '__noopt__', '0', '1', 'sold', '2026-11-29 02:27:19.631356', '2026-11-29 01:57:19.641193');
INSERT INTO shop_ticket_keys (`shop_id`, `key_no`, `inner_block`, `outer_block`, `valid_until`) VALUES
('1', '1', X'3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3636363636363636363636363636363636363636363636363636363636363636', X'57575757575757575757575757575757575757575757575757575757575757575c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c', NULL),
('1', '2', X'3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3636363636363636363636363636363636363636363636363636363636363636', X'57575757575757575757575757575757575757575757575757575757575757575c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c', '2099-01-01 00:00:00.000000');
INSERT INTO shops (`shop_id`, `shop_name`, `currency`, `currency_digits`, `vat_rate`, `total_tolerance`, `utc_offset_minutes`, `reservation_minutes`, `gateway_url`, `result_url`, `error_url`, `allowed_origins_json`, `late_payment`) VALUES
('1', '첫째 가게', 'KRW', '0', '0.1000', '1.00', '540', '30', 'http://gateway.test', 'http://shop.test/result', 'http://shop.test/error', '[\"http://shop.test\"]', 'revive'),
('2', 'Second shop', 'USD', '2', '0.1000', '0.01', '0', '30', 'http://gateway.test', 'http://second.test/result', 'http://second.test/error', '[\"http://second.test\"]', 'revive');
