//! `shop_order_quote`: what the order form shows. That it is what is charged: `quote_is_charge`.

use super::placed;
use crate::cart::{LINE_COLUMNS, header, rows_of_others};
use crate::support::refusal::*;
use crate::support::*;

pub async fn quote(
    db: &TestDb,
    conn: &mut Conn,
    shop_id: u32,
    user_id: &str,
    ids: &str,
) -> Result<Sets, CallError> {
    let params = (
        shop_id,
        user_id,
        ids,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
    );
    db.call(conn, "shop_order_quote", params).await
}

/// Lines as `cart_id product option price quantity amount orderable`.
pub fn line_texts(rows: &[Row]) -> Vec<String> {
    let names = [
        "cart_id",
        "product_id",
        "option_hash",
        "unit_price",
        "quantity",
        "line_amount",
        "orderable",
    ];
    rows.iter()
        .map(|row| names.map(|name| row.str(name)).join(" "))
        .collect()
}

#[tokio::test]
async fn exactly_30000_ships_free_and_29999_does_not() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    // The shop's own words; and the same at 30.00 and 29.99 dollars.
    db.exec(
        "UPDATE shop_delivery_policy SET free_over = 30000 WHERE shop_id = 1 AND id = 3;
         UPDATE shop_delivery_policy SET type = 'conditional', free_over = 30 WHERE shop_id = 2;
         UPDATE shop_products SET sale_price = NULL, discount_rate = 0 WHERE product_id IN ('chair', 'mug')",
    )
    .await;
    for (shop, product, price, fee, total, order_total) in [
        (1, "chair", "29999", "3000.00", "32999.00", "32999"),
        (1, "chair", "30000", "0.00", "30000.00", "30000"),
        (1, "chair", "30001", "0.00", "30001.00", "30001"),
        (2, "mug", "29.99", "4.99", "34.98", "34.98"),
        (2, "mug", "30.00", "0.00", "30.00", "30"),
        (2, "mug", "30.01", "0.00", "30.01", "30.01"),
    ] {
        db.exec(&format!(
            "UPDATE shop_products SET buy_price = {price} WHERE product_id = '{product}'"
        ))
        .await;
        let cart_id = db.add_cart(shop, "u1", product, NO_OPTION, 1).await;
        let answer = quote(&db, &mut conn, shop, "u1", &format!("[{cart_id}]"))
            .await
            .unwrap();
        assert_eq!(answer.first().str("shipping_fee"), fee, "{price}");
        assert_eq!(answer.first().str("total_payment"), total, "{price}");
        if shop == 1 {
            let order = OrderCall::new(&format!("T{price}"), &[cart_id]).client_total(order_total);
            assert_eq!(
                order
                    .call(&mut conn)
                    .await
                    .unwrap()
                    .first()
                    .str("total_payment"),
                total
            );
        } else {
            db.exec("DELETE FROM shop_cart WHERE shop_id = 2").await;
        }
    }
    // The discount comes first: 33,333 less 10 % is 29,999.7, that is 30,000.
    db.exec("UPDATE shop_products SET buy_price = 33333, discount_rate = 0.1 WHERE product_id = 'chair'").await;
    let cart_id = db.add_cart(1, "u1", "chair", NO_OPTION, 1).await;
    let answer = quote(&db, &mut conn, 1, "u1", &format!("[{cart_id}]"))
        .await
        .unwrap();
    assert_eq!(answer.first().str("product_total_price"), "30000.00");
    assert_eq!(answer.first().str("shipping_fee"), "0.00");
}

