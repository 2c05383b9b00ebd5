//! `update_adm_price`, `withdraw_adm_price`, `select_adm_prices` and `shop_prices_begin`: a price that is said for later
//! begins by itself, on the second, for whoever reads it.

use std::time::Duration;

use crate::order::shop_order_quote::quote;
use crate::race::{Holder, code, ok};
use crate::support::refusal::*;
use crate::support::*;

/// The moment so many milliseconds from now, by the server's clock.
async fn in_ms(db: &TestDb, milliseconds: i64) -> String {
    let sql = format!(
        "SELECT CAST(UTC_TIMESTAMP(6) + INTERVAL {} MICROSECOND AS CHAR)",
        milliseconds * 1000
    );
    db.text(&sql).await
}

async fn until(db: &TestDb, moment: &str) {
    let begun = format!("SELECT UTC_TIMESTAMP(6) >= '{moment}'");
    while db.int(&begun).await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Says prices, as an operator.
async fn say(
    db: &TestDb,
    prices: &str,
    from: Option<&str>,
    until: Option<&str>,
) -> Result<Sets, CallError> {
    let mut conn = db.conn_as_operator().await;
    let params = (1, prices, from, until, "winter sale");
    db.call(&mut conn, "update_adm_price", params).await
}

fn lamp(price: u32) -> String {
    format!(r#"[{{"product_id":"lamp","sale_price":"{price}"}}]"#)
}

async fn begin(db: &TestDb) -> i64 {
    let mut conn = db.conn_as_gateway().await;
    let answer = db.call(&mut conn, "shop_prices_begin", (100,)).await;
    let answer = answer.unwrap();
    assert_eq!(answer.first().int("failed"), 0);
    answer.first().int("begun")
}

/// What a cart row of u1 with one of a product costs: in the cart, in a quote, and for those who read the views.
async fn costs(db: &TestDb, cart_id: i64) -> String {
    let mut conn = db.conn_as_gateway().await;
    let cart = db
        .call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await;
    let cart = cart.unwrap();
    let line = cart.set(1).find("cart_id", &cart_id.to_string());
    let price = line.opt("unit_price").unwrap_or_else(|| "none".to_owned());
    let quoted = quote(db, &mut conn, 1, "u1", &format!("[{cart_id}]")).await;
    let quoted = quoted.unwrap();
    assert_eq!(
        quoted.set(1).rows[0].opt("unit_price"),
        line.opt("unit_price")
    );
    assert_eq!(
        quoted.set(1).rows[0].int("orderable"),
        line.int("orderable")
    );
    if price != "none" {
        assert_eq!(quoted.first().str("product_total_price"), price);
    }
    let view = db
        .row(&format!(
            "SELECT unit_price, orderable, product_id FROM v_cart_lines WHERE cart_id = {cart_id}"
        ))
        .await;
    assert_eq!(view.opt("unit_price"), line.opt("unit_price"));
    assert_eq!(view.int("orderable"), line.int("orderable"));
    let product = view.str("product_id");
    if line.str("option_hash") == NO_OPTION && price != "none" {
        let sql = format!(
            "SELECT final_price FROM v_products_effective WHERE shop_id = 1 AND product_id = '{product}'"
        );
        assert_eq!(db.text(&sql).await, price);
    }
    price
}

/// Price and price row of an order's only line.
async fn charged(db: &TestDb, number: &str) -> (String, i64) {
    let line = db
        .row(&format!(
            "SELECT l.unit_price, l.price_id FROM shop_order_product l
             JOIN shop_orders o ON o.seq_no = l.order_seq_no WHERE o.order_number = '{number}'"
        ))
        .await;
    (line.str("unit_price"), line.int("price_id"))
}

/// One lamp with delivery 3000.
fn order(number: &str, cart_id: i64, price: i64) -> OrderCall {
    OrderCall::new(number, &[cart_id]).client_total(&(price + 3000).to_string())
}

#[tokio::test]
async fn a_planned_price_begins_by_itself_and_a_sale_ends_by_itself() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let first = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let (from, to) = (in_ms(&db, 2500).await, in_ms(&db, 7000).await);
    let said = say(&db, &lamp(18000), Some(&from), Some(&to))
        .await
        .unwrap();
    assert_eq!(*said.set(0).columns, ["result", "products", "changes"]);
    let change = &said.set(1).rows[0];
    assert_eq!(change.str("state"), "planned");
    assert_eq!(change.str("valid_until"), to);
    assert_eq!(change.str("buy_price"), "25000.00", "not said: as it is");
    assert_eq!(costs(&db, first).await, "20000.00");
    db.assert_audit_clean().await;

    until(&db, &from).await;
    // Nobody has moved anything.
    assert_eq!(costs(&db, first).await, "18000.00");
    assert_eq!(
        db.text("SELECT CAST(sale_price AS CHAR) FROM shop_products WHERE product_id = 'lamp'")
            .await,
        "20000.00"
    );
    assert_eq!(
        code(&order("T1", first, 20000).call(&mut conn).await),
        "PRICE_CHANGED"
    );
    ok(&order("T1", first, 18000).call(&mut conn).await);
    let (price, price_id) = charged(&db, "T1").await;
    assert_eq!(price, "18000.00");
    let row = db
        .row(&format!("SELECT CAST(valid_from AS CHAR) AS valid_from, change_no FROM shop_product_prices WHERE price_id = {price_id}"))
        .await;
    assert_eq!(
        row.str("valid_from"),
        from,
        "a row in the future, made before"
    );
    assert_eq!(row.int("change_no"), change.int("change_no"));
    // What is put into a cart now names the price that is in force.
    let answer = db
        .call(
            &mut conn,
            "add_shop_cart",
            (1, "u2", "lamp", Option::<&str>::None, "1"),
        )
        .await
        .unwrap();
    let added = format!(
        "SELECT price_id FROM shop_cart WHERE seq_no = {}",
        answer.first().int("cart_id")
    );
    assert_eq!(db.int(&added).await, price_id);
    let by_page = db.add_cart(1, "u3", "lamp", NO_OPTION, 1).await;
    let by_page = format!("SELECT price_id FROM shop_cart WHERE seq_no = {by_page}");
    assert_eq!(db.int(&by_page).await, price_id);
    db.assert_audit_clean().await;

    assert_eq!(begin(&db).await, 1);
    assert_eq!(begin(&db).await, 0, "once");
    let second = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    assert_eq!(costs(&db, second).await, "18000.00");
    assert_eq!(
        db.text("SELECT CAST(sale_price AS CHAR) FROM shop_products WHERE product_id = 'lamp'")
            .await,
        "18000.00",
        "for pages that read it"
    );
    until(&db, &to).await;
    assert_eq!(costs(&db, second).await, "20000.00");
    ok(&order("T2", second, 20000).call(&mut conn).await);
    assert_eq!(begin(&db).await, 1);
    db.assert_audit_clean().await;

    let mut operator = db.conn_as_operator().await;
    let prices = db
        .call(
            &mut operator,
            "select_adm_prices",
            (1, "lamp", Option::<&str>::None, Option::<&str>::None),
        )
        .await
        .unwrap();
    assert_eq!(prices.first().str("unit_price"), "20000.00");
    assert_eq!(prices.set(1).rows.len(), 0, "nothing is planned any more");
    assert_eq!(
        prices.set(2).column("unit_price"),
        ["20000.00", "18000.00", "20000.00"]
    );
    assert_eq!(prices.set(2).column("valid_from")[..2], [to, from]);
    assert_eq!(
        prices.set(2).column("reason"),
        ["winter sale", "winter sale", "shop_products"]
    );
    assert!(
        prices.set(2).rows[0]
            .str("actor")
            .starts_with("jumun_operator")
    );
}

#[tokio::test]
async fn when_two_prices_have_begun_and_nobody_came_the_second_is_charged() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let (from, to) = (in_ms(&db, 1500).await, in_ms(&db, 1800).await);
    say(&db, &lamp(18000), Some(&from), Some(&to))
        .await
        .unwrap();
    say(&db, &lamp(19000), Some(&to), None)
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    until(&db, &to).await;
    // Neither of the two that the row knows: no price is shown rather than a wrong one.
    assert_eq!(costs(&db, cart_id).await, "none");
    let refused = order("T1", cart_id, 18000).call(&mut conn).await;
    assert_eq!(code(&refused), "PRICE_CHANGED");
    assert_eq!(costs(&db, cart_id).await, "19000.00");
    ok(&order("T1", cart_id, 19000).call(&mut conn).await);
    db.assert_audit_clean().await;
    let states = "SELECT GROUP_CONCAT(state ORDER BY change_no) FROM shop_price_changes";
    assert_eq!(
        db.text(states).await,
        "begun,withdrawn,begun",
        "the end of the sale was replaced"
    );
}

