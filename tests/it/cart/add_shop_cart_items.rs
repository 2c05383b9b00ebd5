//! `add_shop_cart_items`: several things at once, from a list or from an order; what cannot be added stops nothing.

use serde_json::json;

use super::{LINE_COLUMNS, cart_of, fates, header, lines};
use crate::support::refusal::*;
use crate::support::*;

const NONE: Option<&str> = None;

/// From a list.
async fn add(conn: &mut Conn, items: &str) -> Result<Sets, CallError> {
    let params = (1, "u1", NONE, NONE, NONE, items, NONE, NONE);
    call(conn, "add_shop_cart_items", params).await
}

/// From an order, all its lines or some.
async fn again(
    conn: &mut Conn,
    user: &str,
    order: &str,
    lines: Option<&str>,
) -> Result<Sets, CallError> {
    let params = (1, user, NONE, NONE, NONE, NONE, order, lines);
    call(conn, "add_shop_cart_items", params).await
}

/// An order of u1: a red shirt, two books, and a lamp.
async fn ordered(db: &TestDb, conn: &mut Conn, number: &str) -> Sets {
    let ids = [
        db.add_cart(1, "u1", "shirt", "red", 1).await,
        db.add_cart(1, "u1", "book", NO_OPTION, 2).await,
        db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await,
    ];
    let order = OrderCall::new(number, &ids).client_total("58000");
    order.call(conn).await.unwrap()
}

#[tokio::test]
async fn one_product_is_added_as_ever() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for blank in [NONE, Some("")] {
        let params = (1, "u1", "shirt", "blue", "3", blank, blank, blank);
        let answer = call(&mut conn, "add_shop_cart_items", params).await;
        let answer = answer.unwrap();
        assert_eq!(
            *answer.set(0).columns,
            ["result", "cart_id", "cart_count", "price_changes_json"]
        );
        assert_eq!(answer.count(), 2);
    }
    assert_eq!(cart_of(&db, 1, "u1").await, ["shirt blue 6"]);
    // One error, with the field of the one.
    let params = (1, "u1", "shirt", NONE, "3", NONE, NONE, NONE);
    let error = call(&mut conn, "add_shop_cart_items", params).await;
    let error = error.unwrap_err();
    error.expect_code("PRODUCT_UNAVAILABLE");
    assert_eq!(error.sets.count(), 1);
    let params = (1, "u1", NONE, NONE, NONE, NONE, NONE, NONE);
    let error = call(&mut conn, "add_shop_cart_items", params).await;
    assert_eq!(error.unwrap_err().row().str("field"), "product_id");
    assert_eq!(db.count("shop_error_log").await, 0);
}

