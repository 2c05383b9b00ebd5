//! A price that changes while an order is being placed: one reading under the buyer's lock decides, and whatever
//! follows is computed from it, however long it has to wait then.

use super::*;

const DEARER: &str = "UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp';
                      UPDATE shop_delivery_policy SET base_cost = 5000 WHERE id = 2;
                      UPDATE shop_products SET display = '0' WHERE product_id = 'pen'";

/// u1's order of two lamps and a pen, at 40000 + 1000 + 5500.
async fn an_order(db: &TestDb) -> OrderCall {
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    OrderCall::new("T1", &[lamp, pen]).client_total("46500")
}

async fn assert_ordered_at_the_old_price(db: &TestDb, ordered: Result<Sets, CallError>) {
    assert_eq!(ok(&ordered).str("total_payment"), "46500.00");
    let lines = "SELECT GROUP_CONCAT(line_amount ORDER BY line_no) FROM shop_order_product";
    assert_eq!(db.text(lines).await, "40000.00,1000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_change_before_the_reading_is_told_to_the_buyer() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let order = an_order(&db).await;
    let header = Holder::cart_header(&db, "u1").await;
    let ordering = waiting_order(&db, &order).await;
    db.exec("UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp'")
        .await;
    header.release().await;
    assert_eq!(code(&ordering.finish().await), "PRICE_CHANGED");
    assert_eq!(db.count("shop_orders").await, 0);
}

/// Two buyers, one key: the second waits for it with its rows priced, under its own cart's lock.
#[tokio::test]
async fn a_change_while_the_order_waits_for_its_key_changes_nothing_of_the_order() {
    let db = TestDb::with_fixture().await;
    let order = an_order(&db).await;
    let last = db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
    let mut stock = Holder::stock(&db, "last", NO_OPTION).await;
    let lamps = Holder::stock(&db, "lamp", NO_OPTION).await;
    let same_key = OrderCall::new("T1", &[last])
        .user(1, "u2")
        .client_total("7000");
    let other = waiting_order(&db, &same_key).await;
    let ordering = waiting_order(&db, &order).await;
    db.exec(DEARER).await;
    stock
        .exec("UPDATE shop_stock SET free = 0 WHERE shop_id = 1 AND product_id = 'last'")
        .await;
    stock.release().await;
    // The order has the key now, and waits for its lamps.
    assert_eq!(code(&other.finish().await), "OUT_OF_STOCK");
    lamps.release().await;
    let ordered = ordering.finish().await;
    db.exec("UPDATE shop_stock SET free = 1 WHERE shop_id = 1 AND product_id = 'last'")
        .await;
    assert_ordered_at_the_old_price(&db, ordered).await;
}

#[tokio::test]
async fn a_change_after_the_reading_changes_nothing_of_the_order() {
    // Its lines are written: it waits for its stock.
    let db = TestDb::with_fixture().await;
    let order = an_order(&db).await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let ordering = waiting_order(&db, &order).await;
    db.exec(DEARER).await;
    stock.release().await;
    assert_ordered_at_the_old_price(&db, ordering.finish().await).await;
}

/// Not when it was sent: what is in force is what is in force when it is read.
#[tokio::test]
async fn an_order_is_dated_when_it_has_the_cart() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let order = an_order(&db).await;
    let header = Holder::cart_header(&db, "u1").await;
    let ordering = waiting_order(&db, &order).await;
    let now = "SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)";
    let released = db.text(now).await;
    header.release().await;
    ok(&ordering.finish().await);
    let dated = "SELECT CAST(order_date AS CHAR) FROM shop_orders";
    let dated = db.text(dated).await;
    assert!(
        released <= dated && dated <= db.text(now).await,
        "{released} {dated}"
    );
    let lasts = "SELECT TIMESTAMPDIFF(MICROSECOND, order_date, expires_at) FROM shop_orders";
    assert_eq!(db.int(lasts).await, 30 * 60 * 1_000_000);
}

/// An order that falls short rolls back and begins again: it is judged by what it costs then.
#[tokio::test]
async fn a_change_before_an_order_that_fell_short_begins_again_is_told_to_the_buyer() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let lamps = db.add_cart(1, "u2", "lamp", NO_OPTION, 5).await;
    let lapsed = OrderCall::new("T0", &[lamps])
        .user(1, "u2")
        .client_total("103000");
    ok(&lapsed.call(&mut conn).await);
    db.let_expire("T0").await;
    let order = an_order(&db).await;
    let mut stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let ordering = waiting_order(&db, &order).await;
    db.exec("UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp'")
        .await;
    stock
        .exec(
            "UPDATE shop_stock SET free = 1 WHERE product_id = 'lamp';
             INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
             VALUES (1, 'lamp', '__noopt__', -94, 'broken', 'hand', UTC_TIMESTAMP(6))",
        )
        .await;
    stock.release().await;
    let refused = ordering.finish().await.unwrap_err();
    refused.expect_code("PRICE_CHANGED");
    assert_eq!(refused.sets.set(1).rows[0].str("total_payment"), "48500.00");
    assert_eq!(db.count("shop_orders").await, 1);
    assert_eq!(
        db.free_stock("lamp", NO_OPTION).await,
        1,
        "nothing is reclaimed for it"
    );
    ok(&order.client_total("48500").call(&mut conn).await);
    assert_eq!(
        db.free_stock("lamp", NO_OPTION).await,
        4,
        "1 + 5 that had lapsed - 2"
    );
    db.assert_audit_clean().await;
}
