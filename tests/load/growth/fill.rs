//! Fills the tables with orders that have a past: paid, failed, expired, cancelled, a few pending, with lines, payments,
//! messages, logs, reservations and stock in agreement, so that `shop_audit` finds nothing; and with what lies in carts.
//!
//! Set by set and on the server: one transaction of INSERT … SELECT for 10,000 orders or cart rows, everything computed
//! from the number. A run that is stopped goes on behind the last whole batch.
//!
//! Of ten orders six have one line, three two and one three: 1.5 on average, so that ten million fit into 25 GB.
//!
//! For every 1,000 cart rows the product that the measured orders have in common once had another price.

use crate::catalogue::{DIGITS, HOT_SINGLE, PRODUCTS};
use crate::progress::Progress;
use crate::support::{Conn, Queryable, TestDb};

const BATCH: u64 = 10_000;
/// Between two orders.
const SECONDS: u64 = 6;
/// One buyer in so many orders.
const ORDERS_OF_A_BUYER: u64 = 10;
const LINES: &str = "CASE WHEN n MOD 10 < 6 THEN 1 WHEN n MOD 10 < 9 THEN 2 ELSE 3 END";
/// 70 % paid, 10 % each expired, failed, cancelled by restoring the cart; 1 in 1,000 is pending.
const STATUS: &str = "CASE WHEN n MOD 1000 = 0 THEN 1 WHEN n MOD 20 < 14 THEN 2 WHEN n MOD 20 < 16 THEN 10 WHEN n MOD 20 < 18 THEN 12 ELSE 9 END";

/// How much a database holds.
#[derive(Clone, Copy)]
pub struct Size {
    pub orders: u64,
    /// Cart rows that nobody orders.
    pub carts: u64,
}

/// How many of the generator's are there. Each batch is one transaction, so the last row says it for all tables.
async fn filled(db: &TestDb) -> Size {
    let last = async |sql| u64::try_from(db.int(sql).await).expect("a number");
    Size {
        orders: last(
            "SELECT COALESCE((SELECT seq_no FROM shop_orders WHERE order_number LIKE 'G%'
                              ORDER BY seq_no DESC LIMIT 1), 0)",
        )
        .await,
        carts: last("SELECT COUNT(*) FROM shop_cart WHERE user_id LIKE 'g%'").await,
    }
}

/// Goes on until there are this many.
pub async fn fill(db: &TestDb, engine: &str, size: Size) {
    let before = filled(db).await;
    let mut conn = db.conn().await;
    prepare(&mut conn).await;
    let base = base(&mut conn, before.orders, size.orders).await;
    let buyers = (size.orders / ORDERS_OF_A_BUYER).max(1);
    let orders = |first, last| batch(first, last, &base, buyers);
    all(
        &mut conn,
        engine,
        "orders",
        before.orders,
        size.orders,
        orders,
    )
    .await;
    let carts = |first, last| carts(first, last, &base, buyers);
    all(
        &mut conn,
        engine,
        "cart rows",
        before.carts,
        size.carts,
        carts,
    )
    .await;
}

async fn all(
    conn: &mut Conn,
    engine: &str,
    what: &str,
    before: u64,
    wanted: u64,
    batch: impl Fn(u64, u64) -> Vec<String>,
) {
    let progress = Progress::new(&format!("{engine}: filling"), wanted, what);
    progress.begin_at(before);
    let mut first = before + 1;
    while first <= wanted {
        let last = (first + BATCH - 1).min(wanted);
        for statement in batch(first, last) {
            if let Err(e) = conn.query_drop(&statement).await {
                panic!("{e}\nin {statement}");
            }
        }
        progress.steps(last - first + 1);
        if last.is_multiple_of(100_000) {
            progress.say(format!("{engine}: {last} of {wanted} {what}"));
        }
        first = last + 1;
    }
    progress.end();
}

