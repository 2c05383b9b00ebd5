//! `member.user_cash`, which the shop's own pages read and write, and `shop_credit_accounts` say the same.

use super::*;

async fn copy(db: &TestDb) -> String {
    db.text("SELECT user_cash FROM member WHERE shop_id = 1 AND user_id = 'u1'")
        .await
}

#[tokio::test]
async fn the_member_s_column_and_the_account_follow_each_other() {
    let db = TestDb::with_fixture().await;
    db.exec("DELETE FROM member WHERE shop_id = 1 AND user_id = 'u1'")
        .await;
    db.exec("INSERT INTO member (shop_id, user_id, cust_no, user_name, user_phone, user_cash) VALUES (1, 'u1', 1, 'U', '010-1111-2222', 3000)")
        .await;
    assert_eq!(has(&db, "u1").await, "0 3000");
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 0, 2000).await;
    order.call(&mut conn).await.unwrap();
    assert_eq!(copy(&db).await, "1000.00");
    db.exec("UPDATE member SET user_cash = user_cash + 500 WHERE user_id = 'u1'")
        .await;
    assert_eq!(has(&db, "u1").await, "0 1500");
    db.exec("UPDATE member SET user_cash = user_cash - 1200 WHERE user_id = 'u1'")
        .await;
    assert_eq!(has(&db, "u1").await, "0 300");
    give(&db, "u1", "cash", "70", None).await;
    assert_eq!(copy(&db).await, "370.00");
    let failed = WalletMessage::failed("T1", "F1", "8000");
    settle(&mut conn, "notify", &failed).await.unwrap();
    assert_eq!(copy(&db).await, "2370.00");
    db.exec("UPDATE member SET user_name = 'Renamed' WHERE user_id = 'u1'")
        .await;
    db.assert_audit_clean().await;
    // A debt is no cash, and stays until there is some.
    db.exec("UPDATE member SET user_cash = -100 WHERE user_id = 'u1'")
        .await;
    assert_eq!(has(&db, "u1").await, "0 0");
    assert_eq!(copy(&db).await, "-100.00");
    db.assert_audit_clean().await;
    give(&db, "u1", "cash", "40", None).await;
    assert_eq!(copy(&db).await, "40.00");
    db.assert_audit_clean().await;
}

/// While older procedures are loaded, no trigger tells of what pages write, and orders are paid and ended without a word of
/// points and cash.
#[tokio::test]
async fn what_older_procedures_and_pages_did_is_taken_over() {
    let db = TestDb::with_fixture().await;
    for user in ["u1", "u2"] {
        give(&db, user, "point", "500", None).await;
        give(&db, user, "cash", "500", None).await;
    }
    let mut conn = db.conn_as_gateway().await;
    for (number, user) in [("T1", "u1"), ("T2", "u2")] {
        let order = book(&db, number, user, 100, 200).await;
        order.call(&mut conn).await.unwrap();
    }
    for trigger in ["tr_member_updated", "tr_shop_orders_status"] {
        db.exec(&format!("DROP TRIGGER {trigger}")).await;
    }
    db.exec(
        "UPDATE member SET user_cash = user_cash + 7 WHERE shop_id = 1 AND user_id = 'u1';
         UPDATE member SET user_cash = user_cash - 300 WHERE shop_id = 1 AND user_id = 'u2';
         UPDATE shop_orders SET order_status = 2, paid_at = UTC_TIMESTAMP(6) WHERE order_number = 'T1';
         UPDATE shop_orders SET order_status = 12 WHERE order_number = 'T2'",
    )
    .await;
    let violations = "SELECT COUNT(*) FROM v_audit_credit";
    assert_eq!(db.int(violations).await, 4);
    let mut hand = db.conn().await;
    for changed in [4, 0] {
        let done = call(&mut hand, "_take_over", ()).await.unwrap();
        assert_eq!(done.first().int("credit_count"), changed);
        assert_eq!(db.int(violations).await, 0);
    }
    assert_eq!(has(&db, "u1").await, "400 307");
    assert_eq!(has(&db, "u2").await, "500 200");
    let used = "SELECT GROUP_CONCAT(action, ' ', kind ORDER BY entry_no) FROM shop_credit_ledger WHERE action IN ('use', 'release')";
    assert_eq!(
        db.text(used).await,
        "use point,use cash,release point,release cash"
    );
}
