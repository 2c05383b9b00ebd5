//! Approved after a refusal in the same visit, or after the time was over: the order is settled while its cart was not
//! restored and its units can be had. Otherwise it is late money.

use super::verdicts::verdict;
use super::*;

async fn refused(db: &TestDb, conn: &mut Conn, number: &str) -> String {
    let order_key = order(db, conn, number).await;
    let message = WalletMessage::failed(number, &format!("{number}-R"), TOTAL);
    assert_eq!(verdict(conn, &message).await, "failed");
    order_key
}

async fn expired(db: &TestDb, conn: &mut Conn, number: &str) -> String {
    let order_key = order(db, conn, number).await;
    db.let_expire(number).await;
    let answer = call(conn, "shop_order_expire", (100,)).await.unwrap();
    assert_eq!(answer.first().int("expired"), 1);
    order_key
}

fn approved(number: &str) -> WalletMessage {
    WalletMessage::paid(number, &format!("{number}-P"), TOTAL)
}

#[tokio::test]
async fn declined_then_approved_is_paid_and_the_buyer_sees_it() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let order_key = refused(&db, &mut conn, "T1").await;
    let select = (1, "u1", &order_key);
    let answer = call(&mut conn, "shop_order_select", select).await.unwrap();
    assert_eq!(answer.first().str("next_step"), "restore_cart");

    let answer = settle(&mut conn, "return", &approved("T1")).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    assert_eq!(answer.first().str("location"), paid_page(&order_key, "T1"));
    let state = State::of(&db, "T1").await;
    assert_eq!(
        (state.status, state.units.as_str(), state.free),
        (2, "sold", 99)
    );
    assert_eq!(
        state.payments,
        ["T1-R failed 10000.00", "T1-P paid 10000.00"]
    );
    assert_eq!(state.log, ["order buyer 1", "fail pg 12", "revive pg 2"]);
    assert!(state.duties.is_empty());

    let answer = call(&mut conn, "shop_order_select", select).await.unwrap();
    let row = answer.first();
    assert_eq!(
        (row.str("next_step"), row.str("approval_no")),
        ("done".into(), "T1-P".into())
    );
    assert!(row.opt("paid_at").is_some());
    assert_eq!(row.str("approval_msg"), "approved");
    // The refusal once more, as a notification that was under way: to the buyer the order is paid.
    let late = WalletMessage::failed("T1", "T1-R", TOTAL);
    let answer = settle(&mut conn, "return", &late).await.unwrap();
    assert_eq!(answer.first().str("location"), paid_page(&order_key, "T1"));
    assert_eq!(verdict(&mut conn, &approved("T1")).await, "repeated");
    let error = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1")).await;
    error.unwrap_err().expect_code("STATE_NOT_ALLOWED");
    assert_eq!(State::of(&db, "T1").await, state);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_wrong_amount_and_then_the_right_one_settle_the_order_and_the_wrong_one_is_owed_back() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let wrong = WalletMessage::paid("T1", "W1", "1");
    assert_eq!(verdict(&mut conn, &wrong).await, "amount_mismatch");
    assert_eq!(verdict(&mut conn, &approved("T1")).await, "paid");
    let state = State::of(&db, "T1").await;
    assert_eq!(state.duties, ["refund W1 1.00 amount_mismatch owed"]);
    assert_eq!((state.status, state.units.as_str()), (2, "sold"));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn after_its_time_it_is_the_shop_s_choice() {
    for (late_payment, paid) in [("revive", true), ("refund", false)] {
        let db = TestDb::with_fixture().await;
        db.exec(&format!("UPDATE shops SET late_payment = '{late_payment}'"))
            .await;
        let mut conn = db.conn_as_gateway().await;
        let expired_key = expired(&db, &mut conn, "T1").await;
        refused(&db, &mut conn, "T2").await;
        // A refusal has nothing to do with time.
        assert_eq!(verdict(&mut conn, &approved("T2")).await, "paid");
        let answer = settle(&mut conn, "return", &approved("T1")).await.unwrap();
        let state = State::of(&db, "T1").await;
        if paid {
            assert_eq!(
                answer.first().str("location"),
                paid_page(&expired_key, "T1")
            );
            assert_eq!((state.status, state.units.as_str()), (2, "sold"));
            assert_eq!(state.log.last().unwrap(), "revive pg 2");
            assert!(state.duties.is_empty());
        } else {
            let page = error_page(&expired_key, "T1", "ORDER_EXPIRED");
            assert_eq!(answer.first().str("location"), page);
            assert_eq!((state.status, state.units.as_str()), (10, "released"));
            assert_eq!(state.duties, ["refund T1-P 10000.00 late owed"]);
        }
        assert_eq!(state.free, if paid { 98 } else { 99 });
        db.assert_audit_clean().await;
    }
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let error = query(&mut conn, "UPDATE shops SET late_payment = 'keep'").await;
    assert!(matches!(error.unwrap_err().errno, 3819 | 4025));
}

#[tokio::test]
async fn what_the_buyer_took_back_is_never_paid() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    refused(&db, &mut conn, "T1").await;
    expired(&db, &mut conn, "T2").await;
    order(&db, &mut conn, "T3").await;
    for (number, status, free) in [("T1", 12, 99), ("T2", 10, 99), ("T3", 9, 100)] {
        call(&mut conn, "shop_order_restore_cart", (1, "u1", number))
            .await
            .unwrap();
        assert_eq!(verdict(&mut conn, &approved(number)).await, "late");
        let state = State::of(&db, number).await;
        assert_eq!(
            (state.status, state.units.as_str(), state.free),
            (status, "released", free)
        );
        assert_eq!(
            state.duties,
            [format!("refund {number}-P 10000.00 late owed")]
        );
        db.exec("DELETE FROM shop_cart").await;
    }
    db.assert_audit_clean().await;
}

