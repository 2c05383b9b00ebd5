//! The report finds what is wrong, and changes nothing.

use super::*;

/// Kind, table, number of cases, and a part of the words for every defect that was planted.
const PLANTED: [(&str, &str, u32, &str); 50] = [
    ("repair", "member", 1, "user_id: blanks around"),
    (
        "repair",
        "shop_cart",
        2,
        "quantity: not a number (such as 15 \"abc\"; 16 \"\")",
    ),
    (
        "repair",
        "shop_cart",
        2,
        "quantity: a number written with commas or blanks (such as 12 \" 3\"; 14 \"1,000\")",
    ),
    ("repair", "shop_cart", 1, "create_date: missing"),
    (
        "repair",
        "shop_cart",
        1,
        "update_date: not a date (such as 13 \"0000-00-00 00:00:00\")",
    ),
    ("repair", "shop_cart", 11, "update_date: missing"),
    ("reject", "shop_cart", 3, "added to"),
    (
        "reject",
        "shop_cart",
        1,
        "no such product (such as 19, Lee, GONE",
    ),
    ("reject", "shop_cart", 1, "no user_id"),
    ("reject", "shop_cart", 2, "quantity is not a number"),
    ("reject", "shop_cart", 2, "quantity is not at least 1"),
    ("repair", "shop_cart", 3, "several rows of one buyer"),
    (
        "repair",
        "shop_cart",
        1,
        "buyer or product spelled in other letters",
    ),
    ("look", "shop_cart", 1, "buyers that are no members"),
    ("look", "shop_cart", 1, "options"),
    (
        "repair",
        "shop_delivery_policy",
        2,
        "base_cost: a number written with",
    ),
    (
        "repair",
        "shop_delivery_policy",
        2,
        "a type that jumun does not have",
    ),
    ("repair", "shop_order_logs", 1, "log_date: not a date"),
    (
        "repair",
        "shop_order_logs",
        1,
        "log_message: longer than 200",
    ),
    ("reject", "shop_order_logs", 1, "no such order"),
    ("repair", "shop_order_product", 2, "price: missing"),
    ("repair", "shop_order_product", 1, "quantity: not a number"),
    (
        "reject",
        "shop_order_product",
        1,
        "its order: total_payment is negative",
    ),
    ("reject", "shop_order_product", 1, "no such order"),
    (
        "reject",
        "shop_order_product",
        1,
        "quantity is not at least 1",
    ),
    ("repair", "shop_order_product", 2, "lines without a price"),
    (
        "repair",
        "shop_order_product",
        1,
        "lines whose quantity is not a number",
    ),
    (
        "look",
        "shop_order_product",
        1,
        "products that do not exist any more",
    ),
    ("repair", "shop_orders", 1, "order_date: not a date"),
    ("repair", "shop_orders", 1, "order_date: missing"),
    ("repair", "shop_orders", 2, "product_total_price: missing"),
    ("repair", "shop_orders", 2, "shipping_fee: missing"),
    ("repair", "shop_orders", 1, "total_payment: missing"),
    ("reject", "shop_orders", 1, "total_payment is negative"),
    ("repair", "shop_orders", 1, "buyer spelled in other letters"),
    (
        "repair",
        "shop_orders",
        1,
        "an order number that another order has too (such as 103 \"A-102\")",
    ),
    ("repair", "shop_orders", 1, "no order number"),
    ("repair", "shop_orders", 2, "no order date"),
    (
        "repair",
        "shop_orders",
        3,
        "lines, delivery and total do not add up",
    ),
    (
        "repair",
        "shop_orders",
        1,
        "orders without lines (such as 109",
    ),
    (
        "look",
        "shop_orders",
        1,
        "paid orders without an approval number (such as 103",
    ),
    (
        "look",
        "shop_orders",
        2,
        "one approval number for several orders",
    ),
    ("repair", "shop_products", 1, "buy_price: more decimals"),
    ("repair", "shop_products", 1, "buy_price: missing"),
    (
        "repair",
        "shop_products",
        1,
        "sale_price: a number written with",
    ),
    (
        "repair",
        "shop_products",
        2,
        "no price, or no delivery policy",
    ),
    ("repair", "shop_products", 1, "discount_rate is not 0 to 1"),
    ("repair", "shop_products", 1, "quantity_stock below 0"),
    (
        "repair",
        "shop_shipping_address",
        1,
        "address: longer than 200",
    ),
    ("reject", "shop_shipping_address", 1, "no user_id"),
];

/// Lines of one table in a report.
fn section<'a>(report: &'a str, table: &str) -> Vec<&'a str> {
    let head = format!("{table}: ");
    let lines = report.lines().skip_while(|line| !line.starts_with(&head));
    lines
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .collect()
}

