//! `add_shop_cart`: what goes into the cart, what does not, and many at once.

use super::{LINE_COLUMNS, cart_of, header, lines};
use crate::support::refusal::*;
use crate::support::*;

async fn add(
    db: &TestDb,
    conn: &mut Conn,
    product: &str,
    option: Option<&str>,
    quantity: &str,
) -> Result<Sets, CallError> {
    let params = (1, "u1", product, option, quantity);
    db.call(conn, "add_shop_cart", params).await
}

#[tokio::test]
async fn the_answer_names_the_row_and_shows_the_whole_cart() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let old = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    db.add_cart(1, "u2", "lamp", NO_OPTION, 5).await;
    let answer = add(&db, &mut conn, "shirt", Some("blue"), "3")
        .await
        .unwrap();
    let row = answer.first();
    assert_eq!(
        *answer.set(0).columns,
        ["result", "cart_id", "cart_count", "price_changes_json"]
    );
    assert_eq!(row.str("result"), "OK");
    assert_eq!(row.int("cart_count"), 2);
    assert_eq!(answer.count(), 2);
    assert_eq!(*answer.set(1).columns, LINE_COLUMNS);
    assert_eq!(lines(&answer), ["lamp __noopt__ 2", "shirt blue 3"]);
    assert_eq!(answer.set(1).rows[0].int("cart_id"), old);
    let line = &answer.set(1).rows[1];
    assert_eq!(line.str("cart_id"), row.str("cart_id"));
    assert_eq!(line.str("product_name"), "Shirt");
    assert_eq!(line.str("option_name"), "blue");
    assert_eq!(line.str("unit_price"), "16000.00");
    assert_eq!(line.str("line_amount"), "48000.00");
    assert_eq!(line.int("orderable"), 1);
    assert_eq!(line.opt("product_thumb_img_url"), None);
    assert_eq!(
        cart_of(&db, 1, "u1").await,
        ["lamp __noopt__ 2", "shirt blue 3"]
    );
    assert_eq!(cart_of(&db, 1, "u2").await, ["lamp __noopt__ 5"]);
}

#[tokio::test]
async fn the_same_product_with_the_same_option_adds_up_and_another_option_does_not() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let first = add(&db, &mut conn, "shirt", Some("red"), "2")
        .await
        .unwrap();
    let other = add(&db, &mut conn, "shirt", Some("blue"), "1")
        .await
        .unwrap();
    let again = add(&db, &mut conn, "shirt", Some("red"), "00003")
        .await
        .unwrap();
    assert_eq!(first.first().str("cart_id"), again.first().str("cart_id"));
    assert_ne!(first.first().str("cart_id"), other.first().str("cart_id"));
    assert_eq!(again.first().int("cart_count"), 2);
    assert_eq!(lines(&again), ["shirt red 5", "shirt blue 1"]);
}

#[tokio::test]
async fn no_option_can_be_said_in_three_ways() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for option in [None, Some(""), Some(NO_OPTION)] {
        add(&db, &mut conn, "book", option, "1").await.unwrap();
    }
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 3"]);
}

#[tokio::test]
async fn what_cannot_be_ordered_cannot_be_put_into_the_cart_either() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    let mut conn = db.conn_as_gateway().await;
    let before = db.snapshot().await;
    for (product, option, why) in [
        ("nosuch", None, "unknown"),
        ("hidden", None, "not displayed"),
        ("soldout", None, "marked sold out"),
        ("mug", None, "of another shop"),
        ("BOOK", None, "ids are case sensitive"),
        ("shirt", None, "needs an option"),
        ("shirt", Some(NO_OPTION), "needs an option"),
        ("shirt", Some("green"), "has no such option"),
        ("shirt", Some("RED"), "options are case sensitive"),
        ("shirt", Some("old"), "option not displayed"),
        (
            "shirt",
            Some("wrap"),
            "name of a stock row, not of an option",
        ),
        ("book", Some("red"), "option of another product"),
    ] {
        let error = add(&db, &mut conn, product, option, "1").await.unwrap_err();
        error.expect_code("PRODUCT_UNAVAILABLE");
        assert_eq!(error.row().str("field"), "product_id", "{why}");
        assert_eq!(error.row().str("detail"), product, "{why}");
        assert_eq!(db.snapshot().await, before, "{product} {option:?}: {why}");
    }
    // Sold out by number is no reason: stock is asked when it is ordered.
    add(&db, &mut conn, "none", None, "1").await.unwrap();
}

