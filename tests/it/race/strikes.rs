//! A deadlock, or a number that is taken, strikes at one step of an order after the other, once, several times and for
//! ever: the order is begun again from its first lock, is made once with nothing doubled, and the answer is the order that
//! is there; or the error comes out and nothing is left.

use super::*;

/// What an order writes, in any order, and how many rows of the order below, so that a strike may come behind the first.
const STEPS: [(&str, &str, u32); 7] = [
    ("UPDATE", "shop_cart_headers", 1),
    ("INSERT", "shop_orders", 1),
    ("INSERT", "shop_order_product", 4),
    ("INSERT", "shop_stock_reservations", 3),
    ("INSERT", "shop_order_logs", 1),
    ("DELETE", "shop_cart", 4),
    ("UPDATE", "shop_stock", 3),
];

/// Fails the statements of sessions that ask for it: at step @at, when it has let @pass rows go, @strikes times.
async fn let_steps_fail(db: &TestDb) {
    for (number, (event, table, _)) in STEPS.iter().enumerate() {
        db.exec(&format!(
            "CREATE TRIGGER strike_{number} BEFORE {event} ON {table} FOR EACH ROW
             BEGIN
                 IF @at <=> {number} AND @strikes > 0 THEN
                     SET @seen = @seen + 1;
                     IF @seen > @pass THEN
                         SET @strikes = @strikes - 1, @seen = 0;
                         SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'struck';
                     END IF;
                 END IF;
             END"
        ))
        .await;
    }
}

/// u1's cart: a book, two lamps, and two kinds of wraps that share a stock row. 10000 + 40000 + 31000 + 3000.
async fn a_cart(db: &TestDb) -> Vec<i64> {
    let mut ids = Vec::new();
    for (product, option, units) in [
        ("book", NO_OPTION, 1),
        ("shirt", "wrap-b", 1),
        ("lamp", NO_OPTION, 2),
        ("shirt", "wrap-a", 1),
    ] {
        ids.push(db.add_cart(1, "u1", product, option, units).await);
    }
    ids
}

/// The rows as the usual request names them, and as one that is read with care.
fn orders_of(number: &str, ids: &[i64]) -> [OrderCall; 2] {
    let order = OrderCall::new(number, ids).client_total("84000");
    let careful: Vec<String> = ids
        .iter()
        .map(|id| format!("{{\"id\":\"{id}\", \"x\":[]}}"))
        .collect();
    let careful = format!(" [{}]", careful.join(", "));
    [order.clone(), order.cart_ids_json(Some(&careful))]
}

/// Exactly this many orders are there, whole; the answer is the last one.
async fn assert_made(db: &TestDb, answer: &Sets, orders: i64, what: &str) {
    let first = answer.first();
    assert_eq!(first.int("replayed"), 0, "{what}");
    let last = db
        .row(
            "SELECT o.seq_no, _uuid_text(o.order_key) AS order_key, o.order_code, o.total_payment, o.line_count,
                    (SELECT COUNT(*) FROM shop_order_product l WHERE l.order_seq_no = o.seq_no) AS line_rows,
                    (SELECT SUM(quantity) FROM shop_stock_reservations r WHERE r.order_seq_no = o.seq_no) AS units,
                    (SELECT COUNT(*) FROM shop_order_logs g WHERE g.order_seq_no = o.seq_no) AS logs
             FROM shop_orders o ORDER BY o.seq_no DESC LIMIT 1",
        )
        .await;
    for column in ["order_key", "order_code", "total_payment"] {
        assert_eq!(first.str(column), last.str(column), "{what}: {column}");
    }
    for (column, n) in [
        ("line_count", 4),
        ("line_rows", 4),
        ("units", 5),
        ("logs", 1),
    ] {
        assert_eq!(last.int(column), n, "{what}: {column}");
    }
    assert_eq!(last.str("total_payment"), "84000.00", "{what}");
    assert_eq!(answer.set(1).rows.len(), 1, "{what}: how to pay");
    for (table, n) in [
        ("shop_orders", orders),
        ("shop_order_product", 4 * orders),
        ("shop_order_logs", orders),
        ("shop_cart", 0),
    ] {
        assert_eq!(db.count(table).await, n, "{what}: {table}");
    }
    for (product, option, each) in [
        ("book", NO_OPTION, 1),
        ("lamp", NO_OPTION, 2),
        ("shirt", "wrap", 2),
    ] {
        let free = 10_000 - each * orders;
        assert_eq!(
            db.free_stock(product, option).await,
            free,
            "{what}: {product}"
        );
    }
}

/// Enough of what is ordered, in one stock row or in several.
async fn stocked(slots: u32) -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec(
        "INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1');
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, 10000 - free, 'more', 'test', UTC_TIMESTAMP(6) FROM shop_stock
         WHERE shop_id = 1 AND free <> 10000;
         UPDATE shop_stock SET free = 10000 WHERE shop_id = 1",
    )
    .await;
    for product in ["book", "shirt"] {
        db.slots(product, slots).await;
    }
    db
}

