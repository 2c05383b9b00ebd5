//! `shop_stock_set`: how many units can be ordered from now on, and what the ledger says about it.

use crate::support::refusal::*;
use crate::support::*;

async fn set(
    db: &TestDb,
    conn: &mut Conn,
    product: &str,
    option: Option<&str>,
    quantity: &str,
    reason: Option<&str>,
) -> Result<Sets, CallError> {
    counted(db, conn, product, option, "free", quantity, reason).await
}

async fn counted(
    db: &TestDb,
    conn: &mut Conn,
    product: &str,
    option: Option<&str>,
    what: &str,
    quantity: &str,
    reason: Option<&str>,
) -> Result<Sets, CallError> {
    let params = (1, product, option, what, quantity, reason);
    db.call(conn, "shop_stock_set", params).await
}

/// `option difference reason` of a product's bookings after the fixture's.
async fn booked(db: &TestDb, product: &str) -> Vec<String> {
    let sql = format!(
        "SELECT CONCAT(option_hash, ' ', difference, ' ', reason) AS line FROM shop_stock_ledger
         WHERE shop_id = 1 AND product_id = '{product}' AND reason <> 'first stock' ORDER BY seq_no"
    );
    db.rows(&sql)
        .await
        .iter()
        .map(|row| row.str("line"))
        .collect()
}

