//! The fixtures can be made, and read: what today's routines write is read back on the other engine, too, since both run
//! this. With UPGRADE_FIXTURE=1 it is kept, unless there is one of this version already.

use super::*;
use crate::adopt::adopted_to_read;

/// What stands at the head of a fixture.
fn head(kind: &str, version: u32) -> String {
    let what = match kind {
        "filled" => "tests/it/upgrade/history.rs, which calls the routines",
        _ => {
            "jumun-adopt --apply of tests/it/adopt/old_shop.sql, without the old shop's own columns"
        }
    };
    format!(
        "-- The rows of a database at schema version {version}, as the routines of that version wrote them. Never changed.\n\
         -- Made by {what}\n\
         -- (UPGRADE_FIXTURE=1 make test T=upgrade::fixtures ENGINES=mariadb). Read by both engines.\n\
         SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL', foreign_key_checks = 0;\n"
    )
}

/// Writes the fixture when that is asked for, then reads what was written into the schema files alone.
async fn written_and_read(kind: &str, from: &TestDb) {
    let fresh = TestDb::new().await;
    let version = "SELECT MAX(version) FROM shop_schema_version";
    let version = u32::try_from(fresh.int(version).await).unwrap();
    let text = head(kind, version) + &dump::dump(from, &fresh).await;
    let name = format!("{kind}_{version:04}.sql");
    if std::env::var_os("UPGRADE_FIXTURE").is_some() {
        let kept = folder().join(&name);
        assert!(!kept.exists(), "{name} is there already, and never changes");
        std::fs::write(kept, &text).unwrap();
    }
    let path = temp_dir().join(format!("{}-{name}", fresh.name()));
    std::fs::write(&path, &text).unwrap();
    let db = old_database(&Fixture {
        path: path.clone(),
        version,
    })
    .await;
    std::fs::remove_file(path).ok();
    let (done, words) = load(&db).await;
    assert!(done, "{words}");
    db.assert_audit_clean().await;
    for table in [
        "shop_orders",
        "shop_payments",
        "shop_pg_duties",
        "shop_cart",
        "shop_order_logs",
    ] {
        assert_eq!(db.count(table).await, from.count(table).await, "{table}");
    }
}

#[tokio::test]
async fn a_filled_database_can_be_kept_as_a_fixture() {
    let db = TestDb::with_fixture().await;
    history::write(&db).await;
    db.assert_audit_clean().await;
    let states = "SELECT COUNT(DISTINCT order_status) FROM shop_orders";
    assert!(db.int(states).await >= 7, "the past has too few states");
    written_and_read("filled", &db).await;
}

#[tokio::test]
async fn an_adopted_database_can_be_kept_as_a_fixture() {
    let db = adopted_to_read().await;
    written_and_read("adopted", &db).await;
}
