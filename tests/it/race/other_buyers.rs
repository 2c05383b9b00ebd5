//! No buyer waits for another buyer's cart, and setting stock waits for nobody twice.

use crate::support::*;

/// A session that waits for a row no longer than a second.
async fn impatient(db: &TestDb) -> Conn {
    let mut conn = db.conn_as_gateway().await;
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    conn
}

async fn hold_stock(db: &TestDb, product: &str) -> Conn {
    let mut holder = db.conn().await;
    holder
        .query_drop(format!(
            "START TRANSACTION; SELECT free FROM shop_stock WHERE shop_id = 1 AND product_id = '{product}'
             AND option_hash = '__noopt__' AND slot = 0 FOR UPDATE"
        ))
        .await
        .unwrap();
    holder
}

#[tokio::test]
async fn an_order_does_not_wait_for_the_cart_rows_of_another_buyers_order() {
    let db = TestDb::with_fixture().await;
    let mine = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let theirs = db.add_cart(1, "u2", "lamp", NO_OPTION, 1).await;
    let holder = hold_stock(&db, "lamp").await;
    let order = OrderCall::new("T2", &[theirs])
        .user(1, "u2")
        .client_total("23000");
    let mut waiting = Running::order(&db, order).await;
    waiting.wait_until_blocked().await;
    let mut conn = impatient(&db).await;
    let order = OrderCall::new("T1", &[mine]).client_total("10000");
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().str("result"), "OK");
    drop(holder);
    waiting.finish().await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn deleting_from_a_cart_does_not_wait_for_another_buyers_order() {
    let db = TestDb::with_fixture().await;
    let mine = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let theirs = db.add_cart(1, "u2", "lamp", NO_OPTION, 1).await;
    let holder = hold_stock(&db, "lamp").await;
    let order = OrderCall::new("T2", &[theirs])
        .user(1, "u2")
        .client_total("23000");
    let mut waiting = Running::order(&db, order).await;
    waiting.wait_until_blocked().await;
    let mut conn = impatient(&db).await;
    let answer = call(
        &mut conn,
        "delete_shop_cart",
        (1, "u1", format!("[{mine}]")),
    )
    .await
    .unwrap();
    assert_eq!(answer.first().int("deleted"), 1);
    drop(holder);
    waiting.finish().await.unwrap();
}

#[tokio::test]
async fn putting_a_cart_back_does_not_keep_others_from_filling_theirs() {
    let db = TestDb::with_fixture().await;
    let mut conn = impatient(&db).await;
    let cart_id = db.add_cart(1, "u5", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id])
        .user(1, "u5")
        .client_total("10000");
    // Somebody reads for long: the deleted cart row stays where it was.
    let mut reader = db.conn().await;
    reader
        .query_drop("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT")
        .await
        .unwrap();
    let _: Vec<u64> = reader
        .query("SELECT COUNT(*) FROM shop_cart")
        .await
        .unwrap();
    order.call(&mut conn).await.unwrap();
    let holder = hold_stock(&db, "book").await;
    let mut waiting = Running::call(&db, "shop_order_restore_cart", (1, "u5", "T1")).await;
    waiting.wait_until_blocked().await;
    for user in ["u4", "u6", "a", "z"] {
        let none: Option<String> = None;
        let answer = call(&mut conn, "add_shop_cart", (1, user, "book", none, "1")).await;
        answer.unwrap_or_else(|e| panic!("{user}: {e}"));
    }
    drop(holder);
    waiting.finish().await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn setting_the_stock_of_one_product_from_many_sides_never_deadlocks() {
    let db = TestDb::with_fixture().await;
    db.exec("DELETE FROM shop_stock WHERE product_id = 'pen'; DROP TRIGGER IF EXISTS tr_shop_stock_ledger_delete; DELETE FROM shop_stock_ledger WHERE product_id = 'pen'")
        .await;
    let mut conns = Vec::new();
    for _ in 0..12 {
        conns.push(db.conn_as_operator().await);
    }
    let setters = conns.into_iter().enumerate().map(|(number, mut conn)| {
        tokio::spawn(async move {
            let mut errors = Vec::new();
            for round in 0..15 {
                let units = (number * 100 + round).to_string();
                let set = (1, "pen", None::<String>, "free", units, "storm");
                if let Err(error) = call(&mut conn, "shop_stock_set", set).await {
                    errors.push(error.errno);
                }
            }
            errors
        })
    });
    for setter in setters.collect::<Vec<_>>() {
        assert_eq!(setter.await.unwrap(), Vec::<u16>::new());
    }
    db.assert_audit_clean().await;
}
