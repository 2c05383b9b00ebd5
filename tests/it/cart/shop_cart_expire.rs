//! `shop_cart_expire`: a shop may let cart rows go that nobody has changed for days; what went is written down.

use super::*;
use crate::support::refusal::*;

const DAY: i64 = 24 * 60;

async fn expire(db: &TestDb, batch_size: u32) -> Row {
    let mut conn = db.conn_as_gateway().await;
    let answer = db
        .call(&mut conn, "shop_cart_expire", (batch_size,))
        .await
        .unwrap();
    assert_eq!(
        *answer.set(0).columns,
        [
            "result", "deleted", "carts", "skipped", "failed", "finished"
        ]
    );
    assert_eq!(answer.first().str("result"), "OK");
    answer.first().clone()
}

async fn keep_for(db: &TestDb, shop_id: u32, days: &str) {
    db.exec(&format!(
        "UPDATE shops SET cart_delete_days = {days} WHERE shop_id = {shop_id}"
    ))
    .await;
}

/// Lets a row be last changed so many minutes ago, and added a day before that.
pub async fn lie(db: &TestDb, cart_id: i64, minutes: i64) {
    db.exec(&format!(
        "UPDATE shop_cart SET update_date = UTC_TIMESTAMP(6) - INTERVAL {minutes} MINUTE,
             create_date = UTC_TIMESTAMP(6) - INTERVAL {minutes} + 1440 MINUTE WHERE seq_no = {cart_id}"
    ))
    .await;
}

#[tokio::test]
async fn nothing_is_deleted_unless_a_shop_says_so() {
    let db = TestDb::with_fixture().await;
    let old = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    lie(&db, old, 3000 * DAY).await;
    assert_eq!(
        db.int("SELECT COUNT(cart_delete_days) FROM shops").await,
        0,
        "the default"
    );
    for days in ["NULL", "0"] {
        keep_for(&db, 1, days).await;
        let answer = expire(&db, 10).await;
        assert_eq!((answer.int("deleted"), answer.int("finished")), (0, 1));
    }
    assert_eq!(cart_of(&db, 1, "u1").await.len(), 1);
    assert_eq!(db.count("shop_cart_deletions").await, 0);
}