#[tokio::test]
async fn the_units_are_set_and_the_difference_is_booked_with_who_and_why() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    let answer = set(&db, &mut conn, "book", None, "130", Some("delivery 7"))
        .await
        .unwrap();
    assert_eq!(
        *answer.set(0).columns,
        ["result", "free", "held", "difference"]
    );
    assert_eq!(answer.count(), 1);
    assert_eq!(answer.first().str("result"), "OK");
    assert_eq!(
        (answer.first().int("free"), answer.first().int("difference")),
        (130, 30)
    );
    let answer = set(&db, &mut conn, "book", Some(""), "0", None)
        .await
        .unwrap();
    assert_eq!(
        (answer.first().int("free"), answer.first().int("difference")),
        (0, -130)
    );
    let answer = set(
        &db,
        &mut conn,
        "book",
        Some(NO_OPTION),
        "999999999",
        Some(""),
    )
    .await
    .unwrap();
    assert_eq!(answer.first().int("difference"), 999_999_999);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 999_999_999);
    assert_eq!(
        booked(&db, "book").await,
        [
            "__noopt__ 30 delivery 7",
            "__noopt__ -130 set",
            "__noopt__ 999999999 set"
        ]
    );
    let actors = db.text("SELECT GROUP_CONCAT(DISTINCT SUBSTRING_INDEX(actor, '@', 1)) FROM shop_stock_ledger WHERE reason <> 'first stock'");
    assert_eq!(
        actors.await,
        "jumun_operator",
        "who called, not whom the routine runs as"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_repeat_books_nothing() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    for difference in [-95, 0, 0] {
        let answer = set(&db, &mut conn, "lamp", None, "5", Some("count"))
            .await
            .unwrap();
        assert_eq!(
            (answer.first().int("free"), answer.first().int("difference")),
            (5, difference)
        );
    }
    assert_eq!(booked(&db, "lamp").await, ["__noopt__ -95 count"]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_product_without_a_stock_row_gets_one() {
    let db = TestDb::with_fixture().await;
    db.exec("DELETE FROM shop_stock WHERE product_id = 'none'")
        .await;
    let mut conn = db.conn_as_operator().await;
    set(&db, &mut conn, "none", None, "3", None).await.unwrap();
    assert_eq!(db.free_stock("none", NO_OPTION).await, 3);
    let cart_id = db.add_cart(1, "u1", "none", NO_OPTION, 3).await;
    let mut gateway = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("21000");
    order.call(&mut gateway).await.unwrap();
    assert_eq!(db.free_stock("none", NO_OPTION).await, 0);
    db.assert_audit_clean().await;
}

/// What is held or sold is no longer anybody's to set: only what is left is.
#[tokio::test]
async fn held_and_sold_units_do_not_count() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    for (number, quantity) in [("HELD", 3), ("SOLD", 5)] {
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, quantity).await;
        let total = (10_000 * quantity).to_string();
        OrderCall::new(number, &[cart_id])
            .client_total(&total)
            .call(&mut gateway)
            .await
            .unwrap();
    }
    settle(
        &mut gateway,
        "notify",
        &WalletMessage::paid("SOLD", "P1", "50000"),
    )
    .await
    .unwrap();
    let mut conn = db.conn_as_operator().await;
    let answer = set(&db, &mut conn, "book", None, "10", None).await.unwrap();
    assert_eq!(
        (answer.first().int("free"), answer.first().int("difference")),
        (10, -82)
    );
    db.assert_audit_clean().await;
    // Units that come back come on top.
    db.let_expire("HELD").await;
    db.call(&mut gateway, "shop_order_expire", (10,))
        .await
        .unwrap();
    assert_eq!(db.free_stock("book", NO_OPTION).await, 13);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_option_has_the_stock_row_that_the_catalogue_names() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    set(&db, &mut conn, "shirt", Some("red"), "1", None)
        .await
        .unwrap();
    set(&db, &mut conn, "shirt", Some("wrap"), "2", None)
        .await
        .unwrap();
    assert_eq!(db.free_stock("shirt", "red").await, 1);
    assert_eq!(db.free_stock("shirt", "blue").await, 50);
    assert_eq!(db.free_stock("shirt", "wrap").await, 2);
    let before = db.snapshot().await;
    for (product, option, why) in [
        ("shirt", "wrap-a", "takes from the shared row"),
        ("shirt", "old", "takes from red"),
        ("shirt", "green", "unknown"),
        ("shirt", "RED", "other case"),
        ("book", "red", "another product's"),
        ("nosuch", NO_OPTION, "unknown product"),
        ("BOOK", NO_OPTION, "other case"),
        ("mug", NO_OPTION, "another shop's"),
    ] {
        let error = set(&db, &mut conn, product, Some(option), "7", None)
            .await
            .unwrap_err();
        error.expect_code("PRODUCT_NOT_FOUND");
        assert_eq!(error.row().str("field"), "product_id", "{why}");
        assert_eq!(db.snapshot().await, before, "{product} {option}: {why}");
    }
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    let good = vec![
        1.into(),
        "book".into(),
        Value::NULL,
        "shelf".into(),
        "7".into(),
        Value::NULL,
    ];
    let conn = db.conn_as_operator().await;
    let mut hostile = Hostile::new(&db, conn, "shop_stock_set", good).await;
    hostile
        .refuses_as(
            0,
            "PRODUCT_NOT_FOUND",
            "product_id",
            vec![2.into(), 0.into(), u32::MAX.into(), Value::NULL],
        )
        .await;
    hostile
        .refuses_somehow(0, "shop_id", values(&["-1", "4294967296"]))
        .await;
    let mut products = values(&[
        "",
        "nosuch",
        "book'",
        "book\n",
        "\0",
        "%",
        "b%",
        "' OR ''='",
        "😀",
        "책",
    ]);
    products.push(Value::NULL);
    hostile
        .refuses_as(1, "PRODUCT_NOT_FOUND", "product_id", products)
        .await;
    let long = values(&["p".repeat(31), "책".repeat(31), "p".repeat(60_000)]);
    hostile.refuses_somehow(1, "product_id", long).await;
    let options = values(&[
        "nosuch",
        "red",
        "__NOOPT__",
        "__noopt__x",
        "%",
        "\n",
        "' OR ''='",
        "😀",
    ]);
    hostile
        .refuses_as(2, "PRODUCT_NOT_FOUND", "product_id", options)
        .await;
    hostile
        .refuses_somehow(
            2,
            "option_hash",
            values(&["o".repeat(65), "o".repeat(60_000)]),
        )
        .await;
    let mut kinds = values(&[
        "",
        "held",
        "SHELF",
        "shelf ",
        " free",
        "free\n",
        "0",
        "shelf,free",
    ]);
    kinds.push(Value::NULL);
    hostile.refuses(3, "counted", kinds).await;
    hostile.refuses(4, "quantity", not_whole_numbers()).await;
    hostile
        .refuses(
            4,
            "quantity",
            values(&["-1", "-0", "1000000000", "0000000001", "4294967296"]),
        )
        .await;
    let fields = ["product_id", "option_hash", "counted", "quantity", "reason"];
    hostile
        .refuses_what_is_no_text(&[1, 2, 3, 4, 5], &fields)
        .await;
}

#[tokio::test]
async fn a_long_reason_is_cut_and_any_text_is_one() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    let long = "이유".repeat(5_000);
    let words = "'; DROP TABLE shops; -- \u{1f4e6}\n\t\\";
    set(&db, &mut conn, "book", None, "1", Some(&long))
        .await
        .unwrap();
    set(&db, &mut conn, "book", None, "2", Some(words))
        .await
        .unwrap();
    let reasons = booked(&db, "book").await;
    assert_eq!(reasons[0].chars().count(), "__noopt__ -99 ".len() + 200);
    assert_eq!(reasons[1], format!("__noopt__ 1 {words}"));
}