#[tokio::test]
async fn every_planted_defect_is_found_counted_and_shown_and_nothing_is_changed() {
    let db = old_shop(DIRTY).await;
    let (rows, schema) = (db.snapshot().await, schema_dump(&db).await);
    let (_, report) = adopt(&db, &[]).await;
    for (kind, table, count, words) in PLANTED {
        let wanted = format!("  {kind:<8} {count} × {words}");
        let lines = section(&report, table);
        assert!(
            lines.iter().any(|line| line.starts_with(&wanted)),
            "{table}: {wanted}\n{}",
            lines.join("\n")
        );
    }
    for (table, words) in [
        ("shop_cart", "engine   MyISAM, becomes InnoDB"),
        ("shop_cart", "key      none on buyer, product and option"),
        (
            "shop_cart",
            "times    local, become UTC: 540 minutes earlier",
        ),
        ("shop_cart", "type     quantity is varchar(10), becomes int"),
        ("shop_cart", "missing  shop_id"),
        ("shop_cart", "kept     memo"),
        (
            "shop_orders",
            "letters  euckr_korean_ci, become utf8mb4_bin",
        ),
        ("shop_orders", "missing  order_key"),
        ("shop_order_logs", "key      none, becomes seq_no"),
    ] {
        let lines = section(&report, table);
        assert!(
            lines.iter().any(|line| line[2..].starts_with(words)),
            "{table}: {words}\n{}",
            lines.join("\n")
        );
    }
    assert!(report.contains("shop_couriers: 1 rows, not jumun's, stays; MyISAM"));
    assert!(report.contains("Nothing was changed"));
    assert_eq!(db.snapshot().await, rows);
    assert_eq!(schema_dump(&db).await, schema);
    let beside = db
        .rows(&format!(
            "SELECT SCHEMA_NAME AS n FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '{}\\_%'",
            db.name()
        ))
        .await;
    assert!(beside.is_empty(), "{beside:?}");
}

#[tokio::test]
async fn a_tidy_shop_has_nothing_to_repair() {
    let db = old_shop(CLEAN).await;
    let (done, report) = adopt(&db, &[]).await;
    assert!(done);
    assert!(
        report.contains("0 to decide first, 0 rejected, 0 repaired, 0 to look at"),
        "{report}"
    );
}

#[tokio::test]
async fn a_column_that_the_rules_need_is_asked_for() {
    let db = old_shop(CLEAN).await;
    db.exec(
        "ALTER TABLE shop_orders CHANGE order_status state VARCHAR(4);
         ALTER TABLE shop_order_product CHANGE product_id goods_id VARCHAR(30)",
    )
    .await;
    let rows = db.snapshot().await;
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(!done);
    for column in ["order_status", "product_id"] {
        let obstacle = format!("decide   there is no column {column}: add it first");
        assert!(words.contains(&obstacle), "{obstacle}\n{words}");
    }
    assert_eq!(db.snapshot().await, rows);
}

#[tokio::test]
async fn what_only_the_owner_knows_is_asked_for_and_nothing_is_done_before() {
    let db = old_shop(DIRTY).await;
    db.exec(
        "UPDATE shop_orders SET order_status = '77' WHERE seq_no = 107;
         CREATE TABLE shop_notes (note VARCHAR(10), by_whom INT) ENGINE=InnoDB;
         CREATE TABLE shop_wishes (id INT PRIMARY KEY, name INT) ENGINE=InnoDB;
         CREATE TRIGGER tr_cart BEFORE DELETE ON shop_cart FOR EACH ROW SET @x = 1",
    )
    .await;
    let rows = db.snapshot().await;
    // Obstacles first: a table that cannot be moved need not be judged.
    let (done, words) = run(command(&db, "adopt", &["--apply"])).await;
    assert!(!done);
    for obstacle in [
        "--shop-name is not given",
        "--gateway-url is not given",
        "--utc-offset-minutes is not given",
        "decide   trigger tr_cart",
        "decide   a table of 0 rows without a primary key",
        "must be decided first; nothing was changed",
    ] {
        assert!(words.contains(obstacle), "{obstacle}\n{words}");
    }
    db.exec("DROP TRIGGER tr_cart; DROP TABLE shop_notes").await;
    let without_stock = &ANSWERS[..10];
    let (done, words) = run(command(
        &db,
        "adopt",
        &[without_stock, &["--apply"]].concat(),
    ))
    .await;
    assert!(!done);
    for obstacle in [
        "decide   1 × order_status that jumun does not have (such as 107 \"77\")",
        "decide   2 × orders without a payment yet",
    ] {
        assert!(words.contains(obstacle), "{obstacle}\n{words}");
    }
    db.exec("DROP TABLE shop_wishes").await;
    assert_eq!(db.snapshot().await, rows);
    db.exec("UPDATE shop_orders SET order_status = '9' WHERE seq_no = 107")
        .await;
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
}

#[tokio::test]
async fn columns_that_do_not_fit_into_one_row_are_told_before_anything_is_moved() {
    let db = old_shop(CLEAN).await;
    let wide: Vec<String> = (0..5)
        .map(|n| format!("ADD wide_{n} VARCHAR(4000) CHARACTER SET latin1"))
        .collect();
    db.exec(&format!("ALTER TABLE shop_products {}", wide.join(", ")))
        .await;
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(
        !done && words.contains("its columns do not fit beside jumun's"),
        "{words}"
    );
    assert_eq!(db.count("shop_products").await, 1);
}

#[tokio::test]
async fn a_database_that_is_jumuns_already_is_left_alone() {
    let db = TestDb::with_fixture().await;
    let rows = db.snapshot().await;
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done && words.contains("nothing to adopt"), "{words}");
    assert_eq!(db.snapshot().await, rows);
}
