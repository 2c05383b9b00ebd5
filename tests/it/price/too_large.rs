//! Amounts that no order can have: more than 15 digits before the point. What is to blame is named, a page can still be
//! looked at, and the engine's own "out of range" never gets out.

use crate::cart::cart_of;
use crate::http::{get, post};
use crate::order::shop_order_quote::{line_texts, quote};
use crate::support::*;

/// The largest amount there is, and half a thousand million million, of which two are too many.
const LARGEST: &str = "999999999999999";
const HALF: &str = "500000000000000";

async fn shop_with(price: &str) -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec(&format!(
        "UPDATE shop_products SET buy_price = {price}, sale_price = NULL, discount_rate = 0
         WHERE product_id IN ('book', 'lamp', 'rice');
         UPDATE shop_delivery_policy SET base_cost = 0;
         INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')"
    ))
    .await;
    db
}

async fn cart(conn: &mut Conn) -> Vec<String> {
    let cart = call(conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    line_texts(&cart.set(1).rows)
}

/// The call is refused like this and changes nothing.
async fn refused(
    db: &TestDb,
    conn: &mut Conn,
    procedure: &str,
    params: impl Into<Params>,
    expected: (&str, &str),
) -> CallError {
    let before = db.snapshot().await;
    let error = call(conn, procedure, params).await.unwrap_err();
    error.expect_code(expected.0);
    assert_eq!(error.row().str("field"), expected.1, "{procedure}");
    assert_eq!(db.snapshot().await, before, "{procedure} left something");
    error
}

/// Quote and order of these rows say the same.
async fn not_ordered(db: &TestDb, conn: &mut Conn, ids: &[i64], code: &str, detail: &str) {
    let json = serde_json::json!(ids).to_string();
    let none = None::<&str>;
    let params = (
        1,
        "u1",
        json.as_str(),
        none,
        none,
        none,
        none,
        none,
        none,
        none,
    );
    let expected = (code, "selected_cart_ids");
    let quoted = refused(db, conn, "shop_order_quote", params, expected).await;
    let order = OrderCall::new("T-never", ids).client_total(LARGEST);
    let ordered = refused(db, conn, "shop_order_insert", order.params(), expected).await;
    for error in [quoted, ordered] {
        assert_eq!(error.row().str("detail"), detail);
        if code == "PRODUCT_UNAVAILABLE" {
            assert_eq!(error.row().str("more"), "lines");
            assert_eq!(error.sets.set(1).rows.len(), ids.len());
            let line = error.sets.set(1).find("product_id", detail);
            assert_eq!(line.int("orderable"), 0);
        }
    }
    assert_eq!(db.count("shop_error_log").await, 0);
}

#[tokio::test]
async fn a_row_that_costs_too_much_is_named_and_can_be_made_smaller() {
    let db = shop_with(HALF).await;
    let mut conn = db.conn_as_gateway().await;
    let add = (1, "u1", "book", None::<&str>, "1");
    let first = call(&mut conn, "add_shop_cart", add).await.unwrap();
    let id = first.first().int("cart_id");
    refused(
        &db,
        &mut conn,
        "add_shop_cart",
        add,
        ("INVALID_INPUT", "quantity"),
    )
    .await;
    let many = (1, "u1", "lamp", None::<&str>, "99999");
    refused(
        &db,
        &mut conn,
        "add_shop_cart",
        many,
        ("INVALID_INPUT", "quantity"),
    )
    .await;
    for quantity in ["2", "99999"] {
        let update = (1, "u1", id.to_string(), quantity);
        refused(
            &db,
            &mut conn,
            "update_shop_cart",
            update,
            ("INVALID_INPUT", "quantity"),
        )
        .await;
    }
    // An old page writes what it likes, and prices go up.
    let other = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    for (quantity, amount) in [
        (2, "1000000000000000.00"),
        (99_999, "49999500000000000000.00"),
    ] {
        db.exec(&format!(
            "UPDATE shop_cart SET quantity = {quantity} WHERE seq_no = {id}"
        ))
        .await;
        assert_eq!(
            cart(&mut conn).await,
            [
                format!("{id} book __noopt__ {HALF}.00 {quantity} {amount} 0"),
                format!("{other} pen __noopt__ 1000.00 1 1000.00 1"),
            ]
        );
        not_ordered(&db, &mut conn, &[id], "PRODUCT_UNAVAILABLE", "book").await;
        not_ordered(&db, &mut conn, &[id, other], "PRODUCT_UNAVAILABLE", "book").await;
    }
    // Over HTTP too.
    let gateway = Gateway::start(&db).await;
    let page = get(&gateway, "/v1/cart", "u1").await.ok();
    assert_eq!(page["lines"][0]["line_amount"], "49999500000000000000.00");
    let ids = serde_json::json!({"selected_cart_ids": [id]});
    let problem = post(&gateway, "/v1/quotes", "u1", &ids).await;
    let problem = problem.problem(409, "PRODUCT_UNAVAILABLE");
    assert_eq!(problem["lines"][0]["orderable"], 0);
    let update = (1, "u1", id.to_string(), "1");
    call(&mut conn, "update_shop_cart", update).await.unwrap();
    let order = OrderCall::new("T1", &[id, other]).client_total("500000000001000");
    order.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_largest_amount_is_one() {
    let db = shop_with(LARGEST).await;
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{book}]"))
        .await
        .unwrap();
    assert_eq!(quoted.first().str("total_payment"), format!("{LARGEST}.00"));
    let order = OrderCall::new("T1", &[book]).client_total(LARGEST);
    order.call(&mut conn).await.unwrap();
    let message = WalletMessage::paid("T1", "P1", LARGEST);
    settle(&mut conn, "notify", &message).await.unwrap();
    assert_eq!(db.int("SELECT order_status FROM shop_orders").await, 2);
    db.assert_audit_clean().await;
    // One won of delivery more is too much.
    db.exec("UPDATE shop_delivery_policy SET base_cost = 1 WHERE id = 2")
        .await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    not_ordered(
        &db,
        &mut conn,
        &[lamp],
        "INVALID_INPUT",
        "together more than 15 digits",
    )
    .await;
}

/// Whatever a catalogue holds by a slip of the hand.
#[tokio::test]
async fn a_price_that_no_order_can_have_is_no_price() {
    let db = shop_with(HALF).await;
    let mut conn = db.conn_as_gateway().await;
    let dearest = "9999999999999999.99";
    for (price, option) in [
        ("1000000000000000", "0"),
        (dearest, "0"),
        (dearest, dearest),
        ("1", dearest),
        ("1", "-9999999999999999.99"),
    ] {
        db.exec(&format!(
            "UPDATE shop_products SET buy_price = {price} WHERE product_id = 'shirt';
             UPDATE shop_product_options SET add_price = {option} WHERE product_id = 'shirt';
             DELETE FROM shop_cart"
        ))
        .await;
        let add = (1, "u1", "shirt", "red", "1");
        refused(
            &db,
            &mut conn,
            "add_shop_cart",
            add,
            ("PRODUCT_UNAVAILABLE", "product_id"),
        )
        .await;
        for quantity in [1, 99_999] {
            let id = db.add_cart(1, "u1", "shirt", "red", quantity).await;
            let lines = cart(&mut conn).await;
            assert!(lines.last().unwrap().ends_with(" 0"), "{lines:?}");
            let order = OrderCall::new("T1", &[id]).client_total("1");
            let expected = ("PRODUCT_UNAVAILABLE", "selected_cart_ids");
            refused(
                &db,
                &mut conn,
                "shop_order_insert",
                order.params(),
                expected,
            )
            .await;
        }
    }
    assert_eq!(db.count("shop_error_log").await, 0);
}

#[tokio::test]
async fn rows_that_are_too_much_only_together_are_told_so() {
    let db = shop_with(HALF).await;
    let mut conn = db.conn_as_gateway().await;
    let together = "together more than 15 digits";
    let mut ids = Vec::new();
    for product in ["book", "lamp", "rice"] {
        ids.push(db.add_cart(1, "u1", product, NO_OPTION, 1).await);
    }
    not_ordered(&db, &mut conn, &ids[..2], "INVALID_INPUT", together).await;
    not_ordered(&db, &mut conn, &ids, "INVALID_INPUT", together).await;
    // So many that not even the column could hold them, taxed and free of tax.
    for product in ["book", "rice"] {
        let mut many = Vec::new();
        for _ in 0..40 {
            many.push(db.add_cart(1, "u1", product, NO_OPTION, 1).await);
        }
        not_ordered(&db, &mut conn, &many, "INVALID_INPUT", together).await;
    }
    // Fees that are as large, with and without a sum from which on there is none.
    let dearest = "9999999999999999.99";
    for policy in [
        "type = 'fixed', free_over = NULL".to_owned(),
        format!("type = 'conditional', free_over = {dearest}"),
    ] {
        db.exec(&format!(
            "UPDATE shop_delivery_policy SET base_cost = {dearest}, {policy}"
        ))
        .await;
        not_ordered(&db, &mut conn, &ids[..1], "INVALID_INPUT", together).await;
        not_ordered(&db, &mut conn, &ids, "INVALID_INPUT", together).await;
    }
}

#[tokio::test]
async fn what_comes_back_may_be_too_much_and_the_cart_can_still_be_looked_at() {
    let db = shop_with(HALF).await;
    let mut conn = db.conn_as_gateway().await;
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[id]).client_total(HALF);
    order.call(&mut conn).await.unwrap();
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let restored = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1")).await;
    assert_eq!(
        line_texts(&restored.unwrap().set(1).rows),
        [format!(
            "{id} book __noopt__ {HALF}.00 2 1000000000000000.00 0"
        )]
    );
    let update = (1, "u1", id.to_string(), "1");
    call(&mut conn, "update_shop_cart", update).await.unwrap();
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 1"]);
    db.assert_audit_clean().await;
}
