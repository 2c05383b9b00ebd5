//! Price rows and delivery rules: which change makes one and which does not, by pages and by hands that know nothing of them.

use crate::support::*;

/// How many price rows and delivery rules there are.
async fn rows(db: &TestDb) -> (i64, i64) {
    (
        db.count("shop_product_prices").await,
        db.count("shop_delivery_rules").await,
    )
}

/// Statements, and how many price rows and delivery rules they make. Each begins where the one before it ended.
async fn assert_makes(db: &TestDb, conn: &mut Conn, changes: &[(&str, i64, i64)]) {
    for (sql, prices, rules) in changes {
        let before = rows(db).await;
        conn.query_drop(*sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        let after = rows(db).await;
        let made = (after.0 - before.0, after.1 - before.1);
        assert_eq!(made, (*prices, *rules), "{sql}");
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn only_what_a_price_row_holds_makes_a_new_one() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    assert_eq!(rows(&db).await, (17, 7), "one each");
    assert_makes(&db, &mut conn, &[
        // What the stock mirror, a saved form and an operator write all day.
        ("UPDATE shop_products SET product_name = product_name, sale_price = sale_price, buy_price = buy_price", 0, 0),
        ("SET @jumun_stock_mirror = 1; UPDATE shop_products SET quantity_stock = 5; SET @jumun_stock_mirror = NULL", 0, 0),
        ("CALL shop_stock_mirror(NULL)", 0, 0),
        ("CALL update_adm_stock_strategy(1, 'lamp', 'slots', '4')", 0, 0),
        ("UPDATE shop_products SET display = '0' WHERE product_id = 'lamp'", 0, 0),
        ("UPDATE shop_products SET display = '1', stat = '2' WHERE product_id = 'lamp'", 0, 0),
        ("UPDATE shop_products SET stat = '1', option_required = 1 WHERE product_id = 'lamp'", 0, 0),
        ("UPDATE shop_products SET option_required = 0, delivery_policy_id = 1 WHERE product_id = 'lamp'", 0, 0),
        ("UPDATE shop_products SET product_thumb_img_url = 'x' WHERE product_id = 'lamp'", 0, 0),
        ("UPDATE shop_product_options SET display = '0' WHERE option_hash = 'red'", 0, 0),
        ("UPDATE shop_product_options SET display = '1' WHERE option_hash = 'red'", 0, 0),
        ("UPDATE shop_delivery_policy SET policy_name = 'x'", 0, 0),
        ("UPDATE shop_delivery_policy SET base_cost = 9 WHERE type = 'free'", 0, 0),
        ("UPDATE shop_delivery_policy SET free_over = 9 WHERE shop_id = 1 AND id = 2", 0, 0),
        // Less than a minor unit is no other price.
        ("UPDATE shop_products SET sale_price = 20000.4 WHERE product_id = 'lamp'", 0, 0),
        // Each value that a price row holds, also from and to NULL.
        ("UPDATE shop_products SET sale_price = 19000 WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET buy_price = 26000 WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET sale_price = NULL WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET sale_price = 0 WHERE product_id = 'lamp'", 0, 0),
        ("UPDATE shop_products SET discount_rate = 0.5 WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET product_name = 'lamp' WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET product_name = 'lamp ' WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET category_id = 'x' WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET category_id = 'x ' WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET category_id = NULL WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET weight = 0 WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET weight = NULL WHERE product_id = 'lamp'", 1, 0),
        ("UPDATE shop_products SET tax_type = 'free' WHERE product_id = 'lamp'", 1, 0),
        // A product with five options: each of them, and itself.
        ("UPDATE shop_products SET buy_price = 16000 WHERE product_id = 'shirt'", 6, 0),
        ("UPDATE shop_product_options SET add_price = 1 WHERE option_hash = 'red'", 1, 0),
        ("UPDATE shop_product_options SET option_name = 'red ' WHERE option_hash = 'red'", 1, 0),
        ("UPDATE shop_product_options SET stock_option_hash = 'blue' WHERE option_hash = 'red'", 1, 0),
        ("UPDATE shop_product_options SET stock_option_hash = 'red' WHERE option_hash = 'red'", 1, 0),
        // A policy that many products have is one new row.
        ("UPDATE shop_delivery_policy SET base_cost = 3500 WHERE shop_id = 1 AND id = 2", 0, 1),
        ("UPDATE shop_delivery_policy SET type = 'conditional', free_over = 9 WHERE shop_id = 1 AND id = 2", 0, 1),
        ("UPDATE shop_delivery_policy SET combine_group_id = NULL WHERE shop_id = 1 AND id = 5", 0, 1),
    ]).await;
}

#[tokio::test]
async fn other_ways_to_write_a_row_come_to_the_same() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let product =
        "INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
                   VALUES (1, 'last', 'Last one', 7000, 1)";
    let option = "INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash)
                  VALUES (1, 'shirt', 'red', 'red', 'red')";
    let policy =
        "INTO shop_delivery_policy (shop_id, id, policy_name, type) VALUES (1, 9, 'x', 'free')";
    let replace = |what: &str| format!("REPLACE {what}");
    let upsert =
        |what: &str, change: &str| format!("INSERT {what} ON DUPLICATE KEY UPDATE {change}");
    let dearer = replace(product).replace("7000", "8000");
    let dearer_option = replace(option).replace("'red', 'red')", "'Red', 'red')");
    assert_makes(
        &db,
        &mut conn,
        &[
            // A page that saves by REPLACE deletes and inserts: what is as before keeps its price.
            (&replace(product), 0, 0),
            (&dearer, 1, 0),
            (&replace(option), 0, 0),
            (&dearer_option, 1, 0),
            (&replace(policy), 0, 1),
            (&replace(policy), 0, 0),
            (&replace(policy).replace("'free'", "'area'"), 0, 1),
            (&upsert(product, "product_name = product_name"), 0, 0),
            (&upsert(product, "buy_price = 1"), 1, 0),
            (&upsert(option, "add_price = 5"), 1, 0),
            (&upsert(policy, "base_cost = 5"), 0, 1),
            (&format!("INSERT IGNORE {product}"), 0, 0),
            // Another name is another product, another option.
            (
                "UPDATE shop_products SET product_id = 'first' WHERE product_id = 'last'",
                1,
                0,
            ),
            (
                "UPDATE shop_product_options SET option_hash = 'rot' WHERE option_hash = 'red'",
                1,
                0,
            ),
            (
                "UPDATE shop_product_options SET product_id = 'book' WHERE option_hash = 'rot'",
                1,
                0,
            ),
            // What goes keeps its prices; what comes back under its name begins anew.
            (
                "DELETE FROM shop_product_options WHERE option_hash = 'rot'",
                0,
                0,
            ),
            ("DELETE FROM shop_products WHERE product_id = 'first'", 0, 0),
            (
                "DELETE FROM shop_delivery_policy WHERE shop_id = 1 AND id = 9",
                0,
                0,
            ),
            (&format!("INSERT {product}"), 1, 0),
        ],
    )
    .await;
    let gone = "SELECT COUNT(*) FROM shop_offers WHERE product_id = 'first' OR option_hash IN ('red', 'rot')";
    assert_eq!(db.int(gone).await, 0);
}

/// A page whose transaction began before somebody else changed the price reads what was then; the price row of now is
/// compared all the same.
#[tokio::test]
async fn an_old_reading_of_a_page_makes_no_needless_price() {
    let db = TestDb::with_fixture().await;
    let mut page = db.conn().await;
    page.query_drop(
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; BEGIN; SELECT COUNT(*) FROM shop_product_prices",
    )
    .await
    .unwrap();
    db.exec("UPDATE shop_products SET sale_price = 19000 WHERE product_id = 'lamp'")
        .await;
    let before = rows(&db).await;
    page.query_drop("UPDATE shop_products SET display = '0' WHERE product_id = 'lamp'; COMMIT")
        .await
        .unwrap();
    assert_eq!(rows(&db).await, before);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_price_row_says_what_it_was_and_who_made_it_why() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shop_products SET weight = 120, category_id = 'wear', discount_rate = 0.1 WHERE product_id = 'shirt';
         UPDATE shop_product_options SET add_price = -500 WHERE option_hash = 'blue'",
    )
    .await;
    let row = db
        .row(
            "SELECT p.*, TIMESTAMPDIFF(SECOND, p.valid_from, UTC_TIMESTAMP(6)) BETWEEN 0 AND 60 AS fresh
             FROM shop_product_prices p JOIN shop_offers f ON f.price_id = p.price_id WHERE f.option_hash = 'blue'",
        )
        .await;
    for (column, value) in [
        ("product_id", "shirt"),
        ("option_hash", "blue"),
        ("plan_id", "0"),
        ("unit_price", "13000.00"),
        ("list_price", "14500.00"),
        ("discount_rate", "0.1000"),
        ("product_name", "Shirt"),
        ("option_name", "blue"),
        ("category_id", "wear"),
        ("weight", "120"),
        ("tax_type", "taxable"),
        ("stock_option_hash", "blue"),
        ("reason", "shop_product_options"),
        ("fresh", "1"),
    ] {
        assert_eq!(row.str(column), value, "{column}");
    }
    assert!(row.str("actor").starts_with("root@"), "{row:?}");
    let rule = db
        .row("SELECT r.* FROM shop_delivery_rules r JOIN shop_delivery_now n ON n.rule_id = r.rule_id
              WHERE n.shop_id = 1 AND n.policy_id = 3")
        .await;
    for (column, value) in [
        ("type", "conditional"),
        ("parcel", "policy 3"),
        ("fee", "3000.00"),
        ("free_over", "50000.00"),
        ("reason", "shop_delivery_policy"),
    ] {
        assert_eq!(rule.str(column), value, "{column}");
    }
    // What it was before stays, with its own number.
    let before = "SELECT GROUP_CONCAT(unit_price ORDER BY price_id) FROM shop_product_prices WHERE option_hash = 'blue'";
    assert_eq!(db.text(before).await, "16000.00,14500.00,13000.00");
    db.assert_audit_clean().await;
}

/// An old page's session is what its programmer left it to be: the row that it gets stored is what counts.
#[tokio::test]
async fn a_page_writes_what_it_always_wrote_whatever_its_session_is_set_to() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    for setting in [
        "sql_mode = ''",
        "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'",
        "sql_safe_updates = 1",
        "sql_big_selects = 0, max_join_size = 1",
        "sql_select_limit = 1",
        "time_zone = '+09:00'",
        "character_set_client = latin1, collation_connection = latin1_swedish_ci",
        "autocommit = 0",
        "foreign_key_checks = 0, unique_checks = 0",
    ] {
        conn.query_drop(format!("SET SESSION {setting}"))
            .await
            .unwrap();
        for sql in [
            "UPDATE shop_products SET sale_price = COALESCE(sale_price, 0) + 1 WHERE shop_id = 1 AND product_id = 'lamp'",
            "UPDATE shop_product_options SET add_price = add_price + 1 WHERE shop_id = 1 AND product_id = 'shirt'",
            "UPDATE shop_delivery_policy SET base_cost = base_cost + 1 WHERE shop_id = 1 AND id = 2",
            "COMMIT",
        ] {
            conn.query_drop(sql)
                .await
                .unwrap_or_else(|e| panic!("{setting}: {sql}: {e}"));
        }
        db.assert_audit_clean().await;
        conn.query_drop("SET SESSION autocommit = 1, sql_safe_updates = 0, foreign_key_checks = 1")
            .await
            .unwrap();
    }
    // Without strictness a server stores what fits; NULL becomes 0, a long name is cut.
    conn.query_drop("SET SESSION sql_mode = ''").await.unwrap();
    for sql in [
        "UPDATE shop_products SET buy_price = NULL, sale_price = '', product_name = REPEAT('가', 300),
             discount_rate = '0.5x' WHERE shop_id = 1 AND product_id IN ('lamp', 'shirt')",
        "UPDATE shop_products SET buy_price = 99999999999999999999 WHERE shop_id = 1 AND product_id = 'shirt'",
        "UPDATE shop_product_options SET add_price = 99999999999999999999 WHERE shop_id = 1 AND option_hash = 'red'",
        "UPDATE shop_delivery_policy SET base_cost = 99999999999999999999 WHERE shop_id = 1 AND id = 2",
    ] {
        conn.query_drop(sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        db.assert_audit_clean().await;
    }
    let offer = db
        .row("SELECT unit_price, list_price, CHAR_LENGTH(product_name) AS letters FROM shop_offers WHERE option_hash = 'red'")
        .await;
    // 9999999999999999.99, rounded, and once more: 17 digits. No order takes that (v_cart_lines); a page may write it.
    assert_eq!(offer.str("list_price"), "20000000000000000.00");
    assert_eq!(offer.int("letters"), 200);
}

#[tokio::test]
async fn a_price_below_zero_can_be_written_and_not_be_bought() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_product_options SET add_price = -15001 WHERE option_hash = 'red'")
        .await;
    let offer =
        "SELECT CONCAT(unit_price, ' ', orderable) FROM shop_offers WHERE option_hash = 'red'";
    assert_eq!(db.text(offer).await, "-1.00 0");
    db.exec("UPDATE shop_product_options SET add_price = -15000 WHERE option_hash = 'red'")
        .await;
    assert_eq!(db.text(offer).await, "0.00 1");
    // Whether it can be bought, for all its reasons.
    let orderable =
        "SELECT GROUP_CONCAT(CONCAT(product_id, ' ', option_hash) ORDER BY product_id, option_hash)
                     FROM shop_offers WHERE orderable = 0";
    assert_eq!(
        db.text(orderable).await,
        "hidden __noopt__,shirt __noopt__,shirt old,soldout __noopt__"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_currency_of_a_shop_stays_from_its_first_delivery_policy_on() {
    let db = TestDb::new().await;
    let mut conn = db.conn().await;
    let shop = "INSERT INTO shops (shop_id, shop_name, gateway_url, result_url, error_url, allowed_origins_json)
                VALUES (1, 'x', '', '', '', '[]')";
    db.exec(shop).await;
    db.exec("UPDATE shops SET currency_digits = 2, currency = 'USD'")
        .await;
    // What a session read before does not count.
    let mut early = db.conn().await;
    early
        .query_drop(
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; BEGIN; SELECT COUNT(*) FROM shop_delivery_rules",
        )
        .await
        .unwrap();
    // Somebody is making the first policy: who changes the currency waits for him, and is told.
    conn.query_drop(
        "BEGIN; INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost)
                VALUES (1, 1, 'x', 'fixed', 1.25)",
    )
    .await
    .unwrap();
    let mut change = Running::query_on(
        &db,
        early,
        "UPDATE shops SET currency_digits = 0 WHERE shop_id = 1",
    )
    .await;
    change.wait_until_blocked().await;
    conn.query_drop("COMMIT").await.unwrap();
    let error = change.finish().await.unwrap_err();
    assert_eq!(error.code(), "CURRENCY_IS_FIXED");
    for sql in [
        "UPDATE shops SET currency_digits = 0",
        "UPDATE shops SET currency = 'KRW'",
        "UPDATE shops SET currency = 'usd'",
    ] {
        let error = query(&mut conn, sql).await.unwrap_err();
        assert_eq!(error.errno, 2141, "{sql}");
    }
    db.exec(
        "UPDATE shops SET shop_name = 'y', vat_rate = 0.2, currency = 'USD', currency_digits = 2",
    )
    .await;
    db.exec("DELETE FROM shop_delivery_policy").await;
    let error = query(&mut conn, "UPDATE shops SET currency_digits = 0").await;
    assert_eq!(error.unwrap_err().errno, 2141, "its rules stay");
    db.assert_audit_clean().await;
}
