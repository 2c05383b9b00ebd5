//! How a gateway ends: told to stop while calls are waiting, or killed in the middle of its work.

use super::*;
use nix::sys::signal::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Orders of one book by the buyers u1, u2, …, each as a request that is ready to be sent.
async fn orders_of(db: &TestDb, buyers: usize) -> Vec<(String, Json)> {
    let mut orders = Vec::new();
    for buyer in 1..=buyers {
        let user = format!("u{buyer}");
        let cart_id = db.add_cart(1, &user, "book", NO_OPTION, 1).await;
        let mut body = order_body(&format!("T{buyer}"), &[cart_id], "10000");
        body["address_id"] = json!(100 + buyer);
        orders.push((user, body));
    }
    orders
}

fn spawn(gateway: &Gateway, user: &str, body: &Json) -> JoinHandle<reqwest::Result<Reply>> {
    tokio::spawn(Reply::try_of(
        gateway.shop(Method::POST, "/v1/orders", user).json(body),
    ))
}

/// How many connections of this database wait for a row lock.
async fn waiting(db: &TestDb) -> usize {
    let rows = db
        .rows(&format!(
            "SELECT ID FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER LIKE 'jumun%'"
        ))
        .await;
    let mut watcher = db.conn().await;
    let mut waiting = 0;
    for row in rows {
        let id = u32::try_from(row.int("ID")).expect("a number");
        waiting += usize::from(blocked_on_row(&mut watcher, id).await);
    }
    waiting
}

