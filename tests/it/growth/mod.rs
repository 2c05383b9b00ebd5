//! What a call reads does not depend on how much has been sold: every routine is measured by the server's own counters
//! with 2,000 orders in the tables and again with 20,000. `shop_audit` is left out: it reads everything, on purpose.

mod crowd;
mod script;

use std::collections::BTreeMap;

use script::Cost;

use crate::support::*;

const FEW: i64 = 2_000;
const MANY: i64 = 20_000;

/// Rows by which a call may differ from one time to the next: small tables whose size is fixed, the transitions and the
/// catalogue of errors, are read by key or whole, as the optimizer likes. What grows, grows by hundreds here.
const SLACK: i64 = 100;
/// Rows that may be read for one that is returned: it is counted, found, joined, sorted and sent.
const PER_ROW: i64 = 5;
/// More than this nobody needs to read, besides what is returned. An order of three lines reads about a third of it.
const MOST: i64 = 400;

#[tokio::test]
async fn no_call_reads_more_rows_when_there_are_more_orders() {
    let db = script::shop().await;
    crowd::fill(&db, 1, FEW).await;
    let before = measure(&db, "few").await;
    crowd::fill(&db, FEW + 1, MANY).await;
    let after = measure(&db, "many").await;
    // As after a load and a restart: the server has not counted yet, and thinks that there is one row of everything.
    crowd::forget(&db).await;
    script::run(&db, "unknown-1").await;
    let unknown = script::run(&db, "unknown-2").await;
    // Definitions that the server has put out of its caches for other tests are rows that it reads, too: the least counts.
    let again = script::run(&db, "unknown-3").await;
    let unknown: BTreeMap<String, Cost> = unknown
        .into_iter()
        .map(|(what, cost)| match again[&what] {
            other if other.read < cost.read => (what, other),
            _ => (what, cost),
        })
        .collect();
    db.assert_audit_finds_contradictions_only().await;
    assert!(before.keys().eq(after.keys()), "{before:?} {after:?}");
    let public: Vec<String> = db
        .rows(
            "SELECT DISTINCT Routine_name AS name FROM mysql.procs_priv
             WHERE Db = DATABASE() AND Routine_name NOT IN ('shop_audit', 'shop_stock_mirror', 'shop_offers_repair')", // read everything
        )
        .await
        .iter()
        .map(|row| row.str("name"))
        .collect();
    for name in public {
        let measured = before.keys().any(|what| what.starts_with(&name));
        assert!(measured, "{name} is granted and not measured");
    }
    // It counts what is owed, and what of that is overdue: more only when more is owed.
    let owed = "SELECT COUNT(*) FROM shop_pg_duties WHERE state = 'owed'";
    let counted = BTreeMap::from([("select_adm_metrics", 2 * db.int(owed).await)]);
    let grown: Vec<String> = before
        .iter()
        .flat_map(|(what, few)| [(what, few, &after[what]), (what, few, &unknown[what])])
        // Views with hints for a server that has not counted would be slow for shop_audit, which reads everything.
        .filter(|(what, _, many)| {
            *what != "shop_audit_new" || !std::ptr::eq(*many, &unknown[*what])
        })
        .filter(|(what, few, many)| {
            let more = (many.returned - few.returned).max(0);
            let counted = counted.get(what.as_str()).unwrap_or(&0);
            many.read > few.read + SLACK + PER_ROW * more + counted
                || few.read > MOST + PER_ROW * few.returned
        })
        .map(|(what, few, many)| format!("{what}: {few:?}, then {many:?}"))
        .collect();
    assert!(grown.is_empty(), "{}", grown.join("\n"));
}

/// Rows read by each call of the script, the second time it is made: the first one also loads the routines.
async fn measure(db: &TestDb, round: &str) -> BTreeMap<String, Cost> {
    crowd::analyze(db).await;
    script::run(db, &format!("{round}-1")).await;
    script::run(db, &format!("{round}-2")).await
}

