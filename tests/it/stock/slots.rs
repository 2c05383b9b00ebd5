//! Stock in slots: whom an order waits for and whom not, quantities that no slot has, and the change of the strategy
//! while the product is being bought.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::seq::SliceRandom;

use crate::race::{Holder, code, guest_order, ok};
use crate::support::*;

/// One row of a product of shop 1, held by somebody.
async fn hold_slot(db: &TestDb, product_id: &str, slot: u32) -> Holder {
    Holder::take(
        db,
        &format!(
            "SELECT 1 FROM shop_stock WHERE shop_id = 1 AND product_id = '{product_id}'
                AND option_hash = '{NO_OPTION}' AND slot = {slot} FOR UPDATE"
        ),
    )
    .await
}

/// A connection whose orders begin at this slot of so many.
async fn conn_at_home(db: &TestDb, slot: u32, slots: u32) -> Conn {
    loop {
        let conn = db.conn_as_gateway().await;
        if conn.id() % slots == slot {
            return conn;
        }
    }
}

/// An order of one new buyer for some units of one product of 10,000 won without delivery fee.
async fn order_of(db: &TestDb, user_id: &str, units: u32) -> OrderCall {
    let cart_id = db.add_cart(1, user_id, "book", NO_OPTION, units).await;
    let total = (units * 10_000).to_string();
    guest_order(&format!("T{user_id}"), user_id, &[cart_id], &total)
}

async fn frees(db: &TestDb) -> String {
    db.text("SELECT GROUP_CONCAT(free ORDER BY slot) FROM shop_stock WHERE product_id = 'book'")
        .await
}

async fn set_frees(db: &TestDb, frees: &[i64]) {
    for (slot, free) in frees.iter().enumerate() {
        db.exec(&format!(
            "UPDATE shop_stock SET free = {free} WHERE product_id = 'book' AND slot = {slot}"
        ))
        .await;
    }
    let total: i64 = frees.iter().sum();
    db.exec(&format!(
        "DROP TRIGGER IF EXISTS tr_shop_stock_ledger_update; UPDATE shop_stock_ledger SET difference = {total} WHERE product_id = 'book'"
    ))
    .await;
}

#[tokio::test]
async fn buyers_at_different_slots_do_not_wait_for_each_other() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 4).await;
    let held = hold_slot(&db, "book", 1).await;
    for slot in [0, 2, 3] {
        let order = order_of(&db, &format!("b{slot}"), 2).await;
        let mut conn = conn_at_home(&db, slot, 4).await;
        ok(&order.call(&mut conn).await);
    }
    assert_eq!(frees(&db).await, "23,25,23,23");
    held.release().await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_whose_own_slot_is_empty_takes_from_one_where_nobody_is() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 4).await;
    set_frees(&db, &[0, 5, 1, 5]).await;
    // Slot 1 has enough and is held: it is passed over, and so is slot 2, which has too little.
    let held = hold_slot(&db, "book", 1).await;
    let order = order_of(&db, "b1", 2).await;
    let mut conn = conn_at_home(&db, 0, 4).await;
    ok(&order.call(&mut conn).await);
    held.release().await;
    assert_eq!(frees(&db).await, "0,5,1,3");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn sold_out_is_not_said_while_somebody_holds_what_is_left() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 4).await;
    set_frees(&db, &[0, 0, 3, 0]).await;
    let held = hold_slot(&db, "book", 2).await;
    let order = order_of(&db, "b1", 2).await;
    let conn = conn_at_home(&db, 0, 4).await;
    let mut waiting = Running::call_on(&db, conn, "shop_order_insert", order.params()).await;
    waiting.wait_until_blocked().await;
    held.release().await;
    ok(&waiting.finish().await);
    assert_eq!(frees(&db).await, "0,0,1,0");
    // And when the other one really takes them, it is.
    let mut held = hold_slot(&db, "book", 2).await;
    held.exec("UPDATE shop_stock SET free = 0 WHERE product_id = 'book' AND slot = 2")
        .await;
    let order = order_of(&db, "b2", 1).await;
    let conn = conn_at_home(&db, 0, 4).await;
    let mut waiting = Running::call_on(&db, conn, "shop_order_insert", order.params()).await;
    waiting.wait_until_blocked().await;
    held.release().await;
    assert_eq!(code(&waiting.finish().await), "OUT_OF_STOCK");
}

