//! Golden cases, with their arithmetic.

use super::*;
use crate::coupon::{coupon, issue};

#[tokio::test]
async fn a_shop_without_promotions_takes_nothing_off() {
    let db = TestDb::with_fixture().await;
    promotion(&db, "OFF", "enabled = 0").await;
    assert_eq!(
        db.int("SELECT promotions FROM shops WHERE shop_id = 1")
            .await,
        0
    );
    let (discounts, total) = charged(&db, "T1", "u1", &[("book", 1)], &[]).await;
    assert!(discounts.is_empty());
    assert_eq!(total, "10000.00");
}

/// 10,000 + 2 × 1,000 and 2,500 for delivery; 10 % of the pens is 200, 15 % of books is 1,500; others are left alone.
#[tokio::test]
async fn a_rate_by_product_and_by_category() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_products SET category_id = 'books' WHERE product_id = 'book'")
        .await;
    promotion(
        &db,
        "PENS",
        "target = 'product', target_ids = '[\"pen\",\"ink\"]'",
    )
    .await;
    promotion(
        &db,
        "BOOKS",
        "target = 'category', target_ids = '[\"books\"]', rate = 0.15",
    )
    .await;
    promotion(
        &db,
        "LAMPS",
        "target = 'product', target_ids = '[\"lamp\"]'",
    )
    .await;
    promotion(
        &db,
        "NOBODY",
        "target = 'category', target_ids = '[\"book\"]'",
    )
    .await;
    let (discounts, total) = charged(&db, "T1", "u1", &[("book", 1), ("pen", 2)], &[]).await;
    assert_eq!(
        discounts,
        ["PENS 200.00 [2:200.00]", "BOOKS 1500.00 [1:1500.00]"]
    );
    assert_eq!(total, "12800.00");
}

/// Two and one for nothing: of 7 pens two are, of 2 books none; each line by itself.
#[tokio::test]
async fn so_many_of_a_line_cost_nothing() {
    let db = TestDb::with_fixture().await;
    promotion(
        &db,
        "2+1",
        "target = 'product', target_ids = '[\"pen\",\"book\"]', kind = 'units', rate = NULL, buy_units = 2, free_units = 1",
    )
    .await;
    let (discounts, total) = charged(&db, "T1", "u1", &[("pen", 7), ("book", 2)], &[]).await;
    assert_eq!(discounts, ["2+1 2000.00 [1:2000.00]"]);
    assert_eq!(total, "27500.00"); // 7,000 + 20,000 - 2,000 + 2,500
    let (discounts, _) = charged(&db, "T2", "u1", &[("pen", 3), ("book", 3)], &[]).await;
    assert_eq!(discounts, ["2+1 11000.00 [1:1000.00 2:10000.00]"]);
}

/// What is given for nothing is no more than what is left of the line.
#[tokio::test]
async fn units_for_nothing_after_a_discount_cost_no_less_than_nothing() {
    let db = TestDb::with_fixture().await;
    promotion(
        &db,
        "HALF",
        "target = 'product', target_ids = '[\"pen\"]', rate = 0.8, apply_order = 1",
    )
    .await;
    promotion(
        &db,
        "1+1",
        "target = 'product', target_ids = '[\"pen\"]', kind = 'units', rate = NULL, buy_units = 1, free_units = 1",
    )
    .await;
    // 2,000 - 1,600 leaves 400 of the 1,000 that the second pen costs.
    let (discounts, total) = charged(&db, "T1", "u1", &[("pen", 2)], &[]).await;
    assert_eq!(
        discounts,
        ["HALF 1600.00 [1:1600.00]", "1+1 400.00 [1:400.00]"]
    );
    assert_eq!(total, "2500.00");
}