#[tokio::test]
async fn a_list_is_added_in_one_go_and_the_answer_tells_each_line() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 4).await;
    let items = json!([
        {"product_id": "book", "quantity": 2},
        {"product_id": "shirt", "option_hash": "red", "qty": "3"},
        {"option_hash": "", "product_id": "lamp", "quantity": 1},
        {"product_id": "book", "option_hash": null, "quantity": "5"},
        {"product_id": "last", "option_hash": NO_OPTION, "quantity": 2}
    ]);
    let answer = add(&mut conn, &items.to_string()).await.unwrap();
    assert_eq!(
        *answer.set(0).columns,
        [
            "result",
            "added",
            "refused",
            "cart_count",
            "cart_version",
            "cart_amount",
            "cart_total_hash",
            "items_json",
            "price_changes_json"
        ]
    );
    assert_eq!(*answer.set(1).columns, LINE_COLUMNS);
    assert_eq!(answer.count(), 2);
    let row = answer.first();
    assert_eq!(
        (row.int("added"), row.int("refused"), row.int("cart_count")),
        (5, 0, 4)
    );
    assert_eq!(
        fates(&answer),
        [
            "book __noopt__ 2: OK → 2",
            "shirt red 3: OK → 3",
            "lamp __noopt__ 1: OK → 5",
            "book __noopt__ 5: OK → 7",
            "last __noopt__ 2: OK → 2",
        ]
    );
    let cart = [
        "lamp __noopt__ 5",
        "book __noopt__ 7",
        "shirt red 3",
        "last __noopt__ 2",
    ];
    assert_eq!(lines(&answer), cart);
    assert_eq!(cart_of(&db, 1, "u1").await, cart);
    let told = row.json("items_json");
    assert_eq!(told[2]["cart_id"], lamp);
    assert_eq!(told[3]["cart_id"], told[0]["cart_id"], "one row of books");
    assert_eq!(told[3]["line_no"], 4);
    // Two are wanted of the last one: that it is short is known before it is refused.
    assert_eq!(
        (&told[4]["in_cart"], &told[4]["free"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(told[1]["free"], 50);
    // Adding twice adds twice.
    let answer = add(&mut conn, &items.to_string()).await.unwrap();
    assert_eq!(answer.first().int("cart_count"), 4);
    assert_eq!(lines(&answer)[1], "book __noopt__ 14");
    // Each row names its price.
    let unpriced = "SELECT COUNT(*) FROM shop_cart WHERE price_id IS NULL";
    assert_eq!(db.int(unpriced).await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_cannot_be_added_stops_nothing_and_says_why() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.add_cart(1, "u1", "pen", NO_OPTION, 99_999).await;
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         VALUES (1, 'dear', 'Dear', 500000000000000, 1)",
    )
    .await;
    let long = "p".repeat(31);
    let items = json!([
        {"product_id": "nosuch", "quantity": 1},
        {"product_id": "book", "option_hash": "red", "quantity": 1},
        {"product_id": "shirt", "quantity": 1},
        {"product_id": "hidden", "quantity": 1},
        {"product_id": "pen", "quantity": 1},
        {"product_id": "dear", "quantity": 2},
        {"product_id": "book", "quantity": 0},
        {"product_id": "book", "quantity": 100_000},
        {"product_id": "book", "quantity": 1.5},
        {"product_id": "book", "quantity": -1},
        {"product_id": "book", "quantity": true},
        {"product_id": "book"},
        {"product_id": long, "quantity": 1},
        {"product_id": "", "quantity": 1},
        {"quantity": 1},
        {},
        {"product_id": "book ", "quantity": 1},
        {"product_id": "shirt", "option_hash": "red ", "quantity": 1},
        {"product_id": "shirt", "option_hash": "o".repeat(65), "quantity": 1},
        {"product_id": "p".repeat(200), "quantity": 1},
        {"product_id": "shirt", "option_hash": "o".repeat(200), "quantity": 1},
        {"product_id": "book", "quantity": "1".repeat(200)},
        {"product_id": "mug", "quantity": 1},
        {"product_id": "book", "quantity": 1},
    ]);
    let answer = add(&mut conn, &items.to_string()).await.unwrap();
    let row = answer.first();
    assert_eq!((row.int("added"), row.int("refused")), (1, 23));
    let fates = fates(&answer);
    let expected = [
        "nosuch __noopt__ 1: PRODUCT_NOT_FOUND → 0",
        "book red 1: PRODUCT_NOT_FOUND → 0",
        "shirt __noopt__ 1: PRODUCT_UNAVAILABLE → 0",
        "hidden __noopt__ 1: PRODUCT_UNAVAILABLE → 0",
        "pen __noopt__ 1: INVALID_INPUT quantity → 99999",
        "dear __noopt__ 2: INVALID_INPUT quantity → 0",
        "book __noopt__ null: INVALID_INPUT quantity → null",
        "book __noopt__ null: INVALID_INPUT quantity → null",
        "book __noopt__ null: INVALID_INPUT quantity → null",
        "book __noopt__ null: INVALID_INPUT quantity → null",
        "book __noopt__ null: INVALID_INPUT quantity → null",
        "book __noopt__ null: INVALID_INPUT quantity → null",
        "null __noopt__ 1: INVALID_INPUT product_id → null",
        "null __noopt__ 1: INVALID_INPUT product_id → null",
        "null __noopt__ 1: INVALID_INPUT product_id → null",
        "null __noopt__ null: INVALID_INPUT product_id → null",
        "null __noopt__ 1: INVALID_INPUT product_id → null",
        "shirt null 1: INVALID_INPUT option_hash → null",
        "shirt null 1: INVALID_INPUT option_hash → null",
        "null __noopt__ 1: INVALID_INPUT product_id → null",
        "shirt null 1: INVALID_INPUT option_hash → null",
        "book __noopt__ null: INVALID_INPUT quantity → null",
        "mug __noopt__ 1: PRODUCT_NOT_FOUND → 0",
        "book __noopt__ 1: OK → 1",
    ];
    assert_eq!(fates, expected);
    let cart = ["pen __noopt__ 99999", "book __noopt__ 1"];
    assert_eq!(cart_of(&db, 1, "u1").await, cart);
    let told = row.json("items_json");
    assert_eq!(told[4]["detail"], "more than 99999 in the cart");
    assert_eq!(
        told[5]["detail"],
        "so many cost more than 15 digits can say"
    );
    assert_eq!(told[0]["detail"], "");
    // Nothing at all is an answer too.
    let answer = add(&mut conn, r#"[{"product_id":"nosuch","quantity":1}]"#).await;
    let answer = answer.unwrap();
    let row = answer.first();
    assert_eq!((row.int("added"), row.int("refused")), (0, 1));
    assert_eq!(lines(&answer), cart);
    assert_eq!(db.count("shop_error_log").await, 0);
}

#[tokio::test]
async fn a_full_cart_takes_more_of_what_it_has_and_nothing_else() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
         SELECT 1, 'u1', CONCAT('p', i), '__noopt__', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM n",
    )
    .await;
    let items = json!([
        {"product_id": "book", "quantity": 1},
        {"product_id": "lamp", "quantity": 1},
        {"product_id": "book", "quantity": 1},
    ]);
    let answer = add(&mut conn, &items.to_string()).await.unwrap();
    let expected = [
        "book __noopt__ 1: OK → 1",
        "lamp __noopt__ 1: CART_FULL → 0",
        "book __noopt__ 1: OK → 2",
    ];
    assert_eq!(fates(&answer), expected);
    assert_eq!(answer.first().int("cart_count"), 1000);
}

#[tokio::test]
async fn a_thousand_items_are_added_and_no_more() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    header(&db, 1, "u1").await;
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         SELECT 1, CONCAT('many-', i), 'One of many', 10, 1 FROM n",
    )
    .await;
    let items = |count: usize| {
        let item = |i| json!({"product_id": format!("many-{}", i % 1000 + 1), "quantity": 1});
        json!((0..count).map(item).collect::<Vec<_>>()).to_string()
    };
    let before = db.snapshot().await;
    let error = add(&mut conn, &items(1001)).await.unwrap_err();
    error.expect_code("INVALID_INPUT");
    assert_eq!(error.row().str("field"), "items");
    assert_eq!(db.snapshot().await, before);
    // A session that cuts long lists short is made fit, or is not concerned.
    conn.query_drop("SET SESSION group_concat_max_len = 4")
        .await
        .unwrap();
    let answer = add(&mut conn, &items(1000)).await.unwrap();
    assert_eq!(answer.first().int("added"), 1000);
    assert_eq!(fates(&answer).len(), 1000);
    assert_eq!(answer.set(1).rows.len(), 1000);
}