async fn prepare(conn: &mut Conn) {
    for statement in [
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
        "CREATE TEMPORARY TABLE bench_numbers (n INT UNSIGNED NOT NULL PRIMARY KEY)".to_owned(),
        format!(
            "INSERT INTO bench_numbers
             SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n
             FROM ({DIGITS}) a, ({DIGITS}) b, ({DIGITS}) c, ({DIGITS}) e ORDER BY n"
        ),
    ] {
        conn.query_drop(&statement)
            .await
            .unwrap_or_else(|e| panic!("{e}\nin {statement}"));
    }
}

/// When order 0 would have been: the last one was an hour ago when filling began.
async fn base(conn: &mut Conn, before: u64, orders: u64) -> String {
    let sql = match before {
        0 => format!(
            "SELECT DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL {} SECOND, '%Y-%m-%d %H:%i:%s')",
            orders * SECONDS + 3_600
        ),
        _ => format!(
            "SELECT DATE_FORMAT(order_date - INTERVAL {SECONDS} SECOND, '%Y-%m-%d %H:%i:%s') FROM shop_orders WHERE seq_no = 1"
        ),
    };
    let base: Option<String> = conn.query_first(sql).await.expect("a time");
    base.expect("a time")
}

fn numbers(first: u64, last: u64) -> String {
    format!(
        "(SELECT {first} + n AS n FROM bench_numbers WHERE n <= {})",
        last - first
    )
}

/// One transaction: cart rows, by numbers that no order line names, and former prices, a second each.
fn carts(first: u64, last: u64, base: &str, buyers: u64) -> Vec<String> {
    let numbers = numbers(first, last);
    let date = format!("TIMESTAMP'{base}' + INTERVAL n DIV 1000 SECOND");
    vec![
        "START TRANSACTION".to_owned(),
        format!(
            "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
             SELECT 4 * n, 1, CONCAT('g', n MOD {buyers}), CONCAT('B', LPAD((n * 6421) MOD {PRODUCTS}, 5, '0')),
                    '__noopt__', 1, {date}, {date}
             FROM {numbers} o ORDER BY n"
        ),
        format!(
            "INSERT INTO shop_product_prices (shop_id, product_id, option_hash, plan_id, unit_price, list_price,
                 discount_rate, product_name, option_name, category_id, weight, tax_type, stock_option_hash,
                 valid_from, actor, reason)
             SELECT f.shop_id, f.product_id, f.option_hash, f.plan_id, r.unit_price + 10, r.list_price, r.discount_rate,
                    r.product_name, r.option_name, r.category_id, r.weight, r.tax_type, r.stock_option_hash,
                    {date}, 'bench', 'another price'
             FROM {numbers} o
             JOIN shop_offers f ON f.shop_id = 1 AND f.product_id = 'B{HOT_SINGLE}' AND f.option_hash = '__noopt__'
                 AND f.plan_id = 0
             JOIN shop_product_prices r ON r.price_id = f.price_id
             WHERE n MOD 1000 = 0"
        ),
        "COMMIT".to_owned(),
    ]
}

