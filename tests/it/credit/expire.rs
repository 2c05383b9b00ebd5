//! Points whose time is over: not to be used by the clock, and taken off by the job, once.

use super::*;

async fn expire(db: &TestDb) -> i64 {
    let mut conn = db.conn_as_gateway().await;
    let done = call(&mut conn, "shop_credit_expire", (100,)).await.unwrap();
    done.first().int("expired")
}

/// The grants of a member are over, all of them.
async fn let_go(db: &TestDb, user: &str) {
    db.exec(&format!(
        "UPDATE shop_credit_grants SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND
         WHERE user_id = '{user}' AND expires_at IS NOT NULL"
    ))
    .await;
}

#[tokio::test]
async fn what_is_over_cannot_be_used_and_is_taken_off_once() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "700", Some("5")).await;
    give(&db, "u1", "point", "300", None).await;
    give(&db, "u2", "point", "50", Some("5")).await;
    assert_eq!(expire(&db).await, 0);
    let_go(&db, "u1").await;
    let mut conn = db.conn_as_gateway().await;
    let ids = [db.add_cart(1, "u1", "book", NO_OPTION, 1).await];
    let asked = quote(&ids, Some("301"), None);
    let refused = call(&mut conn, "shop_order_quote", asked)
        .await
        .unwrap_err();
    refused.expect_code("POINTS_NOT_ENOUGH");
    assert_eq!(refused.row().str("detail"), "balance 300.00");
    let shown = call(&mut conn, "select_shop_credits", (1, "u1", None::<&str>)).await;
    assert_eq!(shown.unwrap().first().str("points"), "300.00");
    assert_eq!(has(&db, "u1").await, "1000 0");
    let order = OrderCall::new("T1", &ids)
        .points(Some("300"))
        .client_total("9700");
    order.call(&mut conn).await.unwrap();
    assert_eq!(entries(&db, "T1").await, ["hold point 300"]);
    assert_eq!((expire(&db).await, expire(&db).await), (1, 0));
    assert_eq!(has(&db, "u1").await, "0 0");
    assert_eq!(has(&db, "u2").await, "50 0");
    db.assert_audit_clean().await;
}

/// What came back after its time is taken off then.
#[tokio::test]
async fn what_comes_back_too_late_is_taken_off() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "700", Some("5")).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 500, 0).await;
    order.call(&mut conn).await.unwrap();
    let_go(&db, "u1").await;
    assert_eq!(expire(&db).await, 1);
    assert_eq!(has(&db, "u1").await, "0 0");
    let failed = WalletMessage::failed("T1", "F1", "9500");
    settle(&mut conn, "notify", &failed).await.unwrap();
    assert_eq!(has(&db, "u1").await, "500 0");
    assert_eq!((expire(&db).await, expire(&db).await), (1, 0));
    assert_eq!(has(&db, "u1").await, "0 0");
    db.assert_audit_clean().await;
    for bad in [0, 10_001] {
        let refused = call(&mut conn, "shop_credit_expire", (bad,)).await;
        refused.unwrap_err().expect_code("INVALID_INPUT");
    }
}