#[tokio::test]
async fn a_sale_goes_back_to_what_the_product_cost_when_it_began() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let (from, to) = (in_ms(&db, 2500).await, in_ms(&db, 5000).await);
    say(&db, &lamp(18000), Some(&from), Some(&to))
        .await
        .unwrap();
    // Dearer before the sale begins; cheaper once more while it lasts.
    db.exec("UPDATE shop_products SET sale_price = 22000 WHERE product_id = 'lamp'")
        .await;
    assert_eq!(costs(&db, cart_id).await, "22000.00");
    until(&db, &from).await;
    assert_eq!(begin(&db).await, 1);
    say(&db, &lamp(17000), None, None).await.unwrap();
    assert_eq!(costs(&db, cart_id).await, "17000.00");
    until(&db, &to).await;
    assert_eq!(costs(&db, cart_id).await, "22000.00");
    assert_eq!(begin(&db).await, 1);
    assert_eq!(costs(&db, cart_id).await, "22000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_old_pages_change_around_the_moment_is_kept() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let blue = db.add_cart(1, "u1", "shirt", "blue", 1).await;
    let from = in_ms(&db, 4000).await;
    let both = r#"[{"product_id":"lamp","sale_price":"18000"},{"product_id":"shirt","buy_price":"12000"}]"#;
    say(&db, both, Some(&from), None).await.unwrap();
    // Before: another name, another extra price, a new option, the product saved anew by REPLACE.
    db.exec(
        "UPDATE shop_product_options SET add_price = 2000 WHERE option_hash = 'blue';
         INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash)
         VALUES (1, 'shirt', 'green', 'green', 3000, 'red');
         UPDATE shop_products SET product_name = 'Lamp, new' WHERE product_id = 'lamp'",
    )
    .await;
    begin(&db).await; // names the price to options that are new
    db.assert_audit_clean().await;
    let green = db.add_cart(1, "u1", "shirt", "green", 1).await;
    assert_eq!(costs(&db, green).await, "18000.00");
    until(&db, &from).await;
    assert_eq!(costs(&db, blue).await, "14000.00");
    assert_eq!(costs(&db, green).await, "15000.00");
    assert_eq!(costs(&db, cart_id).await, "18000.00");
    // After, before a job came: a name changes no price, a price takes the planned one's place.
    db.exec("UPDATE shop_products SET product_name = 'Lamp, newer' WHERE product_id = 'lamp'")
        .await;
    assert_eq!(costs(&db, cart_id).await, "18000.00");
    db.assert_audit_clean().await;
    let name = format!("SELECT product_name FROM v_cart_lines WHERE cart_id = {cart_id}");
    assert_eq!(db.text(&name).await, "Lamp, newer");
    db.exec("UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp'")
        .await;
    assert_eq!(costs(&db, cart_id).await, "21000.00");
    assert_eq!(begin(&db).await, 2);
    assert_eq!(costs(&db, cart_id).await, "21000.00", "it was said later");
    assert_eq!(costs(&db, blue).await, "14000.00");
    db.assert_audit_clean().await;
    let reasons = "SELECT GROUP_CONCAT(state_reason ORDER BY product_id SEPARATOR '|') FROM shop_price_changes";
    assert_eq!(db.text(reasons).await, "another price was set since|");
    // In the history there is no price that never was.
    let mut operator = db.conn_as_operator().await;
    let none = Option::<&str>::None;
    let prices = db
        .call(&mut operator, "select_adm_prices", (1, "lamp", none, none))
        .await
        .unwrap();
    assert_eq!(
        prices.set(2).column("unit_price"),
        ["21000.00", "20000.00", "20000.00"]
    );
}

