//! What was counted on the shelf: held units lie there too, and whoever holds, pays or gives back in that moment comes
//! before the count or after it.

use crate::race::guest_order;
use crate::support::*;

/// Enters a count of books.
async fn count(conn: &mut Conn, what: &str, quantity: i64) -> Result<Sets, CallError> {
    let quantity = quantity.to_string();
    let params = (1, "book", None::<&str>, what, quantity, "count");
    call(conn, "shop_stock_set", params).await
}

/// The same, under way.
async fn counting(db: &TestDb, quantity: i64) -> Running {
    let operator = db.conn_as_operator().await;
    let quantity = quantity.to_string();
    let params = (1, "book", None::<&str>, "shelf", quantity, "count");
    Running::call_on(db, operator, "shop_stock_set", params).await
}

/// free, held, difference
fn said(answer: &Sets) -> (i64, i64, i64) {
    let row = answer.first();
    (row.int("free"), row.int("held"), row.int("difference"))
}

/// Units of books by state; what is free is `free`.
async fn units(db: &TestDb, state: &str) -> i64 {
    if state == "free" {
        return db.free_stock("book", NO_OPTION).await;
    }
    db.int(&format!(
        "SELECT CAST(COALESCE(SUM(quantity), 0) AS SIGNED) FROM shop_stock_reservations
         WHERE product_id = 'book' AND state = '{state}'"
    ))
    .await
}

/// An order of some books by a buyer of its own; its total.
async fn of_books(db: &TestDb, number: &str, quantity: u32) -> (OrderCall, String) {
    let cart_id = db.add_cart(1, number, "book", NO_OPTION, quantity).await;
    let total = (10_000 * quantity).to_string();
    (guest_order(number, number, &[cart_id], &total), total)
}

async fn hold_books(db: &TestDb, conn: &mut Conn, number: &str, quantity: u32) -> String {
    let (order, total) = of_books(db, number, quantity).await;
    order.call(conn).await.unwrap();
    total
}

/// A session that keeps everybody from adding a row to a table: whoever wants to has done all that comes before.
async fn nothing_is_added_to(db: &TestDb, table: &str) -> Conn {
    let mut conn = db.conn().await;
    conn.query_drop(format!(
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; BEGIN; SELECT * FROM {table} FOR UPDATE"
    ))
    .await
    .unwrap();
    conn
}

