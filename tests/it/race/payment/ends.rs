//! A payment meets the end of its order: expiry, refusal, or the buyer who takes the cart back. Each in both orders,
//! the one that comes second waiting for the one that is in the middle of its work.

use super::*;

fn approved() -> WalletMessage {
    WalletMessage::paid("T1", "W1", TOTAL)
}

async fn lapsed_order(db: &TestDb) {
    let mut conn = db.conn_as_gateway().await;
    order(db, &mut conn, "T1").await;
    db.let_expire("T1").await;
}

async fn assert_paid(db: &TestDb) {
    let state = State::of(db, "T1").await;
    assert_eq!(
        (state.status, state.units.as_str(), state.free),
        (2, "sold", 99)
    );
    assert_eq!(state.payments, ["W1 paid 10000.00"]);
    assert!(state.duties.is_empty());
    db.assert_audit_clean().await;
}

/// The order ended first, and the money that came then has brought it back.
async fn assert_revived(db: &TestDb, ended: &str) {
    let state = State::of(db, "T1").await;
    assert_eq!(
        (state.status, state.units.as_str(), state.free),
        (2, "sold", 99)
    );
    assert_eq!(state.payments.last().unwrap(), "W1 paid 10000.00");
    assert!(state.duties.is_empty());
    assert_eq!(state.log, ["order buyer 1", ended, "revive pg 2"]);
    db.assert_audit_clean().await;
}

/// The order ended in this status first, and the money that came then is owed back.
async fn assert_owed_back(db: &TestDb, status: i64, ended: &str) {
    let state = State::of(db, "T1").await;
    assert_eq!(
        (state.status, state.units.as_str(), state.free),
        (status, "released", 100)
    );
    assert_eq!(state.payments.last().unwrap(), "W1 late 10000.00");
    assert_eq!(state.duties, ["refund W1 10000.00 late owed"]);
    assert_eq!(state.log, ["order buyer 1", ended]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_payment_that_meets_the_expiry_of_its_order_brings_it_back_unless_the_shop_says_no() {
    for (late_payment, verdict) in [("revive", "paid"), ("refund", "late")] {
        let db = TestDb::with_fixture().await;
        db.exec(&format!("UPDATE shops SET late_payment = '{late_payment}'"))
            .await;
        let answer = payment_that_meets_expiry(&db).await;
        assert_eq!(answer.first().str("verdict"), verdict);
        let page = answer.first().str("location");
        if verdict == "paid" {
            assert!(page.starts_with("http://shop.test/result?"), "{page}");
            assert_revived(&db, "expire job 10").await;
        } else {
            assert!(page.ends_with("code=ORDER_EXPIRED"), "{page}");
            assert_owed_back(&db, 10, "expire job 10").await;
        }
    }
}

async fn payment_that_meets_expiry(db: &TestDb) -> Sets {
    lapsed_order(db).await;
    let holder = Holder::of_stock(db).await;
    let mut expiry = Running::call(db, "shop_order_expire", (100,)).await;
    expiry.wait_until_blocked().await;
    let mut payment = sent(db, "return", &approved()).await;
    payment.wait_until_blocked().await;
    holder.let_go().await;
    assert_eq!(expiry.finish().await.unwrap().first().int("expired"), 1);
    payment.finish().await.unwrap()
}

#[tokio::test]
async fn expiry_passes_over_an_order_that_is_being_paid() {
    let db = TestDb::with_fixture().await;
    lapsed_order(&db).await;
    let holder = Holder::of_reservations(&db, "T1").await;
    let mut payment = sent(&db, "notify", &approved()).await;
    payment.wait_until_blocked().await;
    let mut conn = db.conn_as_gateway().await;
    let answer = call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
    assert_eq!(
        (answer.first().int("expired"), answer.first().int("failed")),
        (0, 0)
    );
    assert!(!payment.is_finished());
    holder.let_go().await;
    assert_eq!(verdict_of(payment).await, "paid");
    let answer = call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
    assert_eq!(answer.first().int("expired"), 0);
    assert_paid(&db).await;
}

#[tokio::test]
async fn an_order_that_is_paid_while_the_job_is_on_its_way_to_it_is_passed_over() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["FIRST", "T1"] {
        order(&db, &mut conn, number).await;
        db.let_expire(number).await;
    }
    let holder = Holder::of_stock(&db).await;
    let mut expiry = Running::call(&db, "shop_order_expire", (100,)).await;
    expiry.wait_until_blocked().await;
    // The job has both on its list and works on the first one.
    let answer = settle(&mut conn, "notify", &approved()).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    holder.let_go().await;
    let answer = expiry.finish().await.unwrap();
    assert_eq!(
        (answer.first().int("expired"), answer.first().int("failed")),
        (1, 0)
    );
    assert_eq!(State::of(&db, "FIRST").await.status, 10);
    assert_paid(&db).await;
    assert_eq!(db.count("shop_error_log").await, 0);
}

#[tokio::test]
async fn an_approval_that_meets_a_refusal_of_the_same_order_settles_it() {
    for transaction in ["W1", "W0"] {
        let db = TestDb::with_fixture().await;
        let mut conn = db.conn_as_gateway().await;
        order(&db, &mut conn, "T1").await;
        let holder = Holder::of_stock(&db).await;
        let refused = WalletMessage::failed("T1", transaction, TOTAL);
        let mut refusal = sent(&db, "notify", &refused).await;
        refusal.wait_until_blocked().await;
        let mut payment = sent(&db, "return", &approved()).await;
        payment.wait_until_blocked().await;
        holder.let_go().await;
        assert_eq!(verdict_of(refusal).await, "failed");
        let answer = payment.finish().await.unwrap();
        assert_eq!(answer.first().str("verdict"), "paid");
        let page = answer.first().str("location");
        assert!(page.starts_with("http://shop.test/result?"), "{page}");
        assert_revived(&db, "fail pg 12").await;
    }
}

#[tokio::test]
async fn a_refusal_that_meets_an_approval_of_the_same_order_comes_too_late() {
    for transaction in ["W1", "W0"] {
        let db = TestDb::with_fixture().await;
        let mut conn = db.conn_as_gateway().await;
        order(&db, &mut conn, "T1").await;
        let holder = Holder::of_reservations(&db, "T1").await;
        let mut payment = sent(&db, "notify", &approved()).await;
        payment.wait_until_blocked().await;
        let refused = WalletMessage::failed("T1", transaction, TOTAL);
        let mut refusal = sent(&db, "return", &refused).await;
        refusal.wait_until_blocked().await;
        holder.let_go().await;
        assert_eq!(verdict_of(payment).await, "paid");
        let answer = refusal.finish().await.unwrap();
        assert_eq!(answer.first().str("verdict"), "ignored");
        let page = answer.first().str("location");
        assert!(
            page.starts_with("http://shop.test/result?"),
            "to the buyer the order is paid: {page}"
        );
        assert_paid(&db).await;
    }
}

#[tokio::test]
async fn a_payment_that_meets_the_buyer_taking_the_cart_back_is_owed_back() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let holder = Holder::of_stock(&db).await;
    let mut restore = Running::call(&db, "shop_order_restore_cart", (1, "u1", "T1")).await;
    restore.wait_until_blocked().await;
    let mut payment = sent(&db, "notify", &approved()).await;
    payment.wait_until_blocked().await;
    holder.let_go().await;
    assert_eq!(restore.finish().await.unwrap().first().int("cart_count"), 1);
    assert_eq!(verdict_of(payment).await, "late");
    assert_owed_back(&db, 9, "restore_cart buyer 9").await;
}

