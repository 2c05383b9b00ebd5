//! Approval numbers of a gateway that has some beside its transaction numbers: each settles one transaction, and money
//! that comes under a used one is neither taken for an order nor forgotten.

use super::*;

async fn with_approvals() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_pg_adapters SET field_approval_no = 'apprNo'")
        .await;
    db
}

fn approved(number: &str, transaction: &str, approval: &str) -> WalletMessage {
    WalletMessage::paid(number, transaction, TOTAL).with("apprNo", approval)
}

async fn verdict(conn: &mut Conn, message: &WalletMessage) -> String {
    let answer = settle(conn, "notify", message).await.unwrap();
    assert_eq!(answer.first().str("body"), "OK");
    answer.first().str("verdict")
}

#[tokio::test]
async fn one_approval_number_settles_one_transaction() {
    let db = with_approvals().await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["T1", "T2", "T3"] {
        order(&db, &mut conn, number).await;
    }
    let first = approved("T1", "W1", "A1");
    assert_eq!(verdict(&mut conn, &first).await, "paid");
    let again = approved("T2", "W2", "A1");
    assert_eq!(verdict(&mut conn, &again).await, "approval_reused");
    assert_eq!(verdict(&mut conn, &again).await, "repeated");
    let state = State::of(&db, "T2").await;
    assert_eq!(state.status, 1);
    assert_eq!(state.payments, ["W2 approval_reused 10000.00"]);
    assert_eq!(state.duties, ["lookup W2 10000.00 approval_reused owed"]);
    // A refusal has no approval number, whatever the field says.
    let refused = WalletMessage::failed("T3", "W3", TOTAL).with("apprNo", "A1");
    assert_eq!(verdict(&mut conn, &refused).await, "failed");
    let other = approved("T2", "W4", "A2");
    assert_eq!(verdict(&mut conn, &other).await, "paid");
    let approvals =
        "SELECT GROUP_CONCAT(CONCAT_WS(' ', pg_tx, COALESCE(approval_no, '-')) ORDER BY seq_no)
                     FROM shop_payments";
    assert_eq!(db.text(approvals).await, "W1 A1,W2 -,W3 -,W4 A2");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_refused_transaction_that_is_approved_later_under_a_used_number_is_recorded() {
    let db = with_approvals().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    order(&db, &mut conn, "T2").await;
    assert_eq!(
        verdict(&mut conn, &approved("T1", "W1", "A1")).await,
        "paid"
    );
    let refused = WalletMessage::failed("T2", "W2", TOTAL);
    assert_eq!(verdict(&mut conn, &refused).await, "failed");
    let late = approved("T2", "W2", "A1");
    assert_eq!(verdict(&mut conn, &late).await, "approval_reused");
    let state = State::of(&db, "T2").await;
    assert_eq!(state.payments, ["W2 approval_reused 10000.00"]);
    assert_eq!(state.duties, ["lookup W2 10000.00 approval_reused owed"]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_transaction_named_like_an_approval_is_recorded() {
    let db = with_approvals().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    order(&db, &mut conn, "T2").await;
    assert_eq!(
        verdict(&mut conn, &approved("T1", "W1", "12345678")).await,
        "paid"
    );
    let odd = approved("T2", "12345678", "12345678");
    assert_eq!(verdict(&mut conn, &odd).await, "approval_reused");
    assert_eq!(State::of(&db, "T2").await.duties.len(), 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_refused_transaction_of_one_order_may_be_approved_for_another() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    order(&db, &mut conn, "T2").await;
    let refused = WalletMessage::failed("T1", "W1", TOTAL);
    assert_eq!(verdict(&mut conn, &refused).await, "failed");
    let paid = WalletMessage::paid("T2", "W1", TOTAL);
    assert_eq!(verdict(&mut conn, &paid).await, "paid");
    assert_eq!(State::of(&db, "T2").await.payments, ["W1 paid 10000.00"]);
    assert_eq!(State::of(&db, "T1").await.status, 12);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn blanks_around_names_do_not_make_other_names() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let paid = WalletMessage::paid("T1", "W1", TOTAL);
    assert_eq!(verdict(&mut conn, &paid).await, "paid");
    // Neither is it taken for the other one, nor is it one of this wallet's.
    let before = db.snapshot().await;
    for (number, transaction) in [("T1 ", "W1"), ("T1", "W1 "), (" T1", "W1"), ("T1", " W1")] {
        let spaced = WalletMessage::paid(number, transaction, TOTAL);
        let error = settle(&mut conn, "return", &spaced).await.unwrap_err();
        error.expect_code("SIGNATURE_INVALID");
    }
    assert_eq!(db.snapshot().await, before);
    db.assert_audit_clean().await;
}
