//! `shop_order_complete`, `shop_orders_complete`: a paid order is complete, and earns points, once.

use super::*;

async fn paid(db: &TestDb, number: &str, user: &str) {
    let mut conn = db.conn_as_gateway().await;
    let order = book(db, number, user, 0, 0).await;
    order.call(&mut conn).await.unwrap();
    let paid = WalletMessage::paid(number, &format!("P-{number}"), "10000");
    settle(&mut conn, "notify", &paid).await.unwrap();
}

#[tokio::test]
async fn a_buyer_completes_an_order_and_has_its_points_once() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET point_earn_rate = 0.0125, point_days = 365 WHERE shop_id = 1")
        .await;
    give(&db, "u1", "point", "1001", None).await;
    give(&db, "u1", "cash", "2000", None).await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[lamp])
        .points(Some("1001"))
        .cash(Some("2000"))
        .client_total("19999");
    order.call(&mut conn).await.unwrap();
    let complete = (1, "u1", "T1");
    let early = call(&mut conn, "shop_order_complete", complete).await;
    early.unwrap_err().expect_code("STATE_NOT_ALLOWED");
    let message = WalletMessage::paid("T1", "P1", "19999");
    settle(&mut conn, "notify", &message).await.unwrap();
    let other = call(&mut conn, "shop_order_complete", (1, "u2", "T1")).await;
    other.unwrap_err().expect_code("ORDER_NOT_FOUND");
    // 18,999 × 0.0125 = 237.4…: goods after points; cash is money, delivery earns nothing.
    for replayed in [0, 1] {
        let done = call(&mut conn, "shop_order_complete", complete).await;
        let done = done.unwrap();
        assert_eq!(done.first().int("replayed"), replayed);
        assert_eq!(done.first().int("order_status"), 6);
        assert_eq!(done.first().str("points_earned"), "237.00");
    }
    assert_eq!(has(&db, "u1").await, "237 0");
    let days = "SELECT DATEDIFF(expires_at, granted_at) FROM shop_credit_grants WHERE order_seq_no IS NOT NULL";
    assert_eq!(db.int(days).await, 365);
    db.assert_audit_clean().await;
}

/// Two at once are one.
#[tokio::test]
async fn ten_at_once_complete_it_once() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET point_earn_rate = 0.01, complete_days = 0 WHERE shop_id = 1")
        .await;
    paid(&db, "T1", "u1").await;
    db.let_expire("T1").await;
    let answers = storm(&db, 10, |caller, mut conn| async move {
        if caller % 2 == 0 {
            call(&mut conn, "shop_order_complete", (1, "u1", "T1")).await
        } else {
            call(&mut conn, "shop_orders_complete", (10,)).await
        }
    })
    .await;
    for answer in answers {
        answer.unwrap();
    }
    assert_eq!(has(&db, "u1").await, "100 0");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn some_days_after_payment_it_is_complete_by_itself() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET point_earn_rate = 0.01 WHERE shop_id = 1")
        .await;
    for (number, days) in [("T6", 6), ("T7", 7), ("T8", 8), ("T90", 90)] {
        paid(&db, number, "u1").await;
        db.exec(&format!(
            "UPDATE shop_orders SET paid_at = paid_at - INTERVAL {days} DAY,
                 expires_at = expires_at - INTERVAL {days} DAY - INTERVAL 1 HOUR
             WHERE order_number = '{number}'"
        ))
        .await;
    }
    // Paid after its time was over: so long ago is the payment that counts.
    db.exec("UPDATE shop_orders SET paid_at = UTC_TIMESTAMP(6) WHERE order_number = 'T8'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let mut run = async |batch: Option<i64>| {
        let done = call(&mut conn, "shop_orders_complete", (batch,)).await?;
        Ok::<_, CallError>(done.first().int("completed"))
    };
    assert_eq!(run(None).await.unwrap(), 0, "the shop says no days");
    db.exec("UPDATE shops SET complete_days = 7 WHERE shop_id = 1")
        .await;
    assert_eq!(run(Some(10)).await.unwrap(), 1);
    assert_eq!(run(Some(10)).await.unwrap(), 0);
    for bad in [0, 10_001] {
        let refused = run(Some(bad)).await.unwrap_err();
        refused.expect_code("INVALID_INPUT");
    }
    let complete = "SELECT GROUP_CONCAT(order_number) FROM shop_orders WHERE order_status = 6";
    assert_eq!(db.text(complete).await, "T7");
    assert_eq!(has(&db, "u1").await, "100 0");
}

/// A shop that says by moves of its own when goods are on their way: before that, an order has not arrived.
#[tokio::test]
async fn what_the_shop_still_moves_on_is_not_complete_by_itself() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shops SET complete_days = 0 WHERE shop_id = 1;
         INSERT INTO shop_order_transitions (from_status, action, actor, to_status)
         VALUES (2, 'prepare', 'shop', 3), (3, 'ship', 'shop', 4), (2, 'take_back', 'shop', 8)",
    )
    .await;
    for number in ["T2", "T3", "T4"] {
        paid(&db, number, "u1").await;
        db.let_expire(number).await;
    }
    let moved = |from: u32, number: &str| {
        format!(
            "INSERT INTO shop_order_logs
                 (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
             SELECT seq_no, UTC_TIMESTAMP(6), {from}, {from} + 1, 'move', 'shop', 'pages', ''
             FROM shop_orders WHERE order_number = '{number}';
             UPDATE shop_orders SET order_status = {from} + 1 WHERE order_number = '{number}'"
        )
    };
    for (from, number) in [(2, "T3"), (2, "T4"), (3, "T4")] {
        db.exec(&moved(from, number)).await;
    }
    let mut conn = db.conn_as_gateway().await;
    let done = call(&mut conn, "shop_orders_complete", (10,))
        .await
        .unwrap();
    assert_eq!(done.first().int("completed"), 1);
    let statuses = "SELECT GROUP_CONCAT(order_number, ' ', order_status ORDER BY order_number) FROM shop_orders";
    assert_eq!(db.text(statuses).await, "T2 2,T3 3,T4 6");
}

/// Points are for members.
#[tokio::test]
async fn a_guest_earns_nothing() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET point_earn_rate = 0.01 WHERE shop_id = 1")
        .await;
    let row = db.add_cart(1, "guest-1", "book", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    let order = crate::race::guest_order("T1", "guest-1", &[row], "10000");
    order.call(&mut conn).await.unwrap();
    let message = WalletMessage::paid("T1", "P1", "10000");
    settle(&mut conn, "notify", &message).await.unwrap();
    let done = call(&mut conn, "shop_order_complete", (1, "guest-1", "T1")).await;
    assert_eq!(done.unwrap().first().str("points_earned"), "0.00");
    assert_eq!(db.count("shop_credit_accounts").await, 0);
}
