//! Many orders of many buyers, written set by set, and adding up.

use crate::support::*;

/// Numbers `from` to `to` as the table n.
fn numbers(from: i64, to: i64) -> String {
    format!("WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to})")
}

/// Orders `from` to `to`, with everything that belongs to them, and as many other buyers with a cart. Of ten orders six
/// are paid, one was paid twice, one has expired, one has failed, and one was put back into the cart.
pub async fn fill(db: &TestDb, from: i64, to: i64) {
    let n = numbers(from, to);
    // Behind what was numbered by itself in the meantime.
    let base = from / 1_000 * 1_000_000 + 1_000_000;
    let limit = "SET SESSION /*M! max_recursive_iterations = 100000 *//*!80000 cte_max_recursion_depth = 100000 */";
    let status = "CASE i % 10 WHEN 6 THEN 10 WHEN 7 THEN 12 WHEN 8 THEN 9 ELSE 2 END";
    let state = "CASE WHEN i % 10 IN (6, 7, 8) THEN 'released' ELSE 'sold' END";
    let sets = [
        limit.to_owned(),
        format!(
            "INSERT INTO member (shop_id, user_id, user_name) {n} SELECT 1, CONCAT('g', i), 'Somebody' FROM n"
        ),
        format!(
            "INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone, post_code,
                 address, is_default, update_date)
             {n} SELECT {base} + i, 1, CONCAT('g', i), 'Somebody', '010-0000-0000', '04524', 'Sejong-daero', 1,
                        UTC_TIMESTAMP(6) FROM n"
        ),
        format!("INSERT INTO shop_cart_headers (shop_id, user_id) {n} SELECT 1, CONCAT('g', i) FROM n"),
        format!(
            "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date)
             {n} SELECT {base} + i, 1, CONCAT('g', i), 'book', 1, UTC_TIMESTAMP(6) - INTERVAL 2 DAY,
                        UTC_TIMESTAMP(6) - INTERVAL 2 DAY FROM n"
        ),
        format!(
            "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
             {n} SELECT 1, CONCAT('g', i), 'Something', 1000, 1 FROM n"
        ),
        format!(
            "INSERT INTO shop_orders
                 (seq_no, shop_id, order_number, order_key, order_code, order_date, order_mode, order_status, user_id,
                  user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail, delivery_msg,
                  currency, line_count, product_total_price, discount_total, point_used, shipping_fee, total_payment,
                  supply_amount, vat_amount, tax_free_amount, client_total, request_sha256, pg, merchant_id, pay_type,
                  expires_at, approval_no, paid_at, restored_at, update_date)
             {n} SELECT {base} + i, 1, CONCAT('G-', i), UNHEX(LEFT(SHA2(CONCAT('key ', i), 256), 32)),
                        CONCAT('20260101-', LPAD(i, 8, '0')), UTC_TIMESTAMP(6) - INTERVAL i MINUTE, 'cart', {status},
                        CONCAT('g', i), 'Somebody', '010-0000-0000', 'Somebody', '010-0000-0000', '04524',
                        'Sejong-daero', '', '', 'KRW', 2, 30000, 0, 0, 3000, 33000, 30000, 3000, 0, 33000,
                        UNHEX(SHA2(i, 256)), 'wallet', 'M1', 'wallet', UTC_TIMESTAMP(6) - INTERVAL i MINUTE,
                        CASE {status} WHEN 2 THEN CONCAT('G', i) END, CASE {status} WHEN 2 THEN UTC_TIMESTAMP(6) END,
                        CASE {status} WHEN 9 THEN UTC_TIMESTAMP(6) END, UTC_TIMESTAMP(6) FROM n"
        ),
        format!(
            "INSERT INTO shop_order_product
                 (order_seq_no, line_no, shop_id, product_id, product_name, option_hash, option_name, unit_price,
                  quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no)
             {n} SELECT {base} + i, 1, 1, 'book', 'Book', '__noopt__', '', 10000, 1, 10000, 'taxable', 1,
                        {base} + 200000 + 2 * i FROM n
             UNION ALL
             SELECT {base} + i, 2, 1, 'lamp', 'Lamp', '__noopt__', '', 20000, 1, 20000, 'taxable', 2,
                    {base} + 200001 + 2 * i FROM n"
        ),
        format!(
            "INSERT INTO shop_stock_reservations
                 (order_seq_no, shop_id, product_id, option_hash, slot, quantity, state, expires_at, update_date)
             {n} SELECT {base} + i, 1, p.product_id, '__noopt__', 0, 1, {state}, o.expires_at, UTC_TIMESTAMP(6)
             FROM n JOIN shop_orders o ON o.seq_no = {base} + i JOIN (SELECT 'book' AS product_id UNION ALL SELECT 'lamp') p"
        ),
        format!(
            "INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
             {n} SELECT 1, p.product_id, '__noopt__', 1, 'for this order', 'crowd', UTC_TIMESTAMP(6)
             FROM n JOIN (SELECT 'book' AS product_id UNION ALL SELECT 'lamp') p WHERE {state} = 'sold'"
        ),
        format!(
            "INSERT INTO shop_order_logs
                 (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
             {n} SELECT {base} + i, UTC_TIMESTAMP(6), 0, 1, 'order', 'buyer', 'crowd', '' FROM n"
        ),
        format!(
            "INSERT INTO shop_order_logs
                 (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
             {n} SELECT {base} + i, UTC_TIMESTAMP(6), 1, {status},
                        CASE {status} WHEN 10 THEN 'expire' WHEN 12 THEN 'fail' WHEN 9 THEN 'restore_cart' ELSE 'pay' END,
                        CASE {status} WHEN 10 THEN 'job' WHEN 9 THEN 'buyer' ELSE 'pg' END, 'crowd', '' FROM n"
        ),
        payments(&n, base, 0, "'G'", "CASE i % 10 WHEN 7 THEN 'failed' ELSE 'paid' END", "i % 10 NOT IN (6, 8)"),
        payments(&n, base, 400_000, "'S'", "'surplus'", "i % 10 = 9"),
        format!(
            "INSERT INTO shop_pg_messages
                 (received_at, pg, merchant_id, channel, order_number, order_seq_no, pg_tx, verdict, fields_json)
             {n} SELECT UTC_TIMESTAMP(6), 'wallet', 'M1', 'notify', CONCAT('G-', i), {base} + i, CONCAT('G', i),
                        CASE i % 10 WHEN 7 THEN 'failed' ELSE 'paid' END, '{{}}' FROM n WHERE i % 10 NOT IN (6, 8)
             UNION ALL
             SELECT UTC_TIMESTAMP(6), 'wallet', 'M1', 'notify', CONCAT('G-', i), {base} + i, CONCAT('S', i), 'surplus',
                    '{{}}' FROM n WHERE i % 10 = 9"
        ),
        "UPDATE v_order_seals SET seal = seal_now WHERE seal IS NULL".to_owned(),
        // Most of what was owed is done; what is still owed grows as well.
        format!(
            "INSERT INTO shop_pg_duties
                 (shop_id, order_seq_no, payment_seq_no, pg, merchant_id, duty, duty_key, amount, reason, state, due_at,
                  next_try_at, create_date, done_at, closed_by, proof)
             {n} SELECT 1, {base} + i, {base} + 400000 + i, 'wallet', 'M1', 'refund', CONCAT('S', i), 33000, 'surplus',
                        CASE WHEN i % 100 = 9 THEN 'owed' ELSE 'done' END, UTC_TIMESTAMP(6) + INTERVAL i SECOND,
                        UTC_TIMESTAMP(6), UTC_TIMESTAMP(6),
                        CASE WHEN i % 100 <> 9 THEN UTC_TIMESTAMP(6) END, CASE WHEN i % 100 <> 9 THEN 'crowd' END,
                        CASE WHEN i % 100 <> 9 THEN 'R' END FROM n WHERE i % 10 = 9"
        ),
        "INSERT INTO shop_pg_duty_logs (duty_seq_no, log_date, from_state, to_state, proof, reason, actor_name)
         SELECT d.seq_no, d.done_at, 'owed', 'done', d.proof, '', 'crowd' FROM shop_pg_duties d
         LEFT JOIN shop_pg_duty_logs g ON g.duty_seq_no = d.seq_no
         WHERE d.closed_by = 'crowd' AND g.seq_no IS NULL"
            .to_owned(),
        format!(
            "INSERT INTO shop_error_log (log_date, routine, step, errno, sqlstate_code, message, parameters_json)
             {n} SELECT UTC_TIMESTAMP(6), 'none', 'none', 1, 'HY000', '', '{{}}' FROM n WHERE i % 10 = 0"
        ),
    ];
    let mut conn = db.conn().await;
    for sql in sets {
        conn.query_drop(&sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
}

/// The orders that have expired wait for their payment again, and their time is over.
pub async fn let_lapse(db: &TestDb) {
    db.without_triggers().await;
    db.exec(
        "DELETE g FROM shop_order_logs g JOIN shop_orders o ON o.seq_no = g.order_seq_no
         WHERE o.order_status = 10 AND g.to_status = 10 AND o.user_id LIKE 'g%';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT r.shop_id, r.product_id, r.option_hash, r.quantity, 'held again', 'crowd', UTC_TIMESTAMP(6)
         FROM shop_stock_reservations r JOIN shop_orders o ON o.seq_no = r.order_seq_no
         WHERE o.order_status = 10 AND o.user_id LIKE 'g%';
         UPDATE shop_stock_reservations r JOIN shop_orders o ON o.seq_no = r.order_seq_no SET r.state = 'held'
         WHERE o.order_status = 10 AND o.user_id LIKE 'g%';
         UPDATE shop_orders SET order_status = 1 WHERE order_status = 10 AND user_id LIKE 'g%'",
    )
    .await;
}

fn payments(n: &str, base: i64, more: i64, prefix: &str, status: &str, which: &str) -> String {
    format!(
        "INSERT INTO shop_payments
             (seq_no, shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status, result_code, result_msg,
              approved_at, create_date, update_date)
         {n} SELECT {base} + {more} + i, 1, {base} + i, 'wallet', 'M1', CONCAT({prefix}, i),
                    CASE WHEN {status} = 'failed' THEN NULL ELSE CONCAT({prefix}, i) END, 33000, {status}, '0000', '', '',
                    UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM n WHERE {which}"
    )
}

/// Makes the server think that every table has one row, as one that has not counted since it was filled.
pub async fn forget(db: &TestDb) {
    let tables = "SELECT table_name AS name FROM information_schema.tables
                  WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'";
    let tables = db.rows(tables).await;
    let tables: Vec<String> = tables.iter().map(|row| row.str("name")).collect();
    for table in &tables {
        db.exec(&format!(
            "ALTER TABLE {table} STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0"
        ))
        .await;
    }
    db.exec(&format!(
        "UPDATE mysql.innodb_table_stats
         SET n_rows = 1, clustered_index_size = 1, sum_of_other_index_sizes = 1 WHERE database_name = '{0}';
         UPDATE mysql.innodb_index_stats SET stat_value = 1 WHERE database_name = '{0}';
         FLUSH TABLES {1}",
        db.name(),
        tables.join(", ")
    ))
    .await;
}

/// As a server does by itself after a while.
pub async fn analyze(db: &TestDb) {
    let tables = db
        .rows(
            "SELECT TABLE_NAME AS t FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
        )
        .await;
    for table in tables {
        db.exec(&format!("ANALYZE TABLE {}", table.str("t"))).await;
    }
}
