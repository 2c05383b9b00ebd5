//! Back to older procedures, on tables that stay as they are.

use super::*;

/// The next version: a new column that has a default, a routine and a trigger that the older files do not have, and an order
/// procedure that fills the column.
fn newer() -> Files {
    let files = Files::new();
    let routine = std::fs::read_to_string(files.0.join("procedures/lib/_uuid_text.sql")).unwrap();
    let trigger =
        std::fs::read_to_string(files.0.join("procedures/stock/tr_shop_products_mirror.sql"))
            .unwrap();
    files
        .add_schema(
            "ALTER TABLE shop_orders ADD COLUMN gift_words VARCHAR(100) NOT NULL DEFAULT '' COMMENT 'on the card';",
        )
        .add("procedures/lib/_next_text.sql", &routine.replace("_uuid_text", "_next_text"), "grants.sql")
        .add(
            "procedures/order/tr_shop_orders_words.sql",
            &trigger
                .replace("tr_shop_products_mirror", "tr_shop_orders_words")
                .replace("UPDATE ON shop_products", "INSERT ON shop_orders")
                .replace("NEW.quantity_stock = OLD.quantity_stock", "NEW.gift_words = 'newer'"),
            "grants.sql",
        )
        .edit("procedures/cart/add_shop_cart.sql", "\nBEGIN\n", "\nBEGIN\n    -- newer\n")
        .edit("reference/shop_error_codes.sql", "'Invalid input'", "'Newer words'");
    files
}

#[tokio::test]
async fn older_procedures_work_on_the_newer_tables() {
    let db = loaded().await;
    buy(&db, "OLD").await;
    let newer = newer();
    succeed(newer.load(&db)).await;
    buy(&db, "NEWER").await;
    let words = "SELECT gift_words FROM shop_orders WHERE order_number = ";
    assert_eq!(db.text(&format!("{words}'NEWER'")).await, "newer");

    // Without saying so, no.
    let refused = fail(command(&db, "load", &[])).await;
    assert!(
        refused.contains("--procedures-only") && refused.contains("nothing was changed"),
        "{refused}"
    );
    let said = succeed(command(&db, "load", &["--procedures-only"])).await;
    assert!(
        said.contains("dropped  _next_text") && said.contains("dropped  tr_shop_orders_words"),
        "{said}"
    );
    assert!(!said.contains("sql/schema"), "{said}");
    assert_eq!(left_over(&db).await, [""; 0]);
    let rest = "SELECT (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
                        AND (ROUTINE_NAME = '_next_text' OR ROUTINE_DEFINITION LIKE '%-- newer%'))
                     + (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
                        AND TRIGGER_NAME = 'tr_shop_orders_words')";
    assert_eq!(db.int(rest).await, 0);
    assert_eq!(
        db.text("SELECT title_en FROM shop_error_codes WHERE errno = 2112")
            .await,
        "Invalid input"
    );
    // Everything that was there is there, and the shop goes on.
    assert_eq!(db.text(&format!("{words}'NEWER'")).await, "newer");
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_schema_version WHERE version = 9001")
            .await,
        1
    );
    buy(&db, "BACK").await;
    db.assert_audit_clean().await;
    let said = succeed(command(&db, "check", &["--procedures-only"])).await;
    assert!(said.contains("is as the files say"), "{said}");
    let said = fail(command(&db, "check", &[])).await;
    assert!(said.contains("extra    schema version 9001"), "{said}");
    db.exec("DROP PROCEDURE add_shop_cart").await;
    fail(command(&db, "check", &["--procedures-only"])).await;

    // And forward again. What these procedures wrote is not taken over: an order that somebody wrote without a seal is found.
    db.exec("UPDATE shop_orders SET seal = NULL WHERE order_number = 'BACK'")
        .await;
    let said = succeed(newer.load(&db)).await;
    assert!(!said.contains("took over"), "{said}");
    let unsealed = "SELECT COUNT(*) FROM v_audit_order WHERE detail = 'no seal'";
    assert_eq!(db.int(unsealed).await, 1);
    db.exec("UPDATE v_order_seals SET seal = seal_now WHERE seal IS NULL")
        .await;
    succeed(newer.check(&db)).await;
    buy(&db, "FORWARD").await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn procedures_of_newer_files_are_not_loaded_on_older_tables() {
    let db = loaded().await;
    let before = everything(&db).await;
    let newer = newer();
    let mut only = newer.load(&db);
    only.arg("--procedures-only");
    let words = fail(only).await;
    assert!(
        words.contains("the database does not have sql/schema/9001_more.sql yet"),
        "{words}"
    );
    assert!(everything(&db).await == before);
    // Nor procedures that do not fit the tables that are there.
    let wrong = Files::new();
    wrong.edit(
        "procedures/price/v_products_priced.sql",
        "p.discount_rate",
        "p.no_such_column",
    );
    let mut only = wrong.load(&db);
    only.arg("--procedures-only");
    let words = fail(only).await;
    assert!(
        words.contains("nothing was changed") && words.contains("no_such_column"),
        "{words}"
    );
    assert!(everything(&db).await == before);
    assert_eq!(left_over(&db).await, [""; 0]);
}