#[tokio::test]
async fn calls_that_wait_for_a_lock_are_answered_before_the_process_ends() {
    let db = TestDb::with_fixture().await;
    let mut gateway = Gateway::start(&db).await;
    let orders = orders_of(&db, 4).await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_stock WHERE product_id = 'book' FOR UPDATE")
        .await
        .expect("a lock");
    let requests: Vec<_> = orders
        .iter()
        .map(|(user, body)| spawn(&gateway, user, body))
        .collect();
    eventually("all orders wait for the stock", || async {
        waiting(&db).await == 4
    })
    .await;

    gateway.process.signal(Signal::SIGTERM);
    eventually("no new connection is accepted", || async {
        Reply::try_of(gateway.shop(Method::GET, "/v1/cart", "u1"))
            .await
            .is_err()
    })
    .await;
    assert!(
        gateway.process.ended().is_none(),
        "it went away with calls under way"
    );
    assert!(requests.iter().all(|request| !request.is_finished()));
    // Whoever watches it is still told what it does.
    let ready = Reply::of(gateway.operator(Method::GET, "/ready")).await;
    assert_eq!(
        (ready.status, &ready.json()["reasons"]),
        (503, &json!(["stopping"]))
    );

    holder.query_drop("COMMIT").await.expect("the lock's end");
    for request in requests {
        let reply = request.await.expect("no panic").expect("an answer");
        assert_eq!(reply.ok()["replayed"], 0);
    }
    let status = gateway
        .process
        .wait(Duration::from_secs(10))
        .expect("it ends");
    assert!(status.success(), "{status}\n{}", gateway.log());
    assert_eq!(db.count("shop_orders").await, 4);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 96);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_call_that_outlived_its_request_is_waited_for_as_well() {
    let db = TestDb::with_fixture().await;
    let limits = [("JUMUN_DEADLINE_MS", "500")];
    let mut gateway = Gateway::start_with(&db, &limits).await;
    let orders = orders_of(&db, 1).await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_stock FOR UPDATE")
        .await
        .expect("a lock");
    let (user, body) = &orders[0];
    post(&gateway, "/v1/orders", user, body)
        .await
        .problem(503, "DEADLINE_EXCEEDED");
    assert_eq!(waiting(&db).await, 1, "the call itself goes on");

    gateway.process.signal(Signal::SIGTERM);
    let early = gateway.process.wait(Duration::from_millis(500));
    assert!(
        early.is_none(),
        "it went away with a call under way: {early:?}"
    );
    holder.query_drop("COMMIT").await.expect("the lock's end");
    let status = gateway
        .process
        .wait(Duration::from_secs(10))
        .expect("it ends");
    assert!(status.success());
    assert_eq!(db.count("shop_orders").await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_gateway_that_nobody_uses_ends_at_once() {
    let db = TestDb::with_fixture().await;
    let mut gateway = Gateway::start(&db).await;
    get(&gateway, "/v1/cart", "u1").await.ok();
    let start = Instant::now();
    let status = gateway
        .process
        .terminate(Duration::from_secs(10))
        .expect("it ends");
    assert!(status.success());
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    let left =
        format!("SELECT COUNT(*) FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER LIKE 'jumun%'");
    eventually("its connections are closed", || async {
        db.int(&left).await == 0
    })
    .await;
}

/// One buyer who orders a book again and again; a request that got no answer is repeated at the next gateway.
struct Shopper {
    user: String,
    /// Every request that was sent, with the order key that was acknowledged for it.
    sent: Vec<(Json, Option<String>)>,
}

#[tokio::test]
async fn after_kill_9_under_load_every_order_that_was_acknowledged_exists_once() {
    let db = Arc::new(TestDb::with_fixture().await);
    db.exec(
        "UPDATE shop_stock SET free = 100000 WHERE product_id = 'book';
             DROP TRIGGER IF EXISTS tr_shop_stock_ledger_update; UPDATE shop_stock_ledger SET difference = 100000 WHERE product_id = 'book'",
    )
    .await;
    let mut gateway = Gateway::start(&db).await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let shoppers: Vec<_> = (1..=8)
        .map(|number| {
            let (db, count) = (db.clone(), acknowledged.clone());
            let user = format!("u{number}");
            let request = gateway.shop(Method::POST, "/v1/orders", &user);
            tokio::spawn(async move {
                let mut sent = Vec::new();
                for round in 0.. {
                    let cart_id = db.add_cart(1, &user, "book", NO_OPTION, 1).await;
                    let mut body = order_body(&format!("T{number}-{round}"), &[cart_id], "10000");
                    body["address_id"] = json!(100 + number);
                    let reply =
                        Reply::try_of(request.try_clone().expect("a request").json(&body)).await;
                    let Ok(reply) = reply else {
                        sent.push((body, None));
                        break;
                    };
                    let key = reply.ok()["order_key"].as_str().expect("a key").to_owned();
                    sent.push((body, Some(key)));
                    count.fetch_add(1, Ordering::Relaxed);
                }
                Shopper { user, sent }
            })
        })
        .collect();
    eventually("the load is on", || async {
        acknowledged.load(Ordering::Relaxed) >= 60
    })
    .await;
    gateway.process.kill();

    let next = Gateway::start(&db).await;
    let mut total = 0;
    for shopper in shoppers {
        let Shopper { user, sent } = shopper.await.expect("no panic");
        total += sent.len();
        // What has just been sent may be under way in the database still: the repeat waits for it there.
        let recent = sent.len().saturating_sub(4);
        for (body, known) in &sent[recent..] {
            let again = post(&next, "/v1/orders", &user, body).await.ok();
            if let Some(key) = known {
                assert_eq!(
                    (&again["replayed"], again["order_key"].as_str()),
                    (&json!(1), Some(key.as_str()))
                );
            }
        }
        for (body, known) in &sent {
            let number = body["mTrdNo"].as_str().expect("a number");
            let key = db
                .text(&format!(
                    "SELECT LOWER(HEX(order_key)) FROM shop_orders WHERE order_number = '{number}'"
                ))
                .await;
            if let Some(known) = known {
                assert_eq!(key, known.replace('-', ""), "{number}");
            }
        }
    }
    assert_eq!(db.count("shop_orders").await, total as i64);
    assert_eq!(db.count("shop_cart").await, 0);
    assert_eq!(
        db.free_stock("book", NO_OPTION).await,
        100_000 - total as i64
    );
    db.assert_audit_clean().await;
}
