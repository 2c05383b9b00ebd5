//! A cart row that stays in the cart while its order waits for the payment (soft_lock): whatever meets the order, its
//! payment, its refusal or its expiry comes wholly before or wholly after, each unit is in one place, and nobody
//! deadlocks.

use super::*;
use crate::cart::soft_lock::{lamps, seen, shop};

/// Everything that a buyer, a payment gateway and the jobs can do with the one row of two lamps.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Order,
    OrderAgain,
    Add,
    Change,
    Delete,
    Merge,
    Restore,
    Quote,
    Pay,
    Fail,
    Expire,
    Settle,
    Old,
}

const ALL: [Act; 13] = [
    Act::Order,
    Act::OrderAgain,
    Act::Add,
    Act::Change,
    Act::Delete,
    Act::Merge,
    Act::Restore,
    Act::Quote,
    Act::Pay,
    Act::Fail,
    Act::Expire,
    Act::Settle,
    Act::Old,
];

async fn start(db: &TestDb, act: Act, lamp: i64) -> Running {
    let none = None::<&str>;
    let ids = format!("[{lamp}]");
    match act {
        Act::Order => Running::order(db, lamps("T1", lamp)).await,
        Act::OrderAgain => Running::order(db, lamps("T2", lamp)).await,
        Act::Add => Running::call(db, "add_shop_cart", (1, "u1", "lamp", none, "1")).await,
        Act::Change => {
            Running::call(db, "update_shop_cart", (1, "u1", lamp.to_string(), "3")).await
        }
        Act::Delete => Running::call(db, "delete_shop_cart", (1, "u1", ids)).await,
        Act::Merge => Running::call(db, "merge_shop_cart", (1, "guest", "u1")).await,
        Act::Restore => Running::call(db, "shop_order_restore_cart", (1, "u1", "T1")).await,
        Act::Quote => Running::call(db, "shop_order_quote", (1, "u1", ids, none, none, none)).await,
        Act::Pay | Act::Fail => {
            let message = match act {
                Act::Pay => WalletMessage::paid("T1", "P1", "43000"),
                _ => WalletMessage::failed("T1", "F1", "43000"),
            };
            let params = ("wallet", "M1", "notify", message.json());
            Running::call(db, "shop_order_update", params).await
        }
        Act::Expire => Running::call(db, "shop_order_expire", (10,)).await,
        Act::Settle => Running::call(db, "shop_cart_settle", (10,)).await,
        Act::Old => Running::call(db, "shop_cart_expire", (10,)).await,
    }
}

/// Refusals that such a meeting may end in; anything else is a fault.
const REFUSED: [&str; 7] = [
    "CART_IN_CHECKOUT",
    "CART_NOT_FOUND",
    "PRICE_CHANGED",
    "STATE_NOT_ALLOWED",
    "ORDER_NOT_FOUND",
    "INVALID_INPUT",
    "IDEMPOTENCY_MISMATCH",
];

/// What must hold whoever came first: the books are right, no lamp is in two places, stock and holds agree.
async fn judge(db: &TestDb, what: &str) {
    db.assert_audit_clean().await;
    let live = db
        .int(
            "SELECT COUNT(*) FROM shop_orders o JOIN shop_order_statuses t ON t.order_status = o.order_status
             WHERE t.phase <> 'ended'",
        )
        .await;
    assert!(live <= 1, "{what}: {live} orders of one row");
    assert_eq!(
        db.free_stock("lamp", NO_OPTION).await,
        100 - 2 * live,
        "{what}"
    );
    let marked = db
        .int("SELECT COUNT(*) FROM shop_cart WHERE order_seq_no IS NOT NULL")
        .await;
    assert!(marked <= 1, "{what}");
    // And a next step is always possible: whatever is free can be ordered.
    let told = seen(db).await;
    assert!(!told.contains("ordered"), "{what}: {told}");
}