/// The files as they were before orders were sealed, the patterns of payment gateways were read and prices were rows.
fn before_seals() -> Files {
    let files = Files::new();
    files
        .edit(
            "procedures/order/shop_order_insert.sql",
            "vat_rate, pricing_version, area_rule_id, seal)",
            "vat_rate, pricing_version, area_rule_id)",
        )
        .edit(
            "procedures/order/shop_order_insert.sql",
            "THEN 1 ELSE 2 END, v_area_rule_id, v_seal);",
            "THEN 1 ELSE 2 END, v_area_rule_id);",
        )
        .edit(
            "procedures/order/_restore_order.sql",
            "CALL _seal_order(pi_order_seq_no);",
            "",
        )
        .edit(
            "procedures/admin/v_audit_violations.sql",
            "SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_order\nUNION ALL\n",
            "",
        )
        .edit(
            "procedures/admin/v_audit_violations.sql",
            "SELECT invariant, shop_id, order_seq_no, subject, detail FROM v_audit_adapter\nUNION ALL\n",
            "",
        )
        // Nor did they keep prices, or say which order lines are alive.
        .edit(
            "procedures/order/_order_transition.sql",
            "WHERE order_seq_no = pi_order_seq_no AND price_id IS NOT NULL",
            "WHERE FALSE",
        )
        .remove("procedures/price/tr_shop_products_update.sql")
        .remove("procedures/admin/v_audit_order.sql")
        .remove("procedures/admin/v_audit_adapter.sql")
        .remove("procedures/admin/_take_over.sql")
        .remove("procedures/credit/_take_over_credits.sql")
        .remove("procedures/order/v_order_seals.sql")
        .remove("procedures/order/_seal_order.sql")
        .remove("procedures/payment/tr_shop_pg_adapters_insert.sql")
        .remove("procedures/payment/tr_shop_pg_adapters_update.sql");
    files
}

/// Orders that the older procedures wrote are like any other afterwards, but what a hand did to them meanwhile is found.
#[tokio::test]
async fn what_older_procedures_wrote_is_taken_over() {
    let db = TestDb::with_fixture().await;
    buy(&db, "FIRST").await;
    for number in ["RESTORED", "CHANGED"] {
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[cart_id]).client_total("10000");
        order.call(&mut db.conn_as_gateway().await).await.unwrap();
    }

    let older = before_seals();
    let mut back = older.load(&db);
    back.arg("--procedures-only");
    succeed(back).await;
    db.copy_adapter(2, "M2").await;
    db.exec("UPDATE shop_pg_adapters SET pg = 'card' WHERE merchant_id = 'M2'")
        .await;
    db.copy_adapter(2, "M3").await;
    db.exec(
        "UPDATE shop_pg_adapters SET read_template = '', read_pattern = '' WHERE merchant_id IN ('M2', 'M3');
         UPDATE shop_pg_adapters SET pattern_result_code = '' WHERE merchant_id = 'M3'",
    )
    .await;
    buy(&db, "OLDER").await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["RESTORED", "CHANGED"] {
        let key = format!(
            "SELECT _uuid_text(order_key) FROM shop_orders WHERE order_number = '{number}'"
        );
        let key = db.text(&key).await;
        call(&mut conn, "shop_order_restore_cart", (1, "u1", key))
            .await
            .unwrap();
    }
    db.exec("UPDATE shop_orders SET user_name = 'another' WHERE order_number = 'CHANGED'")
        .await;
    db.exec("UPDATE shop_products SET sale_price = 21 WHERE product_id = 'lamp'")
        .await;

    let said = succeed(command(&db, "load", &[])).await;
    assert!(
        said.contains("took over 2 orders and 2 payment gateways"),
        "{said}"
    );
    assert!(said.contains("took over the lines of 2 orders"), "{said}");
    assert!(said.contains("repaired 1 offers"), "{said}");
    buy(&db, "AGAIN").await;
    let found = db.rows("SELECT CONCAT_WS(' ', invariant, subject, detail) AS v FROM v_audit_violations ORDER BY 1").await;
    let found: Vec<String> = found.iter().map(|row| row.str("v")).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("adapter wallet M3"), "{found:?}");
    let changed = db
        .int("SELECT seq_no FROM shop_orders WHERE order_number = 'CHANGED'")
        .await;
    assert_eq!(
        found[1],
        format!("order order {changed} changed since it was sealed")
    );
    // Read as its patterns say, and open; the other one takes no orders.
    assert_eq!(
        db.text("SELECT GROUP_CONCAT(is_enabled, read_pattern <> '' ORDER BY merchant_id) FROM shop_pg_adapters").await,
        "11,11,00"
    );
}
