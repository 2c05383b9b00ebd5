//! A cart row that stays in the cart while its order waits for the payment (soft_lock): whatever meets the order, its
//! payment, its refusal or its expiry comes wholly before or wholly after, each unit is in one place, and nobody
//! deadlocks.

use super::*;
use crate::cart::soft_lock::{lamps, shop};

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

/// A buyer with two lamps in the cart, and one of them as a guest.
struct Scene {
    user: String,
    lamp: i64,
}

impl Scene {
    async fn new(db: &TestDb, user: &str) -> Scene {
        let lamp = db.add_cart(1, user, "lamp", NO_OPTION, 2).await;
        db.add_cart(1, &format!("guest of {user}"), "lamp", NO_OPTION, 1)
            .await;
        db.exec(&format!(
            "INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES (1, '{user}')"
        ))
        .await;
        Scene {
            user: user.to_owned(),
            lamp,
        }
    }

    fn order(&self, again: bool) -> OrderCall {
        let number = format!("{}-{}", self.user, if again { "T2" } else { "T1" });
        guest_order(&number, &self.user, &[self.lamp], "43000")
    }

    async fn start(&self, db: &TestDb, act: Act) -> Running {
        let none = None::<&str>;
        let ids = format!("[{}]", self.lamp);
        let number = format!("{}-T1", self.user);
        let user = self.user.clone();
        match act {
            Act::Order => Running::order(db, self.order(false)).await,
            Act::OrderAgain => Running::order(db, self.order(true)).await,
            Act::Add => Running::call(db, "add_shop_cart", (1, user, "lamp", none, "1")).await,
            Act::Change => {
                let params = (1, user, self.lamp.to_string(), "3");
                Running::call(db, "update_shop_cart", params).await
            }
            Act::Delete => Running::call(db, "delete_shop_cart", (1, user, ids)).await,
            Act::Merge => {
                let params = (1, format!("guest of {user}"), user);
                Running::call(db, "merge_shop_cart", params).await
            }
            Act::Restore => Running::call(db, "shop_order_restore_cart", (1, user, number)).await,
            Act::Quote => {
                let params = (1, user, ids, none, none, none, none, none, none, none);
                Running::call(db, "shop_order_quote", params).await
            }
            Act::Pay | Act::Fail => {
                let message = match act {
                    Act::Pay => WalletMessage::paid(&number, &format!("P-{user}"), "43000"),
                    _ => WalletMessage::failed(&number, &format!("F-{user}"), "43000"),
                };
                let params = ("wallet", "M1", "notify", message.json());
                Running::call(db, "shop_order_update", params).await
            }
            Act::Expire => Running::call(db, "shop_order_expire", (10,)).await,
            Act::Settle => Running::call(db, "shop_cart_settle", (10,)).await,
            Act::Old => Running::call(db, "shop_cart_expire", (10,)).await,
        }
    }

    /// What must hold whoever came first: the books are right, at most one order has the row, and the stock is short of
    /// its units and of no other.
    async fn judge(&self, db: &TestDb, free: i64, what: &str) {
        db.assert_audit_clean().await;
        let live = db
            .int(&format!(
                "SELECT COUNT(*) FROM shop_orders o JOIN shop_order_statuses t ON t.order_status = o.order_status
                 WHERE t.phase <> 'ended' AND o.user_id = '{}'",
                self.user
            ))
            .await;
        assert!(live <= 1, "{what}: {live} orders of one row");
        let left = db.free_stock("lamp", NO_OPTION).await;
        assert_eq!(left, free - 2 * live, "{what}");
        let mut conn = db.conn_as_gateway().await;
        let buyer = (1, self.user.clone(), None::<&str>);
        let cart = call(&mut conn, "select_shop_cart", buyer).await;
        let states = cart.unwrap().set(1).column("item_state");
        assert!(!states.contains(&"ordered".to_owned()), "{what}");
        // Nobody's time is over when the next ones meet.
        call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    }
}

/// Shop 1 with soft_lock, lamps for everybody, and a policy for old rows.
async fn lamps_for_all() -> TestDb {
    let (db, ..) = shop().await;
    db.exec("UPDATE shops SET cart_delete_days = 30").await;
    let mut operator = db.conn_as_operator().await;
    let params = (1, "lamp", None::<&str>, "9000", "for all", "R1");
    call(&mut operator, "shop_stock_add", params).await.unwrap();
    db
}

