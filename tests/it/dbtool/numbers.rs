//! `db load --numbers-from`: numbers of rows from a range of the database's own.

use super::*;

const FIRST: i64 = 7_000_000_000_000;

/// The newest number of each kind that buying a thing and changing a price makes.
async fn newest(db: &TestDb) -> Vec<i64> {
    let mut newest = Vec::new();
    for (table, column) in [
        ("shop_orders", "seq_no"),
        ("shop_order_product", "cart_seq_no"),
        ("shop_order_logs", "seq_no"),
        ("shop_product_prices", "price_id"),
        ("shop_delivery_rules", "rule_id"),
        ("shop_stock_ledger", "seq_no"),
    ] {
        newest.push(db.int(&format!("SELECT MAX({column}) FROM {table}")).await);
    }
    newest
}

async fn change_prices(db: &TestDb) {
    db.exec(
        "UPDATE shop_products SET buy_price = buy_price + 1;
         UPDATE shop_delivery_policy SET base_cost = base_cost + 1;
         CALL shop_stock_set(1, 'lamp', NULL, 'shelf', '500', NULL)",
    )
    .await;
}

#[tokio::test]
async fn numbers_begin_where_the_load_says_and_never_go_back() {
    let db = TestDb::empty().await;
    let said = succeed(command(
        &db,
        "load",
        &["--numbers-from", &FIRST.to_string()],
    ))
    .await;
    assert!(said.contains(&format!("numbers  from {FIRST}: ")), "{said}");
    db.fixture().await;
    buy(&db, "T1").await;
    change_prices(&db).await;
    let first = newest(&db).await;
    assert!(
        first
            .iter()
            .all(|number| (FIRST..FIRST + 1_000).contains(number)),
        "{first:?}"
    );
    // A cart row that is gone had the highest number: neither the same range nor a lower one gives it again.
    let cart = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    db.exec("DELETE FROM shop_cart").await;
    for arguments in [
        &["--numbers-from", "1"][..],
        &["--numbers-from", "7000000000000"],
        &[],
    ] {
        let said = succeed(command(&db, "load", arguments)).await;
        assert!(!said.contains("numbers  from"), "{said}");
    }
    assert_eq!(db.add_cart(1, "u1", "pen", NO_OPTION, 1).await, cart + 1);
    let said = succeed(command(&db, "check", &[])).await;
    let next = format!("shop_cart {}", cart + 2);
    assert!(
        said.contains("numbers  next: ") && said.contains(&next),
        "{said}"
    );
    // A higher range is taken while the shop is open; the gateway answers with such numbers as with any.
    succeed(command(
        &db,
        "load",
        &["--numbers-from", "8000000000000000"],
    ))
    .await;
    let gateway = Gateway::start(&db).await;
    let item = serde_json::json!({"product_id": "pen", "quantity": 1});
    let answer = gateway
        .shop(Method::POST, "/v1/cart/items", "u2")
        .json(&item);
    let answer: serde_json::Value = answer.send().await.unwrap().json().await.unwrap();
    let id = answer["cart_id"].to_string();
    assert!(
        id.trim_matches('"').starts_with("80000000000000"),
        "{answer}"
    );
    let refused = fail(command(
        &db,
        "load",
        &["--numbers-from", "8000000000000001"],
    ))
    .await;
    assert!(refused.contains("too large"), "{refused}");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn without_it_numbers_begin_at_1() {
    let db = TestDb::empty().await;
    succeed(command(&db, "load", &[])).await;
    db.fixture().await;
    buy(&db, "T1").await;
    change_prices(&db).await;
    let first = newest(&db).await;
    assert!(first.iter().all(|number| *number < 1_000), "{first:?}");
}
