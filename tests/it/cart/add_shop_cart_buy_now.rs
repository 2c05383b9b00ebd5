//! `add_shop_cart_buy_now`: a row of its own, beside the cart: neither listed nor counted nor added to, and ordered as it
//! is.

use super::{LINE_COLUMNS, cart_of, header, lines, rows_of_others};
use crate::support::refusal::*;
use crate::support::*;

async fn buy(conn: &mut Conn, product: &str, quantity: &str) -> Result<Sets, CallError> {
    let params = (1, "u1", product, None::<&str>, quantity);
    call(conn, "add_shop_cart_buy_now", params).await
}

async fn add(conn: &mut Conn, product: &str, quantity: &str) -> Sets {
    let params = (1, "u1", product, None::<&str>, quantity);
    call(conn, "add_shop_cart", params).await.unwrap()
}

/// All rows of u1, those bought now with a star.
async fn rows(db: &TestDb) -> Vec<String> {
    let sql =
        "SELECT CONCAT(product_id, ' ', quantity, IF(buy_now = 1, '*', '')) AS line FROM shop_cart
               WHERE user_id = 'u1' ORDER BY seq_no";
    db.rows(sql)
        .await
        .iter()
        .map(|row| row.str("line"))
        .collect()
}

/// 2 books lie in the cart and 1 is bought now: 1 × 10,000 is ordered, and 2 are in the cart as before.
#[tokio::test]
async fn with_two_in_the_cart_one_bought_now_is_one() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "book", "2").await;
    let answer = buy(&mut conn, "book", "1").await.unwrap();
    assert_eq!(
        *answer.set(0).columns,
        ["result", "cart_id", "cart_count", "price_changes_json"]
    );
    assert_eq!(*answer.set(1).columns, LINE_COLUMNS);
    assert_eq!(answer.first().int("cart_count"), 1);
    assert_eq!(lines(&answer), ["book __noopt__ 1"]);
    let bought = answer.first().int("cart_id");

    // Nothing that is done with the cart sees it.
    let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    assert_eq!(cart.first().int("cart_count"), 1);
    assert_eq!(lines(&cart), ["book __noopt__ 2"]);
    for event in ["enter", "stay", "leave"] {
        let cart = call(&mut conn, "refresh_shop_cart", (1, "u1", event)).await;
        let cart = cart.unwrap();
        assert_eq!(cart.first().int("cart_count"), 1, "{event}");
        assert_eq!(lines(&cart), ["book __noopt__ 2"], "{event}");
    }
    let cart = add(&mut conn, "book", "3").await;
    assert_eq!(cart.first().int("cart_count"), 1);
    assert_eq!(lines(&cart), ["book __noopt__ 5"]);
    let items = r#"[{"product_id":"book","quantity":1}]"#;
    let none = None::<&str>;
    let list = (1, "u1", none, none, none, items, none, none);
    let cart = call(&mut conn, "add_shop_cart_items", list).await.unwrap();
    assert_eq!(lines(&cart), ["book __noopt__ 6"]);
    let id = cart.set(1).rows[0].int("cart_id").to_string();
    let cart = call(&mut conn, "update_shop_cart", (1, "u1", id.clone(), "2")).await;
    let cart = cart.unwrap();
    assert_eq!(cart.first().int("cart_count"), 1);
    assert_eq!(lines(&cart), ["book __noopt__ 2"]);
    assert_eq!(rows(&db).await, ["book 2", "book 1*"]);
    db.assert_audit_clean().await;

    // The form may change how many are bought now, and the order is of that many, whatever its caller calls it.
    let row = (1, "u1", bought.to_string(), "4");
    let cart = call(&mut conn, "update_shop_cart", row).await.unwrap();
    assert_eq!(cart.first().int("cart_count"), 1);
    assert_eq!(lines(&cart), ["book __noopt__ 2"]);
    let order = OrderCall::new("T1", &[bought]).client_total("40000");
    order.call(&mut conn).await.unwrap();
    assert_eq!(rows(&db).await, ["book 2"]);
    assert_eq!(
        db.text("SELECT order_mode FROM shop_orders").await,
        "direct"
    );
    let again = order.call(&mut conn).await.unwrap();
    assert_eq!(again.first().int("replayed"), 1);

    // And the other way round.
    let order = OrderCall::new("T2", &[id.parse().unwrap()])
        .client_total("20000")
        .mode(Some("direct"));
    order.call(&mut conn).await.unwrap();
    let mode = "SELECT order_mode FROM shop_orders WHERE order_number = 'T2'";
    assert_eq!(db.text(mode).await, "cart");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn bought_again_it_is_that_many_in_the_same_row() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let first = buy(&mut conn, "book", "3").await.unwrap();
    db.exec("UPDATE shop_products SET buy_price = buy_price + 1000 WHERE product_id = 'book'")
        .await;
    let second = buy(&mut conn, "book", "1").await.unwrap();
    assert_eq!(first.first().int("cart_id"), second.first().int("cart_id"));
    assert_eq!(lines(&second), ["book __noopt__ 1"]);
    let line = &second.set(1).rows[0];
    assert_eq!(
        line.str("added_price"),
        line.str("unit_price"),
        "it is bought now, not then"
    );
    buy(&mut conn, "lamp", "1").await.unwrap();
    assert_eq!(rows(&db).await, ["book 1*", "lamp 1*"]);
    // Twelve clicks at once are one row.
    let results = storm(&db, 12, |_, mut conn| async move {
        buy(&mut conn, "pen", "2").await.map(|_| ())
    })
    .await;
    for result in results {
        result.unwrap();
    }
    assert_eq!(rows(&db).await, ["book 1*", "lamp 1*", "pen 2*"]);
    db.assert_audit_clean().await;
    // What a routine did not make twice, the audit sees.
    db.exec("INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date, buy_now)
             VALUES (1, 'u1', 'pen', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 1)")
        .await;
    let audit = db.rows("SELECT subject, detail FROM v_audit_cart").await;
    assert_eq!(audit.len(), 1);
    assert_eq!(audit[0].str("detail"), "2 rows of pen __noopt__");
}

