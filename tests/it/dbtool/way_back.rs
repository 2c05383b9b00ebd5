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
        .edit("catalog/shop_error_codes.sql", "'Invalid input'", "'Newer words'");
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

    // And forward again.
    succeed(newer.load(&db)).await;
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