#[tokio::test]
async fn what_is_older_than_its_shop_keeps_it_goes_and_is_written_down() {
    let db = TestDb::with_fixture().await;
    keep_for(&db, 1, "30").await;
    keep_for(&db, 2, "60").await;
    let mut ids = Vec::new();
    for (shop, user, product, option, minutes) in [
        (1, "u1", "book", NO_OPTION, 30 * DAY + 1),
        (1, "u1", "lamp", NO_OPTION, 30 * DAY - 1), // a minute too young
        (1, "u1", "shirt", "red", 400 * DAY),
        (1, "u2", "pen", NO_OPTION, 31 * DAY),
        (2, "u1", "mug", NO_OPTION, 31 * DAY), // that shop keeps for longer
        (2, "u2", "mug", NO_OPTION, 61 * DAY),
    ] {
        let id = db.add_cart(shop, user, product, option, 3).await;
        lie(&db, id, minutes).await;
        ids.push(id);
    }
    let before = "SELECT GROUP_CONCAT(CONCAT_WS(' ', shop_id, user_id, seq_no, product_id, option_hash, quantity, price_id,
                      create_date, update_date) ORDER BY seq_no SEPARATOR '\n')
                  FROM shop_cart WHERE update_date < UTC_TIMESTAMP(6) - INTERVAL 30 * (shop_id) DAY";
    let before = db.text(before).await;
    let answer = expire(&db, 100).await;
    let numbers =
        ["deleted", "carts", "skipped", "failed", "finished"].map(|name| answer.int(name));
    assert_eq!(numbers, [4, 3, 0, 0, 1]);
    assert_eq!(cart_of(&db, 1, "u1").await, ["lamp __noopt__ 3"]);
    assert_eq!(cart_of(&db, 1, "u2").await, [""; 0]);
    assert_eq!(cart_of(&db, 2, "u1").await, ["mug __noopt__ 3"]);
    assert_eq!(cart_of(&db, 2, "u2").await, [""; 0]);
    let kept = "SELECT GROUP_CONCAT(CONCAT_WS(' ', shop_id, user_id, cart_seq_no, product_id, option_hash, quantity, price_id,
                    create_date, update_date) ORDER BY cart_seq_no SEPARATOR '\n') FROM shop_cart_deletions";
    assert_eq!(db.text(kept).await, before);
    let why = "SELECT GROUP_CONCAT(DISTINCT CONCAT(shop_id, ': ', reason) ORDER BY shop_id) FROM shop_cart_deletions
               WHERE deleted_at BETWEEN UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE AND UTC_TIMESTAMP(6)";
    assert_eq!(
        db.text(why).await,
        "1: cart_delete_days 30,2: cart_delete_days 60"
    );
    // Again: nothing more.
    assert_eq!(expire(&db, 100).await.int("deleted"), 0);
    assert_eq!(db.count("shop_cart_deletions").await, 4);
    // What was written by a page without a header has one now, whose version rose with its rows.
    let versions = "SELECT GROUP_CONCAT(CONCAT(shop_id, user_id, ' ', version) ORDER BY shop_id, user_id) FROM shop_cart_headers";
    assert_eq!(db.text(versions).await, "1u1 1,1u2 1,2u2 1");
    // And the rest can be bought.
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[ids[1]]).client_total("63000");
    order.call(&mut conn).await.unwrap();
    let gone = OrderCall::new("T2", &[ids[0]]).client_total("30000");
    gone.call(&mut conn)
        .await
        .unwrap_err()
        .expect_code("CART_NOT_FOUND");
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_row_that_is_changed_is_young_again() {
    let db = TestDb::with_fixture().await;
    keep_for(&db, 1, "30").await;
    let added = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let changed = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    lie(&db, added, 90 * DAY).await;
    lie(&db, changed, 90 * DAY).await;
    let mut conn = db.conn_as_gateway().await;
    call(
        &mut conn,
        "add_shop_cart",
        (1, "u1", "book", None::<&str>, "1"),
    )
    .await
    .unwrap();
    call(
        &mut conn,
        "update_shop_cart",
        (1, "u1", changed.to_string(), "5"),
    )
    .await
    .unwrap();
    assert_eq!(expire(&db, 10).await.int("deleted"), 0);
    assert_eq!(cart_of(&db, 1, "u1").await.len(), 2);
}

#[tokio::test]
async fn a_batch_ends_within_a_cart_and_the_next_one_goes_on_there() {
    let db = TestDb::with_fixture().await;
    keep_for(&db, 1, "1").await;
    let products = ["book", "lamp", "chair", "rice", "pen"];
    for user in ["u1", "u2", "u3"] {
        for product in products {
            let id = db.add_cart(1, user, product, NO_OPTION, 1).await;
            lie(&db, id, 2 * DAY).await;
        }
    }
    let left = || db.count("shop_cart");
    for (deleted, carts, finished, expected) in
        [(7, 2, 0, 8), (7, 2, 0, 1), (1, 1, 1, 0), (0, 0, 1, 0)]
    {
        let answer = expire(&db, 7).await;
        assert_eq!(
            (
                answer.int("deleted"),
                answer.int("carts"),
                answer.int("finished")
            ),
            (deleted, carts, finished)
        );
        assert_eq!(left().await, expected);
    }
    assert_eq!(db.count("shop_cart_deletions").await, 15);
    // The oldest of a cart first.
    let first = "SELECT GROUP_CONCAT(product_id ORDER BY cart_seq_no) FROM shop_cart_deletions
                 WHERE user_id = 'u2' AND deleted_at = (SELECT MIN(deleted_at) FROM shop_cart_deletions WHERE user_id = 'u2')";
    assert_eq!(db.text(first).await, "book,lamp");
}