#[tokio::test]
async fn the_answer_has_buyer_address_amounts_and_lines() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let rice = db.add_cart(1, "u1", "rice", NO_OPTION, 2).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 9).await; // not asked for
    let before = db.snapshot().await;
    let answer = quote(&db, &mut conn, 1, "u1", &format!("[{lamp},{rice}]"))
        .await
        .unwrap();
    let columns = [
        "result",
        "quote_id",
        "currency",
        "currency_digits",
        "product_total_price",
        "discount_total",
        "point_used",
        "cash_used",
        "shipping_fee",
        "total_payment",
        "supply_amount",
        "vat_amount",
        "tax_free_amount",
        "user_id",
        "user_name",
        "user_phone",
        "address_id",
        "receiver_name",
        "receiver_phone",
        "post_code",
        "address",
        "address_detail",
        "delivery_msg",
        "price_changes_json",
        "parcels_json",
        "area_name",
        "fee_final",
        "undelivered_ids_json",
        "discounts_json",
    ];
    assert_eq!(*answer.set(0).columns, columns);
    let shown: Vec<String> = columns
        .iter()
        .filter(|name| **name != "quote_id")
        .map(|name| answer.first().opt(name).unwrap_or("NULL".into()))
        .collect();
    assert_eq!(
        shown,
        [
            "OK",
            "KRW",
            "0",
            "30000.00",
            "0.00",
            "0.00",
            "0.00",
            "7000.00",
            "37000.00",
            "24545.00",
            "2455.00",
            "10000.00",
            "u1",
            "Buyer 1",
            "010-0000-0001",
            "101",
            "Receiver 1",
            "010-1111-0001",
            "01010",
            "1 Sejong-daero",
            "door 1",
            "ring twice",
            "[]",
            concat!(
                r#"[{"policy_ids":[2],"amount":"20000.00","fee":"3000.00","surcharge":"0.00","free_over":null,"missing":null},"#,
                r#"{"policy_ids":[4],"amount":"10000.00","fee":"4000.00","surcharge":"0.00","free_over":null,"missing":null}]"#
            ),
            "NULL",
            "1",
            "[]",
            "[]",
        ]
    );
    assert_eq!(answer.count(), 2);
    assert_eq!(*answer.set(1).columns, LINE_COLUMNS);
    assert_eq!(
        line_texts(&answer.set(1).rows),
        [
            format!("{rice} rice __noopt__ 5000.00 2 10000.00 1"),
            format!("{lamp} lamp __noopt__ 20000.00 1 20000.00 1"),
        ]
    );
    assert_eq!(answer.set(1).rows[0].str("product_name"), "쌀");
    assert_eq!(db.snapshot().await, before, "a quote writes nothing");
}

#[tokio::test]
async fn the_address_is_the_one_asked_for_or_the_default_or_none() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone, post_code,
             address, is_default, update_date)
         VALUES (150, 1, 'u1', 'Second', '010', '1', 'B', 0, UTC_TIMESTAMP(6))",
    )
    .await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let ids = format!("[{cart_id}]");
    let mut shown = async |address: Option<&str>| {
        let none = None::<&str>;
        let params = (
            1,
            "u1",
            ids.as_str(),
            address,
            none,
            none,
            none,
            none,
            none,
            none,
        );
        let answer = db.call(&mut conn, "shop_order_quote", params).await;
        answer.map(|sets| sets.first().opt("address_id").unwrap_or_default())
    };
    assert_eq!(shown(None).await.unwrap(), "101");
    assert_eq!(shown(Some("")).await.unwrap(), "101");
    assert_eq!(shown(Some("150")).await.unwrap(), "150");
    db.exec("UPDATE shop_shipping_address SET is_default = 0")
        .await;
    assert_eq!(shown(None).await.unwrap(), "");
    // Another buyer's, a namesake's in another shop, and no address at all: one answer.
    let mut answers = Vec::new();
    for address in ["102", "201", "999999"] {
        let error = shown(Some(address)).await.unwrap_err();
        error.expect_code("ADDRESS_NOT_FOUND");
        assert_eq!(error.row().str("field"), "address_id");
        answers.push(format!("{:?}", error.sets).replace(address, "ID"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn a_guest_gets_a_quote_without_name_and_address() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "guest-1", "book", NO_OPTION, 1).await;
    let answer = quote(&db, &mut conn, 1, "guest-1", &format!("[{cart_id}]"))
        .await
        .unwrap();
    assert_eq!(answer.first().str("total_payment"), "10000.00");
    assert_eq!(answer.first().str("user_id"), "guest-1");
    for column in ["user_name", "address_id", "receiver_name", "address"] {
        assert_eq!(answer.first().opt(column), None, "{column}");
    }
}

#[tokio::test]
async fn a_line_that_cannot_be_ordered_is_shown_as_such() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let good = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let bad = db.add_cart(1, "u1", "soldout", NO_OPTION, 1).await;
    let gone = db.add_cart(1, "u1", "nosuch", NO_OPTION, 1).await;
    let answer = quote(&db, &mut conn, 1, "u1", &format!("[{good},{bad},{gone}]"))
        .await
        .unwrap();
    assert_eq!(answer.set(1).column("orderable"), ["1", "0", "0"]);
    assert_eq!(answer.set(1).rows[2].opt("line_amount"), None);
}