/// Two products, one in one row and one in slots; some of their units are free, some held by others whose time is over.
async fn two_products(db: &TestDb, conn: &mut Conn, slots: u32) {
    db.slots("book", slots).await;
    let carts = [
        db.add_cart(1, "u1", "book", NO_OPTION, 60).await,
        db.add_cart(1, "u1", "last", NO_OPTION, 1).await,
    ];
    let first = OrderCall::new("T1", &carts).client_total("607000");
    first.call(conn).await.unwrap();
    let message = WalletMessage::failed("T1", "W0", "607000");
    assert_eq!(verdict(conn, &message).await, "failed");
}

async fn other(db: &TestDb, conn: &mut Conn, product: &str, units: u32, total: &str) -> String {
    let cart_id = db.add_cart(1, "u2", product, NO_OPTION, units).await;
    let number = format!("OTHER-{product}");
    let order = OrderCall::new(&number, &[cart_id]).user(1, "u2");
    order.client_total(total).call(conn).await.unwrap();
    number
}

#[tokio::test]
async fn all_units_are_held_again_or_none() {
    for slots in [1, 4] {
        // The product that comes second has run out: the first one keeps what it had.
        let db = TestDb::with_fixture().await;
        let mut conn = db.conn_as_gateway().await;
        two_products(&db, &mut conn, slots).await;
        other(&db, &mut conn, "last", 1, "7000").await;
        let reservations = "SELECT GROUP_CONCAT(CONCAT_WS(' ', product_id, slot, quantity, state) ORDER BY product_id, slot)
                            FROM shop_stock_reservations WHERE order_seq_no = 1";
        let stock = "SELECT GROUP_CONCAT(CONCAT_WS(' ', product_id, slot, free) ORDER BY product_id, slot) FROM shop_stock";
        let before = (db.text(reservations).await, db.text(stock).await);
        let message = WalletMessage::paid("T1", "W1", "607000");
        assert_eq!(verdict(&mut conn, &message).await, "late");
        assert_eq!((db.text(reservations).await, db.text(stock).await), before);
        let state = State::of(&db, "T1").await;
        assert_eq!((state.status, state.free), (12, 100));
        assert_eq!(state.duties, ["refund W1 607000.00 late owed"]);
        db.assert_audit_clean().await;

        // Too few are free, but enough with what others no longer hold: those are reclaimed.
        let db = TestDb::with_fixture().await;
        let mut conn = db.conn_as_gateway().await;
        two_products(&db, &mut conn, slots).await;
        let number = other(&db, &mut conn, "book", 50, "500000").await;
        assert_eq!(db.free_stock("book", NO_OPTION).await, 50);
        db.let_expire(&number).await;
        assert_eq!(verdict(&mut conn, &message).await, "paid");
        let state = State::of(&db, "T1").await;
        // One row of 50 is reclaimed as a whole; of two rows of 25, one is enough.
        let free = if slots == 1 { 40 } else { 15 };
        assert_eq!(
            (state.status, state.units.as_str(), state.free),
            (2, "sold", free)
        );
        let units = State::of(&db, &number).await.units;
        assert!(units.contains("released"), "{units}");
        assert_eq!(db.free_stock("last", NO_OPTION).await, 0);
        db.assert_audit_clean().await;
    }
}

/// Lapsed, and a part of its units reclaimed: the job has not ended it yet, and it makes no difference when it does.
#[tokio::test]
async fn an_order_that_lost_a_part_of_its_units_gets_them_again() {
    for (late_payment, slots) in [("revive", 1), ("revive", 4), ("refund", 1)] {
        let db = TestDb::with_fixture().await;
        db.exec(&format!("UPDATE shops SET late_payment = '{late_payment}'"))
            .await;
        let mut conn = db.conn_as_gateway().await;
        db.slots("book", slots).await;
        // Four slots hold 25 each: the order takes from three of them.
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 70).await;
        let first = OrderCall::new("T1", &[cart_id]).client_total("700000");
        first.call(&mut conn).await.unwrap();
        db.let_expire("T1").await;
        let number = other(&db, &mut conn, "book", 40, "400000").await;
        let state = State::of(&db, "T1").await;
        assert_eq!(state.status, 1);
        assert!(state.units.contains("released"), "{}", state.units);
        // The other buyer gives up.
        call(&mut conn, "shop_order_restore_cart", (1, "u2", &number))
            .await
            .unwrap();
        let message = WalletMessage::paid("T1", "W1", "700000");
        let paid = late_payment == "revive";
        assert_eq!(
            verdict(&mut conn, &message).await,
            if paid { "paid" } else { "late" }
        );
        let state = State::of(&db, "T1").await;
        if paid {
            assert_eq!(
                (state.status, state.units.as_str(), state.free),
                (2, "sold", 30)
            );
            assert_eq!(state.log, ["order buyer 1", "pay pg 2"]);
        } else {
            assert_eq!(
                (state.status, state.units.as_str(), state.free),
                (10, "released", 100)
            );
        }
        db.assert_audit_clean().await;
    }
}
