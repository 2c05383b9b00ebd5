//! `update_shop_cart`: the quantity of one row.

use super::{LINE_COLUMNS, cart_of, header, lines, rows_of_others};
use crate::support::refusal::*;
use crate::support::*;

async fn update(
    db: &TestDb,
    conn: &mut Conn,
    cart_id: i64,
    quantity: &str,
) -> Result<Sets, CallError> {
    let params = (1, "u1", cart_id.to_string(), quantity);
    db.call(conn, "update_shop_cart", params).await
}

#[tokio::test]
async fn the_row_has_the_new_quantity_and_the_others_keep_theirs() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let foreign = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let answer = update(&db, &mut conn, book, "7").await.unwrap();
    assert_eq!(
        *answer.set(0).columns,
        [
            "result",
            "cart_id",
            "cart_count",
            "cart_version",
            "cart_amount",
            "cart_total_hash",
            "price_changes_json"
        ]
    );
    assert_eq!(answer.first().str("result"), "OK");
    assert_eq!(answer.first().int("cart_id"), book);
    assert_eq!(answer.first().int("cart_count"), 2);
    assert_eq!(*answer.set(1).columns, LINE_COLUMNS);
    assert_eq!(lines(&answer), ["book __noopt__ 7", "lamp __noopt__ 1"]);
    assert_eq!(answer.set(1).rows[0].str("line_amount"), "70000.00");
    assert_eq!(cart_of(&db, 1, "u2").await, ["book __noopt__ 1"]);

    // Said again, also with the largest quantity, it is no error.
    for _ in 0..2 {
        let answer = update(&db, &mut conn, book, "99999").await.unwrap();
        assert_eq!(lines(&answer), ["book __noopt__ 99999", "lamp __noopt__ 1"]);
    }
    let error = update(&db, &mut conn, foreign, "2").await.unwrap_err();
    error.expect_code("CART_NOT_FOUND");
}

#[tokio::test]
async fn no_units_or_fewer_take_the_row_out_and_the_second_time_it_is_not_there() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for quantity in ["0", "00000", "-1", "-999999999"] {
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let answer = update(&db, &mut conn, book, quantity).await.unwrap();
        assert_eq!(answer.first().int("cart_id"), book);
        assert_eq!(answer.first().int("cart_count"), 1);
        assert_eq!(lines(&answer), ["lamp __noopt__ 1"]);
        let error = update(&db, &mut conn, book, quantity).await.unwrap_err();
        error.expect_code("CART_NOT_FOUND");
        update(&db, &mut conn, lamp, "0").await.unwrap();
        assert_eq!(db.count("shop_cart").await, 0);
    }
}

/// Otherwise ids could be tried out: whose is it, was it ever there.
#[tokio::test]
async fn foreign_unknown_and_consumed_rows_get_the_same_answer() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let others = rows_of_others(&db).await;
    let before = db.snapshot().await;
    let mut answers = Vec::new();
    for (whose, cart_id) in others {
        let error = update(&db, &mut conn, cart_id, "5").await.unwrap_err();
        error.expect_code("CART_NOT_FOUND");
        assert_eq!(error.row().str("field"), "cart_id", "{whose}");
        assert_eq!(error.sets.count(), 1, "{whose}");
        let answer = format!("{} {:?}", error.sqlstate, error.row());
        answers.push(answer.replace(&format!("\"{cart_id}\""), "ID"));
        assert_eq!(
            without_versions(&db.snapshot().await),
            without_versions(&before),
            "{whose}"
        );
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

fn without_versions(snapshot: &str) -> String {
    let lines = snapshot
        .lines()
        .filter(|line| !line.starts_with("shop_cart_headers"));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_row_that_cannot_be_ordered_any_more_can_still_be_changed_and_says_so() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "soldout", NO_OPTION, 2).await;
    let answer = update(&db, &mut conn, cart_id, "1").await.unwrap();
    assert_eq!(answer.set(1).rows[0].int("orderable"), 0);
    update(&db, &mut conn, cart_id, "0").await.unwrap();
    assert_eq!(db.count("shop_cart").await, 0);
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = vec![
        1.into(),
        "u1".into(),
        cart_id.to_string().into(),
        "2".into(),
    ];
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "update_shop_cart", good).await;
    hostile.refuses_who_is_no_buyer().await;
    hostile.refuses(2, "cart_id", not_ids()).await;
    hostile.refuses(3, "quantity", not_whole_numbers()).await;
    let quantities = values(&[
        "100000",
        "000001",
        "-1234567890",
        "- 1",
        "−1",
        "-1.5",
        "-1\n",
    ]);
    hostile.refuses(3, "quantity", quantities).await;
    hostile
        .refuses_what_is_no_text(&[1, 2, 3], &["X-User-Id", "cart_id", "quantity"])
        .await;
}

#[tokio::test]
async fn a_change_waits_for_the_order_that_is_being_written_and_finds_nothing_left() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_stock WHERE product_id = 'book' FOR UPDATE")
        .await
        .unwrap();
    let order = OrderCall::new("T1", &[cart_id]).client_total("20000");
    let mut order = Running::order(&db, order).await;
    order.wait_until_blocked().await;
    let params = (1, "u1", cart_id.to_string(), "9");
    let mut change = Running::call(&db, "update_shop_cart", params).await;
    change.wait_until_blocked().await;
    holder.query_drop("ROLLBACK").await.unwrap();
    order.finish().await.unwrap();
    change
        .finish()
        .await
        .unwrap_err()
        .expect_code("CART_NOT_FOUND");
    assert_eq!(db.int("SELECT quantity FROM shop_order_product").await, 2);
    db.assert_audit_clean().await;
}
