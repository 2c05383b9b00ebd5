//! Several cart rows of one product and option, as pages that write the cart themselves leave them: no unit of them is
//! counted twice and none is lost.

use super::{cart_of, lines};
use crate::support::*;

/// Rows of two and three books.
async fn two_and_three(db: &TestDb) -> (i64, i64) {
    let first = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    (first, db.add_cart(1, "u1", "book", NO_OPTION, 3).await)
}

async fn add(conn: &mut Conn, quantity: &str) -> Result<Sets, CallError> {
    let params = (1, "u1", "book", None::<&str>, quantity);
    call(conn, "add_shop_cart", params).await
}

async fn order_both(db: &TestDb, conn: &mut Conn, number: &str) {
    let (first, second) = two_and_three(db).await;
    let order = OrderCall::new(number, &[first, second]).client_total("50000");
    order.call(conn).await.unwrap();
}

async fn restore(conn: &mut Conn, number: &str) -> Sets {
    let params = (1, "u1", number);
    call(conn, "shop_order_restore_cart", params).await.unwrap()
}

#[tokio::test]
async fn what_is_added_is_added_once() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let (first, _) = two_and_three(&db).await;
    let answer = add(&mut conn, "1").await.unwrap();
    assert_eq!(lines(&answer), ["book __noopt__ 3", "book __noopt__ 3"]);
    assert_eq!(
        (
            answer.first().int("cart_id"),
            answer.first().int("cart_count")
        ),
        (first, 2)
    );
    // Twelve at once, one each.
    let results = storm(&db, 12, |_, mut conn| async move {
        add(&mut conn, "1").await.map(|_| ())
    })
    .await;
    for result in results {
        result.unwrap();
    }
    assert_eq!(
        cart_of(&db, 1, "u1").await,
        ["book __noopt__ 15", "book __noopt__ 3"]
    );
    // The limit is that of the product in the cart.
    let before = cart_of(&db, 1, "u1").await;
    let error = add(&mut conn, "99982").await.unwrap_err();
    error.expect_code("INVALID_INPUT");
    assert_eq!(error.row().str("field"), "quantity");
    assert_eq!(cart_of(&db, 1, "u1").await, before);
    add(&mut conn, "99981").await.unwrap();
    assert_eq!(
        cart_of(&db, 1, "u1").await,
        ["book __noopt__ 99996", "book __noopt__ 3"]
    );
}

/// Such a page does not know the lock of the cart.
#[tokio::test]
async fn what_a_page_is_just_adding_is_not_lost() {
    let db = TestDb::with_fixture().await;
    let (first, _) = two_and_three(&db).await;
    let mut page = db.conn().await;
    page.query_drop(format!(
        "BEGIN; UPDATE shop_cart SET quantity = quantity + 10 WHERE seq_no = {first}"
    ))
    .await
    .unwrap();
    let params = (1, "u1", "book", None::<&str>, "1");
    let mut adding = Running::call(&db, "add_shop_cart", params).await;
    adding.wait_until_blocked().await;
    page.query_drop("COMMIT").await.unwrap();
    adding.finish().await.unwrap();
    assert_eq!(
        cart_of(&db, 1, "u1").await,
        ["book __noopt__ 13", "book __noopt__ 3"]
    );
}

async fn change(conn: &mut Conn, cart_id: i64, quantity: &str) -> Result<Sets, CallError> {
    let params = (1, "u1", cart_id.to_string(), quantity);
    call(conn, "update_shop_cart", params).await
}

#[tokio::test]
async fn a_change_is_of_the_item_and_leaves_one_row() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let red = db.add_cart(1, "u1", "shirt", "red", 1).await;
    let (_, second) = two_and_three(&db).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 4).await;
    db.add_cart(1, "u1", "shirt", "blue", 1).await;
    db.add_cart(1, "u2", "book", NO_OPTION, 9).await;
    db.add_cart(2, "u1", "book", NO_OPTION, 9).await;
    // Seven books were said, and seven there are.
    let answer = change(&mut conn, second, "7").await.unwrap();
    assert_eq!(
        lines(&answer),
        ["shirt red 1", "book __noopt__ 7", "shirt blue 1"]
    );
    let row = answer.first();
    assert_eq!((row.int("cart_id"), row.int("cart_count")), (second, 3));
    db.assert_audit_clean().await;
    // None, and there is none.
    let (first, _) = two_and_three(&db).await;
    let answer = change(&mut conn, first, "0").await.unwrap();
    assert_eq!(lines(&answer), ["shirt red 1", "shirt blue 1"]);
    assert_eq!(answer.first().int("cart_count"), 2);
    // What is refused leaves all of them.
    let dear = "UPDATE shop_products SET buy_price = 500000000000000 WHERE product_id = 'book'";
    db.exec(dear).await;
    two_and_three(&db).await;
    let third = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let before = db.snapshot().await;
    let error = change(&mut conn, third, "2").await.unwrap_err();
    error.expect_code("INVALID_INPUT");
    assert_eq!(db.snapshot().await, before);
    change(&mut conn, third, "1").await.unwrap();
    change(&mut conn, red, "2").await.unwrap();
    let left = ["shirt red 2", "shirt blue 1", "book __noopt__ 1"];
    assert_eq!(cart_of(&db, 1, "u1").await, left);
    assert_eq!(cart_of(&db, 1, "u2").await, ["book __noopt__ 9"]);
    assert_eq!(cart_of(&db, 2, "u1").await, ["book __noopt__ 9"]);
}

