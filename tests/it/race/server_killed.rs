//! kill −9 of the database server under callers who place orders: what was acknowledged survives, and what was not
//! is settled by asking again with the same key.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::*;

const CALLERS: usize = 16;
const ORDERS: usize = 200; // of each caller, more than it will get to
const ACKNOWLEDGED: usize = 200; // then the server is killed

/// The order of one caller's n-th buyer.
fn order_of(buyer: usize) -> OrderCall {
    let cart_id = i64::try_from(buyer + 1).unwrap();
    guest_order(
        &format!("T{buyer}"),
        &format!("b{buyer}"),
        &[cart_id],
        "10000",
    )
}

#[tokio::test]
async fn every_acknowledged_order_survives_the_kill_of_the_server() {
    let mut server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    let rows: Vec<String> = (0..CALLERS * ORDERS)
        .map(|n| {
            format!(
                "({}, 1, 'b{n}', 'book', '{NO_OPTION}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
                n + 1
            )
        })
        .collect();
    db.exec(&format!(
        "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date) VALUES {};
         UPDATE shop_stock SET free = 100000 WHERE shop_id = 1 AND product_id = 'book';
         DROP TRIGGER IF EXISTS tr_shop_stock_ledger_update; UPDATE shop_stock_ledger SET difference = 100000 WHERE shop_id = 1 AND product_id = 'book'",
        rows.join(", ")
    ))
    .await;

    let acknowledged = Arc::new(Mutex::new(HashMap::new()));
    let asked = Arc::new(AtomicUsize::new(0));
    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        let mut conn = db.conn_as_gateway().await;
        let (acknowledged, asked) = (acknowledged.clone(), asked.clone());
        callers.push(tokio::spawn(async move {
            for buyer in (caller..CALLERS * ORDERS).step_by(CALLERS) {
                asked.fetch_max(buyer + 1, Ordering::Relaxed);
                match order_of(buyer).call(&mut conn).await {
                    Ok(sets) => {
                        let key = sets.first().str("order_key");
                        acknowledged.lock().unwrap().insert(buyer, key);
                    }
                    Err(error) => {
                        assert_eq!(
                            error.errno, 0,
                            "an answer of a server that should be gone: {error:?}"
                        );
                        return;
                    }
                }
            }
            panic!("the server was not killed in time");
        }));
    }
    eventually("enough orders", || async {
        acknowledged.lock().unwrap().len() >= ACKNOWLEDGED
    })
    .await;
    server.kill9();
    for caller in callers {
        caller.await.unwrap();
    }
    server.restart().await;

    // The administrator's connection of `db` died with the server.
    let mut admin = db.conn().await;
    let mut conn = db.conn_as_gateway().await;
    let acknowledged = acknowledged.lock().unwrap().clone();
    let mut before = 0;
    for buyer in 0..asked.load(Ordering::Relaxed) {
        let answer = order_of(buyer).call(&mut conn).await;
        let row = ok(&answer);
        if let Some(key) = acknowledged.get(&buyer) {
            assert_eq!(
                row.int("replayed"),
                1,
                "T{buyer} was acknowledged and is lost"
            );
            assert_eq!(&row.str("order_key"), key);
            continue;
        }
        before += row.int("replayed"); // committed, and nobody heard of it
        let again = order_of(buyer).call(&mut conn).await;
        assert_eq!(ok(&again).int("replayed"), 1);
        assert_eq!(ok(&again).str("order_key"), row.str("order_key"));
    }
    assert!(
        before <= i64::try_from(CALLERS).unwrap(),
        "one call each was under way"
    );
    let orders = query(&mut admin, "SELECT COUNT(*) AS n FROM shop_orders")
        .await
        .unwrap();
    assert_eq!(
        orders.first().int("n"),
        i64::try_from(asked.load(Ordering::Relaxed)).unwrap()
    );
    let audit = query(&mut admin, "CALL shop_audit()").await.unwrap();
    assert!(audit.set(1).rows.is_empty(), "{:#?}", audit.set(1).rows);
}
