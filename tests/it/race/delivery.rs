//! Deliveries: one reference is one booking however many calls bring it at once, and orders, counts, payments and the
//! change of the strategy come before a delivery or after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

type Stock = (&'static str, Option<&'static str>);

const WRAP: Stock = ("shirt", Some("wrap"));
/// Where the fixture keeps few units: none of them can be taken out twice.
const FEW: [Stock; 3] = [WRAP, ("shirt", Some("red")), ("book", None)];

fn params(stock: Stock, quantity: i64, reference: &str) -> Params {
    let (product, option) = stock;
    let quantity = quantity.to_string();
    (1, product, option, quantity, "delivery", reference).into()
}

async fn add(
    conn: &mut Conn,
    stock: Stock,
    quantity: i64,
    reference: &str,
) -> Result<Sets, CallError> {
    let params = params(stock, quantity, reference);
    call(conn, "shop_stock_add", params).await
}

/// A delivery under way.
async fn adding(db: &TestDb, stock: Stock, quantity: i64, reference: &str) -> Running {
    let operator = db.conn_as_operator().await;
    let params = params(stock, quantity, reference);
    Running::call_on(db, operator, "shop_stock_add", params).await
}

async fn free(db: &TestDb, (product, option): Stock) -> i64 {
    db.free_stock(product, option.unwrap_or(NO_OPTION)).await
}

async fn bookings(db: &TestDb) -> i64 {
    db.int("SELECT COUNT(*) FROM shop_stock_ledger WHERE reference IS NOT NULL")
        .await
}

/// Keeps every delivery from being booked, and so lets it hold what it has locked.
async fn nothing_is_booked(db: &TestDb) -> Conn {
    let mut conn = db.conn().await;
    conn.query_drop("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; BEGIN; SELECT * FROM shop_stock_ledger FOR UPDATE")
        .await
        .unwrap();
    conn
}

/// An order of shirts of one option by a guest; red costs 15,000, blue 16,000, the wraps 15,500, delivery 3,000.
async fn of_shirts(db: &TestDb, number: &str, option: &str, quantity: u32) -> OrderCall {
    let unit = match option {
        "red" => 15_000,
        "blue" => 16_000,
        _ => 15_500,
    };
    let cart_id = db.add_cart(1, number, "shirt", option, quantity).await;
    let total = (unit * quantity + 3_000).to_string();
    guest_order(number, number, &[cart_id], &total)
}

#[tokio::test]
async fn two_calls_with_one_reference_at_once_are_one_booking() {
    let db = TestDb::with_fixture().await;
    let mut number = 0;
    for slots in [1, 4] {
        db.slots("shirt", slots).await;
        db.slots("book", slots).await;
        for stock in FEW {
            // The second time all that is there goes out.
            for goes_out in [false, true] {
                let before = free(&db, stock).await;
                let quantity = if goes_out { -before } else { 7 };
                number += 1;
                let reference = format!("R{number}");
                let held = Holder::stock(&db, stock.0, stock.1.unwrap_or(NO_OPTION)).await;
                let mut one = adding(&db, stock, quantity, &reference).await;
                one.wait_until_blocked().await;
                let mut other = adding(&db, stock, quantity, &reference).await;
                other.wait_until_blocked().await;
                held.release().await;
                let answers = [one.finish().await, other.finish().await];
                let mut replayed = answers.each_ref().map(|a| ok(a).int("replayed"));
                replayed.sort_unstable();
                assert_eq!(replayed, [0, 1], "{stock:?} {quantity}");
                for answer in &answers {
                    assert_eq!(ok(answer).int("free"), before + quantity);
                    assert_eq!(ok(answer).int("difference"), quantity);
                }
                assert_eq!(free(&db, stock).await, before + quantity);
                assert_eq!(bookings(&db).await, number);
                db.assert_audit_clean().await;
            }
            let mut conn = db.conn_as_operator().await;
            number += 1;
            ok(&add(&mut conn, stock, 10, &format!("R{number}")).await);
        }
    }
}

