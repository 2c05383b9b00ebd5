//! Row 18: two orders for one unit, bundles oversell. Lines on one stock row are summed first.

use super::*;

#[tokio::test]
async fn two_lines_on_one_stock_row_are_summed_first() {
    summed_first(&TestDb::with_fixture().await, 1).await;
}

#[tokio::test]
async fn two_lines_on_one_product_in_slots_are_summed_first() {
    let db = TestDb::with_fixture().await;
    db.slots("shirt", 3).await;
    summed_first(&db, 3).await;
}

async fn summed_first(db: &TestDb, rows: i64) {
    let mut conn = db.conn_as_gateway().await;
    // 10 wraps: 6 and 5 of them pass one by one, and not together.
    let a = db.add_cart(1, "u1", "shirt", "wrap-a", 6).await;
    let b = db.add_cart(1, "u1", "shirt", "wrap-b", 5).await;
    let answer = OrderCall::new("T1", &[a, b])
        .client_total("173500")
        .call(&mut conn)
        .await;
    assert_eq!(code(&answer), "OUT_OF_STOCK");
    assert_eq!(answer.unwrap_err().sets.set(1).column("wanted"), ["11"]);
    assert_eq!(db.free_stock("shirt", "wrap").await, 10);

    db.exec(&format!(
        "UPDATE shop_cart SET quantity = 4 WHERE seq_no = {b}"
    ))
    .await;
    let answer = OrderCall::new("T1", &[a, b])
        .client_total("158000")
        .call(&mut conn)
        .await;
    ok(&answer);
    assert_eq!(db.free_stock("shirt", "wrap").await, 0);
    let held = db
        .row("SELECT COUNT(*) AS n, SUM(quantity) AS units FROM shop_stock_reservations")
        .await;
    assert_eq!(held.int("n"), rows, "one hold a stock row for both lines");
    assert_eq!(held.int("units"), 10);
    assert_eq!(db.count("shop_order_product").await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn two_orders_on_one_stock_row_get_no_unit_twice() {
    no_unit_twice(&TestDb::with_fixture().await).await;
}

#[tokio::test]
async fn two_orders_on_one_product_in_slots_get_no_unit_twice() {
    let db = TestDb::with_fixture().await;
    // Neither slot has enough for either: both orders want all rows, from slot 0 on.
    db.slots("shirt", 3).await;
    no_unit_twice(&db).await;
}

async fn no_unit_twice(db: &TestDb) {
    let a = db.add_cart(1, "u1", "shirt", "wrap-a", 6).await;
    let b = db.add_cart(1, "u2", "shirt", "wrap-b", 5).await;
    let a = OrderCall::new("T1", &[a]).client_total("96000");
    let b = OrderCall::new("T2", &[b])
        .user(1, "u2")
        .client_total("80500");
    let stock = Holder::stock(db, "shirt", "wrap").await;
    let first = waiting_order(db, &a).await;
    let second = waiting_order(db, &b).await;
    stock.release().await;
    let answers = [first.finish().await, second.finish().await];
    let free = db.free_stock("shirt", "wrap").await;
    match (&answers[0], &answers[1]) {
        (Ok(_), Err(_)) => assert_eq!(free, 4),
        (Err(_), Ok(_)) => assert_eq!(free, 5),
        other => panic!("not exactly one order: {other:?}"),
    }
    let refused = answers.iter().find(|answer| answer.is_err()).unwrap();
    assert_eq!(code(refused), "OUT_OF_STOCK");
    db.assert_audit_clean().await;
}