#[tokio::test]
async fn a_product_that_is_saved_anew_still_begins() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let from = in_ms(&db, 3000).await;
    say(&db, &lamp(18000), Some(&from), None).await.unwrap();
    db.exec(
        "REPLACE INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, delivery_policy_id)
         VALUES (1, 'lamp', 'Lamp', 25000, 20000, 2)",
    )
    .await;
    let named =
        "SELECT COUNT(*) FROM shop_offers WHERE product_id = 'lamp' AND next_change_no IS NOT NULL";
    assert_eq!(db.int(named).await, 0);
    assert_eq!(begin(&db).await, 0);
    assert_eq!(db.int(named).await, 1, "within the hour it is named again");
    until(&db, &from).await;
    assert_eq!(costs(&db, cart_id).await, "18000.00");
    begin(&db).await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_said_again_makes_no_other_price_and_for_the_same_moment_replaces_it() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let (from, to) = (in_ms(&db, 60_000).await, in_ms(&db, 90_000).await);
    let first = say(&db, &lamp(18000), Some(&from), Some(&to))
        .await
        .unwrap();
    let rows = db.count("shop_product_prices").await;
    let again = say(&db, &lamp(18000), Some(&from), Some(&to))
        .await
        .unwrap();
    assert_eq!(again.first().int("changes"), 0);
    assert_eq!(
        first.set(1).rows[0].int("change_no"),
        again.set(1).rows[0].int("change_no")
    );
    assert_eq!(db.count("shop_product_prices").await, rows);
    let other = say(&db, &lamp(17000), Some(&from), None).await.unwrap();
    assert_eq!(other.first().int("changes"), 1);
    let states =
        "SELECT GROUP_CONCAT(state, ' ', state_reason ORDER BY change_no) FROM shop_price_changes";
    assert_eq!(
        db.text(states).await,
        "withdrawn replaced,withdrawn replaced,planned "
    );
    // At once, and again.
    say(&db, &lamp(19000), None, None).await.unwrap();
    assert_eq!(costs(&db, cart_id).await, "19000.00");
    let again = say(&db, &lamp(19000), None, None).await.unwrap();
    assert_eq!(again.first().int("changes"), 0);
    assert_eq!(again.set(1).rows.len(), 0);
    db.assert_audit_clean().await;

    let mut operator = db.conn_as_operator().await;
    let none = Option::<&str>::None;
    let prices = db
        .call(&mut operator, "select_adm_prices", (1, "lamp", none, none))
        .await
        .unwrap();
    assert_eq!(prices.first().str("unit_price"), "19000.00");
    assert_eq!(prices.set(1).column("unit_price"), ["17000.00"]);
    assert_eq!(prices.set(2).column("unit_price"), ["19000.00", "20000.00"]);
    // Page by page.
    let before = prices.set(2).rows[0].str("price_id");
    let older = db
        .call(
            &mut operator,
            "select_adm_prices",
            (1, "lamp", none, Some(&before)),
        )
        .await
        .unwrap();
    assert_eq!(older.set(2).column("unit_price"), ["20000.00"]);
}