/// The units of its lines together: 2 are below the first step, 3 get 5 %, 10 get 10 %.
#[tokio::test]
async fn a_rate_by_units() {
    let db = TestDb::with_fixture().await;
    promotion(
        &db,
        "MORE",
        "target = 'product', target_ids = '[\"pen\",\"ink\"]', kind = 'steps', rate = NULL, \
         steps = '[{\"from\":10,\"rate\":\"0.1\"},{\"from\":3,\"rate\":0.05}]'",
    )
    .await;
    for (pens, inks, expected) in [
        (1, 1, vec![]),
        // 5 % of 4,000
        (2, 1, vec!["MORE 200.00 [1:100.00 2:100.00]"]),
        // 5 % of 10,000
        (8, 1, vec!["MORE 500.00 [1:400.00 2:100.00]"]),
        // 10 % of 11,000
        (9, 1, vec!["MORE 1100.00 [1:900.00 2:200.00]"]),
    ] {
        let number = format!("T{pens}");
        let (discounts, _) =
            charged(&db, &number, "u1", &[("pen", pens), ("ink", inks)], &[]).await;
        assert_eq!(discounts, expected);
    }
}

/// From 30,000 on delivery costs nothing: judged by the goods before discounts.
#[tokio::test]
async fn free_delivery() {
    let db = TestDb::with_fixture().await;
    promotion(
        &db,
        "SHIP0",
        "target = 'delivery', rate = 1, min_amount = 20000",
    )
    .await;
    promotion(
        &db,
        "LAMPS",
        "target = 'product', target_ids = '[\"lamp\"]', rate = 0.5",
    )
    .await;
    let (discounts, total) = charged(&db, "T1", "u1", &[("lamp", 1)], &[]).await;
    assert_eq!(
        discounts,
        ["LAMPS 10000.00 [1:10000.00]", "SHIP0 3000.00 []"]
    );
    assert_eq!(total, "10000.00");
    db.exec("UPDATE shop_promotions SET min_amount = 20001 WHERE promotion_code = 'SHIP0'")
        .await;
    let (discounts, total) = charged(&db, "T2", "u1", &[("lamp", 1)], &[]).await;
    assert_eq!(discounts, ["LAMPS 10000.00 [1:10000.00]"]);
    assert_eq!(total, "13000.00");
}

/// The first order of a buyer, and the first again when that came to nothing.
#[tokio::test]
async fn the_first_order() {
    let db = TestDb::with_fixture().await;
    promotion(
        &db,
        "HELLO",
        "first_order = 1, kind = 'amount', rate = NULL, amount = 1000",
    )
    .await;
    let first = |discounts: &[String]| discounts.len() == 1;
    let (discounts, total) = charged(&db, "T1", "u1", &[("book", 1)], &[]).await;
    assert!(first(&discounts));
    assert_eq!(total, "9000.00");
    let (discounts, total) = charged(&db, "T2", "u1", &[("book", 1)], &[]).await;
    assert!(!first(&discounts));
    assert_eq!(total, "10000.00");
    let (discounts, _) = charged(&db, "T3", "u2", &[("book", 1)], &[]).await;
    assert!(first(&discounts));
    let mut conn = db.conn_as_gateway().await;
    for (number, total) in [("T1", "9000"), ("T2", "10000")] {
        let failed = WalletMessage::failed(number, &format!("F{number}"), total);
        settle(&mut conn, "notify", &failed).await.unwrap();
    }
    let (discounts, _) = charged(&db, "T4", "u1", &[("book", 1)], &[]).await;
    assert!(first(&discounts));
}

