//! Price rows are kept as they are, what is on sale is what the formula gives, and what is not is found and mended.

use crate::support::*;

#[tokio::test]
async fn a_price_row_is_refused_every_change_for_root_too() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let before = db.snapshot().await;
    for (table, column) in [
        ("shop_product_prices", "unit_price"),
        ("shop_delivery_rules", "fee"),
    ] {
        let copy = format!("SELECT * FROM (SELECT * FROM {table} LIMIT 1) x");
        for (sql, errno) in [
            (format!("UPDATE {table} SET {column} = {column} + 1"), 2140),
            (format!("UPDATE {table} SET reason = reason"), 2140),
            (format!("DELETE FROM {table}"), 2140),
            (format!("REPLACE INTO {table} {copy}"), 2140),
            (
                format!("INSERT INTO {table} {copy} ON DUPLICATE KEY UPDATE {column} = 1"),
                2140,
            ),
            (format!("TRUNCATE TABLE {table}"), 1701),
        ] {
            let error = query(&mut conn, &sql).await.unwrap_err();
            assert_eq!(error.errno, errno, "{sql}");
        }
    }
    assert_eq!(db.snapshot().await, before);
}

/// A trigger that writes price rows is busy with them: the statement that started it may not read them as well (1442).
#[tokio::test]
async fn a_change_of_products_that_reads_prices_is_refused_and_can_be_written_in_two_steps() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let before = db.snapshot().await;
    for sql in [
        "UPDATE shop_products p JOIN shop_offers f ON f.shop_id = p.shop_id AND f.product_id = p.product_id
         SET p.sale_price = f.unit_price WHERE f.option_hash = '__noopt__'",
        "UPDATE shop_products SET sale_price = 1 WHERE product_id IN (SELECT product_id FROM shop_offers WHERE orderable = 0)",
        "UPDATE shop_products SET sale_price = 1
         WHERE product_id IN (SELECT product_id FROM shop_product_prices WHERE unit_price > 1)",
        "UPDATE shop_products SET sale_price = (SELECT MAX(unit_price) + 1 FROM shop_offers)",
        "UPDATE shop_products SET sale_price = 1 WHERE product_id IN (SELECT product_id FROM v_offers_compared WHERE fault IS NULL)",
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         SELECT shop_id, 'copy', product_name, unit_price, 1 FROM shop_offers WHERE product_id = 'lamp'",
    ] {
        let error = query(&mut conn, sql).await.unwrap_err();
        // 1443 is what MySQL says of a view.
        assert!([1442, 1443].contains(&error.errno), "{sql}: {error:?}");
    }
    assert_eq!(db.snapshot().await, before);
    // As sql/README.md says: read first, then write.
    conn.query_drop(
        "CREATE TEMPORARY TABLE dear AS SELECT shop_id, product_id FROM shop_offers WHERE unit_price > 19000 AND option_hash = '__noopt__';
         UPDATE shop_products p JOIN dear d ON d.shop_id = p.shop_id AND d.product_id = p.product_id SET p.discount_rate = 0.5",
    )
    .await
    .unwrap();
    let prices = "SELECT GROUP_CONCAT(CONCAT(product_id, ' ', unit_price) ORDER BY product_id) FROM shop_offers WHERE discount_rate = 0.5";
    assert_eq!(db.text(prices).await, "chair 15000.00,lamp 10000.00");
    db.assert_audit_clean().await;
}

