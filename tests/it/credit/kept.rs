//! What was written stays, and what a hand has changed is found.

use super::*;

#[tokio::test]
async fn entries_and_shares_stay_as_they_are() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "500", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 100, 0).await;
    order.call(&mut conn).await.unwrap();
    let mut hand = db.conn().await;
    for table in ["shop_credit_ledger", "shop_order_credit_lines"] {
        for what in [
            format!("UPDATE {table} SET amount = 1"),
            format!("DELETE FROM {table}"),
        ] {
            let refused = query(&mut hand, &what).await.unwrap_err();
            assert_eq!(refused.message, "ROW_IS_KEPT", "{what}");
        }
    }
}

#[tokio::test]
async fn a_hand_is_found() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "500", None).await;
    give(&db, "u1", "cash", "500", None).await;
    let mut conn = db.conn_as_gateway().await;
    for (number, end) in [("T1", "open"), ("T2", "paid"), ("T3", "failed")] {
        let order = book(&db, number, "u1", 50, 60).await;
        order.call(&mut conn).await.unwrap();
        let message = match end {
            "paid" => WalletMessage::paid(number, number, "9890"),
            _ => WalletMessage::failed(number, number, "9890"),
        };
        if end != "open" {
            settle(&mut conn, "notify", &message).await.unwrap();
        }
    }
    db.assert_audit_clean().await;
    for (hand, undo) in [
        (
            "UPDATE shop_credit_grants SET left_amount = left_amount - 1 WHERE grant_no = 1",
            "UPDATE shop_credit_grants SET left_amount = left_amount + 1 WHERE grant_no = 1",
        ),
        (
            "UPDATE shop_credit_grants SET amount = amount + 1 WHERE grant_no = 1",
            "UPDATE shop_credit_grants SET amount = amount - 1 WHERE grant_no = 1",
        ),
        (
            "UPDATE shop_credit_accounts SET balance = balance + 1 WHERE kind = 'point'",
            "UPDATE shop_credit_accounts SET balance = balance - 1 WHERE kind = 'point'",
        ),
        (
            "UPDATE shop_credit_grants SET user_id = 'u2' WHERE grant_no = 2",
            "UPDATE shop_credit_grants SET user_id = 'u1' WHERE grant_no = 2",
        ),
        (
            "INSERT INTO shop_order_credit_lines SELECT seq_no, 'point', 9, 1 FROM shop_orders WHERE order_number = 'T1'",
            "SET @undone = 1",
        ),
    ] {
        let mut by = db.conn().await;
        query(&mut by, hand).await.unwrap();
        let found = "SELECT COUNT(*) FROM v_audit_credit";
        assert!(db.int(found).await > 0, "{hand}");
        query(&mut by, undo).await.unwrap();
        if !undo.starts_with("SET") {
            assert_eq!(db.int(found).await, 0, "{undo}");
        }
    }
}