/// Two at the same row: the first holds the cart's or the order's lock and waits for what the test holds; then the other.
#[tokio::test]
async fn an_order_meets_every_other_act_in_both_orders() {
    for act in ALL {
        for order_first in [true, false] {
            let (db, lamp, _) = shop().await;
            db.add_cart(1, "guest", "lamp", NO_OPTION, 1).await;
            db.exec("UPDATE shops SET cart_delete_days = 30; INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
                .await;
            let what = format!("order first {order_first}, {act:?}");
            let header = Holder::cart_header(&db, "u1").await;
            let acts = if order_first {
                [Act::Order, act]
            } else {
                [act, Act::Order]
            };
            let mut running = Vec::new();
            for act in acts {
                let mut call = start(&db, act, lamp).await;
                // Jobs pass over a cart that is in use, payments know none.
                if ![
                    Act::Pay,
                    Act::Fail,
                    Act::Expire,
                    Act::Settle,
                    Act::Old,
                    Act::Quote,
                ]
                .contains(&act)
                {
                    call.wait_until_blocked().await;
                }
                running.push(call);
            }
            header.release().await;
            for call in running {
                if let Err(error) = call.finish().await {
                    assert!(REFUSED.contains(&error.code()), "{what}: {error:?}");
                }
            }
            judge(&db, &what).await;
        }
    }
}

/// The same with an order that is there, in every state it can be in, and two acts that start together.
#[tokio::test]
async fn any_two_acts_on_a_row_in_checkout_come_one_after_the_other() {
    for (number, first) in ALL.into_iter().enumerate() {
        for (other, second) in ALL.into_iter().enumerate().skip(number) {
            let out_of_time = (number + other) % 2 == 1;
            let (db, lamp, _) = shop().await;
            let mut conn = db.conn_as_gateway().await;
            ok(&lamps("T1", lamp).call(&mut conn).await);
            if out_of_time {
                db.let_expire("T1").await;
            }
            let what = format!("{first:?} and {second:?}, out of time {out_of_time}");
            // Both wait for the order's row, or for the cart.
            let held = Holder::take(
                &db,
                "SELECT 1 FROM shop_orders WHERE order_number = 'T1' FOR UPDATE",
            )
            .await;
            let a = start(&db, first, lamp).await;
            let b = start(&db, second, lamp).await;
            held.release().await;
            for call in [a, b] {
                if let Err(error) = call.finish().await {
                    assert!(REFUSED.contains(&error.code()), "{what}: {error:?}");
                }
            }
            judge(&db, &what).await;
        }
    }
}

#[tokio::test]
async fn two_tabs_order_the_same_row_and_one_of_them_gets_it() {
    let (db, lamp, _) = shop().await;
    let results = storm(&db, 8, |number, mut conn| async move {
        lamps(&format!("T{number}"), lamp)
            .call(&mut conn)
            .await
            .map(|_| ())
    })
    .await;
    let codes: Vec<String> = results.iter().filter(|r| r.is_err()).map(code_of).collect();
    assert_eq!(codes, vec!["CART_IN_CHECKOUT"; 7]);
    assert_eq!(db.count("shop_orders").await, 1);
    judge(&db, "tabs").await;
}

fn code_of(result: &Result<(), CallError>) -> String {
    result.as_ref().unwrap_err().code().to_owned()
}

/// The money comes while the row, whose time is over, is ordered again: it meets an order that has ended.
#[tokio::test]
async fn late_money_meets_an_order_that_was_ended_for_the_next_one() {
    for money_first in [true, false] {
        let (db, lamp, _) = shop().await;
        let mut conn = db.conn_as_gateway().await;
        ok(&lamps("T1", lamp).call(&mut conn).await);
        db.let_expire("T1").await;
        let held = Holder::take(
            &db,
            "SELECT 1 FROM shop_orders WHERE order_number = 'T1' FOR UPDATE",
        )
        .await;
        let acts = if money_first {
            [Act::Pay, Act::OrderAgain]
        } else {
            [Act::OrderAgain, Act::Pay]
        };
        let mut running = Vec::new();
        for act in acts {
            let mut call = start(&db, act, lamp).await;
            call.wait_until_blocked().await;
            running.push((act, call));
        }
        held.release().await;
        let mut paid = String::new();
        let mut ordered = String::new();
        for (act, call) in running {
            let result = call.finish().await;
            match act {
                Act::Pay => paid = ok(&result).str("verdict"),
                _ => ordered = result.map_or_else(|e| e.code().to_owned(), |_| "OK".to_owned()),
            }
        }
        // Whoever had the order first has the lamps.
        let ends = (paid.as_str(), ordered.as_str());
        assert!(
            ends == ("paid", "CART_NOT_FOUND") || ends == ("late", "OK"),
            "{ends:?}"
        );
        judge(&db, "late money").await;
    }
}

/// Everything at once, for a while: rows, orders and stock agree, and nobody is told to try again.
#[tokio::test]
async fn a_storm_on_one_row_leaves_the_books_right() {
    let (db, lamp, _) = shop().await;
    db.add_cart(1, "guest", "lamp", NO_OPTION, 1).await;
    for round in 0..6 {
        let mut running = Vec::new();
        for number in 0..ALL.len() {
            let act = ALL[(number * 5 + round) % ALL.len()];
            running.push(start(&db, act, lamp).await);
        }
        for call in running {
            if let Err(error) = call.finish().await {
                assert!(REFUSED.contains(&error.code()), "{error:?}");
            }
        }
        db.assert_audit_clean().await;
        if round % 2 == 1 {
            db.let_expire("T1").await;
        }
    }
}
