//! The server takes no writes, in one of the ways: callers are told to come again, each is tried on new connections, and
//! the first that can be served is.

use super::*;
use std::time::Duration;

const LIMITS: [(&str, &str); 1] = [("JUMUN_DEADLINE_MS", "6000")];

/// The name of the variable that makes a session's transactions read-only.
fn transactions() -> &'static str {
    match engine() {
        Engine::MariaDb => "tx_read_only",
        Engine::MySql => "transaction_read_only",
    }
}

#[tokio::test]
async fn an_order_is_repeated_on_new_connections_until_the_server_takes_writes() {
    let (_server, db) = private().await;
    for variable in [transactions(), "read_only"] {
        db.exec(&format!("SET GLOBAL {variable} = 1")).await;
        let gateway = Gateway::spawn(&db, &LIMITS).await;
        eventually("the keys are loaded", || async {
            let cart = gateway.shop(Method::GET, "/v1/cart", "u1");
            Reply::try_of(cart)
                .await
                .is_ok_and(|reply| reply.status == 200)
        })
        .await;
        let told = reasons(&gateway).await;
        assert_names(&told, &["read", "only", "primary"]);
        let (fits, words) = jumun_db(&db, "check").await;
        assert!(!fits && words.contains("primary"), "{words}");
        // The administrator's session is as read-only as the others.
        db.reconnect().await;
        db.exec(&format!("SET SESSION {} = 0", transactions()))
            .await;
        let number = variable.to_uppercase();
        let placed = order(&gateway, &db, &number);
        let back = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let mut admin = db.conn().await;
            let off = format!("SET GLOBAL {variable} = 0");
            admin.query_drop(off).await.expect("the variable");
        };
        let (reply, ()) = tokio::join!(placed, back);
        reply.ok();
        assert_eq!(reasons(&gateway).await, [""; 0], "{variable}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_storage_engine_that_takes_no_writes_is_503_and_named() {
    let (mut server, db) = private().await;
    let gateway = Gateway::start_with(&db, &LIMITS).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let body = order_body("T1", &[cart_id], "10000");
    let buy = || Reply::of(gateway.shop(Method::POST, "/v1/orders", "u1").json(&body));
    server.restart_with(&["--innodb-read-only"]).await;
    let reply = buy().await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert_ne!(reply.json()["code"], "INTERNAL_ERROR");
    assert_names(&reasons(&gateway).await, &["InnoDB is read-only"]);
    server.restart_with(&[]).await;
    eventually("/ready says yes", || async {
        reasons(&gateway).await.is_empty()
    })
    .await;
    buy().await.ok();
}
