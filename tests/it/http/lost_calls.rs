//! Calls that somebody kills in the database while they wait: what may be repeated is, what may not be is said to be
//! unknown, and no half of a transaction stays behind.

use super::*;
use std::time::Duration;

/// Numbers of this database's connections that wait for a row lock.
async fn waiting(db: &TestDb) -> Vec<u32> {
    // While a routine runs, the server shows its definer as the user.
    let rows = db
        .rows(&format!(
            "SELECT ID FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER LIKE 'jumun%'"
        ))
        .await;
    let mut watcher = db.conn().await;
    let mut waiting = Vec::new();
    for row in rows {
        let id = u32::try_from(row.int("ID")).expect("a number");
        if blocked_on_row(&mut watcher, id).await {
            waiting.push(id);
        }
    }
    waiting
}

/// Kills whatever waits, once as many connections wait as should.
async fn kill(db: &TestDb, how: &str, count: usize) -> Vec<u32> {
    eventually("the calls wait", || async {
        waiting(db).await.len() == count
    })
    .await;
    let ids = waiting(db).await;
    for id in &ids {
        db.exec(&format!("KILL {how} {id}")).await;
    }
    ids
}

async fn killed(how: &str) {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1'), (1, 'u2')")
        .await;
    let mut holder = db.conn().await;
    // The order is caught at its last step, with everything written but the commit; the addition at its first.
    let hold = "BEGIN; SELECT * FROM shop_stock FOR UPDATE;
                SELECT * FROM shop_cart_headers WHERE user_id = 'u2' FOR UPDATE";
    holder.query_drop(hold).await.expect("locks");
    let body = order_body("T1", &[cart_id], "10000");
    let order = tokio::spawn(Reply::of(
        gateway.shop(Method::POST, "/v1/orders", "u1").json(&body),
    ));
    let book = json!({"product_id": "book", "quantity": 1});
    let add = tokio::spawn(Reply::of(
        gateway
            .shop(Method::POST, "/v1/cart/items", "u2")
            .json(&book),
    ));
    let first = kill(&db, how, 2).await;

    let lost = add.await.expect("no panic");
    let problem = lost.problem(504, "OUTCOME_UNKNOWN");
    assert_eq!(
        problem["retryable"], false,
        "it is not simply to be repeated"
    );
    // The order is sent again by the gateway itself, and waits again.
    eventually("the order waits again", || async {
        let now = waiting(&db).await;
        now.len() == 1 && !first.contains(&now[0])
    })
    .await;
    assert!(!order.is_finished());
    holder.query_drop("COMMIT").await.expect("the locks' end");
    assert_eq!(order.await.expect("no panic").ok()["replayed"], 0);

    // Nobody's half is left: not in the tables, and not as a lock that others wait for.
    assert_eq!(get(&gateway, "/v1/cart", "u2").await.ok()["cart_count"], 0);
    let limit = Duration::from_secs(3);
    let again = tokio::time::timeout(limit, post(&gateway, "/v1/cart/items", "u2", &book)).await;
    assert_eq!(
        again.expect("no lock is left").ok()["lines"][0]["quantity"],
        1
    );
    assert_eq!(
        (
            db.count("shop_orders").await,
            db.free_stock("book", NO_OPTION).await
        ),
        (1, 99)
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_call_whose_connection_is_killed() {
    killed("CONNECTION").await;
}

#[tokio::test]
async fn a_call_that_is_killed_but_for_its_connection() {
    killed("QUERY").await;
}

#[tokio::test]
async fn a_message_of_a_payment_gateway_that_is_killed_is_taken_in_again() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_stock_reservations FOR UPDATE")
        .await
        .expect("locks");
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    let notify = tokio::spawn(Reply::of(
        gateway
            .request(Method::POST, "/pg/wallet/M1/notify")
            .form(&message),
    ));
    kill(&db, "CONNECTION", 1).await;
    eventually("it waits again", || async { waiting(&db).await.len() == 1 }).await;
    holder.query_drop("COMMIT").await.expect("the locks' end");
    let reply = notify.await.expect("no panic");
    assert_eq!((reply.status, reply.text.as_str()), (200, "OK"));
    let order = get(&gateway, &db.order_path("T1").await, "u1").await.ok();
    assert_eq!(order["order_status"], 2);
    assert_eq!(db.count("shop_pg_messages").await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_routine_that_forgets_to_end_its_transaction_keeps_nothing_locked() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    db.exec(
        "INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1');
         DROP PROCEDURE select_shop_cart;
         CREATE DEFINER = 'jumun_definer'@'localhost'
         PROCEDURE select_shop_cart(pi_shop_id INT UNSIGNED, pi_user_id TEXT, pi_event TEXT)
         BEGIN
             START TRANSACTION;
             UPDATE shop_cart_headers SET version = version + 1;
             SELECT 'OK' AS result, 0 AS cart_count;
         END;
         GRANT EXECUTE ON PROCEDURE select_shop_cart TO 'jumun_gateway'@'%'",
    )
    .await;
    get(&gateway, "/v1/cart", "u1").await.ok();
    let mut other = db.conn().await;
    let write = "SET innodb_lock_wait_timeout = 3; UPDATE shop_cart_headers SET version = 100";
    other.query_drop(write).await.expect("nobody holds the row");
    assert_eq!(db.int("SELECT version FROM shop_cart_headers").await, 100);
}