#[tokio::test]
async fn foreign_unknown_and_consumed_rows_get_the_same_answer() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let others = rows_of_others(&db).await;
    let own = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let before = db.snapshot().await;
    let mut answers = Vec::new();
    for (whose, cart_id) in others {
        for ids in [
            format!("[{cart_id}]"),
            format!("[{own},{cart_id}]"),
            format!("[{{\"id\":\"{cart_id}\"}}]"),
        ] {
            let error = quote(&db, &mut conn, 1, "u1", &ids).await.unwrap_err();
            error.expect_code("CART_NOT_FOUND");
            assert_eq!(error.row().str("field"), "selected_cart_ids", "{whose}");
            answers.push(format!("{:?}", error.sets));
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn a_whole_cart_of_a_thousand_rows_with_the_longest_words_can_be_quoted_and_ordered() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    // A name of 200 letters that JSON has to escape, an option likewise, an address of 400.
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id, product_thumb_img_url)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         SELECT 1, CONCAT('product-with-a-long-id-', i), REPEAT('\"책', 100), 1000, 1, REPEAT('/', 400) FROM n;
         INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash)
         SELECT 1, product_id, REPEAT('h', 64), REPEAT('\"책', 100), '__noopt__' FROM shop_products
         WHERE product_id LIKE 'product-%';
         INSERT INTO shop_stock (shop_id, product_id, free, update_date)
         SELECT 1, product_id, 10, UTC_TIMESTAMP(6) FROM shop_products WHERE product_id LIKE 'product-%';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT 1, product_id, '__noopt__', 10, '', '', UTC_TIMESTAMP(6) FROM shop_products WHERE product_id LIKE 'product-%';
         INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         SELECT 900000000000000000 + CAST(SUBSTR(product_id, 24) AS UNSIGNED), 1, 'u1', product_id, REPEAT('h', 64), 2,
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
         FROM shop_products WHERE product_id LIKE 'product-%'",
    )
    .await;
    let ids: Vec<String> = (1..=1000)
        .rev()
        .map(|n| format!("{{\"id\": \"{}\"}}", 900_000_000_000_000_000_u64 + n))
        .collect();
    let ids = format!("[{}]", ids.join(", "));
    let quoted = quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    assert_eq!(quoted.first().str("total_payment"), "2000000.00");
    assert_eq!(quoted.set(1).rows.len(), 1000);
    assert!(
        quoted
            .set(1)
            .column("product_name")
            .iter()
            .all(|name| name.chars().count() == 200)
    );
    let order = OrderCall::new("T1", &[])
        .cart_ids_json(Some(&ids))
        .client_total("2000000");
    let done = order.call(&mut conn).await.unwrap();
    assert_eq!(done.first().str("total_payment"), "2000000.00");
    assert_eq!(db.count("shop_order_product").await, 1000);
    assert_eq!(db.count("shop_cart").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let ids = format!("[{cart_id}]");
    let good = vec![
        1.into(),
        "u1".into(),
        ids.into(),
        Value::NULL,
        Value::NULL,
        Value::NULL,
        Value::NULL,
        Value::NULL,
        Value::NULL,
        Value::NULL,
    ];
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "shop_order_quote", good).await;
    hostile.refuses_who_is_no_buyer().await;
    hostile
        .refuses(2, "selected_cart_ids", not_id_lists(cart_id))
        .await;
    hostile
        .refuses_somehow(2, "selected_cart_ids", deep_json(cart_id))
        .await;
    let given = |values: Vec<Value>| values.into_iter().filter(is_given).collect::<Vec<_>>();
    hostile.refuses(3, "address_id", given(not_ids())).await;
    hostile
        .refuses(
            4,
            "coupon_ids",
            given(not_id_lists(7))
                .into_iter()
                .filter(|v| *v != Value::from("[]"))
                .collect(),
        )
        .await;
    hostile.refuses_somehow(4, "coupon_ids", deep_json(7)).await;
    hostile
        .refuses_as(
            4,
            "COUPON_NOT_AVAILABLE",
            "coupon_ids",
            values(&["[7]", "[{\"id\":\"7\"}]", "[1,2,3]"]),
        )
        .await;
    hostile
        .refuses(5, "point_to_use", given(not_amounts(0)))
        .await;
    hostile
        .refuses_as(
            5,
            "POINTS_NOT_ENOUGH",
            "point_to_use",
            values(&["1", "1.00", "999999999999999"]),
        )
        .await;
    let not_codes = values(&["12345678901", "우편", "1;2", "1\n2", "\u{a0}"]);
    hostile.refuses(7, "post_code", not_codes).await;
    hostile
        .refuses(6, "receiver", values(&["x", "[]", "1"]))
        .await;
    hostile
        .refuses(
            6,
            "receiver.receiver_name",
            values(&["{}", "{\"post_code\":\"63001\"}"]),
        )
        .await;
    let fields = [
        "X-User-Id",
        "selected_cart_ids",
        "address_id",
        "coupon_ids",
        "point_to_use",
        "receiver",
        "post_code",
    ];
    hostile
        .refuses_what_is_no_text(&[1, 2, 3, 4, 5], &fields)
        .await;
}