#[tokio::test]
async fn rows_are_deleted_by_their_own_ids() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let (first, second) = two_and_three(&db).await;
    let params = (1, "u1", format!("[{second}]"));
    let answer = call(&mut conn, "delete_shop_cart", params).await.unwrap();
    assert_eq!(answer.first().int("deleted"), 1);
    assert_eq!(lines(&answer), ["book __noopt__ 2"]);
    let params = (1, "u1", format!("[{first},{second}]"));
    let answer = call(&mut conn, "delete_shop_cart", params).await.unwrap();
    assert_eq!(answer.first().int("deleted"), 1);
}

#[tokio::test]
async fn both_can_be_ordered_and_their_units_are_held_together() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    // Five wanted, four there: each row alone would do.
    db.exec("CALL shop_stock_set(1, 'book', NULL, 'free', '4', '')")
        .await;
    let (first, second) = two_and_three(&db).await;
    let ids = format!("[{first},{second}]");
    let none = None::<&str>;
    let quote = call(
        &mut conn,
        "shop_order_quote",
        (
            1,
            "u1",
            ids.as_str(),
            none,
            none,
            none,
            none,
            none,
            none,
            none,
        ),
    );
    assert_eq!(
        quote.await.unwrap().first().str("total_payment"),
        "50000.00"
    );
    let order = OrderCall::new("T1", &[first, second]).client_total("50000");
    let error = order.call(&mut conn).await.unwrap_err();
    error.expect_code("OUT_OF_STOCK");
    assert_eq!(error.sets.set(1).column("wanted"), ["5"]);
    db.exec("CALL shop_stock_set(1, 'book', NULL, 'free', '5', '')")
        .await;
    order.call(&mut conn).await.unwrap();
    assert_eq!(db.free_stock("book", NO_OPTION).await, 0);
    assert_eq!(
        db.text("SELECT CONCAT(COUNT(*), ' ', SUM(quantity)) FROM shop_stock_reservations")
            .await,
        "1 5"
    );
    assert!(cart_of(&db, 1, "u1").await.is_empty());
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn lines_of_one_product_come_back_into_one_row() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order_both(&db, &mut conn, "T1").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    for replayed in [0, 1] {
        let answer = restore(&mut conn, "T1").await;
        assert_eq!(answer.first().int("replayed"), replayed);
        assert_eq!(answer.first().int("cart_count"), 1);
        assert_eq!(lines(&answer), ["book __noopt__ 6"]);
    }
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    db.assert_audit_clean().await;

    // Into an empty cart, beside another product and another option.
    db.exec("DELETE FROM shop_cart").await;
    let ids = [
        db.add_cart(1, "u1", "shirt", "wrap-a", 1).await,
        db.add_cart(1, "u1", "shirt", "wrap-b", 2).await,
        db.add_cart(1, "u1", "shirt", "wrap-a", 4).await,
        db.add_cart(1, "u1", "book", NO_OPTION, 1).await,
    ];
    let order = OrderCall::new("T2", &ids).client_total("121500");
    order.call(&mut conn).await.unwrap();
    let answer = restore(&mut conn, "T2").await;
    assert_eq!(
        lines(&answer),
        ["shirt wrap-a 5", "shirt wrap-b 2", "book __noopt__ 1"]
    );
    db.assert_audit_clean().await;

    // Into a cart that has several rows of it again.
    db.exec("DELETE FROM shop_cart").await;
    order_both(&db, &mut conn, "T3").await;
    two_and_three(&db).await;
    let answer = restore(&mut conn, "T3").await;
    assert_eq!(lines(&answer), ["book __noopt__ 7", "book __noopt__ 3"]);

    // A row holds what a row holds.
    db.exec("DELETE FROM shop_cart; UPDATE shop_stock SET free = 300000 WHERE product_id = 'book'")
        .await;
    let ids = [
        db.add_cart(1, "u1", "book", NO_OPTION, 99_999).await,
        db.add_cart(1, "u1", "book", NO_OPTION, 99_999).await,
    ];
    let order = OrderCall::new("T4", &ids).client_total("1999980000");
    order.call(&mut conn).await.unwrap();
    let answer = restore(&mut conn, "T4").await;
    assert_eq!(lines(&answer), ["book __noopt__ 99999"]);

    // The limit is that of the item: rows that are there count, all of them.
    db.exec("DELETE FROM shop_cart").await;
    order_both(&db, &mut conn, "T5").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 10).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 99_986).await;
    let answer = restore(&mut conn, "T5").await;
    assert_eq!(
        lines(&answer),
        ["book __noopt__ 13", "book __noopt__ 99986"]
    );
    db.exec("DELETE FROM shop_cart").await;
    order_both(&db, &mut conn, "T6").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 99_999).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 10).await;
    let answer = restore(&mut conn, "T6").await;
    assert_eq!(
        lines(&answer),
        ["book __noopt__ 99999", "book __noopt__ 10"]
    );
}

/// Rows that `shop_audit` names: jumun's own routines leave one row, and whoever left two should know.
#[tokio::test]
async fn the_audit_says_who_has_several() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    two_and_three(&db).await;
    add(&mut conn, "1").await.unwrap();
    let audit = "SELECT CONCAT_WS(' ', invariant, subject, detail) FROM v_audit_violations";
    assert_eq!(
        db.text(audit).await,
        "cart buyer u1 2 rows of book __noopt__"
    );
}