/// One transaction.
fn batch(first: u64, last: u64, base: &str, buyers: u64) -> Vec<String> {
    let numbers = numbers(first, last);
    let date = format!("TIMESTAMP'{base}' + INTERVAL n * {SECONDS} SECOND");
    let expires = format!(
        "CASE WHEN n MOD 1000 = 0 THEN {date} + INTERVAL 20 YEAR ELSE {date} + INTERVAL 30 MINUTE END"
    );
    let settled = format!("{date} + INTERVAL 2 MINUTE");
    let between = format!("BETWEEN {first} AND {last}");
    let paid_or_failed = format!("{STATUS} IN (2, 12)");
    vec![
        "START TRANSACTION".to_owned(),
        format!(
            "INSERT IGNORE INTO shop_cart_headers (shop_id, user_id, version)
             SELECT 1, CONCAT('g', n MOD {buyers}), {ORDERS_OF_A_BUYER} FROM {numbers} o WHERE n <= {buyers}"
        ),
        format!(
            "INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name, option_hash,
                 option_name, unit_price, quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no)
             SELECT o.n, o.line_no, 1, p.product_id, p.product_name, '__noopt__', '', p.final_price, 1 + o.n MOD 3,
                    p.final_price * (1 + o.n MOD 3), p.tax_type, p.delivery_policy_id, 4 * o.n + o.line_no
             FROM (SELECT n, d AS line_no, CONCAT('B', LPAD((n * 7919 + d * 3571) MOD {PRODUCTS}, 5, '0')) AS product_id
                   FROM {numbers} o JOIN (SELECT 1 AS d UNION ALL SELECT 2 UNION ALL SELECT 3) l ON d <= {LINES}) o
             STRAIGHT_JOIN v_products_priced p ON p.shop_id = 1 AND p.product_id = o.product_id
             ORDER BY o.n, o.line_no"
        ),
        format!(
            "INSERT INTO shop_orders (seq_no, shop_id, order_number, order_key, order_code, order_date, order_mode,
                 order_status, user_id, user_name, user_phone, receiver_name, receiver_phone, post_code, address,
                 address_detail, delivery_msg, currency, line_count, product_total_price, discount_total, point_used,
                 shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, client_total,
                 request_sha256, pg, merchant_id, pay_type, expires_at, approval_no, approval_msg, paid_at,
                 restored_at, update_date)
             SELECT n, 1, CONCAT('G', n),
                    UNHEX(CONCAT(LPAD(HEX(TIMESTAMPDIFF(SECOND, TIMESTAMP'1970-01-01 00:00:00', {date}) * 1000), 12, '0'),
                          '7', LEFT(SHA2(n, 256), 3), '9', SUBSTR(SHA2(n, 256), 4, 15))),
                    CONCAT(DATE_FORMAT({date} + INTERVAL 9 HOUR, '%Y%m%d'), '-',
                           LPAD(CONV(n * 618970019643 MOD 1099511627776, 10, 32), 8, '0')),
                    {date}, 'cart', {STATUS}, CONCAT('g', n MOD {buyers}), '홍길동', '010-0000-0000', '홍길동',
                    '010-0000-0000', '04524', '서울 중구 세종대로 110', '1층', '문 앞', 'KRW', line_count, products, 0, 0,
                    shipping, products + shipping,
                    products + shipping - tax_free - ROUND((products + shipping - tax_free) * 0.1 / 1.1),
                    ROUND((products + shipping - tax_free) * 0.1 / 1.1), tax_free, products + shipping,
                    UNHEX(SHA2(CONCAT('growth ', n), 256)), 'wallet', 'M1', 'wallet', {expires},
                    CASE WHEN {STATUS} = 2 THEN CONCAT('W', n) END,
                    CASE {STATUS} WHEN 2 THEN 'approved' WHEN 12 THEN 'card refused' END,
                    CASE WHEN {STATUS} = 2 THEN {settled} END, CASE WHEN {STATUS} = 9 THEN {settled} END, {settled}
             FROM (SELECT n, SUM(line_rows) AS line_count, SUM(amount) AS products, SUM(fee) AS shipping,
                          SUM(free) AS tax_free
                   FROM (SELECT l.order_seq_no AS n, COUNT(*) AS line_rows, SUM(l.line_amount) AS amount,
                                SUM(CASE l.tax_type WHEN 'free' THEN l.line_amount ELSE 0 END) AS free,
                                CASE WHEN d.type = 'free' OR (d.type = 'conditional' AND SUM(l.line_amount) >= d.free_over)
                                     THEN 0 ELSE d.base_cost END AS fee
                         FROM shop_order_product l
                         JOIN shop_delivery_policy d ON d.shop_id = 1 AND d.id = l.delivery_policy_id
                         WHERE l.order_seq_no {between}
                         GROUP BY l.order_seq_no, d.id, d.type, d.free_over, d.base_cost) g
                   GROUP BY n) t
             ORDER BY n"
        ),
        format!("UPDATE v_order_seals SET seal = seal_now WHERE seq_no {between}"),
        format!(
            "INSERT INTO shop_stock_reservations
                 (order_seq_no, shop_id, product_id, option_hash, slot, quantity, state, expires_at, update_date)
             SELECT n, 1, product_id, '__noopt__', 0, quantity,
                    CASE {STATUS} WHEN 1 THEN 'held' WHEN 2 THEN 'sold' ELSE 'released' END, {expires}, {settled}
             FROM (SELECT order_seq_no AS n, product_id, quantity FROM shop_order_product
                   WHERE order_seq_no {between}) l
             ORDER BY n, product_id"
        ),
        format!(
            "UPDATE shop_stock s
             JOIN (SELECT product_id, SUM(quantity) AS units FROM shop_stock_reservations
                   WHERE order_seq_no {between} AND state IN ('held', 'sold') GROUP BY product_id) r
               ON r.product_id = s.product_id
             SET s.free = s.free - r.units WHERE s.shop_id = 1 AND s.option_hash = '__noopt__' AND s.slot = 0"
        ),
        format!(
            "INSERT INTO shop_order_logs
                 (seq_no, order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
             SELECT 2 * n - 1 + k, n, CASE k WHEN 0 THEN {date} ELSE {settled} END, k,
                    CASE k WHEN 0 THEN 1 ELSE {STATUS} END,
                    CASE k WHEN 0 THEN 'order' ELSE
                        CASE {STATUS} WHEN 2 THEN 'pay' WHEN 12 THEN 'fail' WHEN 10 THEN 'expire' ELSE 'restore_cart' END END,
                    CASE k WHEN 0 THEN 'buyer' ELSE
                        CASE {STATUS} WHEN 2 THEN 'pg' WHEN 12 THEN 'pg' WHEN 10 THEN 'job' ELSE 'buyer' END END,
                    'jumun_gateway@127.0.0.1', CASE WHEN k = 1 AND {STATUS} = 12 THEN 'failed: card refused' ELSE '' END
             FROM {numbers} o JOIN (SELECT 0 AS k UNION ALL SELECT 1) l ON k = 0 OR {STATUS} <> 1
             ORDER BY 1"
        ),
        format!(
            "INSERT INTO shop_payments (seq_no, shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount,
                 status, result_code, result_msg, approved_at, create_date, update_date)
             SELECT n, 1, n, 'wallet', 'M1', CONCAT('W', n), CASE WHEN {STATUS} = 2 THEN CONCAT('W', n) END,
                    total_payment, CASE WHEN {STATUS} = 2 THEN 'paid' ELSE 'failed' END,
                    CASE WHEN {STATUS} = 2 THEN '0000' ELSE '1001' END,
                    CASE WHEN {STATUS} = 2 THEN 'approved' ELSE 'card refused' END,
                    DATE_FORMAT({settled}, '%Y%m%d%H%i%s'), {settled}, {settled}
             FROM (SELECT seq_no AS n, total_payment FROM shop_orders WHERE seq_no {between}) o
             WHERE {paid_or_failed} ORDER BY n"
        ),
        format!(
            "INSERT INTO shop_pg_messages (seq_no, received_at, pg, merchant_id, channel, order_number, order_seq_no,
                 pg_tx, verdict, fields_json)
             SELECT n, {settled}, 'wallet', 'M1', 'return', CONCAT('G', n), n, CONCAT('W', n),
                    CASE WHEN {STATUS} = 2 THEN 'paid' ELSE 'failed' END,
                    JSON_OBJECT('mId', 'M1', 'mTrdNo', CONCAT('G', n), 'trdNo', CONCAT('W', n),
                                'trdAmt', CAST(total_payment AS CHAR), 'rsltCd', CASE WHEN {STATUS} = 2 THEN '0000' ELSE '1001' END,
                                'pktHash', '***')
             FROM (SELECT seq_no AS n, total_payment FROM shop_orders WHERE seq_no {between}) o
             WHERE {paid_or_failed} ORDER BY n"
        ),
        "COMMIT".to_owned(),
    ]
}