#[tokio::test]
async fn a_product_that_went_off_sale_cannot_be_increased() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&db, &mut conn, "book", None, "1").await.unwrap();
    db.exec("UPDATE shop_products SET display = '0' WHERE product_id = 'book'")
        .await;
    let before = db.snapshot().await;
    let error = add(&db, &mut conn, "book", None, "1").await.unwrap_err();
    error.expect_code("PRODUCT_UNAVAILABLE");
    assert_eq!(db.snapshot().await, before);
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 1"]);
}

#[tokio::test]
async fn a_row_holds_at_most_99999_units() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&db, &mut conn, "book", None, "99998").await.unwrap();
    add(&db, &mut conn, "book", None, "1").await.unwrap();
    for quantity in ["1", "99999"] {
        let error = add(&db, &mut conn, "book", None, quantity)
            .await
            .unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "quantity");
    }
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 99999"]);
}

#[tokio::test]
async fn a_cart_has_at_most_1000_rows_and_a_full_one_can_still_be_increased() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
         SELECT 1, 'u1', CONCAT('p', i), '__noopt__', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM n",
    )
    .await;
    let last = add(&db, &mut conn, "book", None, "1").await.unwrap();
    assert_eq!(last.first().int("cart_count"), 1000);
    let before = cart_of(&db, 1, "u1").await;
    let error = add(&db, &mut conn, "lamp", None, "1").await.unwrap_err();
    error.expect_code("CART_FULL");
    assert_eq!(error.row().str("field"), "product_id");
    assert_eq!(cart_of(&db, 1, "u1").await, before);
    let more = add(&db, &mut conn, "book", None, "1").await.unwrap();
    assert_eq!(more.first().int("cart_count"), 1000);
    assert_eq!(more.set(1).rows.len(), 1000);
    // Another buyer of the shop is not concerned.
    db.call(
        &mut conn,
        "add_shop_cart",
        (1, "u2", "lamp", None::<&str>, "1"),
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn an_unknown_shop_has_no_carts() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let before = db.snapshot().await;
    for shop in [
        Value::from(3),
        Value::from(0),
        Value::from(u32::MAX),
        Value::NULL,
    ] {
        let params = vec![shop, "u1".into(), "book".into(), Value::NULL, "1".into()];
        let error = db
            .call(&mut conn, "add_shop_cart", Params::Positional(params))
            .await
            .unwrap_err();
        error.expect_code("SHOP_NOT_FOUND");
        assert_eq!(error.row().str("field"), "");
        assert_eq!(db.snapshot().await, before);
    }
}

#[tokio::test]
async fn a_buyer_without_a_member_row_is_a_guest_with_a_cart() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    // 63 characters at most, any of them.
    let long = "가".repeat(63);
    let ids = [
        "guest-가나다' OR 1=1",
        "someone.with.a.long.name+shop@mail.example.co.kr",
        "123e4567-e89b-12d3-a456-426614174000",
        "naver:kRzQ3v9xN2mTf5uYw7bLd1cHs6eJ8gPq0aZiXoVy",
        &long,
    ];
    for guest in ids {
        let params = (1, guest, "book", None::<&str>, "1");
        db.call(&mut conn, "add_shop_cart", params).await.unwrap();
        let cart = db
            .call(&mut conn, "select_shop_cart", (1, guest, None::<&str>))
            .await
            .unwrap();
        assert_eq!(lines(&cart), ["book __noopt__ 1"], "{guest}");
    }
    assert_eq!(db.count("shop_cart").await, 5, "a cart for each");
    for guest in [format!("{long}a"), "a".repeat(64)] {
        let params = (1, &guest, "book", None::<&str>, "1");
        let error = db.call(&mut conn, "add_shop_cart", params).await;
        let error = error.unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "X-User-Id");
        assert_eq!(error.row().str("detail"), "1 to 63 characters");
    }
    assert_eq!(db.count("shop_cart").await, 5);
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = vec![
        1.into(),
        "u1".into(),
        "book".into(),
        Value::NULL,
        "1".into(),
    ];
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "add_shop_cart", good).await;
    hostile.refuses_who_is_no_buyer().await;
    let long = "p".repeat(31);
    let mut products = values(&["", &long, &"책".repeat(31), &"p".repeat(60_000)]);
    products.push(Value::NULL);
    hostile.refuses(2, "product_id", products).await;
    let products = values(&[
        "nosuch",
        "book'",
        "book\n",
        "\nbook",
        "book\0",
        "\0",
        "%",
        "b%",
        "bo_k",
        "book;",
        "book--",
        "'; DROP TABLE shops",
        "\" OR \"\"=\"",
        "ｂｏｏｋ",
        "책책",
        "😀",
        "book😀",
        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
        "\u{202e}koob",
        "{}",
        "1",
        "\\",
    ]);
    hostile
        .refuses_as(2, "PRODUCT_UNAVAILABLE", "product_id", products)
        .await;
    let options = values(&[&"o".repeat(65), &"책".repeat(65), &"o".repeat(60_000)]);
    hostile.refuses(3, "option_hash", options).await;
    let options = values(&[
        "nosuch",
        "__noopt__x",
        "__NOOPT__",
        "red",
        "%",
        "' OR ''='",
        "\n",
        "\0",
        "😀",
        &"o".repeat(64),
    ]);
    hostile
        .refuses_as(3, "PRODUCT_UNAVAILABLE", "product_id", options)
        .await;
    hostile.refuses(4, "quantity", not_whole_numbers()).await;
    let quantities = values(&["0", "00000", "-1", "-0", "100000", "000001", "2147483648"]);
    hostile.refuses(4, "quantity", quantities).await;
    hostile
        .refuses_what_is_no_text(
            &[1, 2, 3, 4],
            &["X-User-Id", "product_id", "option_hash", "quantity"],
        )
        .await;
}