/// A page of a buyer's orders is read from the index to its last order and no further: one buyer has all of them.
#[tokio::test]
async fn a_page_of_orders_reads_no_more_when_the_buyer_has_more() {
    let db = script::shop().await;
    let mut costs = Vec::new();
    for (from, to) in [(1, 200), (201, MANY)] {
        crowd::fill(&db, from, to).await;
        db.without_triggers().await;
        db.exec("UPDATE shop_orders SET user_id = 'g1'").await;
        crowd::analyze(&db).await;
        script::history(&db, "g1").await;
        costs.push(script::history(&db, "g1").await);
    }
    crowd::forget(&db).await;
    script::history(&db, "g1").await;
    costs.push(script::history(&db, "g1").await);
    for (what, few) in &costs[0] {
        // Twice the twenty from the index, then order, status, line and transition of each, and what is read by name.
        assert!(few.read <= 8 * 20, "{what}: {few:?}");
        for many in &costs[1..] {
            let many = &many[what];
            assert!(many.read <= few.read + 20, "{what}: {few:?}, then {many:?}");
        }
    }
}

/// After an outage thousands of orders may have lapsed at once. Ending ten of them, or taking one unit back from them,
/// reads ten of them, or one.
#[tokio::test]
async fn a_backlog_of_lapsed_orders_is_not_read_whole() {
    let db = script::shop().await;
    let mut costs = Vec::new();
    for (from, to) in [(1, FEW), (FEW + 1, MANY)] {
        crowd::fill(&db, from, to).await;
        crowd::let_lapse(&db).await;
        crowd::analyze(&db).await;
        script::backlog(&db, &format!("{to}-1")).await;
        costs.push(script::backlog(&db, &format!("{to}-2")).await);
    }
    db.assert_audit_clean().await;
    for (what, few) in &costs[0] {
        let many = &costs[1][what];
        assert!(
            many.read <= few.read + SLACK,
            "{what}: {few:?}, then {many:?}"
        );
        assert!(few.read <= MOST, "{what}: {few:?}");
    }
}

/// Many are locked, at the head of the list: for each of them somebody is just doing something.
#[tokio::test]
async fn locked_orders_do_not_hide_the_lapsed_ones_behind_them() {
    let db = script::shop().await;
    crowd::fill(&db, 1, 1_300).await;
    db.any_status_by_hand().await;
    db.exec(
        "UPDATE shop_stock_reservations SET state = 'released' WHERE order_seq_no >= 1000000;
         UPDATE shop_orders SET order_status = 1 + 10 * (seq_no % 2), restored_at = NULL WHERE user_id LIKE 'g%'",
    )
    .await;
    let mut holder = db.conn().await;
    holder.query_drop("BEGIN").await.unwrap();
    let oldest = db
        .rows(
            "SELECT seq_no FROM shop_orders WHERE user_id LIKE 'g%' ORDER BY expires_at LIMIT 1200",
        )
        .await;
    for order in &oldest {
        let lock = format!(
            "SELECT 1 FROM shop_orders WHERE seq_no = {} FOR UPDATE",
            order.str("seq_no")
        );
        holder.query_drop(lock).await.unwrap();
    }
    let mut conn = db.conn_as_gateway().await;
    let answer = call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    assert_eq!(answer.first().int("expired"), 10);
    assert_eq!(answer.first().int("failed"), 0);
    let ended = db
        .rows("SELECT seq_no FROM shop_orders WHERE user_id LIKE 'g%' AND order_status = 10")
        .await;
    assert_eq!(ended.len(), 10);
    assert!(ended.iter().all(|order| {
        !oldest
            .iter()
            .any(|old| old.str("seq_no") == order.str("seq_no"))
    }));
    holder.query_drop("ROLLBACK").await.unwrap();
    let answer = call(&mut conn, "shop_order_expire", (10_000,))
        .await
        .unwrap();
    assert_eq!(answer.first().int("expired"), 1_290);
}
