//! `select_adm_abandoned_carts`: who left something in the cart, page by page.

use crate::support::refusal::*;
use crate::support::*;

const ROUTINE: &str = "select_adm_abandoned_carts";

async fn page(db: &TestDb, hours: &str, after: Option<&str>, limit: &str) -> Sets {
    let mut conn = db.conn_as_operator().await;
    let answer = db
        .call(&mut conn, ROUTINE, (1, hours, after, limit))
        .await
        .unwrap();
    assert_eq!(
        *answer.set(0).columns,
        ["result", "currency", "cart_count", "next_after"]
    );
    assert_eq!(
        *answer.set(1).columns,
        [
            "user_id",
            "item_count",
            "unit_count",
            "amount",
            "oldest_change",
            "newest_change",
            "contacted_at"
        ]
    );
    assert_eq!(
        answer.first().int("cart_count"),
        i64::try_from(answer.set(1).rows.len()).unwrap()
    );
    answer
}

async fn users(db: &TestDb, hours: &str) -> Vec<String> {
    page(db, hours, None, "200").await.set(1).column("user_id")
}

/// A row that was changed so many minutes ago.
async fn row(db: &TestDb, shop: u32, user: &str, product: &str, quantity: u32, minutes: i64) {
    let id = db.add_cart(shop, user, product, NO_OPTION, quantity).await;
    db.exec(&format!(
        "UPDATE shop_cart SET update_date = UTC_TIMESTAMP(6) - INTERVAL {minutes} MINUTE WHERE seq_no = {id}"
    ))
    .await;
}

#[tokio::test]
async fn a_cart_is_left_when_nothing_in_it_changed_for_some_hours() {
    let db = TestDb::with_fixture().await;
    row(&db, 1, "u1", "book", 2, 24 * 60 + 1).await;
    row(&db, 1, "u1", "lamp", 1, 100 * 60).await;
    row(&db, 1, "u2", "book", 1, 24 * 60 - 1).await;
    // One change makes the whole cart young.
    row(&db, 1, "u3", "book", 1, 100 * 60).await;
    row(&db, 1, "u3", "lamp", 1, 1).await;
    row(&db, 2, "u4", "mug", 1, 100 * 60).await;
    let before = db.snapshot().await;
    let answer = page(&db, "", None, "").await;
    assert_eq!(answer.first().str("currency"), "KRW");
    assert_eq!(answer.first().opt("next_after"), None);
    let found = &answer.set(1).rows;
    assert_eq!(found.len(), 1);
    let words = ["user_id", "item_count", "unit_count", "amount"].map(|name| found[0].str(name));
    // 2 × 10000 + 20000
    assert_eq!(words, ["u1", "2", "3", "40000.00"]);
    assert_eq!(found[0].opt("contacted_at"), None);
    let times = db
        .row("SELECT MIN(update_date) AS o, MAX(update_date) AS n FROM shop_cart WHERE user_id = 'u1'")
        .await;
    assert_eq!(found[0].str("oldest_change"), times.str("o"));
    assert_eq!(found[0].str("newest_change"), times.str("n"));
    assert!(db.snapshot().await == before);
    for (hours, expected) in [
        ("23", &["u1", "u2"][..]),
        ("25", &[]),
        ("8760", &[]),
        ("1", &["u1", "u2"]),
    ] {
        assert_eq!(users(&db, hours).await, expected, "{hours} hours");
    }
}

#[tokio::test]
async fn what_was_ordered_is_not_left_and_what_remains_is() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (user, product, total) in [("u1", "book", "10000"), ("u2", "lamp", "23000")] {
        let id = db.add_cart(1, user, product, NO_OPTION, 1).await;
        row(&db, 1, user, "pen", 3, 3000).await;
        if user == "u1" {
            db.exec("DELETE FROM shop_cart WHERE user_id = 'u1' AND product_id = 'pen'")
                .await;
        }
        let order = OrderCall::new(&format!("T-{user}"), &[id]).user(1, user);
        order.client_total(total).call(&mut conn).await.unwrap();
    }
    assert_eq!(users(&db, "24").await, ["u2"]);
}

#[tokio::test]
async fn the_amount_is_what_could_be_bought_today() {
    let db = TestDb::with_fixture().await;
    for product in ["book", "hidden", "soldout", "shirt", "nosuch"] {
        row(&db, 1, "u1", product, 2, 3000).await; // a shirt needs an option
    }
    let amount = async || page(&db, "24", None, "1").await.set(1).rows[0].str("amount");
    assert_eq!(amount().await, "20000.00");
    db.exec("UPDATE shop_products SET sale_price = 7000 WHERE product_id = 'book'")
        .await;
    assert_eq!(amount().await, "14000.00");
    db.exec("UPDATE shop_products SET display = '0' WHERE product_id = 'book'")
        .await;
    assert_eq!(amount().await, "0.00");
}

