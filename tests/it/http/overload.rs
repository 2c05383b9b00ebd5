//! Too much at once, and locks that are held for long: who is refused, how soon, and what is left behind.

use super::*;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Holds a row until it is told to let go.
async fn hold(db: &TestDb, sql: &str) -> Conn {
    let mut holder = db.conn().await;
    holder
        .query_drop(format!("BEGIN; {sql}"))
        .await
        .expect("a lock");
    holder
}

/// One book into the cart of this buyer, whose cart somebody holds.
fn add(gateway: &Gateway, user: &str) -> JoinHandle<Reply> {
    let body = json!({"product_id": "book", "quantity": 1});
    tokio::spawn(Reply::of(
        gateway
            .shop(Method::POST, "/v1/cart/items", user)
            .json(&body),
    ))
}

async fn metric(gateway: &Gateway, line: &str) -> Option<u64> {
    let text = Reply::of(gateway.operator(Method::GET, "/metrics"))
        .await
        .text;
    let found = text
        .lines()
        .find_map(|found| found.strip_prefix(line).map(str::to_owned));
    found.and_then(|number| number.trim().parse().ok())
}

#[tokio::test]
async fn beyond_pool_and_queue_everybody_is_refused_at_once_and_nobody_is_lost() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) SELECT shop_id, user_id FROM member WHERE shop_id = 1").await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_QUEUE", "2")]).await;
    let mut holder = hold(&db, "SELECT * FROM shop_cart_headers FOR UPDATE").await;
    // Four connections, two places in the queue.
    let mut admitted = Vec::new();
    for user in ["u1", "u2", "u3", "u4"] {
        admitted.push(add(&gateway, user));
    }
    let in_use = r#"jumun_pool_connections{pool="public",state="in_use"} "#;
    eventually("all connections are in use", || async {
        metric(&gateway, in_use).await == Some(4)
    })
    .await;
    for user in ["u5", "u6"] {
        admitted.push(add(&gateway, user));
    }
    let queued = r#"jumun_calls_waiting{pool="public"} "#;
    eventually("the queue is full", || async {
        metric(&gateway, queued).await == Some(2)
    })
    .await;

    for _ in 0..5 {
        let start = Instant::now();
        let reply = add(&gateway, "u7").await.expect("no panic");
        let problem = reply.problem(503, "OVERLOADED");
        assert_eq!(problem["retryable"], true);
        assert_eq!(reply.header("retry-after"), Some("1"));
        assert!(
            start.elapsed() < Duration::from_millis(1000),
            "{:?}",
            start.elapsed()
        );
        let read = get(&gateway, "/v1/cart", "u8").await;
        read.problem(503, "OVERLOADED");
    }
    let refused = r#"jumun_calls_refused_total{reason="QueueFull"} "#;
    assert_eq!(metric(&gateway, refused).await, Some(10));
    // What needs no connection of this pool works as ever.
    assert_eq!(
        Reply::of(gateway.operator(Method::GET, "/ready"))
            .await
            .status,
        200
    );
    Reply::of(gateway.operator(Method::GET, "/admin/audit"))
        .await
        .ok();
    get(&gateway, "/nowhere", "u1")
        .await
        .problem(404, "ROUTE_NOT_FOUND");
    assert!(admitted.iter().all(|request| !request.is_finished()));

    holder.query_drop("COMMIT").await.expect("the lock's end");
    for request in admitted {
        assert_eq!(request.await.expect("no panic").ok()["cart_count"], 1);
    }
    assert_eq!(
        add(&gateway, "u7").await.expect("no panic").ok()["cart_count"],
        1
    );
    assert_eq!(
        db.int("SELECT CAST(SUM(quantity) AS SIGNED) FROM shop_cart")
            .await,
        7
    );
}

#[tokio::test]
async fn whoever_waits_too_long_for_a_connection_is_told_to_come_back() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let limits = [("JUMUN_POOL_SIZE", "1"), ("JUMUN_QUEUE_WAIT_MS", "300")];
    let gateway = Gateway::start_with(&db, &limits).await;
    get(&gateway, "/v1/cart", "u2").await.ok();
    let mut holder = hold(&db, "SELECT * FROM shop_cart_headers FOR UPDATE").await;
    let first = add(&gateway, "u1");
    let in_use = r#"jumun_pool_connections{pool="public",state="in_use"} "#;
    eventually("the connection is in use", || async {
        metric(&gateway, in_use).await == Some(1)
    })
    .await;
    let start = Instant::now();
    get(&gateway, "/v1/cart", "u2")
        .await
        .problem(503, "OVERLOADED");
    assert!(
        (300..2000).contains(&start.elapsed().as_millis()),
        "{:?}",
        start.elapsed()
    );
    holder.query_drop("COMMIT").await.expect("the lock's end");
    first.await.expect("no panic").ok();
    get(&gateway, "/v1/cart", "u2").await.ok();
}

#[tokio::test]
async fn a_lock_that_is_held_beyond_the_deadline_leaves_nothing_half_done() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_DEADLINE_MS", "700")]).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u2')")
        .await;
    let before = db.snapshot().await;
    let mut holder = hold(
        &db,
        "SELECT * FROM shop_stock FOR UPDATE; SELECT * FROM shop_cart_headers WHERE user_id = 'u2' FOR UPDATE",
    )
    .await;
    let body = order_body("T1", &[cart_id], "10000");
    let start = Instant::now();
    let added = add(&gateway, "u2");
    // Ordering may be repeated without harm; adding to a cart may not, so there the buyer must look first.
    post(&gateway, "/v1/orders", "u1", &body)
        .await
        .problem(503, "DEADLINE_EXCEEDED");
    added
        .await
        .expect("no panic")
        .problem(504, "OUTCOME_UNKNOWN");
    assert!(
        (700..3000).contains(&start.elapsed().as_millis()),
        "{:?}",
        start.elapsed()
    );
    let without_headers = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("shop_cart_headers"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        without_headers(&db.snapshot().await),
        without_headers(&before)
    );

    holder.query_drop("COMMIT").await.expect("the lock's end");
    // The call that was given up may still have come through: then the repeat finds its order, whole.
    let order = post(&gateway, "/v1/orders", "u1", &body).await.ok();
    assert_eq!(order["order_status"], 1);
    assert_eq!(
        (
            db.count("shop_orders").await,
            db.count("shop_order_product").await
        ),
        (1, 1)
    );
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
    eventually("the other call has ended one way or the other", || async {
        get(&gateway, "/v1/cart", "u2").await.ok()["cart_count"] == 1
    })
    .await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_lock_wait_that_times_out_is_repeated_within_the_deadline() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_LOCK_WAIT_SECONDS", "1")]).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut holder = hold(&db, "SELECT * FROM shop_stock FOR UPDATE").await;
    let body = order_body("T1", &[cart_id], "10000");
    let order = tokio::spawn(Reply::of(
        gateway.shop(Method::POST, "/v1/orders", "u1").json(&body),
    ));
    let repeats = r#"jumun_call_repeats_total{cause="1205"} "#;
    eventually("the first attempt has timed out", || async {
        metric(&gateway, repeats).await >= Some(1)
    })
    .await;
    assert!(!order.is_finished());
    holder.query_drop("COMMIT").await.expect("the lock's end");
    assert_eq!(order.await.expect("no panic").ok()["replayed"], 0);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
