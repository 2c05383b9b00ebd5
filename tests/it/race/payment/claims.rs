//! Two orders that claim one transaction of a payment gateway at the same time.

use super::*;

/// What orders look like after all have claimed "W1": one is paid; the others still wait, and what was said of them has
/// to be looked up.
async fn assert_one_is_paid(db: &TestDb, numbers: &[String]) {
    let mut paid = 0;
    for number in numbers {
        let state = State::of(db, number).await;
        match state.status {
            2 => {
                paid += 1;
                assert_eq!(state.payments, ["W1 paid 10000.00"]);
            }
            1 => assert!(
                state.payments.is_empty() && state.units == "held",
                "{state:?}"
            ),
            other => panic!("{number} is in status {other}"),
        }
        let key = said("W1", &[number, "10000.00", "W1"]);
        let owed = format!("lookup {key} 10000.00 contradiction owed");
        let owed = (state.status == 1).then_some(owed);
        assert_eq!(state.duties, Vec::from_iter(owed));
    }
    assert_eq!((paid, db.count("shop_payments").await), (1, 1));
    db.assert_audit_finds_contradictions(numbers.len() - 1)
        .await;
}

#[tokio::test]
async fn a_claim_that_is_not_committed_yet_is_waited_for_and_then_believed() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET late_payment = 'refund'").await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["LATE", "T2"] {
        order(&db, &mut conn, number).await;
    }
    db.let_expire("LATE").await;
    call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
    // The first claim owes a refund: it is stopped after it has written its payment and before it commits.
    let holder = Holder::of(
        &db,
        "INSERT INTO shop_pg_duties (shop_id, pg, merchant_id, duty, duty_key, amount, reason, state, due_at,
             next_try_at, create_date)
         VALUES (1, 'wallet', 'M1', 'refund', 'W1', 0, 'test', 'owed', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6),
                 UTC_TIMESTAMP(6))",
    )
    .await;
    let mut first = sent(&db, "notify", &WalletMessage::paid("LATE", "W1", TOTAL)).await;
    first.wait_until_blocked().await;
    let mut second = sent(&db, "return", &WalletMessage::paid("T2", "W1", TOTAL)).await;
    second.wait_until_blocked().await;
    assert!(!first.is_finished());
    holder.let_go().await;

    assert_eq!(verdict_of(first).await, "late");
    let answer = second.finish().await.unwrap();
    assert_eq!(answer.first().str("verdict"), "contradiction");
    assert!(
        answer
            .first()
            .str("location")
            .ends_with("code=DUPLICATE_APPROVAL")
    );
    let late = State::of(&db, "LATE").await;
    assert_eq!(late.duties, ["refund W1 10000.00 late owed"]);
    let second = State::of(&db, "T2").await;
    assert_eq!((second.status, second.units.as_str()), (1, "held"));
    assert!(second.payments.is_empty());
    assert_eq!(second.duties.len(), 1);
    assert_eq!(db.count("shop_payments").await, 1);
    db.assert_audit_finds_contradictions(1).await;
}

#[tokio::test]
async fn two_orders_let_go_at_once_with_one_transaction_are_not_both_paid() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["T1", "T2"] {
        order(&db, &mut conn, number).await;
    }
    let holder = Holder::of(&db, "SELECT * FROM shop_orders FOR UPDATE").await;
    let mut claims = Vec::new();
    for (number, channel) in [("T1", "return"), ("T2", "notify")] {
        let mut claim = sent(&db, channel, &WalletMessage::paid(number, "W1", TOTAL)).await;
        claim.wait_until_blocked().await;
        claims.push(claim);
    }
    holder.let_go().await;
    let mut verdicts = Vec::new();
    for claim in claims {
        verdicts.push(verdict_of(claim).await);
    }
    verdicts.sort();
    assert_eq!(verdicts, ["contradiction", "paid"]);
    assert_one_is_paid(&db, &["T1".to_owned(), "T2".to_owned()]).await;
}

#[tokio::test]
async fn of_16_orders_that_claim_one_transaction_one_is_paid() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let numbers: Vec<String> = (0..16).map(|n| format!("T{n}")).collect();
    for number in &numbers {
        order(&db, &mut conn, number).await;
    }
    let verdicts = storm(&db, 16, |caller, mut conn| async move {
        let message = WalletMessage::paid(&format!("T{caller}"), "W1", TOTAL);
        settle_again(&mut conn, "notify", &message)
            .await
            .first()
            .str("verdict")
    })
    .await;
    assert_eq!(
        verdicts.iter().filter(|v| *v == "paid").count(),
        1,
        "{verdicts:?}"
    );
    assert_eq!(
        verdicts.iter().filter(|v| *v == "contradiction").count(),
        15,
        "{verdicts:?}"
    );
    assert_one_is_paid(&db, &numbers).await;
}

#[tokio::test]
async fn a_claim_that_is_taken_back_loses_nobody_their_payment() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let numbers: Vec<String> = (0..4).map(|n| format!("T{n}")).collect();
    for number in &numbers {
        order(&db, &mut conn, number).await;
    }
    let holder = Holder::of(
        &db,
        "INSERT INTO shop_payments (shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status,
             result_code, result_msg, approved_at, create_date, update_date)
         VALUES (1, NULL, 'wallet', 'M1', 'W1', 'W1', 1, 'unknown_order', '', '', '', UTC_TIMESTAMP(6),
                 UTC_TIMESTAMP(6))",
    )
    .await;
    let mut claims = Vec::new();
    for number in &numbers {
        let mut claim = sent(&db, "notify", &WalletMessage::paid(number, "W1", TOTAL)).await;
        claim.wait_until_blocked().await;
        claims.push((number, claim));
    }
    holder.let_go().await;
    // All wait for one new key whose owner goes: the engines make some of them deadlock. Nothing of those is left,
    // so that a repetition, which is what the catalogue tells the gateway to do, finds things as they are.
    for (number, claim) in claims {
        if let Err(error) = claim.finish().await {
            assert_eq!(error.errno, 1213);
            settle_again(
                &mut conn,
                "notify",
                &WalletMessage::paid(number, "W1", TOTAL),
            )
            .await;
        }
    }
    assert_one_is_paid(&db, &numbers).await;
    assert_eq!(db.count("shop_pg_messages").await, 4);
}

#[tokio::test]
async fn a_refused_transaction_that_is_approved_for_two_orders_at_once_pays_one() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["REFUSED", "T1", "T2"] {
        order(&db, &mut conn, number).await;
    }
    let refused = WalletMessage::failed("REFUSED", "W1", TOTAL);
    settle(&mut conn, "notify", &refused).await.unwrap();
    let holder = Holder::of_reservations(&db, "T1").await;
    let mut first = sent(&db, "notify", &WalletMessage::paid("T1", "W1", TOTAL)).await;
    first.wait_until_blocked().await;
    let mut second = sent(&db, "return", &WalletMessage::paid("T2", "W1", TOTAL)).await;
    second.wait_until_blocked().await;
    holder.let_go().await;
    assert_eq!(verdict_of(first).await, "paid");
    assert_eq!(verdict_of(second).await, "contradiction");
    assert_one_is_paid(&db, &["T1".to_owned(), "T2".to_owned()]).await;
}