#[tokio::test]
async fn an_order_is_put_into_the_cart_again_whatever_became_of_it() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let placed = ordered(&db, &mut conn, "T1").await;
    let message = WalletMessage::paid("T1", "P1", "58000");
    settle(&mut conn, "notify", &message).await.unwrap();
    let paid =
        db.text("SELECT CONCAT_WS(' ', order_status, restored_at, update_date) FROM shop_orders");
    let paid = paid.await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let answer = again(&mut conn, "u1", "T1", None).await.unwrap();
    let expected = [
        "shirt red 1: OK → 1",
        "book __noopt__ 2: OK → 3",
        "lamp __noopt__ 1: OK → 1",
    ];
    assert_eq!(fates(&answer), expected);
    let cart = ["book __noopt__ 3", "shirt red 1", "lamp __noopt__ 1"];
    assert_eq!(lines(&answer), cart);
    let told = answer.first().json("items_json");
    assert_eq!(told[1]["line_no"], 2);
    assert_eq!(
        db.text("SELECT CONCAT_WS(' ', order_status, restored_at, update_date) FROM shop_orders")
            .await,
        paid,
        "the order stays as it is"
    );
    db.assert_audit_clean().await;

    // By any of its names, and chosen lines.
    db.exec("DELETE FROM shop_cart").await;
    let names = [
        placed.first().str("order_key"),
        placed.first().str("order_code"),
        "order_number:T1".to_owned(),
    ];
    for name in names {
        let answer = again(&mut conn, "u1", &name, Some("[3,\"1\"]")).await;
        let fates = fates(&answer.unwrap());
        assert_eq!(fates.len(), 2, "{name}");
        assert!(fates[0].starts_with("shirt red 1: OK"), "{name}");
    }
    assert_eq!(
        cart_of(&db, 1, "u1").await,
        ["shirt red 3", "lamp __noopt__ 3"]
    );
    // It can be ordered.
    let ids = db
        .rows("SELECT seq_no FROM shop_cart ORDER BY seq_no")
        .await;
    let ids: Vec<i64> = ids.iter().map(|row| row.int("seq_no")).collect();
    let order = OrderCall::new("T2", &ids).client_total("108000");
    order.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn lines_of_an_order_come_at_todays_price_or_say_why_not() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    ordered(&db, &mut conn, "T1").await;
    db.exec(
        "UPDATE shop_products SET buy_price = 12000 WHERE product_id = 'book';
         DELETE FROM shop_product_options WHERE option_hash = 'red';
         UPDATE shop_products SET display = '0' WHERE product_id = 'lamp'",
    )
    .await;
    let answer = again(&mut conn, "u1", "T1", None).await.unwrap();
    let fates = fates(&answer);
    assert!(
        ["PRODUCT_NOT_FOUND", "PRODUCT_UNAVAILABLE"]
            .iter()
            .any(|code| fates[0] == format!("shirt red 1: {code} → 0")),
        "{fates:?}"
    );
    assert_eq!(
        fates[1..],
        [
            "book __noopt__ 2: OK → 2",
            "lamp __noopt__ 1: PRODUCT_UNAVAILABLE → 0"
        ]
    );
    assert_eq!(answer.set(1).column("unit_price"), ["12000.00"]);
}