#[tokio::test]
async fn a_crowd_with_one_reference_is_one_booking() {
    let db = TestDb::with_fixture().await;
    for (slots, quantity) in [(1, 7), (8, 13), (1, -30)] {
        db.slots("shirt", slots).await;
        let before = free(&db, WRAP).await;
        let reference = format!("R{quantity}");
        let mut calls = Vec::new();
        for _ in 0..12 {
            calls.push(adding(&db, WRAP, quantity, &reference).await);
        }
        let mut booked = 0;
        for call in calls {
            booked += 1 - ok(&call.finish().await).int("replayed");
        }
        assert_eq!(booked, 1);
        assert_eq!(free(&db, WRAP).await, before + quantity);
        db.assert_audit_clean().await;
    }
}

/// The rows that they lock are not the same: the key of the ledger decides.
#[tokio::test]
async fn one_reference_for_two_products_at_once_is_the_first_of_them() {
    let db = TestDb::with_fixture().await;
    let begin = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN";
    let insert = "INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date,
                      reference)
                  VALUES (1, 'lamp', '__noopt__', 5, 'delivery', 'test', UTC_TIMESTAMP(6), 'R1');
                  UPDATE shop_stock SET free = free + 5 WHERE product_id = 'lamp'";
    for (quantity, slots) in [(5, 1), (-5, 1), (5, 4), (-5, 4)] {
        db.slots("shirt", slots).await;
        let red = ("shirt", Some("red"));
        let before = free(&db, red).await;
        let count = bookings(&db).await;
        let reference = format!("R{}", count + 1);
        let insert = insert.replace("'R1'", &format!("'{reference}'"));
        // The first one goes back: the second one is booked.
        let mut first = db.conn().await;
        first.query_drop(begin).await.unwrap();
        first.query_drop(&insert).await.unwrap();
        let mut second = adding(&db, red, quantity, &reference).await;
        second.wait_until_blocked().await;
        first.query_drop("ROLLBACK").await.unwrap();
        assert_eq!(ok(&second.finish().await).int("replayed"), 0);
        assert_eq!(free(&db, red).await, before + quantity);
        // The first one is booked.
        let reference = format!("R{}", count + 2);
        let insert = insert.replace(&format!("'R{}'", count + 1), &format!("'{reference}'"));
        first.query_drop("BEGIN").await.unwrap();
        first.query_drop(&insert).await.unwrap();
        let mut second = adding(&db, red, quantity, &reference).await;
        second.wait_until_blocked().await;
        first.query_drop("COMMIT").await.unwrap();
        let answer = second.finish().await;
        assert_eq!(code(&answer), "IDEMPOTENCY_MISMATCH");
        let error = answer.unwrap_err();
        assert_eq!(error.row().str("detail"), "was 5 of lamp");
        assert_eq!(free(&db, red).await, before + quantity);
        assert_eq!(bookings(&db).await, count + 2);
        db.assert_audit_clean().await;
    }
    assert_eq!(db.count("shop_error_log").await, 0);
}

