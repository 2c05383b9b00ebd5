//! `jumun-adopt`: a made-up shop from before jumun moves in.

mod after;
mod interrupted;
mod moved;
mod pages;
mod report;
mod script;

use std::process::{Command, Stdio};

use tokio::sync::OnceCell;

use crate::support::*;

/// Everything that years left in a shop; see the file.
pub const DIRTY: &str = include_str!("old_shop.sql");
/// The same, tidy.
pub const CLEAN: &str = include_str!("clean_shop.sql");
/// What the owner answers to everything that has to be decided.
pub const ANSWERS: [&str; 12] = [
    "--shop-name",
    "다원",
    "--gateway-url",
    "http://gateway.test",
    "--result-url",
    "http://shop.test/done",
    "--error-url",
    "http://shop.test/failed",
    "--utc-offset-minutes",
    "540",
    "--stock-taken",
    "order",
];

/// A database with an old shop in it.
pub async fn old_shop(sql: &str) -> TestDb {
    old_shop_in(TestDb::empty().await, sql).await
}

/// The same in a database of another server.
pub async fn old_shop_in(db: TestDb, sql: &str) -> TestDb {
    db.exec(&format!(
        "ALTER DATABASE {} CHARACTER SET utf8mb3",
        db.name()
    ))
    .await;
    let mut conn = db.conn().await;
    for statement in split(sql) {
        let outcome = conn.query_drop(statement.as_str()).await;
        outcome.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    db
}

/// The program, ready to be started with these arguments on a database.
pub fn command(db: &TestDb, verb: &str, args: &[&str]) -> Command {
    let mut command = if verb == "adopt" {
        Command::new(env!("CARGO_BIN_EXE_jumun-adopt"))
    } else {
        let mut jumun = Command::new(env!("CARGO_BIN_EXE_jumun"));
        jumun.args(["db", verb]);
        jumun
    };
    command
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("JUMUN_ADMIN_DATABASE_URL", db.admin_url())
        .env("JUMUN_DATABASE_URL", db.url_as("jumun_gateway"))
        .env("JUMUN_OPERATOR_DATABASE_URL", db.url_as("jumun_operator"))
        .stdin(Stdio::null());
    if verb == "check" {
        command
            .env_remove("JUMUN_DATABASE_URL")
            .env_remove("JUMUN_OPERATOR_DATABASE_URL");
    }
    command
}

/// Runs it to its end: whether it succeeded, and everything it said.
pub async fn run(mut command: Command) -> (bool, String) {
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("a thread")
        .expect("a program that can be started");
    let words = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), words)
}

/// `jumun-adopt` with all answers and these arguments.
pub async fn adopt(db: &TestDb, args: &[&str]) -> (bool, String) {
    let args: Vec<&str> = ANSWERS.iter().chain(args).copied().collect();
    run(command(db, "adopt", &args)).await
}

/// An old shop that has moved in.
pub async fn adopted(sql: &str) -> TestDb {
    let db = old_shop(sql).await;
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
    db
}

/// `DIRTY` after the move, to look at: one shop for all tests that change nothing in it. Its own session cannot.
pub async fn adopted_to_read() -> TestDb {
    static NAME: OnceCell<String> = OnceCell::const_new();
    let name = NAME.get_or_init(|| async { adopted(DIRTY).await.keep() });
    let db = TestDb::existing_on(server_url(), name.await).await;
    db.exec("SET SESSION TRANSACTION READ ONLY").await;
    db
}

/// The script for a database.
pub async fn script(db: &TestDb) -> String {
    let path = temp_dir().join(format!("{}.sql", db.name()));
    let (done, words) = adopt(db, &["--script", path.to_str().expect("a path")]).await;
    assert!(done, "{words}");
    let text = std::fs::read_to_string(&path).expect("the script");
    std::fs::remove_file(path).ok();
    text
}

/// Rows of every table of a database and of what was rejected, without what is random or the time of the move.
pub async fn state(db: &TestDb) -> String {
    let before = format!("{}_before_jumun", db.name());
    let moved_at = db
        .row(&format!(
            "SELECT CAST(MIN(started_at) AS CHAR) AS t, CAST(MIN(started_at) + INTERVAL 7 DAY AS CHAR) AS w
             FROM {before}.adopt_steps"
        ))
        .await;
    let columns = db
        .rows(&format!(
            "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS t, GROUP_CONCAT(CONCAT('`', COLUMN_NAME, '`')
                 ORDER BY ORDINAL_POSITION) AS c
             FROM information_schema.COLUMNS
             WHERE (TABLE_SCHEMA = DATABASE() OR TABLE_SCHEMA = '{before}')
               AND TABLE_NAME IN (SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'
                   AND TABLE_SCHEMA IN (DATABASE(), '{before}'))
               AND TABLE_NAME NOT IN ('adopt_steps', 'shop_schema_version', 'shop_jobs', 'shop_health')
               AND COLUMN_NAME NOT IN ('order_key', 'order_code', 'seal', 'adopt_no', 'definition', 'price_id',
                   'rule_id', 'valid_from')
             GROUP BY TABLE_SCHEMA, TABLE_NAME ORDER BY TABLE_SCHEMA, TABLE_NAME"
        ))
        .await;
    let mut lines = Vec::new();
    for table in columns {
        let (name, columns) = (table.str("t"), table.str("c"));
        for row in db.rows(&format!("SELECT {columns} FROM {name}")).await {
            lines.push(format!("{} {row:?}", name.replace(db.name(), "db")));
        }
    }
    lines.sort();
    lines
        .join("\n")
        .replace(&moved_at.str("t"), "when it moved")
        .replace(&moved_at.str("w"), "a week later")
}
