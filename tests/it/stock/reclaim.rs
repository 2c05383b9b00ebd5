//! Lapsed holds: the buyer who needs the units takes them, without waiting for anybody and from nobody who is just
//! paying. With each way of keeping stock.

use crate::race::{Holder, code, guest_order, ok, status};
use crate::support::*;

/// The stock of a product of shop 1, kept in one row and in three.
const STRATEGIES: [u32; 2] = [1, 3];

/// An order for some units of `last`, of which there is one, or `book`, of which there are 100.
async fn order_of(db: &TestDb, user_id: &str, product: &str, units: u32) -> OrderCall {
    let price = if product == "last" { 7_000 } else { 10_000 };
    let cart_id = db.add_cart(1, user_id, product, NO_OPTION, units).await;
    let total = (units * price).to_string();
    guest_order(&format!("T{user_id}"), user_id, &[cart_id], &total)
}

#[tokio::test]
async fn a_lapsed_hold_goes_to_the_buyer_who_needs_it_and_its_order_cannot_be_paid_any_more() {
    for slots in STRATEGIES {
        let db = TestDb::with_fixture().await;
        db.slots("last", slots).await;
        let mut conn = db.conn_as_gateway().await;
        ok(&order_of(&db, "b1", "last", 1).await.call(&mut conn).await);
        let second = order_of(&db, "b2", "last", 1).await;
        assert_eq!(code(&second.call(&mut conn).await), "OUT_OF_STOCK");
        assert_eq!(
            db.free_stock("last", NO_OPTION).await,
            0,
            "it has not lapsed yet"
        );

        db.let_expire("Tb1").await;
        ok(&second.call(&mut conn).await);
        assert_eq!(db.free_stock("last", NO_OPTION).await, 0);
        assert_eq!(status(&db, "Tb1").await, 1, "its order is not touched");
        db.assert_audit_clean().await;

        // Money that comes now finds no unit: recorded, and owed back.
        let message = WalletMessage::paid("Tb1", "P1", "7000");
        let late = settle(&mut conn, "notify", &message).await;
        assert_eq!(ok(&late).str("verdict"), "late");
        assert_eq!(status(&db, "Tb1").await, 10);
        assert_eq!(db.text("SELECT duty FROM shop_pg_duties").await, "refund");
        let message = WalletMessage::paid("Tb2", "P2", "7000");
        let paid = settle(&mut conn, "notify", &message).await;
        assert_eq!(ok(&paid).str("verdict"), "paid");
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn a_lapsed_hold_that_nobody_needs_can_still_be_paid() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    ok(&order_of(&db, "b1", "book", 60).await.call(&mut conn).await);
    db.let_expire("Tb1").await;
    ok(&order_of(&db, "b2", "book", 40).await.call(&mut conn).await);
    let message = WalletMessage::paid("Tb1", "P1", "600000");
    let paid = settle(&mut conn, "notify", &message).await;
    assert_eq!(ok(&paid).str("verdict"), "paid");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn only_as_many_holds_are_reclaimed_as_are_needed_the_oldest_first() {
    for slots in STRATEGIES {
        let db = TestDb::with_fixture().await;
        db.slots("book", slots).await;
        let mut conn = db.conn_as_gateway().await;
        for user_id in ["b1", "b2", "b3", "b4"] {
            ok(&order_of(&db, user_id, "book", 25)
                .await
                .call(&mut conn)
                .await);
        }
        for number in ["Tb1", "Tb2", "Tb3"] {
            db.let_expire(number).await;
        }
        db.exec(
            "UPDATE shop_stock_reservations r JOIN shop_orders o ON o.seq_no = r.order_seq_no
             SET r.expires_at = '2026-01-01', o.expires_at = '2026-01-01'
             WHERE o.order_number = 'Tb2'",
        )
        .await;
        ok(&order_of(&db, "b5", "book", 20).await.call(&mut conn).await);
        let released = "SELECT GROUP_CONCAT(DISTINCT o.order_number) FROM shop_stock_reservations r
            JOIN shop_orders o ON o.seq_no = r.order_seq_no WHERE r.state = 'released'";
        assert_eq!(db.text(released).await, "Tb2");
        assert_eq!(db.text("SELECT CAST(SUM(quantity) AS CHAR) FROM shop_stock_reservations WHERE state = 'held'").await, "95");
        // The rest of what lapsed is not enough for this one, and stays where it is.
        let greedy = order_of(&db, "b6", "book", 60).await;
        assert_eq!(code(&greedy.call(&mut conn).await), "OUT_OF_STOCK");
        assert_eq!(
            db.text(released).await,
            "Tb2",
            "an order that fails reclaims nothing"
        );
        ok(&order_of(&db, "b7", "book", 55).await.call(&mut conn).await);
        assert_eq!(db.free_stock("book", NO_OPTION).await, 0);
        db.assert_audit_clean().await;
        let expired = call(&mut conn, "shop_order_expire", (10,)).await;
        assert_eq!(ok(&expired).int("expired"), 3);
        assert_eq!(db.free_stock("book", NO_OPTION).await, 0, "released once");
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn a_hold_that_is_just_being_paid_is_not_reclaimed_and_not_waited_for() {
    for slots in STRATEGIES {
        let db = TestDb::with_fixture().await;
        db.slots("last", slots).await;
        let mut conn = db.conn_as_gateway().await;
        ok(&order_of(&db, "b1", "last", 1).await.call(&mut conn).await);
        db.let_expire("Tb1").await;
        // As a payment does between selling the units and its commit.
        let paying = Holder::reservations(&db, "Tb1").await;
        let second = order_of(&db, "b2", "last", 1).await;
        assert_eq!(code(&second.call(&mut conn).await), "OUT_OF_STOCK");
        paying.release().await;
        let message = WalletMessage::paid("Tb1", "P1", "7000");
        let paid = settle(&mut conn, "notify", &message).await;
        assert_eq!(ok(&paid).str("verdict"), "paid");
        assert_eq!(code(&second.call(&mut conn).await), "OUT_OF_STOCK");
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn a_payment_that_waited_for_the_reclaiming_buyer_is_late() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    // Two products; the buyer takes the first one's lapsed units and then waits at the second.
    ok(&order_of(&db, "b1", "book", 100).await.call(&mut conn).await);
    db.let_expire("Tb1").await;
    let book = db.add_cart(1, "b2", "book", NO_OPTION, 1).await;
    let last = db.add_cart(1, "b2", "last", NO_OPTION, 1).await;
    let both = guest_order("Tb2", "b2", &[book, last], "17000");
    let stock = Holder::stock(&db, "last", NO_OPTION).await;
    let mut buying = Running::order(&db, both).await;
    buying.wait_until_blocked().await;
    let message = WalletMessage::paid("Tb1", "P1", "1000000");
    let params = ("wallet", "M1", "notify", message.json());
    let mut paying = Running::call(&db, "shop_order_update", params).await;
    paying.wait_until_blocked().await;
    stock.release().await;
    ok(&buying.finish().await);
    assert_eq!(ok(&paying.finish().await).str("verdict"), "late");
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
    db.assert_audit_clean().await;
}

/// Lapsed orders are reclaimed, paid and expired at once: each unit ends with one of them, and nobody gets a deadlock.
#[tokio::test]
async fn buyers_payments_and_the_job_share_lapsed_holds_without_losing_a_unit() {
    for slots in STRATEGIES {
        let db = TestDb::with_fixture().await;
        db.slots("book", slots).await;
        let mut conn = db.conn_as_gateway().await;
        for buyer in 0..20 {
            let order = order_of(&db, &format!("a{buyer}"), "book", 5).await;
            ok(&order.call(&mut conn).await);
            db.let_expire(&format!("Ta{buyer}")).await;
        }
        let mut orders = Vec::new();
        for buyer in 0..16 {
            orders.push(order_of(&db, &format!("b{buyer}"), "book", 3).await);
        }
        let answers = storm(&db, 16 + 8 + 2, |n, mut conn| {
            let order = orders.get(n).cloned();
            async move {
                match n {
                    0..16 => order.unwrap().call(&mut conn).await,
                    16..24 => {
                        let message = WalletMessage::paid(
                            &format!("Ta{}", n - 16),
                            &format!("P{n}"),
                            "50000",
                        );
                        settle(&mut conn, "notify", &message).await
                    }
                    _ => call(&mut conn, "shop_order_expire", (4,)).await,
                }
            }
        })
        .await;
        for (n, answer) in answers.iter().enumerate() {
            if n < 16 && answer.is_err() {
                assert_eq!(code(answer), "OUT_OF_STOCK", "caller {n}");
            } else {
                ok(answer);
            }
        }
        db.assert_audit_clean().await;
        call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
        db.assert_audit_clean().await;
    }
}

/// The wraps share a stock row, of which a lapsed order holds all.
#[tokio::test]
async fn lines_on_one_stock_row_reclaim_what_they_want_together() {
    for slots in STRATEGIES {
        let db = TestDb::with_fixture().await;
        db.slots("shirt", slots).await;
        let mut conn = db.conn_as_gateway().await;
        let wraps = db.add_cart(1, "b1", "shirt", "wrap-a", 10).await;
        let first = guest_order("Tb1", "b1", &[wraps], "158000");
        ok(&first.call(&mut conn).await);
        let mut rows = Vec::new();
        for (product, option, units) in [
            ("shirt", "wrap-a", 6),
            ("lamp", NO_OPTION, 1),
            ("shirt", "wrap-b", 4),
        ] {
            rows.push(db.add_cart(1, "b2", product, option, units).await);
        }
        let order = guest_order("Tb2", "b2", &rows, "178000");
        let refused = order.call(&mut conn).await;
        assert_eq!(code(&refused), "OUT_OF_STOCK");
        assert_eq!(refused.unwrap_err().sets.set(1).column("wanted"), ["10"]);
        db.let_expire("Tb1").await;
        // One too many, and what has lapsed stays where it is.
        let more = db.add_cart(1, "b2", "shirt", "wrap-b", 1).await;
        let greedy = [rows.as_slice(), &[more]].concat();
        let greedy = guest_order("Tb2", "b2", &greedy, "193500");
        assert_eq!(code(&greedy.call(&mut conn).await), "OUT_OF_STOCK");
        let held = "SELECT COUNT(*) FROM shop_stock_reservations WHERE state = 'released'";
        assert_eq!(db.int(held).await, 0);
        ok(&order.call(&mut conn).await);
        assert_eq!(db.free_stock("shirt", "wrap").await, 0);
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, 99);
        let units = "SELECT CAST(SUM(quantity) AS SIGNED) FROM shop_stock_reservations r
            JOIN shop_orders o ON o.seq_no = r.order_seq_no WHERE o.order_number = 'Tb2' AND r.option_hash = 'wrap'";
        assert_eq!(db.int(units).await, 10);
        db.exec("DELETE FROM shop_cart").await;
        db.assert_audit_clean().await;
    }
}
