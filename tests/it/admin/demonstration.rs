//! The demonstration's data add up.

use crate::support::*;

/// An empty database with the demonstration in it.
async fn demo() -> TestDb {
    let db = TestDb::new().await;
    for part in ["demo", "products"] {
        let path = format!("{}/sql/demo/{part}.sql", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        for statement in split(&text) {
            db.exec(&statement).await;
        }
    }
    db
}

#[tokio::test]
async fn the_demonstration_adds_up() {
    let db = demo().await;
    db.assert_audit_clean().await;
    assert!(db.count("shop_products").await >= 100);
}
