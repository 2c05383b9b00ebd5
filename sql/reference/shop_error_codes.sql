-- The only list of errors. 2101-2179 are raised by procedures, 2180-2199 by the gateway, the others by the engines.
-- Loaded again with every load: rows that are not here are kept, so that a DBA can add an error without a new build.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_error_codes (errno, code, http_status, retryable, repeat_call, title_ko, title_en, remedy)
SELECT d.errno, d.code, d.http_status, d.retryable, d.repeat_call, d.title_ko, d.title_en, d.remedy FROM (
              SELECT 2101 AS errno, 'PRICE_CHANGED' AS code, 409 AS http_status, 0 AS retryable, 0 AS repeat_call,
                     '가격이 바뀌었습니다' AS title_ko, 'The price has changed' AS title_en,
                     'Show the buyer the quote that comes with the answer and order again with its quote_id; the key is still free' AS remedy
    UNION ALL SELECT 2102, 'IDEMPOTENCY_MISMATCH', 422, 0, 0, '이미 다른 요청에 쓰인 번호입니다', 'This number was used for another request',
                     'Use a new number (mTrdNo, reference) for a new request; repeat the very same request for the same one'
    UNION ALL SELECT 2103, 'CART_NOT_FOUND', 409, 0, 0, '장바구니에 없는 상품입니다', 'Not in the cart',
                     'The rows are ordered already, or not this buyer''s: load the cart again'
    UNION ALL SELECT 2104, 'PRODUCT_UNAVAILABLE', 409, 0, 0, '지금 살 수 없는 상품이 있습니다', 'A product cannot be bought now',
                     'Take the lines with orderable = 0 out of the cart or choose an option'
    UNION ALL SELECT 2105, 'OUT_OF_STOCK', 409, 0, 0, '재고가 부족합니다', 'Out of stock',
                     'Lower the quantities named in shortage or detail; unpaid orders of others may lapse'
    UNION ALL SELECT 2106, 'AMOUNT_MISMATCH', 409, 0, 0, '결제 금액이 주문 금액과 다릅니다', 'The amount paid is not the order''s total',
                     'From a payment gateway: recorded and owed back, see select_adm_pg_duties. By hand: nothing was written, enter what was paid'
    UNION ALL SELECT 2107, 'SIGNATURE_INVALID', 403, 0, 0, '결제 정보가 올바르지 않습니다', 'The message is not authentic',
                     'Check hash_template and secret_key of the adapter; otherwise it was forged'
    UNION ALL SELECT 2108, 'DUPLICATE_APPROVAL', 409, 0, 0, '이미 처리된 결제입니다', 'This approval was used already',
                     'From a payment gateway: recorded, what is owed is in select_adm_pg_duties. By hand: nothing was written, see shop_payments'
    UNION ALL SELECT 2109, 'ORDER_NOT_FOUND', 404, 0, 0, '주문을 찾을 수 없습니다', 'Order not found',
                     'Check the name of the order and whose it is'
    UNION ALL SELECT 2110, 'STATE_NOT_ALLOWED', 409, 0, 0, '지금은 할 수 없는 요청입니다', 'Not allowed in this status',
                     'See shop_order_transitions for what is'
    UNION ALL SELECT 2111, 'ORDER_EXPIRED', 410, 0, 0, '결제 시간이 지난 주문입니다', 'The order has expired',
                     'Restore the cart and order again with a new mTrdNo'
    UNION ALL SELECT 2112, 'INVALID_INPUT', 400, 0, 0, '잘못된 값이 있습니다', 'Invalid input',
                     'Correct the field named in the answer'
    UNION ALL SELECT 2113, 'MERCHANT_NOT_FOUND', 404, 0, 0, '등록되지 않은 결제 상점입니다', 'Unknown payment gateway or merchant',
                     'Check the URL registered at the payment gateway against shop_pg_adapters'
    UNION ALL SELECT 2114, 'PG_NOT_AVAILABLE', 409, 0, 0, '사용할 수 없는 결제 수단입니다', 'This payment gateway is not available',
                     'Choose another one; see shop_pg_adapters.is_enabled'
    UNION ALL SELECT 2115, 'ADDRESS_NOT_FOUND', 409, 0, 0, '배송지를 찾을 수 없습니다', 'Address not found',
                     'Choose one of the buyer''s addresses or type one in'
    UNION ALL SELECT 2116, 'COUPON_NOT_AVAILABLE', 409, 0, 0, '사용할 수 없는 쿠폰입니다', 'This coupon cannot be used',
                     'Order without it; detail says which one, and why: see select_shop_coupons'
    UNION ALL SELECT 2117, 'POINTS_NOT_ENOUGH', 409, 0, 0, '적립금이 부족합니다', 'Not enough points',
                     'Lower point_to_use; detail says to what, or why: see select_shop_credits'
    UNION ALL SELECT 2118, 'CART_FULL', 409, 0, 0, '장바구니가 가득 찼습니다', 'The cart is full',
                     'Order or delete something first'
    UNION ALL SELECT 2119, 'SHOP_NOT_FOUND', 404, 0, 0, '등록되지 않은 상점입니다', 'Unknown shop',
                     'Check shop_id'
    UNION ALL SELECT 2120, 'PAYMENT_FAILED', 402, 0, 0, '결제가 완료되지 않았습니다', 'The payment failed',
                     'Restore the cart and order again with a new mTrdNo'
    UNION ALL SELECT 2121, 'CHANNEL_NOT_ALLOWED', 403, 0, 0, '허용되지 않은 경로입니다', 'This channel is not allowed',
                     'The channels are return and notify; a payment by hand is update_adm_order_payment'
    UNION ALL SELECT 2122, 'PRODUCT_NOT_FOUND', 404, 0, 0, '상품을 찾을 수 없습니다', 'Product or option not found',
                     'Check product_id and option_hash'
    UNION ALL SELECT 2123, 'ORDER_NAME_AMBIGUOUS', 409, 0, 0, '같은 이름의 주문이 두 건 있습니다', 'Two orders have this name',
                     'Say which of its names it is: order_key:…, order_number:…, order_code:… or seq_no:…'
    UNION ALL SELECT 2124, 'STOCK_BELOW_HELD', 409, 0, 0, '미결제 주문이 잡아 둔 수량보다 적습니다', 'Fewer units than unpaid orders hold',
                     'Set free to 0, so that no more is sold, and see in shop_stock_reservations which orders hold the units'
    UNION ALL SELECT 2125, 'DUTY_NOT_FOUND', 404, 0, 0, '처리할 내역을 찾을 수 없습니다', 'Duty not found',
                     'Check duty_no against select_adm_pg_duties'
    UNION ALL SELECT 2126, 'PRICE_CHANGE_NOT_FOUND', 404, 0, 0, '예정된 가격을 찾을 수 없습니다', 'Price change not found',
                     'Check change_no against select_adm_prices'
    UNION ALL SELECT 2129, 'QUANTITY_NOT_ALLOWED', 409, 0, 0, '주문할 수 있는 수량이 아닙니다', 'This quantity of a product cannot be ordered',
                     'Change the quantities of the lines with quantity_kept = 0; detail says what the product asks for'
    UNION ALL SELECT 2130, 'CART_IN_CHECKOUT', 409, 0, 0, '결제를 기다리는 상품입니다', 'An order has this row, which waits for its payment',
                     'Pay that order, restore the cart from it, or wait until it ends: item_state of the cart says which rows these are'
    UNION ALL SELECT 2131, 'AREA_NOT_SERVED', 409, 0, 0, '이 주소로는 배송할 수 없는 상품이 있습니다', 'A product is not delivered to this address',
                     'Take the cart rows named in detail out of the order, or choose another address'
    UNION ALL SELECT 2132, 'COUPON_CODE_NOT_FOUND', 404, 0, 0, '없는 쿠폰 번호입니다', 'There is no coupon for this code',
                     'Check the letters of the code'
    UNION ALL SELECT 2133, 'TOO_MANY_ATTEMPTS', 429, 0, 0, '쿠폰 번호를 여러 번 잘못 입력했습니다', 'Too many unknown codes were entered',
                     'Enter the next one in an hour'
    UNION ALL SELECT 2134, 'COUPON_NOT_FOUND', 404, 0, 0, '쿠폰을 찾을 수 없습니다', 'Coupon not found',
                     'Check coupon_code against shop_coupons'
    UNION ALL SELECT 2135, 'CASH_NOT_ENOUGH', 409, 0, 0, '예치금이 부족합니다', 'Not enough cash',
                     'Lower cash_to_use; detail says to what, or why: see select_shop_credits'
    UNION ALL SELECT 2140, 'ROW_IS_KEPT', 409, 0, 0, '고치거나 지울 수 없는 기록입니다', 'This row stays as it is',
                     'Use the procedure for what you want to do; a change that is meant: see sql/README.md'
    UNION ALL SELECT 2141, 'CURRENCY_IS_FIXED', 409, 0, 0, '가격이 있는 상점의 통화는 바꿀 수 없습니다', 'The currency of a shop with prices stays as it is',
                     'Prices and orders are in it: make another shop for another currency'
    UNION ALL SELECT 2145, 'ADAPTER_NOT_PROVEN', 409, 0, 0, '결제대행사 설정에서 필드의 경계가 정해지지 않습니다',
                     'The patterns of this adapter do not prove where every field ends',
                     'SELECT @jumun_adapter_fault on the same connection says what is missing; see Payment gateways in sql/README.md'
    UNION ALL SELECT 2180, 'UNAUTHENTICATED', 401, 0, 0, '인증이 필요합니다', 'Authentication required',
                     'Send Authorization: Bearer with a key of the shop, or a good ticket'
    UNION ALL SELECT 2181, 'ROUTE_NOT_FOUND', 404, 0, 0, '없는 주소입니다', 'No such address',
                     'See the routes in src/README.md'
    UNION ALL SELECT 2182, 'METHOD_NOT_ALLOWED', 405, 0, 0, '허용되지 않은 메서드입니다', 'Method not allowed',
                     'See the header Allow'
    UNION ALL SELECT 2183, 'BODY_TOO_LARGE', 413, 0, 0, '요청이 너무 큽니다', 'The request is too large',
                     'Send less; see JUMUN_BODY_LIMIT in src/README.md'
    UNION ALL SELECT 2184, 'MEDIA_TYPE_NOT_SUPPORTED', 415, 0, 0, '지원하지 않는 형식입니다', 'Media type not supported',
                     'Send application/json or application/x-www-form-urlencoded'
    UNION ALL SELECT 2185, 'OVERLOADED', 503, 1, 0, '지금은 요청이 많습니다. 잠시 뒤 다시 시도해 주세요', 'Too many requests just now',
                     'Repeat after Retry-After; nothing was done'
    UNION ALL SELECT 2186, 'DATABASE_UNAVAILABLE', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'The database cannot be reached',
                     'Repeat after Retry-After; nothing was done'
    UNION ALL SELECT 2187, 'OUTCOME_UNKNOWN', 504, 0, 0, '처리 결과를 확인하지 못했습니다', 'The outcome is unknown',
                     'Ask for the current state before repeating; orders may be repeated with the same mTrdNo'
    UNION ALL SELECT 2188, 'DEADLINE_EXCEEDED', 503, 1, 0, '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The deadline has passed',
                     'Repeat the same request after Retry-After: it is safe'
    UNION ALL SELECT 2189, 'INTERNAL_ERROR', 500, 0, 0, '처리 중 오류가 발생했습니다', 'Internal error',
                     'See shop_error_log and the gateway''s log by request_id'
    UNION ALL SELECT 2191, 'TICKET_EXPIRED', 401, 0, 0, '주문서의 유효 시간이 지났습니다', 'The ticket has expired',
                     'Load the order form again: the shop signs a new ticket; the same mTrdNo may be used'
    UNION ALL SELECT 2192, 'ORIGIN_NOT_ALLOWED', 403, 0, 0, '이 페이지에서는 주문할 수 없습니다', 'Orders cannot be posted from this page',
                     'Add the page''s origin to shops.allowed_origins_json; the page must send it (see Referrer-Policy in src/README.md)'
    UNION ALL SELECT 1213, 'DEADLOCK', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'Deadlock; rolled back',
                     'Repeat the CALL; the gateway does so itself'
    UNION ALL SELECT 1205, 'LOCK_WAIT_TIMEOUT', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'Waited too long for a lock; rolled back',
                     'Repeat the CALL after a pause; the gateway does so itself'
    UNION ALL SELECT 1467, 'NUMBER_NOT_DRAWN', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'The next number of a table could not be drawn; rolled back',
                     'Repeat the CALL; the gateway does so itself. If it stays: are the numbers of the table used up?'
    UNION ALL SELECT 3572, 'LOCK_NOT_AVAILABLE', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'A lock is not available; rolled back',
                     'Repeat the CALL after a pause'
    UNION ALL SELECT 1020, 'ROW_CHANGED', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'Row changed since it was read; rolled back',
                     'Repeat the CALL; the gateway does so itself'
    UNION ALL SELECT 1047, 'CLUSTER_NOT_READY', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'The cluster node is not ready',
                     'Repeat the CALL after a pause'
    UNION ALL SELECT 1290, 'SERVER_READ_ONLY', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'The server is read-only',
                     'Connect to the primary and repeat the CALL'
    UNION ALL SELECT 3100, 'TRANSACTION_REFUSED', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'The cluster refused the transaction',
                     'Connect to the primary and repeat the CALL'
    UNION ALL SELECT 1317, 'QUERY_INTERRUPTED', 503, 1, 0, '처리가 중단되었습니다. 다시 시도해 주세요', 'The CALL was killed; nothing was done',
                     'Repeat the CALL'
    UNION ALL SELECT 1969, 'STATEMENT_TIMEOUT', 503, 1, 0, '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The statement took too long; nothing was done',
                     'Repeat the CALL after a pause'
    UNION ALL SELECT 3024, 'QUERY_TIMEOUT', 503, 1, 0, '처리 시간이 초과되었습니다. 다시 시도해 주세요', 'The query took too long; nothing was done',
                     'Repeat the CALL after a pause'
    UNION ALL SELECT 1040, 'TOO_MANY_CONNECTIONS', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'Too many connections to the database',
                     'Repeat the CALL after a pause'
    UNION ALL SELECT 1053, 'SERVER_SHUTDOWN', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'The database is shutting down',
                     'Repeat the CALL after a pause'
    -- The client is cut off after the commit: expected in every outage, and nobody is left to be told.
    UNION ALL SELECT 1160, 'ANSWER_NOT_SENT', 504, 0, 0, '처리 결과를 확인하지 못했습니다', 'The client was gone before its answer; what was done stays',
                     'Nothing: orders may be repeated with the same mTrdNo'
    UNION ALL SELECT 1161, 'ANSWER_NOT_READ', 504, 0, 0, '처리 결과를 확인하지 못했습니다', 'The client did not read its answer; what was done stays',
                     'Nothing: orders may be repeated with the same mTrdNo'
    UNION ALL SELECT 1305, 'PROCEDURE_MISSING', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'The procedure is being replaced, or was never loaded',
                     'Run jumun db load; see jumun db check'
    UNION ALL SELECT 1318, 'PROCEDURE_DIFFERS', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'The procedure has other parameters',
                     'Run jumun db load with the files of this gateway'
    UNION ALL SELECT 1370, 'PROCEDURE_NOT_GRANTED', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'The procedure is missing, or the account may not call it',
                     'Run jumun db load, which loads and grants it; jumun db check says which of the two it was'
    UNION ALL SELECT 1146, 'TABLE_MISSING', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'A table or view is missing or is being replaced',
                     'Run jumun db load; see jumun db check'
    UNION ALL SELECT 1356, 'VIEW_NOT_VALID', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'A view cannot be used: something below it, its owner or a right is missing',
                     'Run jumun db load; see jumun db check'
    -- After a restore without accounts, or a REVOKE: the database is there and nothing can run.
    UNION ALL SELECT 1449, 'DEFINER_MISSING', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'The account that owns the procedures is missing',
                     'Run jumun db load: it makes ''jumun_definer''@''localhost'' and grants what it needs'
    UNION ALL SELECT 1142, 'TABLE_NOT_GRANTED', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'The owner of the procedures has lost a right on a table',
                     'Run jumun db load: it grants again; see jumun db check'
    UNION ALL SELECT 1143, 'COLUMN_NOT_GRANTED', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'The owner of the procedures has lost a right on a column',
                     'Run jumun db load: it grants again; see jumun db check'
    UNION ALL SELECT 1044, 'DATABASE_NOT_GRANTED', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'An account has lost its right to the database',
                     'Run jumun db load: it grants again; see jumun db check'
    -- Read-only in other ways than 1290.
    UNION ALL SELECT 1792, 'TRANSACTION_READ_ONLY', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'Transactions are read-only',
                     'SET GLOBAL transaction_read_only = OFF (MariaDB: tx_read_only), or connect to the primary'
    UNION ALL SELECT 1836, 'INNODB_MODE_READ_ONLY', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'InnoDB runs in read-only mode',
                     'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary'
    UNION ALL SELECT 1874, 'INNODB_READ_ONLY', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'InnoDB is read-only',
                     'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary'
    UNION ALL SELECT 1015, 'TABLE_LOCK_REFUSED', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'A table cannot be locked, because it is read-only',
                     'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary'
    UNION ALL SELECT 1036, 'TABLE_READ_ONLY', 503, 1, 1, '잠시 뒤 다시 시도해 주세요', 'A table is read-only',
                     'Start the server without innodb_read_only and innodb_force_recovery, or connect to the primary'
    -- How the server or the session is set up or off; nothing was done.
    UNION ALL SELECT 1665, 'BINLOG_FORMAT_REFUSED', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'binlog_format is STATEMENT: no write is accepted',
                     'SET GLOBAL binlog_format = ROW, in the servers configuration too, and connect again'
    UNION ALL SELECT 1104, 'JOIN_REFUSED', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'max_join_size refuses a SELECT',
                     'SET SESSION sql_big_selects = 1'
    UNION ALL SELECT 1175, 'SAFE_UPDATES_ON', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'sql_safe_updates refuses a statement',
                     'SET SESSION sql_safe_updates = 0; do not call from mysql -U'
    UNION ALL SELECT 1568, 'TRANSACTION_UNDER_WAY', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'A transaction is under way that ROLLBACK did not end',
                     'SET SESSION completion_type = NO_CHAIN'
    UNION ALL SELECT 1021, 'DISK_FULL', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'The disk of the database is full',
                     'Make room; nothing was done'
    UNION ALL SELECT 1114, 'TABLE_FULL', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'The database has no room for another row',
                     'Make room; nothing was done'
    UNION ALL SELECT 1461, 'TOO_MANY_STATEMENTS', 503, 1, 0, '잠시 뒤 다시 시도해 주세요', 'Too many prepared statements on the server',
                     'Raise max_prepared_stmt_count: each connection of the gateway prepares up to 64'
    UNION ALL SELECT 4094, 'CALL_KILLED', 503, 1, 0, '처리가 중단되었습니다. 다시 시도해 주세요', 'The CALL was killed inside a routine; nothing was done',
                     'Repeat the CALL'
    UNION ALL SELECT 1406, 'VALUE_TOO_LONG', 400, 0, 0, '값이 너무 깁니다', 'A value is too long',
                     'Shorten it'
    UNION ALL SELECT 1264, 'NUMBER_OUT_OF_RANGE', 400, 0, 0, '값이 허용 범위를 벗어났습니다', 'A number is out of range',
                     'Correct it'
    UNION ALL SELECT 1366, 'VALUE_NOT_VALID', 400, 0, 0, '잘못된 값이 있습니다', 'A value has the wrong type or is not UTF-8',
                     'Correct it'
    UNION ALL SELECT 1139, 'TEXT_NOT_VALID', 400, 0, 0, '잘못된 값이 있습니다', 'A text is not UTF-8',
                     'Correct it'
    UNION ALL SELECT 1265, 'VALUE_TRUNCATED', 400, 0, 0, '잘못된 값이 있습니다', 'A value has more than its type can hold',
                     'Correct it'
    UNION ALL SELECT 3157, 'JSON_TOO_DEEP', 400, 0, 0, '잘못된 값이 있습니다', 'JSON is nested too deeply',
                     'Send flat JSON'
) d
ON DUPLICATE KEY UPDATE code = d.code, http_status = d.http_status, retryable = d.retryable,
    repeat_call = d.repeat_call, title_ko = d.title_ko, title_en = d.title_en, remedy = d.remedy;

-- Expected of a server in disorder, but not in a shop: they are logged as well.
UPDATE shop_error_codes SET is_logged = 1
WHERE errno IN (1015, 1021, 1036, 1044, 1104, 1114, 1142, 1143, 1146, 1175, 1356, 1449, 1461, 1568, 1665);
