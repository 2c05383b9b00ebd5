//! What a call reads does not depend on how much has been sold: every routine is measured by the server's own counters
//! with 2,000 orders in the tables and again with 20,000. `shop_audit` is left out: it reads everything, on purpose.

mod crowd;
mod script;

use std::collections::BTreeMap;

use crate::support::*;

const FEW: i64 = 2_000;
const MANY: i64 = 20_000;

/// Rows by which a call may differ from one time to the next: another place in an index page, one more candidate.
const SLACK: i64 = 12;

#[tokio::test]
async fn no_call_reads_more_rows_when_there_are_more_orders() {
    let db = script::shop().await;
    crowd::fill(&db, 1, FEW).await;
    let before = measure(&db, "few").await;
    crowd::fill(&db, FEW + 1, MANY).await;
    let after = measure(&db, "many").await;
    db.assert_audit_clean().await;
    assert!(before.keys().eq(after.keys()), "{before:?} {after:?}");
    let public: Vec<String> = db
        .rows(
            "SELECT DISTINCT Routine_name AS name FROM mysql.procs_priv
             WHERE Db = DATABASE() AND Routine_name <> 'shop_audit'",
        )
        .await
        .iter()
        .map(|row| row.str("name"))
        .collect();
    for name in public {
        let measured = before.keys().any(|what| what.starts_with(&name));
        assert!(measured, "{name} is granted and not measured");
    }
    let grown: Vec<String> = before
        .iter()
        .map(|(what, few)| (what, *few, after[what]))
        .filter(|(_, few, many)| *many > few + SLACK || *few > 3_000)
        .map(|(what, few, many)| format!("{what}: {few} rows, then {many}"))
        .collect();
    assert!(grown.is_empty(), "{}", grown.join("\n"));
}

/// Rows read by each call of the script, the second time it is made: the first one also loads the routines.
async fn measure(db: &TestDb, round: &str) -> BTreeMap<String, i64> {
    crowd::analyze(db).await;
    script::run(db, &format!("{round}-1")).await;
    script::run(db, &format!("{round}-2")).await
}