/// NULL, '' and, as engines compare, blanks are how a parameter is left out.
fn is_given(value: &Value) -> bool {
    !matches!(value, Value::NULL) && *value != Value::from("") && *value != Value::from(" ")
}

/// `policies: amount, fee, free from, missing` of every parcel that costs something.
async fn parcels(db: &TestDb, conn: &mut Conn, ids: &[i64]) -> Vec<String> {
    let quoted = quote(db, conn, 1, "u1", &format!("{ids:?}")).await.unwrap();
    let list = quoted.first().json("parcels_json");
    let list = list.as_array().unwrap();
    // What they cost is what delivery costs.
    let fees = list
        .iter()
        .map(|one| one["fee"].as_str().unwrap().parse::<f64>().unwrap());
    let fee: f64 = quoted.first().str("shipping_fee").parse().unwrap();
    assert_eq!(fees.sum::<f64>(), fee, "{list:?}");
    list.iter()
        .map(|one| {
            let word = |name: &str| one[name].as_str().unwrap_or("none").to_owned();
            let words = ["amount", "fee", "free_over", "missing"].map(word);
            format!("{}: {}", one["policy_ids"], words.join(", "))
        })
        .collect()
}

/// Rows that an order had left in the cart, and whose time was over when the quote came: it gives them back first.
#[tokio::test]
async fn it_says_so_of_rows_that_come_back_from_an_order_too() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET cart_at_order = 'soft_lock' WHERE shop_id = 1")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let chair = db.add_cart(1, "u1", "chair", NO_OPTION, 1).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let one_chair = "[3]: 27000.00, 3000.00, 50000.00, 23000.00";
    let a_lamp = "[2]: 20000.00, 3000.00, none, none";
    let cases: [(&str, &[i64], &str, &[&str]); 2] = [
        ("T1", &[chair], "30000", &[one_chair]),
        ("T2", &[chair, lamp], "53000", &[a_lamp, one_chair]),
    ];
    for (number, ids, total, says) in cases {
        placed(&mut conn, &OrderCall::new(number, ids).client_total(total)).await;
        db.let_expire(number).await;
        assert_eq!(parcels(&db, &mut conn, ids).await, says);
    }
    db.assert_audit_clean().await;
}