#[tokio::test]
async fn what_nobody_ordered_goes_when_its_buyer_buys_the_next_one() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "chair", "1").await;
    for product in ["book", "lamp", "pen"] {
        buy(&mut conn, product, "1").await.unwrap();
    }
    let older = |hours: u32, product: &str| {
        format!(
            "UPDATE shop_cart SET update_date = update_date - INTERVAL {hours} HOUR WHERE product_id = '{product}'"
        )
    };
    for (hours, product) in [(25, "book"), (23, "lamp"), (25, "pen"), (9999, "chair")] {
        db.exec(&older(hours, product)).await;
    }
    buy(&mut conn, "pen", "2").await.unwrap();
    assert_eq!(rows(&db).await, ["chair 1", "lamp 1*", "pen 2*"]);
    let told = "SELECT CONCAT(product_id, ' ', quantity, ': ', reason) FROM shop_cart_deletions";
    assert_eq!(db.text(told).await, "book 1: buy_now_hours 24");
    // A shop that keeps them keeps them.
    db.exec("UPDATE shops SET buy_now_hours = NULL WHERE shop_id = 1")
        .await;
    db.exec(&older(9999, "lamp")).await;
    buy(&mut conn, "book", "1").await.unwrap();
    assert_eq!(rows(&db).await, ["chair 1", "lamp 1*", "pen 2*", "book 1*"]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_guest_who_logs_in_goes_on_buying() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    buy(&mut conn, "book", "7").await.unwrap();
    add(&mut conn, "book", "2").await;
    let none = None::<&str>;
    let bought = call(
        &mut conn,
        "add_shop_cart_buy_now",
        (1, "guest", "book", none, "1"),
    )
    .await;
    let bought = bought.unwrap().first().int("cart_id");
    let put = (1, "guest", "book", none, "5");
    call(&mut conn, "add_shop_cart", put).await.unwrap();
    let merged = call(&mut conn, "merge_shop_cart", (1, "guest", "u1")).await;
    let merged = merged.unwrap();
    assert_eq!(
        (
            merged.first().int("moved"),
            merged.first().int("cart_count")
        ),
        (1, 1)
    );
    assert_eq!(lines(&merged), ["book __noopt__ 7"]);
    assert_eq!(rows(&db).await, ["book 7", "book 1*"]);
    assert!(cart_of(&db, 1, "guest").await.is_empty());
    let order = OrderCall::new("T1", &[bought]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    assert_eq!(rows(&db).await, ["book 7"]);
    db.assert_audit_clean().await;
}

/// Its order failed: the buyer finds the unit in the cart, beside the two that were there.
#[tokio::test]
async fn what_was_bought_now_comes_back_into_the_cart() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "book", "2").await;
    let bought = buy(&mut conn, "book", "1").await.unwrap();
    let order = OrderCall::new("T1", &[bought.first().int("cart_id")]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    buy(&mut conn, "book", "9").await.unwrap();
    let back = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1")).await;
    let back = back.unwrap();
    assert_eq!(back.first().int("cart_count"), 1);
    assert_eq!(lines(&back), ["book __noopt__ 3"]);
    assert_eq!(rows(&db).await, ["book 3", "book 9*"]);
    // Left behind, it makes no cart that somebody should be written to about.
    db.exec("DELETE FROM shop_cart WHERE buy_now = 0").await;
    db.exec("UPDATE shop_cart SET update_date = update_date - INTERVAL 9 DAY")
        .await;
    let page = (1, "24", None::<&str>, "100");
    let mut operator = db.conn_as_operator().await;
    let left = call(&mut operator, "select_adm_abandoned_carts", page).await;
    assert_eq!(left.unwrap().first().int("cart_count"), 0);
}