/// They wait for no cart.
const PASSING: [Act; 6] = [
    Act::Pay,
    Act::Fail,
    Act::Expire,
    Act::Settle,
    Act::Old,
    Act::Quote,
];

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

/// Both wait for the cart, or for what the first of them has locked; then they go on.
#[tokio::test]
async fn an_order_meets_every_other_act_in_both_orders() {
    let db = lamps_for_all().await;
    for (number, act) in ALL.into_iter().enumerate() {
        for order_first in [true, false] {
            let what = format!("order first {order_first}, {act:?}");
            let scene = Scene::new(&db, &format!("m{number}{order_first}")).await;
            let free = db.free_stock("lamp", NO_OPTION).await;
            let header = Holder::cart_header(&db, &scene.user).await;
            let acts = if order_first {
                [Act::Order, act]
            } else {
                [act, Act::Order]
            };
            let mut running = Vec::new();
            for act in acts {
                let mut call = scene.start(&db, act).await;
                // Jobs pass over a cart that is in use, payments know none.
                if !PASSING.contains(&act) {
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
            scene.judge(&db, free, &what).await;
        }
    }
}

/// The same with an order that is there, in time or out of it, and two acts that start together at its row.
#[tokio::test]
async fn any_two_acts_on_a_row_in_checkout_come_one_after_the_other() {
    let db = lamps_for_all().await;
    let mut conn = db.conn_as_gateway().await;
    for (number, first) in ALL.into_iter().enumerate() {
        for (other, second) in ALL.into_iter().enumerate().skip(number) {
            let out_of_time = (number + other) % 2 == 1;
            let what = format!("{first:?} and {second:?}, out of time {out_of_time}");
            let scene = Scene::new(&db, &format!("r{number}-{other}")).await;
            let free = db.free_stock("lamp", NO_OPTION).await;
            ok(&scene.order(false).call(&mut conn).await);
            if out_of_time {
                db.let_expire(&format!("{}-T1", scene.user)).await;
            }
            let sql = format!(
                "SELECT 1 FROM shop_orders WHERE order_number = '{}-T1' FOR UPDATE",
                scene.user
            );
            let held = Holder::take(&db, &sql).await;
            let a = scene.start(&db, first).await;
            let b = scene.start(&db, second).await;
            held.release().await;
            for call in [a, b] {
                if let Err(error) = call.finish().await {
                    assert!(REFUSED.contains(&error.code()), "{what}: {error:?}");
                }
            }
            scene.judge(&db, free, &what).await;
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
    db.assert_audit_clean().await;
}

fn code_of(result: &Result<(), CallError>) -> String {
    result.as_ref().unwrap_err().code().to_owned()
}

/// The money comes while the row, whose time is over, is ordered again: it meets an order that has ended.
#[tokio::test]
async fn late_money_meets_an_order_that_was_ended_for_the_next_one() {
    for money_first in [true, false] {
        let db = lamps_for_all().await;
        let scene = Scene::new(&db, "a-buyer").await;
        let free = db.free_stock("lamp", NO_OPTION).await;
        let mut conn = db.conn_as_gateway().await;
        ok(&scene.order(false).call(&mut conn).await);
        db.let_expire("a-buyer-T1").await;
        let sql = "SELECT 1 FROM shop_orders WHERE order_number = 'a-buyer-T1' FOR UPDATE";
        let held = Holder::take(&db, sql).await;
        let acts = if money_first {
            [Act::Pay, Act::OrderAgain]
        } else {
            [Act::OrderAgain, Act::Pay]
        };
        let mut running = Vec::new();
        for act in acts {
            let mut call = scene.start(&db, act).await;
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
        scene.judge(&db, free, "late money").await;
    }
}

/// Everything at once, for a while: rows, orders and stock agree, and nobody is told to try again.
#[tokio::test]
async fn a_storm_on_one_row_leaves_the_books_right() {
    let db = lamps_for_all().await;
    let scene = Scene::new(&db, "a-buyer").await;
    for round in 0..6 {
        let mut running = Vec::new();
        for number in 0..ALL.len() {
            let act = ALL[(number * 5 + round) % ALL.len()];
            running.push(scene.start(&db, act).await);
        }
        for call in running {
            if let Err(error) = call.finish().await {
                assert!(REFUSED.contains(&error.code()), "{error:?}");
            }
        }
        db.assert_audit_clean().await;
        if round % 2 == 1 {
            db.let_expire("a-buyer-T1").await;
        }
    }
}
