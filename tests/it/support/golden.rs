//! The schema as one text that is the same on both engines, compared with a file in the repository.

use std::fmt::Write as _;
use std::path::Path;

use super::call::Row;
use super::db::TestDb;

/// Compares the schema of a database with `tests/it/golden/schema.txt`; UPDATE_GOLDEN=1 rewrites the file.
pub async fn assert_golden(db: &TestDb) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/schema.txt");
    let now = schema_dump(db).await;
    if std::env::var("UPDATE_GOLDEN").as_deref() == Ok("1") {
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("tests/it/golden");
        std::fs::write(&file, &now).expect("tests/it/golden/schema.txt");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    if golden != now {
        let mut differences = String::new();
        for line in golden
            .lines()
            .filter(|&line| !now.lines().any(|l| l == line))
        {
            writeln!(differences, "- {line}").ok();
        }
        for line in now
            .lines()
            .filter(|&line| !golden.lines().any(|l| l == line))
        {
            writeln!(differences, "+ {line}").ok();
        }
        panic!(
            "the schema is not that of tests/it/golden/schema.txt (UPDATE_GOLDEN=1 rewrites it):\n{differences}"
        );
    }
}

/// Tables, columns, indexes, constraints and views, from information_schema.
pub async fn schema_dump(db: &TestDb) -> String {
    let mut text = String::new();
    let tables = db
        .rows(
            "SELECT TABLE_NAME AS name, TABLE_TYPE AS kind, ENGINE AS engine, TABLE_COLLATION AS collation_name,
                    TABLE_COMMENT AS words
             FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY BINARY TABLE_NAME",
        )
        .await;
    for table in &tables {
        let name = table.str("name");
        if table.str("kind") == "VIEW" {
            writeln!(text, "\nview {name}").ok();
        } else {
            writeln!(
                text,
                "\ntable {name} {} {} -- {}",
                table.str("engine"),
                table.str("collation_name"),
                table.str("words")
            )
            .ok();
        }
        columns(db, &name, table.str("kind") == "VIEW", &mut text).await;
        indexes(db, &name, &mut text).await;
        constraints(db, &name, &mut text).await;
    }
    text.trim_start().to_owned()
}

async fn columns(db: &TestDb, table: &str, is_view: bool, text: &mut String) {
    let columns = db
        .rows(&format!(
            "SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS preset,
                    EXTRA AS extra, COLLATION_NAME AS collation_name, COLUMN_COMMENT AS words
             FROM information_schema.COLUMNS
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' ORDER BY ORDINAL_POSITION"
        ))
        .await;
    for column in &columns {
        let name = column.str("name");
        if is_view {
            // The engines compute different types for expressions; the names are what callers rely on.
            writeln!(text, "  {name}").ok();
            continue;
        }
        let null = if column.str("nullable") == "YES" {
            "NULL"
        } else {
            "NOT NULL"
        };
        write!(text, "  {name} {} {null}", plain_type(&column.str("type"))).ok();
        if let Some(preset) = preset(column) {
            write!(text, " DEFAULT {preset}").ok();
        }
        if column.str("extra").contains("auto_increment") {
            text.push_str(" AUTO_INCREMENT");
        }
        if column.str("extra").contains("GENERATED") {
            text.push_str(" GENERATED");
        }
        match column.opt("collation_name").as_deref() {
            None | Some("utf8mb4_bin") => {}
            Some(other) => write!(text, " COLLATE {other}").unwrap_or_default(),
        }
        writeln!(text, " -- {}", column.str("words")).ok();
    }
}

/// Without the display width that MariaDB still shows.
fn plain_type(full: &str) -> String {
    match (full.split_once('('), full.split_once(')')) {
        (Some((start, _)), Some((_, rest))) if start.ends_with("int") => format!("{start}{rest}"),
        _ => full.to_owned(),
    }
}

/// MariaDB writes a default as an expression ('KRW', NULL), MySQL as the bare value.
fn preset(column: &Row) -> Option<String> {
    let preset = column.opt("preset")?;
    if preset == "NULL" {
        return None;
    }
    Some(format!("'{}'", preset.trim_matches('\'')))
}

async fn indexes(db: &TestDb, table: &str, text: &mut String) {
    let indexes = db
        .rows(&format!(
            "SELECT INDEX_NAME AS name, MIN(NON_UNIQUE) AS many,
                    GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ', ') AS parts
             FROM information_schema.STATISTICS
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}'
             GROUP BY INDEX_NAME ORDER BY BINARY INDEX_NAME"
        ))
        .await;
    for index in &indexes {
        let kind = if index.int("many") == 0 {
            "unique"
        } else {
            "index"
        };
        writeln!(
            text,
            "  {kind} {} ({})",
            index.str("name"),
            index.str("parts")
        )
        .ok();
    }
}

/// Checks by name only, since each engine writes their text in its own way; foreign keys with their columns.
async fn constraints(db: &TestDb, table: &str, text: &mut String) {
    let checks = db
        .rows(&format!(
            "SELECT CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' AND CONSTRAINT_TYPE = 'CHECK'
             ORDER BY BINARY CONSTRAINT_NAME"
        ))
        .await;
    for check in &checks {
        writeln!(text, "  check {}", check.str("name")).ok();
    }
    let keys = db
        .rows(&format!(
            "SELECT k.CONSTRAINT_NAME AS name, k.REFERENCED_TABLE_NAME AS parent,
                    GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', ') AS own,
                    GROUP_CONCAT(k.REFERENCED_COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', ') AS theirs
             FROM information_schema.KEY_COLUMN_USAGE k
             WHERE k.TABLE_SCHEMA = DATABASE() AND k.TABLE_NAME = '{table}'
               AND k.REFERENCED_TABLE_NAME IS NOT NULL
             GROUP BY k.CONSTRAINT_NAME, k.REFERENCED_TABLE_NAME ORDER BY BINARY k.CONSTRAINT_NAME"
        ))
        .await;
    for key in &keys {
        writeln!(
            text,
            "  foreign {} ({}) -> {} ({})",
            key.str("name"),
            key.str("own"),
            key.str("parent"),
            key.str("theirs")
        )
        .ok();
    }
}