#[tokio::test]
async fn deleted_it_leaves_the_cart_as_it_was() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "book", "2").await;
    let bought = buy(&mut conn, "book", "1")
        .await
        .unwrap()
        .first()
        .int("cart_id");
    let answer = call(
        &mut conn,
        "delete_shop_cart",
        (1, "u1", format!("[{bought}]")),
    )
    .await;
    let row = answer.unwrap();
    assert_eq!(
        (row.first().int("deleted"), row.first().int("cart_count")),
        (1, 1)
    );
    let bought = buy(&mut conn, "book", "1")
        .await
        .unwrap()
        .first()
        .int("cart_id");
    let answer = call(
        &mut conn,
        "update_shop_cart",
        (1, "u1", bought.to_string(), "0"),
    )
    .await;
    assert_eq!(answer.unwrap().first().int("cart_count"), 1);
    assert_eq!(rows(&db).await, ["book 2"]);
    // Rows of others are no rows to it.
    let others = rows_of_others(&db).await;
    buy(&mut conn, "book", "1").await.unwrap();
    assert!(!others.is_empty());
}

#[tokio::test]
async fn what_cannot_be_bought_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    let mut conn = db.conn_as_gateway().await;
    buy(&mut conn, "book", "1").await.unwrap();
    let before = db.snapshot().await;
    for (product, quantity, code) in [
        ("nosuch", "1", "PRODUCT_UNAVAILABLE"),
        ("shirt", "1", "PRODUCT_UNAVAILABLE"),
        ("book", "0", "INVALID_INPUT"),
        ("book", "-1", "INVALID_INPUT"),
        ("book", "100000", "INVALID_INPUT"),
        ("book ", "1", "INVALID_INPUT"),
        ("", "1", "INVALID_INPUT"),
    ] {
        let error = buy(&mut conn, product, quantity).await.unwrap_err();
        error.expect_code(code);
    }
    let versions = |text: &str| -> String {
        text.lines()
            .filter(|line| !line.contains("shop_cart_headers"))
            .collect()
    };
    assert_eq!(versions(&db.snapshot().await), versions(&before));
    // 1,000 of them are as many as a cart may have, and none of them counts for the cart.
    db.exec(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date, buy_now)
         WITH RECURSIVE n AS (SELECT 2 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         SELECT 1, 'u1', CONCAT('p', i), 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 1 FROM n",
    )
    .await;
    buy(&mut conn, "lamp", "1")
        .await
        .unwrap_err()
        .expect_code("CART_FULL");
    buy(&mut conn, "book", "2").await.unwrap();
    assert_eq!(
        add(&mut conn, "lamp", "1").await.first().int("cart_count"),
        1
    );

    let good = vec![
        1.into(),
        "u1".into(),
        "book".into(),
        Value::NULL,
        "1".into(),
    ];
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "add_shop_cart_buy_now", good).await;
    let unknown = vec![3.into(), 0.into(), Value::NULL];
    hostile.refuses_as(0, "SHOP_NOT_FOUND", "", unknown).await;
    hostile.refuses(1, "X-User-Id", not_user_ids()).await;
}