#[tokio::test]
async fn a_quantity_that_no_slot_has_is_taken_across_them_and_goes_back_where_it_came_from() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 4).await;
    set_frees(&db, &[3, 1, 0, 4]).await;
    let mut conn = db.conn_as_gateway().await;
    let order = order_of(&db, "b1", 9).await;
    assert_eq!(code(&order.call(&mut conn).await), "OUT_OF_STOCK");
    assert_eq!(frees(&db).await, "3,1,0,4", "nothing was taken");
    let order = order_of(&db, "b2", 7).await;
    ok(&order.call(&mut conn).await);
    assert_eq!(frees(&db).await, "0,1,0,0");
    let held = "SELECT GROUP_CONCAT(CONCAT(slot, ':', quantity) ORDER BY slot) FROM shop_stock_reservations";
    assert_eq!(db.text(held).await, "0:3,3:4");
    db.assert_audit_clean().await;
    db.let_expire("Tb2").await;
    // While it was held the product has gone back to one row: the units are found all the same.
    db.slots("book", 1).await;
    assert_eq!(frees(&db).await, "1,0,0,0");
    call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    assert_eq!(frees(&db).await, "4,0,0,4");
    let order = order_of(&db, "b3", 8).await;
    ok(&order.call(&mut conn).await);
    assert_eq!(frees(&db).await, "0,0,0,0");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_paid_order_across_slots_is_sold_whole() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 4).await;
    set_frees(&db, &[1, 1, 1, 1]).await;
    let mut conn = db.conn_as_gateway().await;
    let order = order_of(&db, "b1", 3).await;
    ok(&order.call(&mut conn).await);
    let message = WalletMessage::paid("Tb1", "P1", "30000");
    let paid = settle(&mut conn, "notify", &message).await;
    assert_eq!(ok(&paid).str("verdict"), "paid");
    let sold = "SELECT CONCAT(COUNT(*), ' ', SUM(quantity)) FROM shop_stock_reservations WHERE state = 'sold'";
    assert_eq!(db.text(sold).await, "3 3");
    db.assert_audit_clean().await;
}