#[tokio::test]
async fn a_cart_cannot_be_taken_back_from_an_order_that_is_being_paid() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let holder = Holder::of_reservations(&db, "T1").await;
    let mut payment = sent(&db, "notify", &approved()).await;
    payment.wait_until_blocked().await;
    let mut restore = Running::call(&db, "shop_order_restore_cart", (1, "u1", "T1")).await;
    restore.wait_until_blocked().await;
    holder.let_go().await;
    assert_eq!(verdict_of(payment).await, "paid");
    restore
        .finish()
        .await
        .unwrap_err()
        .expect_code("STATE_NOT_ALLOWED");
    assert_eq!(db.count("shop_cart").await, 0);
    assert_paid(&db).await;
}

#[tokio::test]
async fn payments_and_expiry_over_many_lapsed_orders_decide_each_order_once() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET late_payment = 'refund'").await;
    let mut conn = db.conn_as_gateway().await;
    const ORDERS: usize = 20;
    for number in 0..ORDERS {
        let number = format!("T{number}");
        order(&db, &mut conn, &number).await;
        db.let_expire(&number).await;
    }
    // Four jobs, and twelve callers that pay from different ends.
    storm(&db, 16, |caller, mut conn| async move {
        if caller < 4 {
            for _ in 0..3 {
                let answer = call(&mut conn, "shop_order_expire", (5,)).await.unwrap();
                assert_eq!(answer.first().int("failed"), 0);
            }
            return;
        }
        for step in 0..ORDERS {
            let number = (caller * 7 + step) % ORDERS;
            let message = WalletMessage::paid(&format!("T{number}"), &format!("W{number}"), TOTAL);
            settle(&mut conn, ["return", "notify"][caller % 2], &message)
                .await
                .unwrap();
        }
    })
    .await;
    let mut sold = 0;
    for number in 0..ORDERS {
        let state = State::of(&db, &format!("T{number}")).await;
        match state.status {
            2 => {
                sold += 1;
                assert_eq!(state.payments, [format!("W{number} paid 10000.00")]);
                assert!(state.duties.is_empty());
            }
            10 => assert_eq!(
                state.duties,
                [format!("refund W{number} 10000.00 late owed")]
            ),
            other => panic!("T{number} is in status {other}"),
        }
        assert_eq!(state.log.len(), 2);
    }
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100 - sold);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