/// What an order says of itself is what a cart takes.
#[tokio::test]
async fn the_items_of_an_order_make_the_cart_it_was_made_of() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    ordered(&db, &mut conn, "T1").await;
    let read = call(&mut conn, "shop_order_select", (1, "u1", "T1"));
    let items = read.await.unwrap().first().str("items_json");
    let answer = add(&mut conn, &items).await.unwrap();
    let cart = ["shirt red 1", "book __noopt__ 2", "lamp __noopt__ 1"];
    assert_eq!(lines(&answer), cart);
    assert_eq!(answer.first().int("refused"), 0);
}

/// A line whose price is found by less than all that was chosen keeps both.
#[tokio::test]
async fn a_line_keeps_the_combination_that_it_was_priced_by() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db
        .int_after(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, combination_hash, quantity, create_date, update_date)
             VALUES (1, 'u1', 'shirt', 'red with a name', 'red', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
             SELECT LAST_INSERT_ID()",
        )
        .await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("18000");
    order.call(&mut conn).await.unwrap();
    let answer = again(&mut conn, "u1", "T1", None).await.unwrap();
    assert_eq!(fates(&answer), ["shirt red with a name 1: OK → 1"]);
    assert_eq!(answer.set(1).column("unit_price"), ["15000.00"]);
    assert_eq!(
        db.text("SELECT combination_hash FROM shop_cart").await,
        "red"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn only_an_order_of_the_buyer_and_only_its_lines() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    ordered(&db, &mut conn, "T1").await;
    header(&db, 1, "u2").await;
    let before = db.snapshot().await;
    for (user, name) in [("u2", "T1"), ("u1", "nosuch"), ("u1", "T1 ")] {
        let error = again(&mut conn, user, name, None).await.unwrap_err();
        error.expect_code("ORDER_NOT_FOUND");
    }
    for chosen in ["[4]", "[1,4]", "[0]", "[1,1]", "[]", "1", "x", "[{}]"] {
        let error = again(&mut conn, "u1", "T1", Some(chosen)).await;
        let error = error.unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "lines", "{chosen}");
    }
    let params = (1, "u1", NONE, NONE, NONE, NONE, NONE, "[1]");
    let error = call(&mut conn, "add_shop_cart_items", params).await;
    assert_eq!(error.unwrap_err().row().str("field"), "lines");
    // One of the three, not two.
    let items = r#"[{"product_id":"book","quantity":1}]"#;
    for params in [
        (
            1,
            "u1",
            Some("book"),
            NONE,
            Some("1"),
            Some(items),
            NONE,
            NONE,
        ),
        (
            1,
            "u1",
            Some("book"),
            NONE,
            Some("1"),
            NONE,
            Some("T1"),
            NONE,
        ),
        (1, "u1", NONE, NONE, NONE, Some(items), Some("T1"), NONE),
    ] {
        let error = call(&mut conn, "add_shop_cart_items", params).await;
        let error = error.unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "items");
    }
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = vec![
        1.into(),
        "u1".into(),
        Value::NULL,
        Value::NULL,
        Value::NULL,
        r#"[{"product_id":"book","quantity":1}]"#.into(),
        Value::NULL,
        Value::NULL,
    ];
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "add_shop_cart_items", good).await;
    hostile.refuses_who_is_no_buyer().await;
    let item = |text: &str| format!("[{{{text}}}]");
    let mut lists: Vec<String> = [
        "null",
        "true",
        "book",
        "{}",
        "[",
        "[]",
        "[1]",
        "[\"book\"]",
        "[null]",
        "[[]]",
        "[{}]x",
        "[{}",
        "[{},1]",
        "[1,{\"product_id\":{}}]",
        "\u{feff}[{}]",
    ]
    .map(str::to_owned)
    .to_vec();
    lists.extend(
        [
            r#""product_id":"book","quantity":1,"price":1"#,
            r#""product_id":"book","quantity":1,"":1"#,
            r#""product_id":"book","quantity":1,"Quantity":1"#,
            r#""product_id":"book","quantity":1,"quantity":2"#,
            r#""product_id":"book","quantity":1,"qty":1"#,
            r#""product_id":"book","product_id":"lamp","quantity":1"#,
            r#""product_id":"book","option_hash":"a","quantity":1,"option_hash":"b""#,
            r#""product_id":"book","qu\u0061ntity":1"#,
            r#""product_id":"book","quantity":1,"a\tb":1"#,
            r#""product_id":["book"],"quantity":1"#,
            r#""product_id":{"product_id":"book"},"quantity":1"#,
            r#""product_id":"\ud83d","quantity":1"#,
            "\"product_id\":\"book\",\"quantity\":1,\"a\tb\":1",
            "\"product_id\":\"bo\0ok\",\"quantity\":1",
            "\"product_id\":\"bo\nok\",\"quantity\":1",
        ]
        .map(item),
    );
    hostile.refuses(5, "items", values(&lists)).await;
    hostile.refuses(5, "items", deep_json(1)).await;
    hostile
        .refuses_what_is_no_text(&[1, 5, 6, 7], &["X-User-Id", "items", "items", "lines"])
        .await;
}

