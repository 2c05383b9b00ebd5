//! `update_adm_stock_strategy`: over how many rows a product's stock is spread.

use crate::support::refusal::*;
use crate::support::*;

async fn set(db: &TestDb, strategy: &str, slots: Option<&str>) -> Sets {
    let mut conn = db.conn_as_operator().await;
    let params = (1, "shirt", strategy, slots);
    db.call(&mut conn, "update_adm_stock_strategy", params)
        .await
        .unwrap()
}

/// `slot:free` of every row of one option.
async fn rows(db: &TestDb, option_hash: &str) -> String {
    db.text(&format!(
        "SELECT GROUP_CONCAT(CONCAT(slot, ':', free) ORDER BY slot) FROM shop_stock
         WHERE shop_id = 1 AND product_id = 'shirt' AND option_hash = '{option_hash}'"
    ))
    .await
}

#[tokio::test]
async fn units_are_spread_over_slots_and_gathered_again_and_none_is_lost_or_booked() {
    let db = TestDb::with_fixture().await;
    let bookings = db.count("shop_stock_ledger").await;
    let answer = set(&db, "slots", Some("4")).await;
    assert_eq!(
        *answer.set(0).columns,
        ["result", "stock_strategy", "stock_slots", "free"]
    );
    assert_eq!(answer.first().str("stock_strategy"), "slots");
    assert_eq!(answer.first().int("stock_slots"), 4);
    assert_eq!(answer.first().int("free"), 110);
    assert_eq!(rows(&db, "red").await, "0:13,1:13,2:12,3:12");
    assert_eq!(rows(&db, "wrap").await, "0:3,1:3,2:2,3:2");
    // The same again changes nothing; more; fewer; one.
    set(&db, "slots", Some("4")).await;
    assert_eq!(rows(&db, "red").await, "0:13,1:13,2:12,3:12");
    set(&db, "slots", Some("6")).await;
    assert_eq!(rows(&db, "wrap").await, "0:2,1:2,2:2,3:2,4:1,5:1");
    set(&db, "slots", Some("2")).await;
    assert_eq!(rows(&db, "wrap").await, "0:5,1:5,2:0,3:0,4:0,5:0");
    let answer = set(&db, "single", None).await;
    assert_eq!(answer.first().int("stock_slots"), 1);
    assert_eq!(answer.first().int("free"), 110);
    assert_eq!(rows(&db, "wrap").await, "0:10,1:0,2:0,3:0,4:0,5:0");
    assert_eq!(db.count("shop_stock_ledger").await, bookings);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn setting_the_stock_spreads_it_and_books_the_difference_of_all_slots() {
    let db = TestDb::with_fixture().await;
    set(&db, "slots", Some("3")).await;
    let mut conn = db.conn_as_operator().await;
    let params = (1, "shirt", "wrap", "free", "7", "counted");
    let answer = db.call(&mut conn, "shop_stock_set", params).await.unwrap();
    assert_eq!(answer.first().int("free"), 7);
    assert_eq!(answer.first().int("difference"), -3);
    assert_eq!(rows(&db, "wrap").await, "0:3,1:2,2:2");
    // What lay in rows beyond the slots is counted and gathered too.
    set(&db, "single", None).await;
    db.exec("UPDATE shop_stock SET free = 2 WHERE product_id = 'shirt' AND option_hash = 'wrap' AND slot = 2;
             UPDATE shop_stock SET free = 5 WHERE product_id = 'shirt' AND option_hash = 'wrap' AND slot = 0")
        .await;
    let params = (1, "shirt", "wrap", "free", "7", "counted");
    let answer = db.call(&mut conn, "shop_stock_set", params).await.unwrap();
    assert_eq!(answer.first().int("difference"), 0);
    assert_eq!(rows(&db, "wrap").await, "0:7,1:0,2:0");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_not_a_strategy_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    let conn = db.conn_as_operator().await;
    let good = vec!["1".into(), "shirt".into(), "slots".into(), "4".into()];
    let mut hostile = Hostile::new(&db, conn, "update_adm_stock_strategy", good).await;
    let field = |texts: &[&str]| values(texts);
    hostile
        .refuses_as(
            2,
            "INVALID_INPUT",
            "strategy",
            field(&["", "SLOTS", "many", "slots "]),
        )
        .await;
    hostile
        .refuses_as(2, "INVALID_INPUT", "slots", field(&["single"]))
        .await;
    let mut bad = field(&[
        "", "0", "1", "65", "-2", "2.5", "1e1", "four", " 4", "4 ", "4\n",
    ]);
    bad.push(Value::NULL);
    hostile.refuses_as(3, "INVALID_INPUT", "slots", bad).await;
    hostile
        .refuses_as(
            1,
            "PRODUCT_NOT_FOUND",
            "product_id",
            field(&["nothing", ""]),
        )
        .await;
    hostile
        .refuses_as(1, "INVALID_INPUT", "product_id", field(&["shirt "]))
        .await;
}