/// What the page says: so much more, and delivery costs nothing.
#[tokio::test]
async fn it_says_how_much_is_missing_until_delivery_is_free() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let chair = db.add_cart(1, "u1", "chair", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    // Free delivery is no parcel that costs something.
    assert_eq!(parcels(&db, &mut conn, &[book]).await, [""; 0]);
    // A chair of 27000; 3000 for delivery, free from 50000: 23000 are missing. The book ships in a parcel of its own
    // and brings it no nearer.
    let one_chair = "[3]: 27000.00, 3000.00, 50000.00, 23000.00";
    assert_eq!(parcels(&db, &mut conn, &[chair]).await, [one_chair]);
    assert_eq!(parcels(&db, &mut conn, &[chair, book]).await, [one_chair]);
    // A fixed fee is asked for any sum.
    let a_lamp = "[2]: 20000.00, 3000.00, none, none";
    assert_eq!(
        parcels(&db, &mut conn, &[lamp, chair]).await,
        [a_lamp, one_chair]
    );
    // Two chairs are 54000, and nothing is missing.
    db.exec(&format!(
        "UPDATE shop_cart SET quantity = 2 WHERE seq_no = {chair}"
    ))
    .await;
    assert_eq!(parcels(&db, &mut conn, &[chair]).await, [""; 0]);
    assert_eq!(parcels(&db, &mut conn, &[chair, lamp]).await, [a_lamp]);
    // Free from exactly 54000; at 54001 one is missing.
    db.exec("UPDATE shop_delivery_policy SET free_over = 54000 WHERE shop_id = 1 AND id = 3")
        .await;
    assert_eq!(parcels(&db, &mut conn, &[chair]).await, [""; 0]);
    db.exec("UPDATE shop_delivery_policy SET free_over = 54001 WHERE shop_id = 1 AND id = 3")
        .await;
    assert_eq!(
        parcels(&db, &mut conn, &[chair]).await,
        ["[3]: 54000.00, 3000.00, 54001.00, 1.00"]
    );

    // Pen and ink ship together, and pay the higher fee, 3500, for 1000 + 2 x 2000 = 5000. While one of their policies
    // asks for a fee whatever the sum, nothing makes them free.
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    let ink = db.add_cart(1, "u1", "ink", NO_OPTION, 2).await;
    assert_eq!(
        parcels(&db, &mut conn, &[pen, ink]).await,
        ["[5,6]: 5000.00, 3500.00, none, none"]
    );
    db.exec("UPDATE shop_delivery_policy SET type = 'conditional', free_over = 4000 WHERE shop_id = 1 AND id = 6")
        .await;
    assert_eq!(
        parcels(&db, &mut conn, &[pen, ink]).await,
        ["[5,6]: 5000.00, 2500.00, none, none"]
    );
    // Free from 4000 and from 9000: for both it takes 9000, and 4000 are missing.
    db.exec("UPDATE shop_delivery_policy SET type = 'conditional', free_over = 9000 WHERE shop_id = 1 AND id = 5")
        .await;
    assert_eq!(
        parcels(&db, &mut conn, &[pen, ink]).await,
        ["[5,6]: 5000.00, 2500.00, 9000.00, 4000.00"]
    );
    // A policy without a fee has no say.
    db.exec("UPDATE shop_delivery_policy SET base_cost = 0 WHERE shop_id = 1 AND id = 6")
        .await;
    assert_eq!(
        parcels(&db, &mut conn, &[ink, pen]).await,
        ["[5,6]: 5000.00, 2500.00, 9000.00, 4000.00"]
    );
    // One whose row is not there has none either.
    assert_eq!(
        parcels(&db, &mut conn, &[pen]).await,
        ["[5]: 1000.00, 2500.00, 9000.00, 8000.00"]
    );
    db.assert_audit_clean().await;
}