#[tokio::test]
async fn a_planned_price_is_withdrawn_with_its_end_and_one_that_has_begun_is_not() {
    let db = TestDb::with_fixture().await;
    let mut operator = db.conn_as_operator().await;
    let (from, to) = (in_ms(&db, 2500).await, in_ms(&db, 3000).await);
    let said = say(&db, &lamp(18000), Some(&from), Some(&to))
        .await
        .unwrap();
    let change = said.set(1).rows[0].str("change_no");
    for _ in 0..2 {
        let answer = db
            .call(&mut operator, "withdraw_adm_price", (&*change, "no sale"))
            .await
            .unwrap();
        assert_eq!(answer.first().str("state"), "withdrawn");
    }
    until(&db, &to).await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    assert_eq!(costs(&db, cart_id).await, "20000.00");
    assert_eq!(begin(&db).await, 0);
    let from = in_ms(&db, 200).await;
    let said = say(&db, &lamp(18000), Some(&from), None).await.unwrap();
    let change = said.set(1).rows[0].str("change_no");
    until(&db, &from).await;
    let refused = db
        .call(&mut operator, "withdraw_adm_price", (&*change, "too late"))
        .await;
    assert_eq!(code(&refused), "STATE_NOT_ALLOWED");
    assert_eq!(costs(&db, cart_id).await, "18000.00");
    db.assert_audit_clean().await;
    let mut hostile = Hostile::new(
        &db,
        operator,
        "withdraw_adm_price",
        values(&[&*change, "why"]),
    )
    .await;
    hostile
        .refuses_as(0, "INVALID_INPUT", "change_no", not_ids())
        .await;
    hostile
        .refuses_as(0, "PRICE_CHANGE_NOT_FOUND", "change_no", values(&["999"]))
        .await;
    hostile
        .refuses_as(1, "INVALID_INPUT", "reason", values(&["", "a\nb"]))
        .await;
}