/// Spoils one value past every trigger, sees it found (by v_offers_compared or v_delivery_compared), lets it be repaired,
/// and sees that all is as it was.
#[tokio::test]
async fn what_no_trigger_saw_is_found_and_mended_without_a_needless_price() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let triggers = db
        .rows(
            "SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
             AND EVENT_OBJECT_TABLE IN ('shop_products', 'shop_product_options', 'shop_delivery_policy', 'shop_offers',
                 'shop_delivery_now', 'shops')",
        )
        .await;
    let names: Vec<String> = triggers.iter().map(|row| row.str("name")).collect();
    let files: Vec<&Script> = scripts()
        .iter()
        .filter(|script| {
            let stem = script.path.rsplit('/').next().unwrap_or_default();
            names.iter().any(|name| stem == format!("{name}.sql"))
        })
        .collect();
    assert_eq!(files.len(), names.len());
    // Statement, what the audit says of it, and how many rows the repair makes of prices and rules: only where the price is
    // another one.
    let cases = [
        ("UPDATE shop_products SET sale_price = 1 WHERE product_id = 'lamp'", "offer of lamp __noopt__: is not as its product is", 1),
        ("UPDATE shop_products SET product_name = 'Lamp ' WHERE product_id = 'lamp'", "offer of lamp __noopt__: is not as its product is", 1),
        ("UPDATE shop_products SET display = '0' WHERE product_id = 'lamp'", "offer of lamp __noopt__: is not as its product is", 0),
        ("UPDATE shop_products SET stock_strategy = 'slots', stock_slots = 2 WHERE product_id = 'lamp'", "offer of lamp __noopt__: is not as its product is", 0),
        ("UPDATE shop_product_options SET add_price = 7 WHERE option_hash = 'red'", "offer of shirt red: is not as its option is", 1),
        ("UPDATE shop_product_options SET display = '0' WHERE option_hash = 'red'", "offer of shirt red: is not as its option is", 0),
        ("DELETE FROM shop_product_options WHERE option_hash = 'old'", "offer of shirt old: there is no such option", 0),
        ("TRUNCATE TABLE shop_product_options", "offer of shirt blue: there is no such option", 0),
        ("INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash)
              VALUES (1, 'shirt', 'new', 'new', 'new')", "option shirt new: has no offer", 1),
        ("DELETE FROM shop_products WHERE product_id = 'hidden'", "offer of hidden __noopt__: there is no such product", 0),
        ("INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
              VALUES (1, 'zzz', 'new', 1, 1)", "product zzz: has no offer", 1),
        ("DELETE FROM shop_offers WHERE product_id = 'book'", "product book: has no offer", 1),
        ("UPDATE shop_offers SET unit_price = 1 WHERE product_id = 'book'", "offer of book __noopt__: is not what the formula gives", 0),
        ("UPDATE shop_offers SET list_price = 1 WHERE product_id = 'book'", "offer of book __noopt__: is not what the formula gives", 0),
        ("UPDATE shop_offers SET orderable = 0 WHERE product_id = 'book'", "offer of book __noopt__: is not what the formula gives", 0),
        ("UPDATE shop_offers SET currency_digits = 2 WHERE product_id = 'book'", "offer of book __noopt__: is not in the currency of its shop", 0),
        ("UPDATE shop_offers SET price_unit = 10 WHERE product_id = 'book'", "offer of book __noopt__: is not rounded as its shop says", 0),
        ("UPDATE shops SET price_unit = 1000, price_rounding = 'up' WHERE shop_id = 1", "offer of book __noopt__: is not rounded as its shop says", 0),
        ("UPDATE shop_offers SET price_id = 1 WHERE product_id = 'pen'", "offer of pen __noopt__: its price row says something else", 1),
        ("UPDATE shop_delivery_policy SET base_cost = 9 WHERE shop_id = 1 AND id = 2", "delivery policy 2: is not as its policy is", 1),
        ("INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type) VALUES (1, 9, 'x', 'free')", "delivery policy 9: is not in force", 1),
        ("DELETE FROM shop_delivery_policy WHERE shop_id = 1 AND id = 9", "delivery policy 9: there is no such policy", 0),
        ("UPDATE shop_delivery_now SET fee = 1 WHERE shop_id = 1 AND policy_id = 2", "delivery policy 2: is not what the formula gives", 0),
        ("UPDATE shop_delivery_now SET parcel = 'x' WHERE shop_id = 1 AND policy_id = 2", "delivery policy 2: is not what the formula gives", 0),
        ("UPDATE shop_delivery_now SET rule_id = 1 WHERE shop_id = 1 AND policy_id = 2", "delivery policy 2: its rule says something else", 1),
    ];
    for (sql, words, made) in cases {
        for name in &names {
            conn.query_drop(format!("DROP TRIGGER {name}"))
                .await
                .unwrap();
        }
        conn.query_drop(sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        for file in &files {
            for statement in &file.statements {
                conn.query_drop(statement.as_str()).await.unwrap();
            }
        }
        conn.query_drop("SET sql_mode = DEFAULT").await.unwrap();
        let found = "SELECT GROUP_CONCAT(CONCAT(subject, ': ', detail) ORDER BY subject SEPARATOR '; ') FROM v_audit_violations";
        let found = db.text(found).await;
        assert!(found.starts_with(words), "{sql}: {found}");
        let rows =
            async || db.count("shop_product_prices").await + db.count("shop_delivery_rules").await;
        let before = rows().await;
        let repaired = call(&mut conn, "shop_offers_repair", (3,)).await.unwrap();
        assert!(repaired.first().int("repaired") >= 1, "{sql}");
        assert_eq!(rows().await - before, made, "{sql}");
        db.assert_audit_clean().await;
        let repaired = call(&mut conn, "shop_offers_repair", (3,)).await.unwrap();
        assert_eq!(repaired.first().int("repaired"), 0, "{sql}");
    }
}

#[tokio::test]
async fn a_hand_cannot_give_an_offer_another_price() {
    let db = TestDb::with_fixture().await;
    let before = db.snapshot().await;
    db.exec(
        "UPDATE shop_offers SET price_id = 1, unit_price = 1, list_price = 1, orderable = 1;
         UPDATE shop_delivery_now SET rule_id = 1, fee = 1, parcel = 'x', free_over = 1",
    )
    .await;
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn a_cart_row_names_the_price_it_was_put_in_at_whoever_writes_it() {
    let db = TestDb::with_fixture().await;
    let named = async |cart_id: i64| {
        db.text(&format!(
            "SELECT CONCAT_WS(' ', r.product_id, r.option_hash, r.unit_price) FROM shop_cart c
             LEFT JOIN shop_product_prices r ON r.price_id = c.price_id WHERE c.seq_no = {cart_id}"
        ))
        .await
    };
    // A page that knows nothing of prices, one that thinks it does, and the routine.
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    assert_eq!(named(lamp).await, "lamp __noopt__ 20000.00");
    let forged = db
        .int_after(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date, price_id)
             VALUES (1, 'u1', 'shirt', 'blue', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 1); SELECT LAST_INSERT_ID()",
        )
        .await;
    assert_eq!(named(forged).await, "shirt blue 16000.00");
    let mut conn = db.conn_as_gateway().await;
    let params = (1, "u1", "chair", None::<&str>, "1");
    call(&mut conn, "add_shop_cart", params).await.unwrap();
    let chair = db
        .int("SELECT seq_no FROM shop_cart WHERE product_id = 'chair'")
        .await;
    assert_eq!(named(chair).await, "chair __noopt__ 27000.00");
    // It keeps it when the price changes, when its quantity does, and when a hand writes another.
    db.exec(&format!(
        "UPDATE shop_products SET sale_price = 1 WHERE product_id IN ('lamp', 'chair');
         UPDATE shop_cart SET quantity = 2, price_id = 1 WHERE seq_no = {lamp};
         UPDATE shop_cart SET price_id = NULL WHERE seq_no = {chair}"
    ))
    .await;
    call(&mut conn, "add_shop_cart", params).await.unwrap();
    assert_eq!(named(lamp).await, "lamp __noopt__ 20000.00");
    assert_eq!(named(chair).await, "chair __noopt__ 27000.00");
    // What becomes something else takes that one's, and nothing that is not on sale has one.
    db.exec(&format!(
        "UPDATE shop_cart SET option_hash = 'red' WHERE seq_no = {forged}"
    ))
    .await;
    assert_eq!(named(forged).await, "shirt red 15000.00");
    db.exec(&format!(
        "UPDATE shop_cart SET product_id = 'nosuch' WHERE seq_no = {forged}"
    ))
    .await;
    assert_eq!(named(forged).await, "");
    let crafted = db.add_cart(1, "u1", "lamp", "free-of-charge", 1).await;
    assert_eq!(named(crafted).await, "");
    // All that the buyer chose is more than what finds the price.
    let combined = db
        .int_after(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, combination_hash, quantity, create_date, update_date)
             VALUES (1, 'u1', 'shirt', 'red+engraved', 'red', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)); SELECT LAST_INSERT_ID()",
        )
        .await;
    assert_eq!(named(combined).await, "shirt red 15000.00");
    let found = "SELECT COUNT(*) FROM v_audit_price";
    assert_eq!(db.int(found).await, 0);
}

/// On MariaDB with a binary log that is not ROW a trigger locks what it reads: the routine has read it before.
#[tokio::test]
async fn a_buyer_who_fills_his_cart_does_not_wait_for_a_change_of_products() {
    let extra: &[&str] = match engine() {
        Engine::MariaDb => &["--binlog-format=MIXED"],
        Engine::MySql => &[],
    };
    let server = PrivateServer::start_with(engine(), extra).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let order = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[order]).client_total("23000");
    order.call(&mut gateway).await.unwrap();
    let mut bulk = db.conn().await;
    bulk.query_drop("BEGIN; UPDATE shop_products SET discount_rate = 0.5 WHERE shop_id = 1")
        .await
        .unwrap();
    gateway
        .query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    let params = (1, "u1", "chair", None::<&str>, "1");
    call(&mut gateway, "add_shop_cart", params).await.unwrap();
    call(&mut gateway, "shop_order_restore_cart", (1, "u1", "T1"))
        .await
        .unwrap();
    bulk.query_drop("ROLLBACK").await.unwrap();
    let priced = "SELECT COUNT(*) FROM shop_cart WHERE price_id IS NOT NULL";
    assert_eq!(db.int(priced).await, 2);
    db.assert_audit_clean().await;
}