#[tokio::test]
async fn an_order_that_waits_for_a_delivery_finds_what_it_left() {
    for slots in [1, 4] {
        let db = TestDb::with_fixture().await;
        db.slots("shirt", slots).await;
        // More than any slot has.
        let mut ledger = nothing_is_booked(&db).await;
        let mut delivery = adding(&db, WRAP, 5, "R1").await;
        delivery.wait_until_blocked().await;
        let order = of_shirts(&db, "T1", "wrap-a", 9).await;
        let order = waiting_order(&db, &order).await;
        ledger.query_drop("ROLLBACK").await.unwrap();
        assert_eq!(ok(&delivery.finish().await).int("free"), 15);
        ok(&order.finish().await);
        assert_eq!(free(&db, WRAP).await, 6);
        db.assert_audit_clean().await;
        // Ten go out, all but one of which the order had seen: it is told before it pays.
        let mut conn = db.conn_as_operator().await;
        ok(&add(&mut conn, WRAP, 5, "R2").await);
        let mut ledger = nothing_is_booked(&db).await;
        let mut delivery = adding(&db, WRAP, -10, "R3").await;
        delivery.wait_until_blocked().await;
        let order = of_shirts(&db, "T2", "wrap-b", 2).await;
        let order = waiting_order(&db, &order).await;
        ledger.query_drop("ROLLBACK").await.unwrap();
        let answer = delivery.finish().await;
        assert_eq!((ok(&answer).int("free"), ok(&answer).int("held")), (1, 9));
        assert_eq!(code(&order.finish().await), "OUT_OF_STOCK");
        assert_eq!(free(&db, WRAP).await, 1);
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn a_delivery_comes_after_the_order_that_is_taking_units() {
    for slots in [1, 4] {
        for quantity in [5, -9, -3] {
            let db = TestDb::with_fixture().await;
            db.slots("shirt", slots).await;
            // It has its two blues and waits for its wraps; nobody else sees its hold yet.
            let held = Holder::take(
                &db,
                "SELECT 1 FROM shop_stock WHERE product_id = 'shirt' AND option_hash = 'wrap' FOR UPDATE",
            )
            .await;
            let blue = db.add_cart(1, "T1", "shirt", "blue", 44).await;
            let wrap = db.add_cart(1, "T1", "shirt", "wrap-a", 1).await;
            let order = guest_order("T1", "T1", &[blue, wrap], "722500");
            let order = waiting_order(&db, &order).await;
            let stock = ("shirt", Some("blue"));
            let mut delivery = adding(&db, stock, quantity, "R1").await;
            delivery.wait_until_blocked().await;
            held.release().await;
            ok(&order.finish().await);
            let answer = delivery.finish().await;
            if quantity == -9 {
                assert_eq!(code(&answer), "OUT_OF_STOCK");
                assert_eq!(
                    answer.unwrap_err().row().str("detail"),
                    "6 units are free, 44 are held by unpaid orders"
                );
            } else {
                let row = ok(&answer);
                assert_eq!(row.int("free"), 6 + quantity, "{slots} slots");
                assert_eq!(row.int("held"), 44);
                assert_eq!(free(&db, stock).await, 6 + quantity);
            }
            db.assert_audit_clean().await;
        }
    }
}

#[tokio::test]
async fn a_payment_does_not_wait_for_a_delivery() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let order = of_shirts(&db, "T1", "wrap-b", 2).await;
    ok(&order.call(&mut gateway).await);
    let mut ledger = nothing_is_booked(&db).await;
    let mut delivery = adding(&db, WRAP, -8, "R1").await;
    delivery.wait_until_blocked().await;
    let paid = WalletMessage::paid("T1", "P1", "34000");
    assert_eq!(
        ok(&settle(&mut gateway, "notify", &paid).await).str("verdict"),
        "paid"
    );
    ledger.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(ok(&delivery.finish().await).int("free"), 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_delivery_comes_before_a_count_or_after_it() {
    let db = TestDb::with_fixture().await;
    for (slots, reference) in [(1, "R1"), (4, "R2")] {
        db.slots("shirt", slots).await;
        let count = (1, "shirt", "wrap", "free", "10", "count");
        let mut ledger = nothing_is_booked(&db).await;
        let mut delivery = adding(&db, WRAP, 5, reference).await;
        delivery.wait_until_blocked().await;
        let conn = db.conn_as_operator().await;
        let mut counting = Running::call_on(&db, conn, "shop_stock_set", count).await;
        counting.wait_until_blocked().await;
        ledger.query_drop("ROLLBACK").await.unwrap();
        assert_eq!(ok(&delivery.finish().await).int("free"), 15);
        assert_eq!(ok(&counting.finish().await).int("difference"), -5);
        assert_eq!(free(&db, WRAP).await, 10);
        db.assert_audit_clean().await;
    }
}

/// Each of two sees room for itself: one of them waits for slot 0 until the other is in.
#[tokio::test]
async fn two_deliveries_at_once_do_not_overflow_the_counter() {
    let db = TestDb::with_fixture().await;
    let book = ("book", None);
    let mut conn = db.conn_as_operator().await;
    ok(&add(&mut conn, book, 999_999_899, "R0").await);
    for slots in [1, 8] {
        db.slots("book", slots).await;
        let held = Holder::stock(&db, "book", NO_OPTION).await;
        let mut one = adding(&db, book, 600_000_000, &format!("R1-{slots}")).await;
        one.wait_until_blocked().await;
        let mut other = adding(&db, book, 600_000_001, &format!("R2-{slots}")).await;
        other.wait_until_blocked().await;
        held.release().await;
        let answers = [one.finish().await, other.finish().await];
        let refused: Vec<_> = answers.iter().filter(|answer| answer.is_err()).collect();
        assert_eq!(refused.len(), 1, "{answers:?}");
        assert_eq!(code(refused[0]), "INVALID_INPUT");
        // Back to where it was.
        let units = free(&db, book).await - 999_999_999;
        ok(&add(&mut conn, book, -units, &format!("R3-{slots}")).await);
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn a_delivery_whose_call_was_killed_is_booked_by_the_next_one() {
    for (slots, quantity) in [(1, 5), (4, 5), (4, -5)] {
        let db = TestDb::with_fixture().await;
        db.slots("shirt", slots).await;
        let mut ledger = nothing_is_booked(&db).await;
        let delivery = adding(&db, WRAP, quantity, "R1").await;
        let (mut conn, killed) = kill(&db, "KILL QUERY", delivery).await;
        assert_eq!(code(&killed), "1317");
        ledger.query_drop("ROLLBACK").await.unwrap();
        assert_eq!((free(&db, WRAP).await, bookings(&db).await), (10, 0));
        for replayed in [0, 1] {
            let answer = add(&mut conn, WRAP, quantity, "R1").await;
            assert_eq!(ok(&answer).int("replayed"), replayed);
        }
        assert_eq!(
            (free(&db, WRAP).await, bookings(&db).await),
            (10 + quantity, 1)
        );
        db.assert_audit_clean().await;
    }
}

/// The options are spread one after the other: it is done with blue, waits at red, and has not begun with the wraps.
#[tokio::test]
async fn deliveries_and_orders_of_options_go_on_while_the_strategy_changes() {
    for (from, to) in [(1, "4"), (4, "1"), (3, "16"), (16, "2")] {
        let db = TestDb::with_fixture().await;
        db.slots("shirt", from).await;
        let held = Holder::stock(&db, "shirt", "red").await;
        let strategy = if to == "1" { "single" } else { "slots" };
        let switch = (1, "shirt", strategy, to);
        let conn = db.conn_as_operator().await;
        let mut switch = Running::call_on(&db, conn, "update_adm_stock_strategy", switch).await;
        switch.wait_until_blocked().await;

        let mut conn = db.conn_as_operator().await;
        let mut gateway = db.conn_as_gateway().await;
        let blue = ("shirt", Some("blue"));
        assert_eq!(ok(&add(&mut conn, blue, 30, "R1").await).int("free"), 80);
        assert_eq!(ok(&add(&mut conn, WRAP, 30, "R2").await).int("free"), 40);
        assert_eq!(ok(&add(&mut conn, blue, -5, "R3").await).int("free"), 75);
        assert_eq!(ok(&add(&mut conn, WRAP, -5, "R4").await).int("free"), 35);
        let mut waiting = adding(&db, ("shirt", Some("red")), 9, "R5").await;
        waiting.wait_until_blocked().await;
        // More than any slot has.
        for (number, option, quantity) in [("T1", "blue", 70), ("T2", "wrap-a", 34)] {
            let order = of_shirts(&db, number, option, quantity).await;
            ok(&order.call(&mut gateway).await);
        }
        held.release().await;
        assert_eq!(ok(&switch.finish().await).str("stock_slots"), to);
        ok(&waiting.finish().await);
        for (stock, left) in [(blue, 5), (WRAP, 1), (("shirt", Some("red")), 59)] {
            assert_eq!(free(&db, stock).await, left, "{from} to {to}");
        }
        for (number, option, quantity) in
            [("T3", "blue", 5), ("T4", "wrap-b", 1), ("T5", "red", 59)]
        {
            let order = of_shirts(&db, number, option, quantity).await;
            ok(&order.call(&mut gateway).await);
        }
        db.assert_audit_clean().await;
    }
}

/// Deliveries and what goes out again, orders that are paid, lapse or are refused, counts, and a strategy that changes all
/// the time, on three stock rows of one product: nobody is answered with a deadlock, and every unit is somewhere.
#[tokio::test]
async fn a_storm_of_deliveries_orders_counts_and_strategies_loses_no_unit() {
    let db = TestDb::with_fixture().await;
    const STOCKS: [&str; 3] = ["red", "blue", "wrap"];
    const ROUNDS: i64 = 12;
    let mut orders = Vec::new();
    for number in 0..32_u32 {
        let option = ["red", "wrap-a", "blue", "wrap-b"][number as usize % 4];
        let quantity = 1 + number % 5;
        let order = of_shirts(&db, &format!("T{number}"), option, quantity).await;
        orders.push((option, i64::from(quantity), order));
    }
    let orders = Arc::new(orders);
    let done = Arc::new(AtomicBool::new(false));
    let switching = {
        let (mut conn, done) = (db.conn_as_operator().await, done.clone());
        tokio::spawn(async move {
            while !done.load(Ordering::Relaxed) {
                for slots in ["8", "1", "3", "16", "2"] {
                    let strategy = if slots == "1" { "single" } else { "slots" };
                    let params = (1, "shirt", strategy, slots);
                    ok(&call(&mut conn, "update_adm_stock_strategy", params).await);
                }
            }
        })
    };
    let operator = db.url_as("jumun_operator");
    let added = storm(&db, 12, move |session, mut gateway| {
        let (orders, operator) = (orders.clone(), operator.clone());
        async move {
            let mut added = Vec::new();
            if session < 8 {
                for (option, quantity, order) in orders.iter().skip(session).step_by(8) {
                    let answer = order.call(&mut gateway).await;
                    if answer.is_ok() {
                        added.push((option.split('-').next().unwrap().to_owned(), -quantity));
                    } else {
                        assert_eq!(code(&answer), "OUT_OF_STOCK");
                    }
                }
                return added;
            }
            let mut conn = Conn::from_url(operator).await.unwrap();
            for round in 0..ROUNDS {
                for option in STOCKS {
                    // Two sessions bring the same deliveries; a fourth takes some of it out again.
                    let (quantity, reference) = match session {
                        8 | 9 => (3 + round % 4, format!("A-{option}-{round}")),
                        10 => (1, format!("B-{option}-{round}")),
                        _ => (-(1 + round % 3), format!("C-{option}-{round}")),
                    };
                    let params = (1, "shirt", option, quantity.to_string(), "storm", reference);
                    let answer = call(&mut conn, "shop_stock_add", params).await;
                    match &answer {
                        Ok(_) if ok(&answer).int("replayed") == 0 => {
                            added.push((option.to_owned(), quantity));
                        }
                        Ok(_) => {}
                        Err(_) => assert_eq!(code(&answer), "OUT_OF_STOCK"),
                    }
                }
            }
            added
        }
    })
    .await;
    done.store(true, Ordering::Relaxed);
    switching.await.unwrap();
    for (option, first) in [("red", 50), ("blue", 50), ("wrap", 10)] {
        let sum = added.iter().flatten().filter(|(o, _)| o == option);
        let expected = first + sum.map(|(_, quantity)| quantity).sum::<i64>();
        assert_eq!(
            free(&db, ("shirt", Some(option))).await,
            expected,
            "{option}"
        );
    }
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_stock_ledger WHERE reference LIKE 'A-%'")
            .await,
        3 * ROUNDS
    );
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
