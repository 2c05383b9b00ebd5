//! An approval after a refusal, or too late, meets whoever wants its units, its cart, or to pay it as well.

use super::*;

fn approved(transaction: &str) -> WalletMessage {
    WalletMessage::paid("T1", transaction, TOTAL)
}

async fn refused(db: &TestDb) -> Conn {
    let mut conn = db.conn_as_gateway().await;
    order(db, &mut conn, "T1").await;
    let message = WalletMessage::failed("T1", "W0", TOTAL);
    settle(&mut conn, "notify", &message).await.unwrap();
    assert_eq!(State::of(db, "T1").await.status, 12);
    conn
}

#[tokio::test]
async fn an_approval_that_is_first_keeps_the_cart_from_being_restored() {
    let db = TestDb::with_fixture().await;
    refused(&db).await;
    let holder = Holder::of_stock(&db).await;
    let mut payment = sent(&db, "notify", &approved("W1")).await;
    payment.wait_until_blocked().await; // with the order locked, on its way to the units
    let mut restore = Running::call(&db, "shop_order_restore_cart", (1, "u1", "T1")).await;
    restore.wait_until_blocked().await;
    holder.let_go().await;
    assert_eq!(verdict_of(payment).await, "paid");
    let error = restore.finish().await.unwrap_err();
    error.expect_code("STATE_NOT_ALLOWED");
    assert_eq!(db.count("shop_cart").await, 0);
    let state = State::of(&db, "T1").await;
    assert_eq!(
        (state.status, state.units.as_str(), state.free),
        (2, "sold", 99)
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_approval_that_comes_while_the_cart_is_restored_is_late() {
    let db = TestDb::with_fixture().await;
    let mut conn = refused(&db).await;
    // Stopped in the middle: with the order locked, at the cart row that it adds to.
    let row = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let holder = Holder::of(
        &db,
        &format!("SELECT * FROM shop_cart WHERE seq_no = {row} FOR UPDATE"),
    )
    .await;
    let mut restore = Running::call(&db, "shop_order_restore_cart", (1, "u1", "T1")).await;
    restore.wait_until_blocked().await;
    let mut payment = sent(&db, "notify", &approved("W1")).await;
    payment.wait_until_blocked().await;
    holder.let_go().await;
    restore.finish().await.unwrap();
    assert_eq!(verdict_of(payment).await, "late");
    let state = State::of(&db, "T1").await;
    assert_eq!(
        (state.status, state.units.as_str(), state.free),
        (12, "released", 100)
    );
    assert_eq!(state.duties, ["refund W1 10000.00 late owed"]);
    // Every further approval is late as well.
    let answer = settle(&mut conn, "return", &approved("W2")).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "late");
    db.assert_audit_clean().await;
}

/// One unit of `last` for the order that was refused and for another buyer.
async fn last_unit(db: &TestDb) -> OrderCall {
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "last", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("7000");
    order.call(&mut conn).await.unwrap();
    let message = WalletMessage::failed("T1", "W0", "7000");
    settle(&mut conn, "notify", &message).await.unwrap();
    let cart_id = db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
    OrderCall::new("T2", &[cart_id])
        .user(1, "u2")
        .client_total("7000")
}

#[tokio::test]
async fn of_an_approval_and_another_buyer_who_want_the_last_unit_the_first_one_gets_it() {
    for approval_first in [true, false] {
        let db = TestDb::with_fixture().await;
        // While it is open, index entries of the refused order's lines stay behind the lines, as they do for a while
        // anyway: an approval that writes them again looks at their neighbours, which are the other buyer's.
        let mut reader = db.conn().await;
        reader
            .query_drop("START TRANSACTION WITH CONSISTENT SNAPSHOT")
            .await
            .unwrap();
        let other = last_unit(&db).await;
        let message = WalletMessage::paid("T1", "W1", "7000");
        let holder = Holder::of(
            &db,
            "SELECT * FROM shop_stock WHERE product_id = 'last' FOR UPDATE",
        )
        .await;
        let (payment, order);
        if approval_first {
            let mut first = sent(&db, "notify", &message).await;
            first.wait_until_blocked().await;
            let mut second = Running::order(&db, other).await;
            second.wait_until_blocked().await;
            (payment, order) = (first, second);
        } else {
            let mut first = Running::order(&db, other).await;
            first.wait_until_blocked().await;
            let mut second = sent(&db, "notify", &message).await;
            second.wait_until_blocked().await;
            (payment, order) = (second, first);
        }
        holder.let_go().await;
        let verdict = verdict_of(payment).await;
        let order = order.finish().await;
        let state = State::of(&db, "T1").await;
        if approval_first {
            assert_eq!(verdict, "paid");
            order.unwrap_err().expect_code("OUT_OF_STOCK");
            assert_eq!((state.status, state.units.as_str()), (2, "sold"));
        } else {
            assert_eq!(verdict, "late");
            order.unwrap();
            assert_eq!((state.status, state.units.as_str()), (12, "released"));
            assert_eq!(state.duties, ["refund W1 7000.00 late owed"]);
        }
        assert_eq!(db.free_stock("last", NO_OPTION).await, 0);
        db.assert_audit_clean().await;
    }
}

/// The units that an order takes again are found by the order, never by their product: there a hold of another buyer,
/// who waits for the same stock, would stand in the way.
#[tokio::test]
async fn an_approval_that_takes_units_again_waits_for_nobody_who_waits_for_the_same_stock() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    // Four rows of the first order, one of the other buyer: by product there is less to read.
    db.slots("book", 4).await;
    db.exec("CALL shop_stock_set(1, 'book', NULL, 'free', '4', 'four left')")
        .await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 4).await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("40000");
    order.call(&mut conn).await.unwrap();
    let refused = WalletMessage::failed("T1", "W0", "40000");
    settle(&mut conn, "notify", &refused).await.unwrap();
    db.slots("book", 1).await;
    let holder = Holder::of_stock(&db).await;
    let message = WalletMessage::paid("T1", "W1", "40000");
    let mut payment = sent(&db, "notify", &message).await;
    payment.wait_until_blocked().await;
    let cart_id = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let other = OrderCall::new("T2", &[cart_id])
        .user(1, "u2")
        .client_total("10000");
    let mut other = Running::order(&db, other).await;
    other.wait_until_blocked().await;
    holder.let_go().await;
    assert_eq!(verdict_of(payment).await, "paid");
    other
        .finish()
        .await
        .unwrap_err()
        .expect_code("OUT_OF_STOCK");
    assert_eq!(State::of(&db, "T1").await.units, "sold");
    assert_eq!(db.free_stock("book", NO_OPTION).await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn two_approvals_of_one_refused_order_pay_it_once() {
    let db = TestDb::with_fixture().await;
    refused(&db).await;
    let holder = Holder::of_stock(&db).await;
    let mut first = sent(&db, "return", &approved("W1")).await;
    first.wait_until_blocked().await;
    let mut second = sent(&db, "notify", &approved("W2")).await;
    second.wait_until_blocked().await;
    holder.let_go().await;
    assert_eq!(verdict_of(first).await, "paid");
    assert_eq!(verdict_of(second).await, "surplus");
    let state = State::of(&db, "T1").await;
    assert_eq!(
        (state.status, state.units.as_str(), state.free),
        (2, "sold", 99)
    );
    assert_eq!(state.duties, ["refund W2 10000.00 surplus owed"]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_operator_and_the_gateway_who_pay_one_order_at_once_pay_it_once() {
    for same in [true, false] {
        let db = TestDb::with_fixture().await;
        refused(&db).await;
        let holder = Holder::of_stock(&db).await;
        let operator = db.conn_as_operator().await;
        let by_hand = (
            1,
            "T1",
            "wallet",
            "M1",
            "W1",
            TOTAL,
            None::<&str>,
            "console",
        );
        let mut first = Running::call_on(&db, operator, "update_adm_order_payment", by_hand).await;
        first.wait_until_blocked().await;
        let message = approved(if same { "W1" } else { "W2" });
        let mut second = sent(&db, "notify", &message).await;
        second.wait_until_blocked().await;
        holder.let_go().await;
        assert_eq!(first.finish().await.unwrap().first().int("order_status"), 2);
        let right = if same { "repeated" } else { "surplus" };
        assert_eq!(verdict_of(second).await, right);
        let state = State::of(&db, "T1").await;
        assert_eq!(state.duties.len(), usize::from(!same));
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn a_storm_of_refusals_approvals_and_buyers_oversells_nothing() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.slots("book", 4).await;
    // 8 refused orders of 10 each, 100 units, and 8 buyers who want 10 each at the same time.
    let mut orders = Vec::new();
    for number in 0..16 {
        let user = format!("u{}", number % 9 + 1);
        let cart_id = db.add_cart(1, &user, "book", NO_OPTION, 10).await;
        let order = OrderCall::new(&format!("T{number}"), &[cart_id])
            .user(1, &user)
            .client_total("100000");
        if number < 8 {
            order.call(&mut conn).await.unwrap();
            let message =
                WalletMessage::failed(&format!("T{number}"), &format!("R{number}"), "100000");
            settle(&mut conn, "notify", &message).await.unwrap();
        }
        orders.push(order);
    }
    let outcomes = storm(&db, 16, |number, mut conn| {
        let order = orders[number].clone();
        async move {
            if number < 8 {
                let message =
                    WalletMessage::paid(&format!("T{number}"), &format!("W{number}"), "100000");
                let answer = settle_again(&mut conn, "notify", &message).await;
                return answer.first().str("verdict");
            }
            for _ in 0..20 {
                match order.call(&mut conn).await {
                    Ok(_) => return "ordered".to_owned(),
                    Err(error) if error.errno == 1213 => {}
                    Err(error) => return error.code().to_owned(),
                }
            }
            panic!("a deadlock every time")
        }
    })
    .await;
    let count = |word: &str| outcomes.iter().filter(|o| *o == word).count();
    assert_eq!(count("paid") + count("ordered"), 10, "{outcomes:?}");
    assert_eq!(count("late") + count("OUT_OF_STOCK"), 6, "{outcomes:?}");
    assert_eq!(db.free_stock("book", NO_OPTION).await, 0);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
