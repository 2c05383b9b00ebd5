//! Row 1: duplicate orders from concurrent checkout. N parallel calls with one key: one order, N equal answers;
//! the lock dies with the transaction.

use super::*;

/// Everything in an answer but whether it was the first.
fn said(sets: &Sets) -> String {
    let row = sets.first();
    let columns = [
        "order_number",
        "order_key",
        "order_code",
        "order_status",
        "next_step",
        "currency",
        "total_payment",
        "expires_at",
    ];
    let row: Vec<String> = columns.iter().map(|column| row.str(column)).collect();
    format!("{row:?} {:?}", sets.set(1).rows)
}

#[tokio::test]
async fn parallel_calls_with_one_key_make_one_order_and_get_one_answer() {
    let db = TestDb::with_fixture().await;
    for round in 0..4 {
        // A buyer who never had a cart before: the first calls create its header as well.
        let user = format!("guest-{round}");
        let cart_id = db.add_cart(1, &user, "lamp", NO_OPTION, 2).await;
        let order = guest_order(&format!("T{round}"), &user, &[cart_id], "43000");
        let answers = storm(&db, 16, |_, mut conn| {
            let order = order.clone();
            async move { order.call(&mut conn).await }
        })
        .await;
        let replays: i64 = answers
            .iter()
            .map(|answer| ok(answer).int("replayed"))
            .sum();
        assert_eq!(replays, 15, "one was the first");
        let mut said: Vec<String> = answers.iter().flatten().map(said).collect();
        said.dedup();
        assert_eq!(said.len(), 1, "{said:#?}");
        assert_eq!(db.count("shop_orders").await, round + 1);
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98 - 2 * round);
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn who_comes_while_the_first_one_works_waits_and_is_told_the_same() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("23000");
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let first = waiting_order(&db, &order).await; // with the order written, not committed
    let mut others = Vec::new();
    for _ in 0..15 {
        let other = waiting_order(&db, &order).await;
        others.push(other);
    }
    assert_eq!(db.count("shop_orders").await, 0);
    stock.release().await;
    let first = first.finish().await;
    assert_eq!(ok(&first).int("replayed"), 0);
    let first = said(&first.unwrap());
    for other in others {
        let other = other.finish().await;
        assert_eq!(ok(&other).int("replayed"), 1);
        assert_eq!(said(&other.unwrap()), first);
    }
    assert_eq!(db.count("shop_orders").await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_first_call_that_fails_leaves_the_key_to_the_next_in_line() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "last", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("7000");
    let mut stock = Holder::stock(&db, "last", NO_OPTION).await;
    let first = waiting_order(&db, &order).await;
    let second = waiting_order(&db, &order).await;
    // Sold out while the first one waits for it; back before the second gets there.
    stock
        .exec("UPDATE shop_stock SET free = 0 WHERE shop_id = 1 AND product_id = 'last'")
        .await;
    stock.release().await;
    let first = first.finish().await;
    assert_eq!(code(&first), "OUT_OF_STOCK");
    let second = second.finish().await;
    assert_eq!(
        code(&second),
        "OUT_OF_STOCK",
        "its own answer, not the first one's order"
    );
    db.exec("UPDATE shop_stock SET free = 1 WHERE shop_id = 1 AND product_id = 'last'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    assert_eq!(ok(&order.call(&mut conn).await).int("replayed"), 0);
    assert_eq!(db.count("shop_orders").await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_lock_dies_with_the_connection_that_held_it() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("23000");
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let first = waiting_order(&db, &order).await;
    let second = waiting_order(&db, &order).await;
    db.exec(&format!("KILL {}", first.id)).await;
    assert!(first.finish().await.is_err());
    stock.release().await;
    let second = second.finish().await;
    assert_eq!(ok(&second).int("replayed"), 0, "the first one left nothing");
    assert_eq!(db.count("shop_orders").await, 1);
    db.assert_audit_clean().await;
}
