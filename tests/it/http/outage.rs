//! A database that goes away and comes back, in whole or in part, under a gateway that stays.

use super::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What callers may be told when a database is away, starting, or being changed.
const PATIENCE_ASKED: [u16; 2] = [503, 504];

#[tokio::test]
async fn a_gateway_that_starts_before_its_database_says_so_and_serves_as_soon_as_it_can() {
    let mut server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    server.kill9();
    let gateway = Gateway::spawn(&db, &[("JUMUN_FAILOVER_MS", "300")]).await;
    let open = |path: &str| Reply::try_of(gateway.client.get(gateway.operator_url(path)));
    eventually("it listens", || async { open("/live").await.is_ok() }).await;
    assert_eq!(open("/live").await.expect("an answer").status, 200);
    assert_eq!(open("/ready").await.expect("an answer").status, 503);
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    for request in [
        gateway.shop(Method::GET, "/v1/cart", "u1"),
        gateway
            .shop(Method::POST, "/v1/orders", "u1")
            .json(&order_body("T1", &[1], "10000")),
        gateway
            .shop(Method::POST, "/v1/cart/items", "u1")
            .json(&json!({"product_id": "book", "quantity": 1})),
        // The payment gateway comes again, since it is not told OK.
        gateway
            .request(Method::POST, "/pg/wallet/M1/notify")
            .form(&message),
    ] {
        let problem = Reply::of(request)
            .await
            .problem(503, "DATABASE_UNAVAILABLE");
        assert_eq!(problem["retryable"], true);
    }
    // What needs no database is answered as ever.
    Reply::of(gateway.shop(Method::GET, "/nowhere", "u1"))
        .await
        .problem(404, "ROUTE_NOT_FOUND");
    let broken = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .header("content-type", "text/xml")
        .body("<x/>");
    Reply::of(broken)
        .await
        .problem(415, "MEDIA_TYPE_NOT_SUPPORTED");

    server.restart().await;
    eventually("/ready says yes", || async {
        open("/ready").await.expect("an answer").status == 200
    })
    .await;
    let added = json!({"product_id": "book", "quantity": 1});
    let cart = post(&gateway, "/v1/cart/items", "u1", &added).await.ok();
    let body = order_body("T1", &[cart["cart_id"].as_i64().expect("an id")], "10000");
    post(&gateway, "/v1/orders", "u1", &body).await.ok();
    let title = get(&gateway, "/v1/orders/x", "u1")
        .await
        .problem(404, "ORDER_NOT_FOUND")["title"]
        .clone();
    assert_eq!(title, "주문을 찾을 수 없습니다", "the catalogue is loaded");
    let notify = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&message);
    assert_eq!(Reply::of(notify).await.text, "OK");
}

#[tokio::test]
async fn connections_that_the_server_closed_cost_nobody_anything() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for round in 1..=3 {
        for user in ["u1", "u2", "u3", "u4", "u5", "u6"] {
            get(&gateway, "/v1/cart", user).await.ok();
        }
        let idle = format!(
            "SELECT ID FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER = 'jumun_gateway'"
        );
        for row in db.rows(&idle).await {
            db.exec(&format!("KILL {}", row.str("ID"))).await;
        }
        // Adding may not be repeated once it was sent; on a dead connection it never was.
        let body = json!({"product_id": "book", "quantity": 1});
        let cart = post(&gateway, "/v1/cart/items", "u1", &body).await.ok();
        assert_eq!(cart["lines"][0]["quantity"], round);
    }
}

#[tokio::test]
async fn routines_that_are_replaced_under_load_cause_no_internal_error() {
    let db = Arc::new(TestDb::with_fixture().await);
    let gateway = Gateway::start_with(&db, &[("JUMUN_POOL_SIZE", "8")]).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let stop = Arc::new(AtomicBool::new(false));
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    let order = format!(
        "/v1/orders/{}",
        placed["order_key"].as_str().expect("a key")
    );
    let requests = [
        gateway.shop(Method::GET, "/v1/cart", "u2"),
        gateway.shop(Method::GET, &order, "u1"),
        gateway
            .shop(Method::POST, "/v1/cart/items", "u3")
            .json(&json!({"product_id": "book", "quantity": 1})),
        gateway
            .shop(Method::POST, "/v1/quotes", "u3")
            .json(&json!({"selected_cart_ids": [999]})),
        gateway
            .shop(Method::POST, "/v1/orders", "u4")
            .json(&order_body("T2", &[999], "1")),
        gateway
            .request(Method::POST, "/pg/wallet/M1/notify")
            .form(&message),
    ];
    let callers: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let stop = stop.clone();
            tokio::spawn(async move {
                let (mut seen, mut answers) = (BTreeSet::new(), 0);
                while !stop.load(Ordering::Relaxed) {
                    let reply = Reply::of(request.try_clone().expect("a request")).await;
                    assert!(
                        reply.status < 500 || PATIENCE_ASKED.contains(&reply.status),
                        "{reply:?}"
                    );
                    seen.insert(reply.status);
                    answers += 1;
                }
                (seen, answers)
            })
        })
        .collect();
    let mut admin = db.conn().await;
    let routines = |script: &&Script| {
        script.path.starts_with("sql/procedures/") || script.path == "sql/grants.sql"
    };
    for _ in 0..3 {
        for script in scripts().iter().filter(routines) {
            for statement in &script.statements {
                admin
                    .query_drop(statement.as_str())
                    .await
                    .unwrap_or_else(|e| panic!("{}: {e}", script.path));
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        let (seen, answers) = caller.await.expect("no internal error");
        assert!(
            answers > 3 && seen.iter().any(|status| *status < 500),
            "{seen:?} {answers}"
        );
    }
    eventually("/ready says yes", || async {
        Reply::of(gateway.operator(Method::GET, "/ready"))
            .await
            .status
            == 200
    })
    .await;
    get(&gateway, &order, "u1").await.ok();
    db.assert_audit_clean().await;
}