#[tokio::test]
async fn nothing_is_lost_when_many_sessions_add_at_once() {
    let db = TestDb::with_fixture().await;
    let results = storm(&db, 12, |number, mut conn| async move {
        let option = ["red", "blue"][number % 2];
        call(&mut conn, "add_shop_cart", (1, "u1", "shirt", option, "1")).await
    })
    .await;
    for result in &results {
        result.as_ref().unwrap();
    }
    let mut cart = cart_of(&db, 1, "u1").await;
    cart.sort();
    assert_eq!(cart, ["shirt blue 6", "shirt red 6"]);
}

/// An item added during checkout comes before the order or after it, never into the middle.
#[tokio::test]
async fn an_addition_waits_for_the_order_that_is_being_written() {
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
    let params = (1, "u1", "book", None::<&str>, "3");
    let mut addition = Running::call(&db, "add_shop_cart", params).await;
    addition.wait_until_blocked().await;
    holder.query_drop("ROLLBACK").await.unwrap();
    order.finish().await.unwrap();
    let answer = addition.finish().await.unwrap();
    assert_eq!(lines(&answer), ["book __noopt__ 3"]);
    assert_ne!(answer.first().int("cart_id"), cart_id);
    assert_eq!(db.int("SELECT quantity FROM shop_order_product").await, 2);
    db.assert_audit_clean().await;
}

/// MySQL skips the routine's handler when a call is killed and leaves its transaction open.
#[tokio::test]
async fn a_killed_call_leaves_nothing_that_the_next_one_on_its_connection_could_commit() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    // Who reads the row that a page has written notes it in the header.
    let params = (1, "u1", None::<&str>);
    let mut reader = db.conn_as_gateway().await;
    call(&mut reader, "select_shop_cart", params).await.unwrap();
    let before = db.snapshot().await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_cart FOR UPDATE")
        .await
        .unwrap();
    let params = (1, "u1", "book", None::<&str>, "9");
    let mut addition = Running::call(&db, "add_shop_cart", params).await;
    addition.wait_until_blocked().await; // at its row: the header is written
    db.exec(&format!("KILL QUERY {}", addition.id)).await;
    let (mut conn, result) = addition.finish_with_conn().await;
    assert_eq!(result.unwrap_err().errno, 1317);
    holder.query_drop("ROLLBACK").await.unwrap();
    let cart = db
        .call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    assert_eq!(lines(&cart), ["book __noopt__ 1"]);
    assert_eq!(db.snapshot().await, before);
    let answer = add(&db, &mut conn, "book", None, "2").await.unwrap();
    assert_eq!(lines(&answer), ["book __noopt__ 3"]);
}

/// The blank that the engines ignore when they compare must not reach what is stored and answered.
#[tokio::test]
async fn a_blank_after_an_id_is_either_refused_or_not_kept() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (product, option) in [("book ", None), ("shirt", Some("red "))] {
        if let Err(error) = add(&db, &mut conn, product, option, "1").await {
            assert!(
                ["INVALID_INPUT", "PRODUCT_UNAVAILABLE"].contains(&error.code()),
                "{error}"
            );
        }
    }
    let stored = db
        .int("SELECT COUNT(*) FROM shop_cart WHERE product_id LIKE '% ' OR option_hash LIKE '% '")
        .await;
    assert_eq!(stored, 0, "{:?}", cart_of(&db, 1, "u1").await);
}
