//! Expiry beside a payment of the same order: whoever has the order's row first decides, the other one sees it.

use super::*;

/// A lapsed order of u1: one book, number T1.
async fn lapsed_order(db: &TestDb) -> (Conn, WalletMessage) {
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    ok(&OrderCall::new("T1", &[cart_id])
        .client_total("10000")
        .call(&mut conn)
        .await);
    db.let_expire("T1").await;
    (conn, WalletMessage::paid("T1", "P1", "10000"))
}

async fn pay(db: &TestDb, message: &WalletMessage) -> Running {
    Running::call(
        db,
        "shop_order_update",
        ("wallet", "M1", "notify", message.json()),
    )
    .await
}

#[tokio::test]
async fn expiry_passes_over_an_order_that_is_being_paid() {
    let db = TestDb::with_fixture().await;
    let (mut conn, message) = lapsed_order(&db).await;
    let holds = Holder::reservations(&db, "T1").await;
    let mut paying = pay(&db, &message).await;
    paying.wait_until_blocked().await; // with the order locked
    let expired = call(&mut conn, "shop_order_expire", (100,)).await;
    assert_eq!(ok(&expired).int("expired"), 0);
    assert_eq!(ok(&expired).int("failed"), 0);
    holds.release().await;
    assert_eq!(ok(&paying.finish().await).str("verdict"), "paid");
    let expired = call(&mut conn, "shop_order_expire", (100,)).await;
    assert_eq!(ok(&expired).int("expired"), 0);
    assert_eq!(status(&db, "T1").await, 2);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
    assert_eq!(db.count("shop_pg_duties").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_payment_that_comes_while_an_order_expires_is_owed_back_where_the_shop_says_so() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET late_payment = 'refund'").await;
    let (_, message) = lapsed_order(&db).await;
    let stock = Holder::stock(&db, "book", NO_OPTION).await;
    let mut expiring = Running::call(&db, "shop_order_expire", (100,)).await;
    expiring.wait_until_blocked().await; // with the order locked
    let mut paying = pay(&db, &message).await;
    paying.wait_until_blocked().await;
    stock.release().await;
    assert_eq!(ok(&expiring.finish().await).int("expired"), 1);
    let paid = paying.finish().await;
    assert_eq!(ok(&paid).str("verdict"), "late");
    assert_eq!(ok(&paid).str("body"), "OK", "acknowledged all the same");
    assert_eq!(status(&db, "T1").await, 10);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    let duty = db
        .row("SELECT duty, state, amount FROM shop_pg_duties")
        .await;
    assert_eq!(duty.str("duty"), "refund");
    assert_eq!(duty.str("state"), "owed");
    assert_eq!(duty.str("amount"), "10000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_that_was_paid_since_the_job_looked_is_left_alone() {
    let db = TestDb::with_fixture().await;
    let (mut conn, message) = lapsed_order(&db).await;
    // An older one, at whose stock the job waits; it has the list of both by then.
    let cart_id = db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
    let older = OrderCall::new("T0", &[cart_id])
        .user(1, "u2")
        .client_total("7000");
    ok(&older.call(&mut conn).await);
    db.let_expire("T0").await;
    db.exec(
        "UPDATE shop_orders o JOIN shop_stock_reservations r ON r.order_seq_no = o.seq_no
         SET o.expires_at = o.expires_at - INTERVAL 1 HOUR, r.expires_at = r.expires_at - INTERVAL 1 HOUR
         WHERE o.order_number = 'T0'",
    )
    .await;
    let stock = Holder::stock(&db, "last", NO_OPTION).await;
    let mut expiring = Running::call(&db, "shop_order_expire", (100,)).await;
    expiring.wait_until_blocked().await;
    let paid = settle(&mut conn, "notify", &message).await;
    assert_eq!(ok(&paid).str("verdict"), "paid");
    stock.release().await;
    let expired = expiring.finish().await;
    assert_eq!(ok(&expired).int("expired"), 1);
    assert_eq!(ok(&expired).int("failed"), 0);
    assert_eq!(status(&db, "T0").await, 10);
    assert_eq!(status(&db, "T1").await, 2);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn money_that_comes_before_the_job_is_in_time() {
    // Lapsed means reclaimable, not dead: nobody has reclaimed it.
    let db = TestDb::with_fixture().await;
    let (mut conn, message) = lapsed_order(&db).await;
    let paid = settle(&mut conn, "return", &message).await;
    assert_eq!(ok(&paid).str("verdict"), "paid");
    assert_eq!(status(&db, "T1").await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn expiry_and_payment_in_a_storm_end_every_order_once() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET late_payment = 'refund'").await;
    let mut conn = db.conn_as_gateway().await;
    for number in 0..12 {
        let user = format!("u{}", number % 9 + 1);
        let cart_id = db.add_cart(1, &user, "book", NO_OPTION, 1).await;
        let number = format!("T{number}");
        let order = OrderCall::new(&number, &[cart_id])
            .user(1, &user)
            .client_total("10000");
        ok(&order.call(&mut conn).await);
        db.let_expire(&number).await;
    }
    storm(&db, 14, |number, mut conn| async move {
        if number < 12 {
            let message =
                WalletMessage::paid(&format!("T{number}"), &format!("P{number}"), "10000");
            ok(&settle(&mut conn, "notify", &message).await);
        } else {
            for _ in 0..3 {
                let expired = call(&mut conn, "shop_order_expire", (100,)).await;
                assert_eq!(ok(&expired).int("failed"), 0);
            }
        }
    })
    .await;
    let row = db
        .row(
            "SELECT CAST(SUM(order_status = 2) AS SIGNED) AS paid, CAST(SUM(order_status = 10) AS SIGNED) AS expired
             FROM shop_orders",
        )
        .await;
    assert_eq!(row.int("paid") + row.int("expired"), 12);
    assert_eq!(
        db.free_stock("book", NO_OPTION).await,
        100 - row.int("paid")
    );
    assert_eq!(db.count("shop_pg_duties").await, row.int("expired"));
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