/// Strikes and then orders; the answer, and how often it was not struck though it was asked for.
async fn struck(conn: &mut Conn, sets: &str, order: &OrderCall) -> (Result<Sets, CallError>, i64) {
    conn.query_drop(format!("SET {sets}, @seen = 0"))
        .await
        .unwrap();
    let answer = order.call(conn).await;
    let left = query(conn, "SELECT CAST(@strikes AS SIGNED) AS n")
        .await
        .unwrap();
    (answer, left.first().int("n"))
}

async fn at_every_step(slots: u32) {
    let db = stocked(slots).await;
    let_steps_fail(&db).await;
    let mut conn = db.conn_as_gateway().await;
    let mut orders = 0;
    for (number, (event, table, rows)) in STEPS.iter().enumerate() {
        for pass in [0, rows - 1] {
            for (times, form) in [(1, 0), (4, 1)] {
                let what = format!("{event} of {table} fails {times} times after {pass} rows");
                let order = &orders_of(&format!("T{orders}"), &a_cart(&db).await)[form];
                let sets = format!("@at = {number}, @pass = {pass}, @strikes = {times}");
                let (answer, left) = struck(&mut conn, &sets, order).await;
                assert_eq!(left, 0, "{what}: the order does not write there");
                orders += 1;
                let answer = answer.unwrap_or_else(|e| panic!("{what}: {e:?}"));
                assert_made(&db, &answer, orders, &what).await;
            }
        }
        // For ever: it comes out, and nothing is left.
        let what = format!("{event} of {table} fails for ever");
        let order = &orders_of(&format!("T{orders}"), &a_cart(&db).await)[number % 2];
        let before = db.snapshot().await;
        let sets = format!("@at = {number}, @pass = {}, @strikes = 1000", rows - 1);
        let (answer, left) = struck(&mut conn, &sets, order).await;
        let error = answer.expect_err(&what);
        assert_eq!(
            (error.errno, error.row().str("result").as_str()),
            (1213, "DEADLOCK"),
            "{what}"
        );
        assert!(
            (980..1000).contains(&left),
            "{what}: {left} of 1000 are left"
        );
        assert_eq!(db.snapshot().await, before, "{what}");
        let (answer, _) = struck(&mut conn, "@strikes = 0", order).await;
        orders += 1;
        assert_made(&db, &answer.unwrap(), orders, &what).await;
    }
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_deadlock_at_any_step_is_begun_again() {
    at_every_step(1).await;
}

#[tokio::test]
async fn a_deadlock_at_any_step_of_an_order_from_slots_is_begun_again() {
    at_every_step(3).await;
}

/// The code and the key are random: one that another order has is not the end.
#[tokio::test]
async fn a_number_that_another_order_has_is_drawn_again() {
    let db = stocked(1).await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "CREATE TRIGGER taken BEFORE INSERT ON shop_orders FOR EACH ROW
         BEGIN
             IF @strikes > 0 THEN
                 SET @strikes = @strikes - 1, NEW.order_code = COALESCE(@code, NEW.order_code),
                     NEW.order_key = COALESCE(@key, NEW.order_key);
             END IF;
         END",
    )
    .await;
    let mut orders = 0;
    for column in ["order_code", "order_key"] {
        for times in [0, 1, 4, 1000] {
            let what = format!("{column} is taken {times} times");
            // NULL for the first one: there is none to be taken from.
            let mut of_first = "@code = NULL, @key = NULL".to_owned();
            if orders > 0 {
                let row = db
                    .row("SELECT order_code, HEX(order_key) AS k FROM shop_orders LIMIT 1")
                    .await;
                of_first = match column {
                    "order_code" => format!("@key = NULL, @code = '{}'", row.str("order_code")),
                    _ => format!("@code = NULL, @key = x'{}'", row.str("k")),
                };
            }
            let order = &orders_of(&format!("T{orders}"), &a_cart(&db).await)[orders % 2];
            let before = db.snapshot().await;
            let sets = format!("@strikes = {times}, {of_first}");
            let (mut answer, _) = struck(&mut conn, &sets, order).await;
            if times == 1000 {
                let error = answer.expect_err(&what);
                assert_eq!(error.errno, 1062, "{what}: {error:?}");
                db.exec("DELETE FROM shop_error_log").await;
                assert_eq!(db.snapshot().await, before, "{what}");
                (answer, _) = struck(&mut conn, "@strikes = 0", order).await;
            }
            orders += 1;
            let answer = answer.unwrap_or_else(|e| panic!("{what}: {e:?}"));
            assert_made(&db, &answer, i64::try_from(orders).unwrap(), &what).await;
        }
    }
    db.assert_audit_clean().await;
}