/// A run reads a part of the carts, and the next one the part behind it, also over the border of a shop.
#[tokio::test]
async fn a_run_reads_a_part_and_the_next_one_goes_on_behind_it() {
    let db = TestDb::with_fixture().await;
    keep_for(&db, 1, "30").await;
    keep_for(&db, 2, "30").await;
    db.exec(
        "SET SESSION /*M! max_recursive_iterations = 100000 *//*!80000 cte_max_recursion_depth = 100000 */;
         INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date, price_id)
         WITH RECURSIVE n (i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < 35000)
         SELECT 1, CONCAT('g', i), 'book', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 1 FROM n;
         UPDATE shop_cart SET update_date = '2026-01-01' WHERE user_id IN ('g10001', 'g30000', 'g30001', 'g35000');
         INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date)
         VALUES (2, 'u1', 'mug', 1, '2026-01-01', '2026-01-01')",
    )
    .await;
    let place = "SELECT COALESCE(position, '-') FROM shop_jobs WHERE job_name = 'shop_cart_expire'";
    for (deleted, finished, at) in [(2, 0, "1 g30000"), (3, 1, "-"), (0, 0, "1 g30003")] {
        let answer = expire(&db, 100).await;
        assert_eq!(
            (answer.int("deleted"), answer.int("finished")),
            (deleted, finished)
        );
        assert_eq!(db.text(place).await, at);
    }
    // A place that means nothing is the beginning, and one of a shop that keeps its carts again is the next shop.
    keep_for(&db, 1, "NULL").await;
    assert_eq!(expire(&db, 100).await.int("finished"), 1);
    db.exec("UPDATE shop_jobs SET position = 'nowhere'").await;
    assert_eq!(expire(&db, 100).await.int("finished"), 1);
}

#[tokio::test]
async fn a_cart_that_cannot_be_cleared_does_not_keep_the_others_from_it() {
    let db = TestDb::with_fixture().await;
    keep_for(&db, 1, "30").await;
    for user in ["u1", "u2", "u3"] {
        let id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
        lie(&db, id, 90 * DAY).await;
    }
    db.exec(
        "CREATE TRIGGER stop BEFORE INSERT ON shop_cart_deletions FOR EACH ROW
         BEGIN IF NEW.user_id = 'u2' THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1644; END IF; END",
    )
    .await;
    let answer = expire(&db, 100).await;
    assert_eq!((answer.int("deleted"), answer.int("failed")), (2, 1));
    assert_eq!(cart_of(&db, 1, "u2").await.len(), 1);
    let log = "SELECT CONCAT_WS(' ', routine, step, errno, JSON_VALUE(parameters_json, '$.user_id')) FROM shop_error_log";
    assert_eq!(db.text(log).await, "shop_cart_expire clear a cart 1644 u2");
    db.exec("DROP TRIGGER stop").await;
    assert_eq!(expire(&db, 100).await.int("deleted"), 1);
}

#[tokio::test]
async fn a_batch_that_is_none_is_refused() {
    let db = TestDb::with_fixture().await;
    keep_for(&db, 1, "30").await;
    let old = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    lie(&db, old, 90 * DAY).await;
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "shop_cart_expire", vec![10.into()]).await;
    hostile
        .refuses(0, "batch_size", vec![0.into(), 10001.into()])
        .await;
    hostile
        .refuses_somehow(0, "batch_size", values(&["-1", "x", "4294967296"]))
        .await;
    drop(hostile);
    let mut conn = db.conn_as_operator().await;
    let answer = call(&mut conn, "shop_cart_expire", (None::<u32>,))
        .await
        .unwrap();
    assert_eq!(answer.first().int("deleted"), 1);
}