/// Promotions first, then coupons, each from what is left; of one group the first counts, and the coupon is told.
#[tokio::test]
async fn promotions_and_coupons_together() {
    let db = TestDb::with_fixture().await;
    promotion(&db, "A", "apply_order = 2").await;
    promotion(
        &db,
        "B",
        "kind = 'amount', rate = NULL, amount = 1000, apply_order = 1, stack_group = 'g'",
    )
    .await;
    promotion(&db, "C", "apply_order = 3, stack_group = 'g'").await;
    coupon(
        &db,
        "C1",
        "target = 'product', target_ids = '[\"book\"]', kind = 'rate', amount = NULL, rate = 0.5",
    )
    .await;
    coupon(&db, "C2", "stack_group = 'g'").await;
    let (own, other) = (issue(&db, "C1", "u1").await, issue(&db, "C2", "u1").await);
    // 10,000 - 1,000 = 9,000; less 900 = 8,100; half of that.
    let (discounts, total) = charged(&db, "T1", "u1", &[("book", 1)], &[own]).await;
    assert_eq!(
        discounts,
        [
            "B 1000.00 [1:1000.00]",
            "A 900.00 [1:900.00]",
            "C1 4050.00 [1:4050.00]"
        ]
    );
    assert_eq!(total, "4050.00");
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    let listed = call(
        &mut conn,
        "select_shop_coupons",
        (1, "u1", format!("[{book}]"), None::<&str>),
    )
    .await
    .unwrap();
    let coupon = listed.set(1).find("coupon_code", "C2");
    assert_eq!(coupon.str("reason"), "stacking");
    let order = OrderCall::new("T2", &[book])
        .coupons(Some(&format!("[{other}]")))
        .client_total("7100");
    let error = order.call(&mut conn).await.unwrap_err();
    assert_eq!(error.row().str("detail"), format!("{other} stacking"));
}

/// A tax-free line keeps its share of what is taken off the order: 10 % of 15,000, a third of it off the rice.
#[tokio::test]
async fn tax_free_lines_have_their_share() {
    let db = TestDb::with_fixture().await;
    promotion(&db, "ALL", "").await;
    let (discounts, total) = charged(&db, "T1", "u1", &[("book", 1), ("rice", 1)], &[]).await;
    assert_eq!(discounts, ["ALL 1500.00 [1:1000.00 2:500.00]"]);
    assert_eq!(total, "17500.00");
    let tax_free = "SELECT tax_free_amount FROM shop_orders";
    assert_eq!(db.text(tax_free).await, "4500.00");
}

/// The odd won goes to the upper line of the order, and so it does in a quote that asks for the rows in another order: 1,001
/// off two times 5,000, of which one is tax free.
#[tokio::test]
async fn a_quote_is_spread_as_its_order_however_its_rows_are_named() {
    let db = TestDb::with_fixture().await;
    promotion(&db, "ODD", "kind = 'amount', rate = NULL, amount = 1001").await;
    let rice = db.add_cart(1, "u1", "rice", NO_OPTION, 1).await;
    let pens = db.add_cart(1, "u1", "pen", NO_OPTION, 5).await;
    let mut conn = db.conn_as_gateway().await;
    let none = None::<&str>;
    for ids in [
        format!("[{rice},{pens}]"),
        format!("[{pens},{rice}]"),
        format!("[{pens}, {rice}]"),
        format!("[\"{pens}\",\"{rice}\"]"),
    ] {
        let quote = (
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
        );
        let quoted = call(&mut conn, "shop_order_quote", quote).await.unwrap();
        let quoted = quoted.first();
        let lines = &quoted.json("discounts_json")[0]["lines"];
        let expected = serde_json::json!([
            {"cart_id": rice, "amount": "501.00"},
            {"cart_id": pens, "amount": "500.00"},
        ]);
        assert_eq!(*lines, expected, "{ids}");
        assert_eq!(quoted.str("tax_free_amount"), "4499.00", "{ids}");
    }
    let quote = (
        1,
        "u1",
        format!("[{rice},{pens}]"),
        none,
        none,
        none,
        none,
        none,
        none,
        none,
    );
    let quoted = call(&mut conn, "shop_order_quote", quote).await.unwrap();
    let total = quoted.first().str("total_payment");
    for ids in [vec![pens, rice], vec![rice, pens]] {
        let order = OrderCall::new("T1", &ids).client_total(&total);
        order.call(&mut conn).await.unwrap();
    }
    let taxed = "SELECT CONCAT(tax_free_amount, ' ', vat_amount) FROM shop_orders";
    let quoted = quoted.first();
    let expected = ["tax_free_amount", "vat_amount"].map(|name| quoted.str(name));
    assert_eq!(db.text(taxed).await, expected.join(" "));
    db.assert_audit_clean().await;
}