#[tokio::test]
async fn what_unpaid_orders_hold_is_on_the_shelf_and_what_is_paid_is_not() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let mut conn = db.conn_as_operator().await;
    hold_books(&db, &mut gateway, "HELD", 3).await;
    let total = hold_books(&db, &mut gateway, "SOLD", 5).await;
    assert_eq!(
        said(&count(&mut conn, "shelf", 100).await.unwrap()),
        (92, 8, 0)
    );
    settle(
        &mut gateway,
        "notify",
        &WalletMessage::paid("SOLD", "P1", &total),
    )
    .await
    .unwrap();
    // The five were put aside; somebody broke two.
    assert_eq!(
        said(&count(&mut conn, "shelf", 93).await.unwrap()),
        (90, 3, -2)
    );
    assert_eq!(
        said(&count(&mut conn, "free", 90).await.unwrap()),
        (90, 3, 0)
    );
    assert_eq!(
        said(&count(&mut conn, "shelf", 3).await.unwrap()),
        (0, 3, -90)
    );
    let booked =
        "SELECT GROUP_CONCAT(CONCAT(difference, ' ', reason) ORDER BY seq_no SEPARATOR '; ')
                  FROM shop_stock_ledger WHERE product_id = 'book' AND reason <> 'first stock'";
    assert_eq!(
        db.text(booked).await,
        "-2 shelf 93, held 3: count; -90 shelf 3, held 3: count"
    );
    db.assert_audit_clean().await;
    // What nobody pays for can be ordered again: it was on the shelf all the time.
    db.let_expire("HELD").await;
    call(&mut gateway, "shop_order_expire", (10,))
        .await
        .unwrap();
    assert_eq!(
        said(&count(&mut conn, "shelf", 3).await.unwrap()),
        (3, 0, 0)
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn fewer_than_are_held_is_refused_and_says_how_many_are() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    hold_books(&db, &mut gateway, "T1", 3).await;
    hold_books(&db, &mut gateway, "T2", 4).await;
    let mut conn = db.conn_as_operator().await;
    let before = db.snapshot().await;
    for quantity in [0, 6] {
        let error = count(&mut conn, "shelf", quantity).await.unwrap_err();
        error.expect_code("STOCK_BELOW_HELD");
        assert_eq!(error.row().str("field"), "quantity");
        assert_eq!(
            error.row().str("detail"),
            "7 units are held by unpaid orders"
        );
        assert_eq!(db.snapshot().await, before);
    }
    // What the remedy says.
    assert_eq!(
        said(&count(&mut conn, "free", 0).await.unwrap()),
        (0, 7, -93)
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_call_that_does_not_say_what_was_counted_is_not_guessed_at() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    let before = db.snapshot().await;
    let params = (1, "book", None::<&str>, "100", "as it was called once");
    let error = call(&mut conn, "shop_stock_set", params).await.unwrap_err();
    assert_eq!(error.errno, 1318, "{error}");
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn every_slot_and_every_option_of_a_stock_row_is_on_one_shelf() {
    let db = TestDb::with_fixture().await;
    db.slots("shirt", 4).await;
    let mut gateway = db.conn_as_gateway().await;
    for (number, option, quantity, total) in
        [("T1", "wrap-a", 4, "65000"), ("T2", "wrap-b", 3, "49500")]
    {
        let cart_id = db.add_cart(1, number, "shirt", option, quantity).await;
        let order = guest_order(number, number, &[cart_id], total);
        order.call(&mut gateway).await.unwrap();
    }
    // Held from another row, which has nothing to do with it.
    let cart_id = db.add_cart(1, "u1", "shirt", "red", 9).await;
    let order = OrderCall::new("T3", &[cart_id]).client_total("138000");
    order.call(&mut gateway).await.unwrap();
    let mut conn = db.conn_as_operator().await;
    let params = (1, "shirt", "wrap", "shelf", "17", "");
    let answer = call(&mut conn, "shop_stock_set", params).await.unwrap();
    assert_eq!(said(&answer), (10, 7, 7));
    let slots =
        "SELECT GROUP_CONCAT(free ORDER BY slot) FROM shop_stock WHERE option_hash = 'wrap'";
    assert_eq!(db.text(slots).await, "3,3,2,2");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_count_waits_for_the_order_that_is_taking_units() {
    let db = TestDb::with_fixture().await;
    // It has its book and waits for ink; nobody else sees its hold yet.
    let mut ink = db.conn().await;
    ink.query_drop("BEGIN; SELECT * FROM shop_stock WHERE product_id = 'ink' FOR UPDATE")
        .await
        .unwrap();
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let bottle = db.add_cart(1, "u1", "ink", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[book, bottle]).client_total("25500");
    let mut order = Running::order(&db, order).await;
    order.wait_until_blocked().await;
    let mut counting = counting(&db, 100).await;
    counting.wait_until_blocked().await;
    ink.query_drop("ROLLBACK").await.unwrap();
    order.finish().await.unwrap();
    assert_eq!(said(&counting.finish().await.unwrap()), (98, 2, 0));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_waits_for_the_count_and_takes_from_what_it_left() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    hold_books(&db, &mut gateway, "BEFORE", 1).await;
    let mut ledger = nothing_is_added_to(&db, "shop_stock_ledger").await;
    let mut counting = counting(&db, 4).await;
    counting.wait_until_blocked().await;
    // Three are left to be ordered: the first order takes two of them, and the second finds one.
    let (first, _) = of_books(&db, "FIRST", 2).await;
    let mut first = Running::order(&db, first).await;
    first.wait_until_blocked().await;
    let (second, _) = of_books(&db, "SECOND", 2).await;
    let mut second = Running::order(&db, second).await;
    second.wait_until_blocked().await;
    ledger.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(said(&counting.finish().await.unwrap()), (3, 1, -96));
    let answers = [first.finish().await, second.finish().await];
    let refused: Vec<&CallError> = answers.iter().filter_map(|a| a.as_ref().err()).collect();
    assert_eq!(refused.len(), 1, "{answers:?}");
    refused[0].expect_code("OUT_OF_STOCK");
    assert_eq!((units(&db, "free").await, units(&db, "held").await), (1, 3));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_payment_comes_after_the_count_that_it_did_not_wait_for() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let total = hold_books(&db, &mut gateway, "T1", 2).await;
    // Its units are sold, but not to anybody else's eyes.
    let mut logs = nothing_is_added_to(&db, "shop_order_logs").await;
    let message = WalletMessage::paid("T1", "P1", &total).json();
    let params = ("wallet", "M1", "notify", message);
    let mut payment = Running::call(&db, "shop_order_update", params).await;
    payment.wait_until_blocked().await;
    let mut conn = db.conn_as_operator().await;
    assert_eq!(
        said(&count(&mut conn, "shelf", 50).await.unwrap()),
        (48, 2, -50)
    );
    logs.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(
        payment.finish().await.unwrap().first().str("verdict"),
        "paid"
    );
    assert_eq!(
        (units(&db, "free").await, units(&db, "sold").await),
        (48, 2)
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_payment_does_not_wait_for_the_count() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let total = hold_books(&db, &mut gateway, "T1", 2).await;
    let mut ledger = nothing_is_added_to(&db, "shop_stock_ledger").await;
    let mut counting = counting(&db, 50).await;
    counting.wait_until_blocked().await;
    let message = WalletMessage::paid("T1", "P1", &total);
    let paid = settle(&mut gateway, "notify", &message).await.unwrap();
    assert_eq!(paid.first().str("verdict"), "paid");
    ledger.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(said(&counting.finish().await.unwrap()), (48, 2, -50));
    assert_eq!(
        (units(&db, "free").await, units(&db, "sold").await),
        (48, 2)
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn units_that_come_back_come_before_the_count_or_after_it() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    // After it: the count is done but for its booking.
    hold_books(&db, &mut gateway, "T1", 2).await;
    db.let_expire("T1").await;
    let mut ledger = nothing_is_added_to(&db, "shop_stock_ledger").await;
    let mut first = counting(&db, 50).await;
    first.wait_until_blocked().await;
    let mut expiry = Running::call(&db, "shop_order_expire", (10,)).await;
    expiry.wait_until_blocked().await;
    ledger.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(said(&first.finish().await.unwrap()), (48, 2, -50));
    assert_eq!(expiry.finish().await.unwrap().first().int("expired"), 1);
    assert_eq!(
        (units(&db, "free").await, units(&db, "held").await),
        (50, 0)
    );
    // Before it: the book is back already, its ink is not.
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 3).await;
    let bottle = db.add_cart(1, "u1", "ink", NO_OPTION, 1).await;
    let order = OrderCall::new("T2", &[book, bottle]).client_total("35500");
    order.call(&mut gateway).await.unwrap();
    db.let_expire("T2").await;
    let mut ink = db.conn().await;
    ink.query_drop("BEGIN; SELECT * FROM shop_stock WHERE product_id = 'ink' FOR UPDATE")
        .await
        .unwrap();
    let mut expiry = Running::call(&db, "shop_order_expire", (10,)).await;
    expiry.wait_until_blocked().await;
    let mut second = counting(&db, 50).await;
    second.wait_until_blocked().await;
    ink.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(expiry.finish().await.unwrap().first().int("expired"), 1);
    assert_eq!(said(&second.finish().await.unwrap()), (50, 0, 0));
    db.assert_audit_clean().await;
}

/// The owner counts twenty again and again, and everybody buys.
#[tokio::test]
async fn a_shelf_that_is_counted_while_it_sells_is_not_sold_twice() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    count(&mut conn, "shelf", 20).await.unwrap();
    let mut orders = Vec::new();
    for number in 0..14 {
        orders.push(of_books(&db, &format!("B{number}"), 2).await.0);
    }
    let operator = db.url_as("jumun_operator");
    let results = storm(&db, 16, move |number, mut conn| {
        let (order, operator) = (orders.get(number).cloned(), operator.clone());
        async move {
            let Some(order) = order else {
                let mut conn = Conn::from_url(operator).await.unwrap();
                for _ in 0..12 {
                    count(&mut conn, "shelf", 20).await.unwrap();
                }
                return 0;
            };
            match order.call(&mut conn).await {
                Ok(_) => 2,
                Err(error) => {
                    error.expect_code("OUT_OF_STOCK");
                    0
                }
            }
        }
    })
    .await;
    assert_eq!(results.iter().sum::<i64>(), 20);
    assert_eq!(
        (units(&db, "free").await, units(&db, "held").await),
        (0, 20)
    );
    db.assert_audit_clean().await;
}

/// What unpaid orders hold comes back to the counter, which must be able to hold it.
#[tokio::test]
async fn free_units_leave_room_for_those_that_are_held() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    hold_books(&db, &mut gateway, "T1", 3).await;
    // As twelve orders of a thousand rows would hold.
    db.exec("UPDATE shop_stock_reservations SET quantity = 1147483649")
        .await;
    let mut conn = db.conn_as_operator().await;
    let before = db.snapshot().await;
    let error = count(&mut conn, "free", 999_999_999).await.unwrap_err();
    error.expect_code("INVALID_INPUT");
    assert_eq!(error.row().str("field"), "quantity");
    assert_eq!(db.snapshot().await, before);
    count(&mut conn, "free", 999_999_998).await.unwrap();
    db.let_expire("T1").await;
    let expired = call(&mut gateway, "shop_order_expire", (10,))
        .await
        .unwrap();
    assert_eq!(expired.first().int("expired"), 1);
    assert_eq!(units(&db, "free").await, 2_147_483_647);
}
