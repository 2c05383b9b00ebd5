//! Loads the SQL files into a database, in the order of `sql/load.sql`.
//!
//! This is on purpose not the gateway's own loader: a mistake in that one must not hide in its own tests.

use std::path::Path;
use std::sync::OnceLock;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Row};
use tokio::sync::OnceCell;

use super::db::TEST_PASSWORD;

/// One file, split into statements.
pub struct Script {
    pub path: String,
    pub statements: Vec<String>,
}

/// All files that `sql/load.sql` names, in its order; read once.
pub fn scripts() -> &'static [Script] {
    static SCRIPTS: OnceLock<Vec<Script>> = OnceLock::new();
    SCRIPTS.get_or_init(|| {
        read("sql/load.sql")
            .lines()
            .filter_map(|line| line.trim().strip_prefix("SOURCE "))
            .map(|rest| rest.trim().trim_end_matches(';').trim().to_owned())
            .map(|path| Script {
                statements: split(&read(&path)),
                path,
            })
            .collect()
    })
}

fn read(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&full).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Splits a file into statements: one ends at a line whose trimmed end is the current delimiter.
/// `DELIMITER x` lines switch it, `--` lines between statements are left out.
pub fn split(text: &str) -> Vec<String> {
    let mut delimiter = ";".to_owned();
    let mut statements = Vec::new();
    let mut current = String::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if current.is_empty() {
            if trimmed.is_empty() || trimmed.starts_with("--") {
                continue;
            }
            if let Some(next) = trimmed.strip_prefix("DELIMITER ") {
                next.trim().clone_into(&mut delimiter);
                continue;
            }
        }
        match line.trim_end().strip_suffix(delimiter.as_str()) {
            Some(last) => {
                current.push_str(last);
                statements.push(std::mem::take(&mut current));
            }
            None => {
                current.push_str(line);
                current.push('\n');
            }
        }
    }
    assert!(
        current.trim().is_empty(),
        "no delimiter after: {}",
        current.lines().next().unwrap_or_default()
    );
    statements
}

fn is_schema(script: &Script) -> bool {
    script.path.starts_with("sql/schema/")
}

/// Runs every file.
pub async fn load_database(conn: &mut Conn) {
    for script in scripts() {
        run(conn, script).await;
    }
}

/// What every file of routines sets its session to.
const SESSION: &str = "SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL'";

/// Does what running every file does in an empty database, with less: the tables are made as they are in the end and not
/// by going through their history, nothing is dropped, and the session is set once. It is the larger part of what a
/// test costs MySQL.
pub async fn load_database_with(conn: &mut Conn, tables: &Script) {
    run(conn, tables).await;
    execute(conn, "the session", SESSION).await;
    for script in scripts().iter().filter(|script| !is_schema(script)) {
        let is_needed =
            |statement: &&String| *statement != SESSION && !statement.starts_with("DROP ");
        for statement in script.statements.iter().filter(is_needed) {
            execute(conn, &script.path, statement).await;
        }
    }
}

/// What the schema files leave in an empty database: statements that make the same tables with the same rows.
pub async fn tables_of_the_schema(conn: &mut Conn) -> Script {
    for script in scripts().iter().filter(|script| is_schema(script)) {
        run(conn, script).await;
    }
    tables_as_they_are(conn).await
}

/// Statements that make the tables of a database again, with their rows.
pub async fn tables_as_they_are(conn: &mut Conn) -> Script {
    let mut statements = vec!["SET foreign_key_checks = 0".to_owned()];
    let tables: Vec<(String, String)> = conn
        .query("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        .await
        .unwrap();
    for (table, _) in &tables {
        let create: Option<(String, String)> = conn
            .query_first(format!("SHOW CREATE TABLE {table}"))
            .await
            .unwrap();
        statements.push(create.unwrap().1);
        let rows: Vec<Row> = conn.query(format!("SELECT * FROM {table}")).await.unwrap();
        for row in rows {
            let values: Vec<String> = row.unwrap().iter().map(|v| v.as_sql(false)).collect();
            statements.push(format!(
                "INSERT INTO {table} VALUES ({})",
                values.join(", ")
            ));
        }
    }
    statements.push("SET foreign_key_checks = 1".to_owned());
    Script {
        path: "the tables of a database".to_owned(),
        statements,
    }
}

/// Unlocks the accounts that somebody connects with, on the server under test: once per process, since they
/// belong to the server and not to one database.
pub async fn unlock_accounts_once(conn: &mut Conn) {
    static DONE: OnceCell<()> = OnceCell::const_new();
    DONE.get_or_init(|| unlock_accounts(conn)).await;
}

/// The same for any server, every time it is called.
pub async fn unlock_accounts(conn: &mut Conn) {
    for account in ["jumun_gateway", "jumun_operator"] {
        let sql =
            format!("ALTER USER '{account}'@'%' IDENTIFIED BY '{TEST_PASSWORD}' ACCOUNT UNLOCK");
        conn.query_drop(&sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
}

pub async fn run(conn: &mut Conn, script: &Script) {
    for statement in &script.statements {
        execute(conn, &script.path, statement).await;
    }
}

pub async fn execute(conn: &mut Conn, path: &str, statement: &str) {
    if let Err(e) = conn.query_drop(statement).await {
        let start: String = statement.chars().take(300).collect();
        panic!("{path}: {e}\nin the statement that begins:\n{start}");
    }
}
