//! Row 2: the slower the server, the more copies of an order. Clients that give up early and try again with the same
//! key, while nothing moves for seconds, get one order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;

#[tokio::test]
async fn impatient_clients_get_one_order_however_often_they_repeat() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("43000");
    let header = Holder::cart_header(&db, "u1").await;

    let db = Arc::new(db);
    let given_up = Arc::new(AtomicUsize::new(0));
    let mut clients = Vec::new();
    for _ in 0..4 {
        let (db, order, given_up) = (db.clone(), order.clone(), given_up.clone());
        clients.push(tokio::spawn(async move {
            loop {
                // A new connection each time: the old call goes on in the server, with nobody to hear it.
                let mut conn = db.conn_as_gateway().await;
                match tokio::time::timeout(Duration::from_millis(250), order.call(&mut conn)).await
                {
                    Ok(answer) => return answer,
                    Err(_) => given_up.fetch_add(1, Ordering::Relaxed),
                };
            }
        }));
    }
    tokio::time::sleep(Duration::from_secs(2)).await; // the stall itself
    header.release().await;
    let mut keys = Vec::new();
    for client in clients {
        keys.push(ok(&client.await.unwrap()).str("order_key"));
    }
    let abandoned = given_up.load(Ordering::Relaxed);
    assert!(abandoned >= 8, "only {abandoned} calls were given up");

    // Also after the abandoned calls have had their turn.
    let others = format!(
        "SELECT COUNT(*) FROM {PROCESSLIST}
         WHERE DB = DATABASE() AND USER = 'jumun_gateway' AND COMMAND <> 'Sleep'"
    );
    eventually("the abandoned calls end", || async {
        db.int(&others).await == 0
    })
    .await;
    keys.dedup();
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert_eq!(db.count("shop_orders").await, 1);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98);
    db.assert_audit_clean().await;
}
