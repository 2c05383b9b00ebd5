//! A hash over joined fields proves the characters, not where one field ends and the next begins: whoever holds an
//! approved message must not be able to move characters between its fields.

use super::*;

/// The wallet as it should be configured: its transaction numbers and times have a form.
async fn strict_wallet(db: &TestDb) {
    db.exec(
        "UPDATE shop_pg_adapters SET pattern_pg_tx = 'W[0-9a-f]{8}', pattern_approved_at = '[0-9]{14}'
         WHERE merchant_id = 'M1'",
    )
    .await;
}

/// The same characters under the same hash, cut at other places.
fn recut(message: &WalletMessage, fields: [(&str, &str); 4]) -> WalletMessage {
    fields
        .into_iter()
        .fold(message.clone(), |message, (name, value)| {
            message.tamper(name, value)
        })
}

#[tokio::test]
async fn digits_cannot_be_moved_from_the_transaction_to_the_amount() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T-1").await;
    // Truly approved: 0 won for T-11; cut again it says 10,000 for T-1.
    let cheap = WalletMessage::paid("T-11", "W00000001", "0000");
    let forged = recut(
        &cheap,
        [
            ("mTrdNo", "T-1"),
            ("trdNo", "1W0000000"),
            ("trdAmt", "10000"),
            ("authDt", "20261120120000"),
        ],
    );
    // Where nothing says what a transaction number looks like, the trick works: this is what the pattern is for.
    let lax = TestDb::with_fixture().await;
    let mut lax_conn = lax.conn_as_gateway().await;
    order(&lax, &mut lax_conn, "T-1").await;
    let answer = settle(&mut lax_conn, "return", &forged).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");

    strict_wallet(&db).await;
    let before = db.snapshot().await;
    for channel in ["return", "notify"] {
        let error = settle(&mut conn, channel, &forged).await.unwrap_err();
        error.expect_code("SIGNATURE_INVALID");
    }
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn a_refund_cannot_be_invented_from_an_approved_message() {
    let db = TestDb::with_fixture().await;
    strict_wallet(&db).await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T-2").await;
    let message = WalletMessage::paid("T-2", "W01a1f799", TOTAL);
    let answer = settle(&mut conn, "notify", &message).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    let before = db.snapshot().await;
    for (transaction, amount, time) in [
        ("W01a1f7", "9910000", "20261120120000"),
        ("W01a1f799", "1000020261120", "120000"),
        ("W01a1f799", "100002026112012", "0000"),
        ("W01a1f7991", "0000", "20261120120000"),
    ] {
        let forged = recut(
            &message,
            [
                ("mTrdNo", "T-2"),
                ("trdNo", transaction),
                ("trdAmt", amount),
                ("authDt", time),
            ],
        );
        let error = settle(&mut conn, "return", &forged).await.unwrap_err();
        error.expect_code("SIGNATURE_INVALID");
    }
    assert_eq!(db.snapshot().await, before);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_hash_without_the_key_in_it_cannot_be_configured() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let error = query(
        &mut conn,
        "UPDATE shop_pg_adapters SET hash_template = '{rsltCd}{mTrdNo}'",
    )
    .await
    .unwrap_err();
    assert!(matches!(error.errno, 3819 | 4025), "{}", error.errno);
}

#[tokio::test]
async fn a_shop_can_move_to_another_account_while_messages_for_the_old_one_still_count() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    db.exec("UPDATE shop_pg_adapters SET is_enabled = 0").await;
    db.copy_adapter(1, "M9").await;
    db.exec("UPDATE shop_pg_adapters SET is_enabled = 1 WHERE merchant_id = 'M9'")
        .await;
    order(&db, &mut conn, "T2").await;
    let accounts = "SELECT GROUP_CONCAT(merchant_id ORDER BY seq_no) FROM shop_orders";
    assert_eq!(db.text(accounts).await, "M1,M9");
    let old = settle(&mut conn, "notify", &WalletMessage::paid("T1", "W1", TOTAL))
        .await
        .unwrap();
    assert_eq!(old.first().str("verdict"), "paid");
    // Two accounts that take new orders would leave open which one does.
    let mut admin = db.conn().await;
    let error = query(&mut admin, "UPDATE shop_pg_adapters SET is_enabled = 1")
        .await
        .unwrap_err();
    assert_eq!(error.errno, 1062);
}