/// A page that writes the cart itself may have left several rows of one thing.
#[tokio::test]
async fn several_rows_of_one_product_are_one_item() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 99_990).await;
    let answer = add(
        &mut conn,
        r#"[{"product_id":"book","quantity":7},{"product_id":"book","quantity":1}]"#,
    );
    let answer = answer.await.unwrap();
    let expected = [
        "book __noopt__ 7: OK → 99999",
        "book __noopt__ 1: INVALID_INPUT quantity → 99999",
    ];
    assert_eq!(fates(&answer), expected);
    assert_eq!(lines(&answer), ["book __noopt__ 9", "book __noopt__ 99990"]);
}

#[tokio::test]
async fn lists_of_many_sessions_and_an_order_of_the_cart_never_deadlock_or_lose_a_unit() {
    let db = TestDb::with_fixture().await;
    let results = storm(&db, 10, |number, mut conn| async move {
        let mut items = vec![("book", NO_OPTION), ("lamp", NO_OPTION), ("shirt", "red")];
        if number % 2 == 1 {
            items.reverse();
        }
        let item = |(product, option)| json!({"product_id": product, "option_hash": option, "quantity": 1});
        let items: Vec<_> = items.into_iter().map(item).collect();
        add(&mut conn, &json!(items).to_string()).await.map(|_| ())
    })
    .await;
    for result in results {
        result.unwrap();
    }
    let mut cart = cart_of(&db, 1, "u1").await;
    cart.sort();
    let all = ["book __noopt__ 10", "lamp __noopt__ 10", "shirt red 10"];
    assert_eq!(cart, all);
}

/// The whole list comes before the order or after it.
#[tokio::test]
async fn a_list_waits_for_the_order_that_is_being_written() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_stock WHERE product_id = 'book' FOR UPDATE")
        .await
        .unwrap();
    let order = OrderCall::new("T1", &[cart_id]).client_total("20000");
    let mut order = Running::order(&db, order).await;
    order.wait_until_blocked().await; // at the stock: the cart rows are deleted, not committed
    let items = r#"[{"product_id":"book","quantity":3},{"product_id":"lamp","quantity":1}]"#;
    let params = (1, "u1", NONE, NONE, NONE, items, NONE, NONE);
    let mut adding = Running::call(&db, "add_shop_cart_items", params).await;
    adding.wait_until_blocked().await;
    holder.query_drop("ROLLBACK").await.unwrap();
    order.finish().await.unwrap();
    let answer = adding.finish().await.unwrap();
    assert_eq!(lines(&answer), ["book __noopt__ 3", "lamp __noopt__ 1"]);
    assert_eq!(db.int("SELECT quantity FROM shop_order_product").await, 2);
    db.assert_audit_clean().await;
}