#[tokio::test]
async fn who_was_contacted_comes_again_only_after_a_change() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    for user in ["u1", "u2"] {
        row(&db, 1, user, "book", 1, 3000).await;
    }
    call(
        &mut conn,
        "update_adm_cart_contacted",
        (1, r#"["u1"]"#, "by mail"),
    )
    .await
    .unwrap();
    assert_eq!(users(&db, "24").await, ["u2"]);
    // Changed, and not yet left again; then left again.
    let mut buyer = db.conn_as_gateway().await;
    let add = (1, "u1", "lamp", None::<&str>, "1");
    call(&mut buyer, "add_shop_cart", add).await.unwrap();
    assert_eq!(users(&db, "24").await, ["u2"]);
    db.exec(
        "UPDATE shop_cart SET update_date = update_date - INTERVAL 30 HOUR WHERE product_id = 'lamp';
         UPDATE shop_cart_contacts SET contacted_at = contacted_at - INTERVAL 30 HOUR",
    )
    .await;
    let answer = page(&db, "24", None, "200").await;
    assert_eq!(answer.set(1).column("user_id"), ["u1", "u2"]);
    let at = db.text("SELECT contacted_at FROM shop_cart_contacts").await;
    assert_eq!(answer.set(1).rows[0].str("contacted_at"), at);
    // Of that shop only.
    db.exec("UPDATE shop_cart_contacts SET shop_id = 2, contacted_at = UTC_TIMESTAMP(6)")
        .await;
    assert_eq!(users(&db, "24").await, ["u1", "u2"]);
}

/// Many buyers; each third one left the cart long ago.
async fn crowd(db: &TestDb, buyers: u32, rows: u32) {
    db.exec(&format!(
        "SET SESSION /*M! max_recursive_iterations = 100000 *//*!80000 cte_max_recursion_depth = 100000 */;
         INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date, price_id)
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {buyers} * {rows})
         SELECT 1, CONCAT('g', LPAD(i DIV {rows}, 5, '0')), 'book', 1, '2026-01-01',
                CASE WHEN i DIV {rows} MOD 3 = 0 THEN '2026-01-01' ELSE UTC_TIMESTAMP(6) END, 1 FROM n"
    ))
    .await;
}

#[tokio::test]
async fn pages_follow_one_another_without_a_gap() {
    let db = TestDb::with_fixture().await;
    crowd(&db, 200, 4).await;
    let all = users(&db, "24").await;
    let expected: Vec<String> = (0..200).step_by(3).map(|i| format!("g{i:05}")).collect();
    assert_eq!(all, expected);
    for limit in ["1", "7", "67", "66", "68"] {
        let (mut seen, mut after) = (Vec::new(), None::<String>);
        loop {
            let answer = page(&db, "24", after.as_deref(), limit).await;
            let users = answer.set(1).column("user_id");
            assert!(users.len() <= limit.parse().unwrap());
            seen.extend(users);
            after = answer.first().opt("next_after");
            if after.is_none() {
                break;
            }
            // Who buys in the meantime moves nobody to another page.
        }
        assert_eq!(seen, expected, "{limit} a page");
    }
    // A place that is nobody's any more is as good.
    db.exec("DELETE FROM shop_cart WHERE user_id = 'g00003'")
        .await;
    let answer = page(&db, "24", Some("g00003"), "2").await;
    assert_eq!(answer.set(1).column("user_id"), ["g00006", "g00009"]);
}

/// Where nobody left anything, a page is empty and says where to go on: no call reads all carts.
#[tokio::test]
async fn a_page_that_finds_few_ends_and_there_are_more() {
    let db = TestDb::with_fixture().await;
    crowd(&db, 30_000, 1).await;
    db.exec(
        "UPDATE shop_cart SET update_date = UTC_TIMESTAMP(6);
         UPDATE shop_cart SET update_date = '2026-01-01' WHERE user_id IN ('g00005', 'g25000')",
    )
    .await;
    let first = page(&db, "24", None, "200").await;
    assert_eq!(first.set(1).column("user_id"), ["g00005"]);
    let next = first.first().str("next_after");
    assert_eq!(next, "g19999");
    let second = page(&db, "24", Some(&next), "200").await;
    assert_eq!(second.set(1).column("user_id"), ["g25000"]);
    assert_eq!(second.first().opt("next_after"), None);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let db = TestDb::with_fixture().await;
    row(&db, 1, "u1", "book", 1, 3000).await;
    let good = vec![1.into(), "24".into(), Value::NULL, "100".into()];
    let conn = db.conn_as_operator().await;
    let mut hostile = Hostile::new(&db, conn, ROUTINE, good).await;
    // Nothing, and '', is the default.
    let numbers = |more: &[&str]| {
        let mut bad = not_whole_numbers();
        bad.retain(|value| *value != Value::NULL && *value != Value::from(""));
        bad.extend(values(more));
        bad
    };
    hostile
        .refuses(1, "hours", numbers(&["0", "-1", "01", "8761", "99999"]))
        .await;
    hostile
        .refuses(3, "limit", numbers(&["0", "-1", "01", "201", "1000"]))
        .await;
    hostile
        .refuses(2, "after", vec!["x".repeat(64).into()])
        .await;
    let unknown = vec![3.into(), 0.into(), Value::NULL];
    hostile
        .refuses_as(0, "SHOP_NOT_FOUND", "shop_id", unknown)
        .await;
    hostile
        .refuses_what_is_no_text(&[1, 2, 3], &["hours", "after", "limit"])
        .await;
}
