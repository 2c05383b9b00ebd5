//! Shops run on what was released: a database with the rows of an earlier version is brought up by `jumun db load`, and
//! everything works in it.
//!
//! `filled_NNNN.sql` holds the rows of a database whose newest schema file had that number, as the routines of that
//! version wrote them; `adopted_NNNN.sql` those of an old shop that had moved in. Neither ever changes. Before the
//! first schema file after a release is added, the next pair is made of the history in `history.rs`:
//!
//! ```text
//! UPGRADE_FIXTURE=1 make test T=upgrade::fixtures ENGINES=mariadb
//! ```

mod after;
mod dump;
mod fixtures;
pub mod history;
mod prices;

use std::path::{Path, PathBuf};

use crate::adopt::{command, run};
use crate::support::*;

/// A fixture: its file, and the newest schema file that it is for.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub path: PathBuf,
    pub version: u32,
}

impl Fixture {
    pub fn name(&self) -> String {
        self.path.file_name().unwrap().to_str().unwrap().to_owned()
    }
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/upgrade")
}

/// The last version whose prices were not rows yet.
const BEFORE_PRICES: u32 = 14;

/// Those of one kind, `filled` or `adopted`, oldest first: the newest, and the last from before prices were rows. With
/// UPGRADE_ALL set, as in `make soak`, all of them.
pub fn fixtures(kind: &str) -> Vec<Fixture> {
    let mut found: Vec<Fixture> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let stem = path.file_stem()?.to_str()?;
            let version = stem.strip_prefix(kind)?.strip_prefix('_')?.parse().ok()?;
            (path.extension()? == "sql").then_some(Fixture { path, version })
        })
        .collect();
    found.sort_by_key(|fixture| fixture.version);
    let newest = found.last().map(|fixture| fixture.version);
    assert!(newest.is_some(), "no fixture {kind}_NNNN.sql");
    if std::env::var_os("UPGRADE_ALL").is_none() {
        found.retain(|f| f.version == BEFORE_PRICES || Some(f.version) == newest);
    }
    found
}

/// The one of that version.
pub fn fixture(kind: &str, version: u32) -> Fixture {
    let path = folder().join(format!("{kind}_{version:04}.sql"));
    assert!(path.exists(), "{}", path.display());
    Fixture { path, version }
}

/// The number of a schema file.
pub fn schema_version(path: &str) -> Option<u32> {
    let name = path.strip_prefix("sql/schema/")?;
    name.split('_').next()?.parse().ok()
}

/// A database as that version left it: its schema files, its rows. Times to pay that were not over then are not over.
pub async fn old_database(fixture: &Fixture) -> TestDb {
    let db = TestDb::empty().await;
    let mut conn = db.conn().await;
    for script in scripts() {
        let Some(version) = schema_version(&script.path).filter(|v| *v <= fixture.version) else {
            continue;
        };
        for statement in &script.statements {
            conn.query_drop(statement.as_str()).await.unwrap();
        }
        let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(&script.path);
        let sha256 = sha256_hex(&std::fs::read_to_string(full).unwrap());
        conn.exec_drop(
            "UPDATE shop_schema_version SET file_sha256 = ? WHERE version = ?",
            (sha256, version),
        )
        .await
        .unwrap();
    }
    for statement in split(&std::fs::read_to_string(&fixture.path).unwrap()) {
        conn.query_drop(statement.as_str())
            .await
            .unwrap_or_else(|e| panic!("{}: {e}\n{statement:.300}", fixture.name()));
    }
    db.exec(
        "UPDATE shop_orders o
         JOIN (SELECT MAX(log_date) AS written_at FROM shop_order_logs) w
         SET o.expires_at = UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE
         WHERE o.order_status IN (1, 11, 13) AND o.expires_at > w.written_at;
         UPDATE shop_stock_reservations r
         JOIN shop_orders o ON o.seq_no = r.order_seq_no
         SET r.expires_at = o.expires_at
         WHERE r.state = 'held' AND o.expires_at > UTC_TIMESTAMP(6)",
    )
    .await;
    db
}

/// Runs `jumun db load` to its end.
pub async fn load(db: &TestDb) -> (bool, String) {
    run(command(db, "load", &[])).await
}

/// Up to 0010 an adapter had two patterns, which could leave open where a field ends. Those of the fixture do: until
/// somebody writes what the wallet's fields look like, its messages are not read and it takes no new orders.
pub async fn write_patterns(db: &TestDb) {
    let unproven =
        "SELECT COUNT(*) FROM shop_pg_adapters WHERE read_pattern = '' AND is_enabled = 0";
    assert_eq!(db.int(unproven).await, db.count("shop_pg_adapters").await);
    let found = "SELECT COUNT(*) FROM v_audit_violations WHERE invariant = 'adapter'";
    assert_eq!(db.int(found).await, db.count("shop_pg_adapters").await);
    db.exec(
        r#"UPDATE shop_pg_adapters SET is_enabled = 1, pattern_result_code = '[0-9]{4}', pattern_pg_tx = '[^| ]{0,100}',
               pattern_approved_at = '[^|]{0,40}', pattern_others_json = '{"apprNo":"[^| ]{0,100}"}',
               hash_template = '{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}'"#,
    )
    .await;
}

/// An old database, brought up to the files of today.
pub async fn upgraded(fixture: &Fixture) -> TestDb {
    let db = old_database(fixture).await;
    let (done, words) = load(&db).await;
    assert!(done, "{}: {words}", fixture.name());
    if fixture.version < 11 {
        write_patterns(&db).await;
    }
    db
}
