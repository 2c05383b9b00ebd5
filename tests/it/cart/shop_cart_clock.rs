//! `shop_cart_clock`: by when which cart rows had been added, noted once a minute.

use super::*;

async fn look(db: &TestDb) -> i64 {
    let mut conn = db.conn_as_gateway().await;
    let answer = db.call(&mut conn, "shop_cart_clock", (1,)).await.unwrap();
    assert_eq!(*answer.set(0).columns, ["result", "noted"]);
    answer.first().int("noted")
}

const NUMBERS: &str =
    "SELECT COALESCE(GROUP_CONCAT(cart_seq_no ORDER BY cart_seq_no), '') FROM shop_cart_clock";

#[tokio::test]
async fn each_look_notes_the_highest_number_once_and_when_that_was() {
    let db = TestDb::with_fixture().await;
    assert_eq!(look(&db).await, 0, "there was never a cart row");
    assert_eq!(db.count("shop_cart_clock").await, 0);
    let first = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    assert_eq!(look(&db).await, 1);
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_cart_clock WHERE not_before IS NULL AND seen_at >= checked_at")
            .await,
        1,
        "nobody knows when rows were added that were there before the first look"
    );
    assert_eq!(look(&db).await, 0);
    db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let third = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    assert_eq!(look(&db).await, 1);
    assert_eq!(db.text(NUMBERS).await, format!("{first},{third}"));
    let between = "SELECT k.not_before = f.checked_at AND k.not_before > f.seen_at
                       AND c.create_date BETWEEN k.not_before AND k.seen_at
                   FROM shop_cart_clock f JOIN shop_cart_clock k ON k.cart_seq_no > f.cart_seq_no
                   JOIN shop_cart c ON c.seq_no = k.cart_seq_no";
    assert_eq!(db.int(between).await, 1);
}

#[tokio::test]
async fn rows_that_were_ordered_between_two_looks_are_seen_too() {
    let db = TestDb::with_fixture().await;
    let early = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    look(&db).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    assert_eq!(look(&db).await, 1);
    assert_eq!(db.text(NUMBERS).await, format!("{early},{cart_id}"));
    assert_eq!(look(&db).await, 0);
}

/// Two gateways, or a hand beside one.
#[tokio::test]
async fn looks_at_the_same_time_agree() {
    let db = TestDb::with_fixture().await;
    for _ in 0..5 {
        db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let answers = storm(&db, 6, |_, mut conn| async move {
            call(&mut conn, "shop_cart_clock", (1,)).await
        })
        .await;
        for answer in answers {
            answer.unwrap();
        }
    }
    assert_eq!(db.count("shop_cart_clock").await, 5);
    assert_eq!(db.count("shop_error_log").await, 0);
}