/// Read, subtract, write must not lose what orders take in between.
#[tokio::test]
async fn it_waits_for_the_order_that_holds_the_row() {
    let db = TestDb::with_fixture().await;
    let mut order = db.conn().await;
    order
        .query_drop("BEGIN; UPDATE shop_stock SET free = free - 4 WHERE product_id = 'book'")
        .await
        .unwrap();
    let params = (1, "book", None::<&str>, "free", "50", "count");
    let operator = db.conn_as_operator().await;
    let mut setting = Running::call_on(&db, operator, "shop_stock_set", params).await;
    setting.wait_until_blocked().await;
    order.query_drop("COMMIT").await.unwrap();
    let answer = setting.finish().await.unwrap();
    assert_eq!(
        answer.first().int("difference"),
        50 - 96,
        "from what is there when it is its turn"
    );
    assert_eq!(booked(&db, "book").await, ["__noopt__ -46 count"]);
}

/// An option that has the first 64 characters of another is not that one.
#[tokio::test]
async fn an_option_is_never_taken_for_another_that_it_begins_with() {
    let db = TestDb::with_fixture().await;
    let hash = "h".repeat(64);
    db.exec(&format!(
        "INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash)
         VALUES (1, 'shirt', '{hash}', 'long', '{hash}')"
    ))
    .await;
    let mut conn = db.conn_as_operator().await;
    set(&db, &mut conn, "shirt", Some(&hash), "1", None)
        .await
        .unwrap();
    let answer = set(
        &db,
        &mut conn,
        "shirt",
        Some(&format!("{hash}x")),
        "9",
        None,
    )
    .await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(db.free_stock("shirt", &hash).await, 1);
}

#[tokio::test]
async fn the_books_are_right_after_settings_and_orders_at_once() {
    let db = TestDb::with_fixture().await;
    let mut carts = Vec::new();
    for number in 0..12 {
        let user = format!("b{number}");
        carts.push((
            user.clone(),
            db.add_cart(1, &user, "book", NO_OPTION, 2).await,
        ));
    }
    let operator = db.url_as("jumun_operator");
    let results = storm(&db, 16, move |number, mut conn| {
        let cart = carts.get(number).cloned();
        let operator = operator.clone();
        async move {
            match cart {
                Some((user, cart_id)) => {
                    let order = OrderCall::new(&format!("T{number}"), &[cart_id]).user(1, &user);
                    let receiver = r#"{"receiver_name":"Kim","receiver_phone":"010-0000-0000","post_code":"04524","address":"1 Road"}"#;
                    let order = order.address(None).receiver(Some(receiver)).client_total("20000");
                    order.call(&mut conn).await.map(|_| ())
                }
                None => {
                    let mut conn = Conn::from_url(operator).await.unwrap();
                    let mut result = Ok(());
                    for round in 0..5 {
                        let quantity = (60 + number + round).to_string();
                        let params = (1, "book", None::<&str>, "free", quantity, "count");
                        result = result.and(call(&mut conn, "shop_stock_set", params).await.map(|_| ()));
                    }
                    result
                }
            }
        }
    })
    .await;
    for result in results {
        result.unwrap();
    }
    assert_eq!(db.count("shop_orders").await, 12);
    db.assert_audit_clean().await;
}

/// A first setting of a product that has no row yet must not end in a duplicate key or a lost booking.
#[tokio::test]
async fn two_first_settings_at_once_leave_one_row_and_true_books() {
    let db = TestDb::with_fixture().await;
    db.exec("DELETE FROM shop_stock WHERE product_id = 'none'")
        .await;
    let operator = db.url_as("jumun_operator");
    let results = storm(&db, 8, move |number, _| {
        let operator = operator.clone();
        async move {
            let mut conn = Conn::from_url(operator).await.unwrap();
            let quantity = (10 + number).to_string();
            call(
                &mut conn,
                "shop_stock_set",
                (1, "none", None::<&str>, "free", quantity, "first"),
            )
            .await
        }
    })
    .await;
    for result in results {
        result.unwrap();
    }
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_stock WHERE product_id = 'none'")
            .await,
        1
    );
    db.assert_audit_clean().await;
}

/// The engines ignore the blank when they compare; the books must not have two names for one product.
#[tokio::test]
async fn a_blank_after_an_id_is_either_refused_or_not_kept() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    db.exec("DELETE FROM shop_stock WHERE product_id = 'none'")
        .await;
    for (product, option) in [("book ", None), ("none ", None), ("shirt", Some("red "))] {
        if let Err(error) = set(&db, &mut conn, product, option, "7", None).await {
            assert!(
                ["INVALID_INPUT", "PRODUCT_NOT_FOUND"].contains(&error.code()),
                "{error}"
            );
        }
    }
    for table in ["shop_stock", "shop_stock_ledger"] {
        let sql = format!(
            "SELECT COUNT(*) FROM {table} WHERE product_id LIKE '% ' OR option_hash LIKE '% '"
        );
        assert_eq!(db.int(&sql).await, 0, "{table}");
    }
}