/// 48 buyers who want 1 to 5 units of two products that have less in all, in slots too small for most: nobody gets a
/// deadlock, nobody is refused what was there when all was over, no unit appears or is lost.
#[tokio::test]
async fn a_crowd_that_takes_across_slots_gets_no_deadlock_and_leaves_nothing_behind() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 8).await;
    db.slots("lamp", 5).await;
    let mut orders = Vec::new();
    for buyer in 0..48_u32 {
        let user_id = format!("b{buyer}");
        let units = 1 + buyer % 5;
        // In either order of the cart; locks are taken by product.
        let mut cart = Vec::new();
        for product in if buyer % 2 == 0 {
            ["book", "lamp"]
        } else {
            ["lamp", "book"]
        } {
            cart.push(db.add_cart(1, &user_id, product, NO_OPTION, units).await);
        }
        let total = (units * 30_000 + 3_000).to_string();
        orders.push((
            units,
            guest_order(&format!("T{buyer}"), &user_id, &cart, &total),
        ));
    }
    let orders = Arc::new(orders);
    let answers = storm(&db, 24, |session, mut conn| {
        let orders = orders.clone();
        async move {
            let mut answers = Vec::new();
            for (units, order) in orders.iter().skip(session).step_by(24) {
                answers.push((*units, order.call(&mut conn).await));
            }
            answers
        }
    })
    .await;
    let left = db.free_stock("book", NO_OPTION).await;
    assert_eq!(left, db.free_stock("lamp", NO_OPTION).await);
    let mut taken = 0;
    for (units, answer) in answers.iter().flatten() {
        if answer.is_ok() {
            taken += i64::from(*units);
        } else {
            assert_eq!(code(answer), "OUT_OF_STOCK");
            assert!(i64::from(*units) > left, "refused {units}, {left} are left");
        }
    }
    assert_eq!(taken + left, 100);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_strategy_can_be_changed_while_the_product_is_being_bought() {
    let db = TestDb::with_fixture().await;
    // 60 single books for 100 units: all must be served, whatever the stock looks like at that moment.
    let mut orders = Vec::new();
    for buyer in 0..60 {
        orders.push(order_of(&db, &format!("b{buyer}"), 1).await);
    }
    bought_while_it_changes(&db, "book", orders).await;
    assert_eq!(db.free_stock("book", NO_OPTION).await, 40);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_strategy_can_be_changed_while_options_are_being_bought() {
    let db = TestDb::with_fixture().await;
    // Two thirds of the reds and of the blues, and all of the wraps, which two options share.
    let mut orders = Vec::new();
    for (option, count, total) in [
        ("red", 33, "18000"),
        ("blue", 33, "19000"),
        ("wrap-a", 5, "18500"),
        ("wrap-b", 5, "18500"),
    ] {
        for buyer in 0..count {
            let user = format!("{option}{buyer}");
            let cart_id = db.add_cart(1, &user, "shirt", option, 1).await;
            orders.push(guest_order(&user, &user, &[cart_id], total));
        }
    }
    orders.shuffle(&mut rand::rng());
    bought_while_it_changes(&db, "shirt", orders).await;
    for (option, left) in [("red", 17), ("blue", 17), ("wrap", 0)] {
        assert_eq!(db.free_stock("shirt", option).await, left, "{option}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_strategy_of_a_part_can_be_changed_while_sets_are_being_bought() {
    let db = super::sets::sets().await;
    // A kit takes two of ten wrapped shirts, a pair two, a shirt alone one: 2 × 2 + 2 × 2 + 2.
    let mut orders = Vec::new();
    for (product, option, total) in [
        ("kit", NO_OPTION, "20000"),
        ("pair", NO_OPTION, "9000"),
        ("shirt", "wrap-b", "18500"),
    ] {
        for buyer in 0..2 {
            let user = format!("{product}{buyer}");
            let cart_id = db.add_cart(1, &user, product, option, 1).await;
            orders.push(guest_order(&user, &user, &[cart_id], total));
        }
    }
    orders.shuffle(&mut rand::rng());
    bought_while_it_changes(&db, "shirt", orders).await;
    assert_eq!(db.free_stock("shirt", "wrap").await, 0);
    assert_eq!(db.free_stock("pen", NO_OPTION).await, 94);
    db.assert_audit_clean().await;
}

/// All of these orders must be served while the strategy changes again and again.
async fn bought_while_it_changes(db: &TestDb, product: &'static str, orders: Vec<OrderCall>) {
    let orders = Arc::new(orders);
    let done = Arc::new(AtomicBool::new(false));
    let switching = {
        let mut conn = db.conn_as_operator().await;
        let done = done.clone();
        tokio::spawn(async move {
            let mut switches = 0;
            while !done.load(Ordering::Relaxed) || switches < 4 {
                for slots in ["8", "1", "3", "64", "2"] {
                    let strategy = if slots == "1" { "single" } else { "slots" };
                    let params = (1, product, strategy, slots);
                    let answer = call(&mut conn, "update_adm_stock_strategy", params).await;
                    assert_eq!(ok(&answer).str("result"), "OK");
                    switches += 1;
                }
            }
            switches
        })
    };
    let answers = storm(db, 12, |session, mut conn| {
        let orders = orders.clone();
        async move {
            let mut answers = Vec::new();
            for order in orders.iter().skip(session).step_by(12) {
                answers.push(order.call(&mut conn).await);
            }
            answers
        }
    })
    .await;
    done.store(true, Ordering::Relaxed);
    assert!(switching.await.unwrap() >= 5);
    for answer in answers.iter().flatten() {
        ok(answer);
    }
}

/// At each moment of a change the lines of one stock row are summed, and what is there is served.
#[tokio::test]
async fn lines_of_options_with_one_stock_row_are_summed_while_the_strategy_changes() {
    // Options are spread in order, then the product's row is written: the wraps come last.
    let before =
        "SELECT 1 FROM shop_stock WHERE product_id = 'shirt' AND option_hash = 'red' FOR UPDATE";
    let after = "SELECT 1 FROM shop_products WHERE product_id = 'shirt' FOR UPDATE";
    for (from, to) in [(1, "4"), (4, "1"), (3, "5")] {
        for moment in [before, after] {
            let db = TestDb::with_fixture().await;
            db.slots("shirt", from).await;
            let held = Holder::take(&db, moment).await;
            let strategy = if to == "1" { "single" } else { "slots" };
            let params = (1, "shirt", strategy, to);
            let conn = db.conn_as_operator().await;
            let mut switch = Running::call_on(&db, conn, "update_adm_stock_strategy", params).await;
            switch.wait_until_blocked().await;

            let mut conn = db.conn_as_gateway().await;
            let a = db.add_cart(1, "u1", "shirt", "wrap-a", 6).await;
            let b = db.add_cart(1, "u1", "shirt", "wrap-b", 5).await;
            let order = OrderCall::new("T1", &[a, b]).client_total("173500");
            let refused = order.call(&mut conn).await;
            assert_eq!(code(&refused), "OUT_OF_STOCK");
            assert_eq!(refused.unwrap_err().sets.set(1).column("wanted"), ["11"]);
            db.exec(&format!(
                "UPDATE shop_cart SET quantity = 4 WHERE seq_no = {b}"
            ))
            .await;
            let order = order.client_total("158000");
            ok(&order.call(&mut conn).await);
            held.release().await;
            ok(&switch.finish().await);
            assert_eq!(db.free_stock("shirt", "wrap").await, 0, "{from} to {to}");
            db.assert_audit_clean().await;
        }
    }
}

/// What orders of two options hold across slots is sold, given back and taken back from where it lies, whatever the
/// strategy has become meanwhile.
#[tokio::test]
async fn units_of_options_that_are_held_while_the_strategy_changes_go_where_they_belong() {
    let db = TestDb::with_fixture().await;
    db.slots("shirt", 4).await;
    let mut conn = db.conn_as_gateway().await;
    for (number, option, quantity, total) in [
        ("PAID", "wrap-a", 4, "65000"),
        ("LAPSED", "wrap-b", 3, "49500"),
        ("TAKEN", "wrap-a", 3, "49500"),
    ] {
        let cart_id = db.add_cart(1, number, "shirt", option, quantity).await;
        ok(&guest_order(number, number, &[cart_id], total)
            .call(&mut conn)
            .await);
    }
    db.let_expire("TAKEN").await;
    db.slots("shirt", 1).await;
    // Nothing is free: it takes the units of the order that has lapsed, which lie in slots.
    let cart_id = db.add_cart(1, "NEXT", "shirt", "wrap-b", 2).await;
    ok(&guest_order("NEXT", "NEXT", &[cart_id], "34000")
        .call(&mut conn)
        .await);
    assert_eq!(db.free_stock("shirt", "wrap").await, 1);
    db.assert_audit_clean().await;
    db.slots("shirt", 2).await;
    db.let_expire("LAPSED").await;
    let expired = call(&mut conn, "shop_order_expire", (10,)).await;
    assert_eq!(ok(&expired).int("expired"), 2);
    for (number, transaction, total) in [("PAID", "P1", "65000"), ("NEXT", "P2", "34000")] {
        let paid = WalletMessage::paid(number, transaction, total);
        let answer = settle(&mut conn, "notify", &paid).await;
        assert_eq!(ok(&answer).str("verdict"), "paid");
    }
    assert_eq!(db.free_stock("shirt", "wrap").await, 4);
    let cart_id = db.add_cart(1, "LAST", "shirt", "wrap-a", 4).await;
    ok(&guest_order("LAST", "LAST", &[cart_id], "65000")
        .call(&mut conn)
        .await);
    assert_eq!(db.free_stock("shirt", "wrap").await, 0);
    db.assert_audit_clean().await;
}

/// What an order leaves behind where it found too little: nothing, or two that look for more wait for each other.
#[tokio::test]
async fn looking_at_a_slot_that_has_too_little_does_not_keep_it() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 4).await;
    set_frees(&db, &[1, 1, 1, 1]).await;
    for home in 0..4 {
        let mut conn = db.conn().await;
        conn.query_drop("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION")
            .await
            .unwrap();
        let look = format!("CALL _stock_find_slot(1, 'book', '{NO_OPTION}', 2, {home}, @slot)");
        conn.query_drop(look).await.unwrap();
        let found: Option<i64> = conn.query_first("SELECT @slot").await.unwrap().unwrap();
        assert_eq!(found, None);
        let mut other = db.conn().await;
        other.query_drop("START TRANSACTION").await.unwrap();
        let free: Vec<i64> = other
            .query("SELECT slot FROM shop_stock WHERE product_id = 'book' FOR UPDATE SKIP LOCKED")
            .await
            .unwrap();
        assert_eq!(free, [0, 1, 2, 3], "home {home}");
    }
}