#[tokio::test]
async fn what_is_no_price_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    let conn = db.conn_as_operator().await;
    let good = vec![
        "1".into(),
        lamp(18000).into(),
        "2999-12-31 00:00:00".into(),
        Value::NULL,
        "sale".into(),
    ];
    let mut hostile = Hostile::new(&db, conn, "update_adm_price", good).await;
    let many = format!(
        "[{}]",
        vec![r#"{"product_id":"lamp","sale_price":"1"}"#; 1001].join(",")
    );
    hostile
        .refuses_as(
            1,
            "INVALID_INPUT",
            "prices",
            values(&[
                "",
                "x",
                "{}",
                "[]",
                "null",
                "[1]",
                "[null]",
                r#"["lamp"]"#,
                "[{\"\tid\":1}]",
                r#"[{"product_id":"lamp"}]"#,
                r#"[{"product_id":"lamp","sales_price":"1"}]"#,
                r#"[{"product_id":"lamp","sale_price":"1","why":"x"}]"#,
                r#"[{"product_id":"lamp ","sale_price":"1"}]"#,
                r#"[{"sale_price":"1"}]"#,
                r#"[{"product_id":"lamp","sale_price":"1"},{"product_id":"lamp","buy_price":"1"}]"#,
                &many,
            ]),
        )
        .await;
    for (member, bad) in [
        (
            "buy_price",
            vec![
                r#""""#,
                r#""-1""#,
                r#""1.5""#,
                r#""1e3""#,
                r#""x""#,
                "1.001",
                r#""1000000000000000""#,
            ],
        ),
        ("sale_price", vec![r#""""#, r#""-1""#, r#""1.5""#, r#""x""#]),
        (
            "discount_rate",
            vec![r#""""#, r#""-0.1""#, r#""1.1""#, r#""0.12345""#, r#""x""#],
        ),
    ] {
        let bad: Vec<String> = bad
            .iter()
            .map(|value| format!(r#"[{{"product_id":"lamp","{member}":{value}}}]"#))
            .collect();
        hostile
            .refuses_as(1, "INVALID_INPUT", member, values(&bad))
            .await;
    }
    hostile
        .refuses_as(1, "PRODUCT_NOT_FOUND", "product_id", values(&[
            r#"[{"product_id":"lamp","sale_price":"1"},{"product_id":"nosuch","sale_price":"1"}]"#,
            r#"[{"product_id":"LAMP","sale_price":"1"}]"#,
            r#"[{"product_id":"mug","sale_price":"1"}]"#,
        ]))
        .await;
    hostile
        .refuses_as(0, "SHOP_NOT_FOUND", "shop_id", values(&["9"]))
        .await;
    hostile
        .refuses_as(
            2,
            "INVALID_INPUT",
            "valid_from",
            values(&[
                "2020-01-01 00:00:00",
                "tomorrow",
                "2999-02-30 00:00:00",
                "2999-01-01",
            ]),
        )
        .await;
    hostile
        .refuses_as(
            3,
            "INVALID_INPUT",
            "valid_until",
            values(&["2999-12-31 00:00:00", "2999-12-30 00:00:00", "x"]),
        )
        .await;
    hostile
        .refuses_as(4, "INVALID_INPUT", "reason", values(&["", " ", "a\nb"]))
        .await;
    // A price between the two ends the sale before its end.
    say(&db, &lamp(15000), Some("2999-06-01 00:00:00"), None)
        .await
        .unwrap();
    let refused = say(
        &db,
        &lamp(18000),
        Some("2999-05-01 00:00:00"),
        Some("2999-07-01 00:00:00"),
    )
    .await;
    assert_eq!(code(&refused), "INVALID_INPUT");
    assert_eq!(refused.unwrap_err().row().str("field"), "valid_until");
    assert_eq!(db.count("shop_price_changes").await, 1);
}

#[tokio::test]
async fn what_was_said_is_kept_as_it_is() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    say(&db, &lamp(18000), Some("2999-06-01 00:00:00"), None)
        .await
        .unwrap();
    let before = db.snapshot().await;
    for sql in [
        "UPDATE shop_price_changes SET sale_price = 1",
        "UPDATE shop_price_changes SET valid_from = UTC_TIMESTAMP(6)",
        "UPDATE shop_price_changes SET reason = 'x'",
        "UPDATE shop_price_changes SET actor = 'x'",
        "DELETE FROM shop_price_changes",
    ] {
        let error = query(&mut conn, sql).await.unwrap_err();
        assert_eq!(error.errno, 2140, "{sql}");
    }
    assert_eq!(db.snapshot().await, before);
}

/// The order waits for its cart while the price begins: it is judged by its pricing read, which comes after.
#[tokio::test]
async fn an_order_that_waits_for_its_cart_while_a_price_begins_pays_the_new_one() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let from = in_ms(&db, 3000).await;
    say(&db, &lamp(18000), Some(&from), None).await.unwrap();
    let header = Holder::cart_header(&db, "u1").await;
    let mut old = Running::order(&db, order("T1", cart_id, 20000)).await;
    old.wait_until_blocked().await;
    until(&db, &from).await;
    header.release().await;
    assert_eq!(code(&old.finish().await), "PRICE_CHANGED");
    let mut conn = db.conn_as_gateway().await;
    ok(&order("T1", cart_id, 18000).call(&mut conn).await);
    db.assert_audit_clean().await;
}

/// The order has read its price and waits for stock: what begins meanwhile changes nothing of it.
#[tokio::test]
async fn an_order_that_waits_for_stock_while_a_price_begins_pays_the_old_one() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let from = in_ms(&db, 3000).await;
    say(&db, &lamp(18000), Some(&from), None).await.unwrap();
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut ordering = Running::order(&db, order("T1", cart_id, 20000)).await;
    ordering.wait_until_blocked().await;
    until(&db, &from).await;
    assert_eq!(begin(&db).await, 1, "nobody waits for an order here");
    stock.release().await;
    ok(&ordering.finish().await);
    assert_eq!(charged(&db, "T1").await.0, "20000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn who_says_prices_at_once_waits_for_the_product() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let mut page = db.conn().await;
    page.query_drop(
        "START TRANSACTION; UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp'",
    )
    .await
    .unwrap();
    let params = || {
        (
            1,
            lamp(18000),
            Option::<&str>::None,
            Option::<&str>::None,
            "sale",
        )
    };
    let operator = db.conn_as_operator().await;
    let mut first = Running::call_on(&db, operator, "update_adm_price", params()).await;
    first.wait_until_blocked().await;
    page.query_drop("COMMIT").await.unwrap();
    assert_eq!(first.finish().await.unwrap().first().int("changes"), 1);
    assert_eq!(costs(&db, cart_id).await, "18000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn prices_pages_jobs_and_orders_at_once_end_in_what_the_formula_gives() {
    let db = std::sync::Arc::new(TestDb::with_fixture().await);
    let shared = db.clone();
    let work = move |worker: usize, mut conn: Conn| {
        let db = shared.clone();
        async move {
            let mut operator = db.conn_as_operator().await;
            for round in 0..12 {
                let price = 10_000 + 10 * (worker * 100 + round);
                match worker % 4 {
                    0 => {
                        let from = in_ms(&db, 40).await;
                        let until = in_ms(&db, 90).await;
                        let prices = format!(
                            r#"[{{"product_id":"shirt","buy_price":"{price}"}},{{"product_id":"lamp","sale_price":"{price}"}}]"#
                        );
                        let params = (1, prices, Some(from), Some(until), "storm");
                        let answer = db.call(&mut operator, "update_adm_price", params).await;
                        if let Err(error) = answer {
                            // Another one's sale lies in between, or the machine was slow.
                            assert!(
                                ["INVALID_INPUT", "DEADLOCK"].contains(&error.code())
                                    || error.errno == 1213,
                                "{error:?}"
                            );
                        }
                    }
                    1 => {
                        let sql = format!(
                            "UPDATE shop_products SET sale_price = {price}, product_name = 'L{round}' WHERE product_id = 'lamp'"
                        );
                        db.exec(&sql).await;
                        db.exec(&format!("UPDATE shop_product_options SET add_price = {round} WHERE option_hash = 'blue'")).await;
                    }
                    2 => {
                        let answer = db
                            .call(&mut conn, "shop_prices_begin", (100,))
                            .await
                            .unwrap();
                        assert_eq!(answer.first().int("failed"), 0);
                    }
                    _ => {
                        let user = format!("u{worker}");
                        let ids = [
                            db.add_cart(1, &user, "lamp", NO_OPTION, 1).await,
                            db.add_cart(1, &user, "shirt", "blue", 1).await,
                        ];
                        let quoted = quote(&db, &mut conn, 1, &user, &format!("{ids:?}"))
                            .await
                            .unwrap();
                        let total = quoted.first().str("total_payment");
                        let order = OrderCall::new(&format!("T{worker}-{round}"), &ids)
                            .user(1, &user)
                            .client_total(&total);
                        let ordered = order.call(&mut conn).await;
                        db.exec(&format!("DELETE FROM shop_cart WHERE user_id = '{user}'"))
                            .await;
                        if let Err(error) = ordered {
                            assert!(
                                ["PRICE_CHANGED", "PRODUCT_UNAVAILABLE", "OUT_OF_STOCK"]
                                    .contains(&error.code()),
                                "{error:?}"
                            );
                        }
                    }
                }
            }
        }
    };
    storm(&db, 8, work).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    begin(&db).await;
    db.assert_audit_clean().await;
    let planned = "SELECT COUNT(*) FROM shop_price_changes WHERE state = 'planned'";
    assert_eq!(db.int(planned).await, 0);
}

#[tokio::test]
async fn a_thousand_products_are_said_in_one_call() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         SELECT 1, CONCAT('P', LPAD(n, 4, '0')), 'many', 1000, 1
         FROM JSON_TABLE(CONCAT('[', TRIM(TRAILING ',' FROM REPEAT('1,', 1000)), ']'), '$[*]' COLUMNS (n FOR ORDINALITY)) x",
    )
    .await;
    let prices: Vec<String> = (1..=1000)
        .map(|n| format!(r#"{{"product_id":"P{n:04}","discount_rate":"0.1"}}"#))
        .collect();
    let prices = format!("[{}]", prices.join(","));
    let from = in_ms(&db, 3_600_000).await;
    let said = say(&db, &prices, Some(&from), None).await.unwrap();
    assert_eq!(said.first().int("changes"), 1000);
    say(&db, &prices, None, None).await.unwrap();
    let reduced = "SELECT COUNT(*) FROM shop_offers WHERE unit_price = 900";
    assert_eq!(db.int(reduced).await, 1000);
    db.assert_audit_clean().await;
}
