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

fn jeju(surcharge: u32) -> String {
    format!(
        r#"[{{"area_code":"jeju","area_name":"Jeju","surcharge":"{surcharge}","codes":["63000~63644"]}}]"#
    )
}

async fn jeju_costs(conn: &mut Conn, surcharge: u32) {
    let params = (1, jeju(surcharge));
    ok(&call(conn, "update_adm_delivery_areas", params).await);
}

/// u1's order of two lamps and a pen that goes to Jeju, at 40000 + 1000 + 3000 + 2500 and two surcharges of 3000.
async fn an_order_to_jeju(db: &TestDb, operator: &mut Conn) -> OrderCall {
    db.exec("UPDATE shop_shipping_address SET post_code = '63100' WHERE seq_no = 101")
        .await;
    jeju_costs(operator, 3000).await;
    an_order(db).await.client_total("52500")
}

/// Surcharge and fee of every order.
const CHARGED: &str = "SELECT GROUP_CONCAT(DISTINCT CONCAT_WS(' ', r.surcharge, o.shipping_fee, o.total_payment)) AS t
    FROM shop_orders o LEFT JOIN shop_area_rules r ON r.area_rule_id = o.area_rule_id";

#[tokio::test]
async fn a_surcharge_that_changes_before_the_reading_is_told_to_the_buyer() {
    let db = TestDb::with_fixture().await;
    let mut operator = db.conn_as_operator().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let order = an_order_to_jeju(&db, &mut operator).await;
    let header = Holder::cart_header(&db, "u1").await;
    let ordering = waiting_order(&db, &order).await;
    jeju_costs(&mut operator, 4000).await;
    header.release().await;
    let error = ordering.finish().await.unwrap_err();
    error.expect_code("PRICE_CHANGED");
    assert_eq!(error.sets.set(1).rows[0].str("shipping_fee"), "13500.00");
    assert_eq!(db.count("shop_orders").await, 0);
}

/// It has read where it goes, and waits: for its key, and for its stock.
#[tokio::test]
async fn a_surcharge_that_changes_after_the_reading_changes_nothing_of_the_order() {
    for for_its_key in [false, true] {
        for changed in [jeju(4000), "[]".to_owned()] {
            let db = TestDb::with_fixture().await;
            let mut operator = db.conn_as_operator().await;
            let order = an_order_to_jeju(&db, &mut operator).await;
            let mut last = Holder::stock(&db, "last", NO_OPTION).await;
            let lamps = Holder::stock(&db, "lamp", NO_OPTION).await;
            let mut other = None;
            if for_its_key {
                let cart_id = db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
                let same_key = OrderCall::new("T1", &[cart_id]).user(1, "u2");
                other = Some(waiting_order(&db, &same_key.client_total("7000")).await);
            }
            let ordering = waiting_order(&db, &order).await;
            ok(&call(&mut operator, "update_adm_delivery_areas", (1, changed)).await);
            if let Some(other) = other {
                last.exec(
                    "UPDATE shop_stock SET free = 0 WHERE shop_id = 1 AND product_id = 'last'",
                )
                .await;
                last.release().await;
                assert_eq!(code(&other.finish().await), "OUT_OF_STOCK");
                db.exec("UPDATE shop_stock SET free = 1 WHERE shop_id = 1 AND product_id = 'last'")
                    .await;
            }
            lamps.release().await;
            ok(&ordering.finish().await);
            let charged = db.text(CHARGED).await;
            assert_eq!(charged, "3000.00 11500.00 52500.00", "{for_its_key}");
            db.assert_audit_clean().await;
        }
    }
}

/// The operator is in the middle of it: areas are changed, and cannot be written down yet.
#[tokio::test]
async fn an_order_goes_on_beside_a_change_of_areas_that_is_not_done() {
    for held in ["shop_area_codes", "shop_delivery_areas"] {
        let db = TestDb::with_fixture().await;
        let mut operator = db.conn_as_operator().await;
        let order = an_order_to_jeju(&db, &mut operator).await;
        let held = format!("SELECT 1 FROM {held} WHERE shop_id = 1 FOR UPDATE");
        let held = Holder::take(&db, &held).await;
        let params = (1, jeju(4000));
        let mut change = Running::call_on(&db, operator, "update_adm_delivery_areas", params).await;
        change.wait_until_blocked().await;
        let mut conn = db.conn_as_gateway().await;
        ok(&order.call(&mut conn).await);
        held.release().await;
        ok(&change.finish().await);
        assert_eq!(db.text(CHARGED).await, "3000.00 11500.00 52500.00");
        db.assert_audit_clean().await;
    }
}

/// A buyer of books, who orders each of them at the total that he was told.
async fn reader_in_jeju(mut conn: Conn, user: String, books: Vec<i64>) {
    let mut total = "13000".to_owned();
    for book in books {
        let number = format!("{user}-{book}");
        let order = OrderCall::new(&number, &[book]).user(1, &user);
        loop {
            let answer = order.clone().client_total(&total).call(&mut conn).await;
            if answer.is_ok() {
                break;
            }
            assert_eq!(code(&answer), "PRICE_CHANGED");
            total = answer.unwrap_err().sets.set(1).rows[0].str("total_payment");
        }
    }
}

/// Wherever between its reads the change falls: nobody pays a surcharge that is not the rule's. A book of 10000 ships
/// free.
#[tokio::test]
async fn orders_while_the_surcharge_changes_pay_what_it_was_or_what_it_is() {
    let db = TestDb::with_fixture().await;
    let mut operator = db.conn_as_operator().await;
    db.exec(
        "UPDATE shops SET total_tolerance = 0;
         UPDATE shop_shipping_address SET post_code = '63100'",
    )
    .await;
    let mut buyers = Vec::new();
    for number in 1..=4 {
        let user = format!("u{number}");
        let mut books = Vec::new();
        for _ in 0..25 {
            books.push(db.add_cart(1, &user, "book", NO_OPTION, 1).await);
        }
        let conn = db.conn_as_gateway().await;
        buyers.push(tokio::spawn(reader_in_jeju(conn, user, books)));
    }
    let said = [jeju(3000), jeju(4000), "[]".to_owned()];
    let mut changes = said.iter().cycle();
    while !buyers.iter().all(|buyer| buyer.is_finished()) {
        let params = (1, changes.next().expect("endless"));
        ok(&call(&mut operator, "update_adm_delivery_areas", params).await);
    }
    for buyer in buyers {
        buyer.await.expect("a buyer found something");
    }
    assert_eq!(db.count("shop_orders").await, 100);
    let right = [
        "3000.00 3000.00 13000.00",
        "4000.00 4000.00 14000.00",
        "0.00 10000.00",
    ];
    let charged = db.text(CHARGED).await;
    for one in charged.split(',') {
        assert!(right.contains(&one), "{charged}");
    }
    db.assert_audit_clean().await;
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