/// In force from its second on, and no longer than its last.
#[tokio::test]
async fn when_it_applies() {
    let db = TestDb::with_fixture().await;
    for (code, columns) in [
        ("SOON", "valid_from = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR"),
        ("PAST", "valid_until = UTC_TIMESTAMP(6)"),
        (
            "NOW",
            "valid_from = UTC_TIMESTAMP(6), valid_until = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR",
        ),
    ] {
        promotion(&db, code, columns).await;
    }
    let (discounts, _) = charged(&db, "T1", "u1", &[("book", 1)], &[]).await;
    assert_eq!(discounts, ["NOW 1000.00 [1:1000.00]"]);
}

/// What begins between page and payment is a changed price, with the new total beside it; also when it is dearer.
#[tokio::test]
async fn a_promotion_that_begins_or_ends_is_a_changed_price() {
    let db = TestDb::with_fixture().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    promotion(&db, "NEW", "").await;
    let order = OrderCall::new("T1", &[book]).client_total("10000");
    let error = order.clone().call(&mut conn).await.unwrap_err();
    error.expect_code("PRICE_CHANGED");
    let quote = &error.sets.set(1).rows[0];
    assert_eq!(quote.str("discount_total"), "1000.00");
    assert_eq!(quote.str("total_payment"), "9000.00");
    db.exec("UPDATE shop_promotions SET enabled = 0").await;
    let error = order
        .clone()
        .client_total("9000")
        .call(&mut conn)
        .await
        .unwrap_err();
    error.expect_code("PRICE_CHANGED");
    order.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}

/// With slots, soft_lock and promised prices, whose orders go by other statements.
#[tokio::test]
async fn in_shops_of_every_policy() {
    for policy in [
        "cart_at_order = 'soft_lock'",
        "price_policy = 'pinned'",
        "cart_days = 30",
    ] {
        let db = TestDb::with_fixture().await;
        db.slots("book", 4).await;
        db.exec(&format!("UPDATE shops SET {policy} WHERE shop_id = 1"))
            .await;
        promotion(&db, "ALL", "").await;
        let (discounts, total) = charged(&db, "T1", "u1", &[("book", 1), ("pen", 1)], &[]).await;
        assert_eq!(discounts, ["ALL 1100.00 [1:1000.00 2:100.00]"], "{policy}");
        assert_eq!(total, "12400.00");
    }
}

/// In a session that cuts what GROUP_CONCAT makes, as MySQL's and MariaDB's own default may: long names are told whole.
#[tokio::test]
async fn many_promotions_are_told_whole_in_any_session() {
    let db = TestDb::with_fixture().await;
    let name = "긴".repeat(100);
    for number in 0..12 {
        let columns =
            format!("kind = 'amount', rate = NULL, amount = 10, promotion_name = '{number}'");
        promotion(&db, &format!("P{number}"), &columns).await;
    }
    db.exec(&format!(
        "UPDATE shop_promotions SET promotion_name = '{name}'"
    ))
    .await;
    let row = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    conn.query_drop("SET SESSION group_concat_max_len = 1024")
        .await
        .unwrap();
    let none = None::<&str>;
    let quote = (
        1,
        "u1",
        format!("[{row}]"),
        none,
        none,
        none,
        none,
        none,
        none,
        none,
    );
    let quoted = call(&mut conn, "shop_order_quote", quote).await.unwrap();
    let discounts = quoted.first().json("discounts_json");
    assert_eq!(discounts.as_array().unwrap().len(), 12);
    assert_eq!(discounts[11]["promotion_name"], name.as_str());
    conn.query_drop("SET SESSION group_concat_max_len = 1024")
        .await
        .unwrap();
    let order = OrderCall::new("T1", &[row]).client_total("9880");
    order.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}
