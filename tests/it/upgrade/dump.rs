//! The rows of a database as SQL that both engines read.

use std::fmt::Write as _;

use crate::support::*;

/// Every row of every table that `like` has too, in the columns that it has. What says which schema files were applied is
/// left out: they are applied before these rows, and may have brought some of them.
pub async fn dump(db: &TestDb, like: &TestDb) -> String {
    let columns = format!(
        "SELECT l.TABLE_NAME AS t, l.COLUMN_NAME AS c, l.DATA_TYPE LIKE '%binary' AS is_binary,
                k.COLUMN_NAME IS NOT NULL AS is_key, n.AUTO_INCREMENT AS next_number
         FROM information_schema.COLUMNS l
         JOIN information_schema.TABLES n ON n.TABLE_SCHEMA = '{own}' AND n.TABLE_NAME = l.TABLE_NAME
         LEFT JOIN information_schema.KEY_COLUMN_USAGE k ON k.TABLE_SCHEMA = l.TABLE_SCHEMA
             AND k.TABLE_NAME = l.TABLE_NAME AND k.COLUMN_NAME = l.COLUMN_NAME AND k.CONSTRAINT_NAME = 'PRIMARY'
         WHERE l.TABLE_SCHEMA = '{like}' AND n.TABLE_TYPE = 'BASE TABLE' AND l.TABLE_NAME <> 'shop_schema_version'
           AND COALESCE(l.GENERATION_EXPRESSION, '') = ''
         ORDER BY BINARY l.TABLE_NAME, l.ORDINAL_POSITION",
        own = db.name(),
        like = like.name()
    );
    let columns = db.rows(&columns).await;
    let mut tables: Vec<String> = columns.iter().map(|column| column.str("t")).collect();
    tables.dedup();
    let mut text = String::new();
    for table in tables {
        let own: Vec<&Row> = columns.iter().filter(|c| c.str("t") == table).collect();
        let names: Vec<String> = own.iter().map(|c| format!("`{}`", c.str("c"))).collect();
        let key: Vec<String> = own
            .iter()
            .filter(|c| c.int("is_key") == 1)
            .map(|c| format!("`{}`", c.str("c")))
            .collect();
        let select = format!(
            "SELECT {} FROM {table} ORDER BY {}",
            names.join(", "),
            key.join(", ")
        );
        let rows: Vec<String> = db
            .rows(&select)
            .await
            .iter()
            .map(|row| {
                let value = |column: &&Row| {
                    literal(row.raw(&column.str("c")), column.int("is_binary") == 1)
                };
                let values: Vec<String> = own.iter().map(value).collect();
                format!("({})", values.join(", "))
            })
            .collect();
        if !rows.is_empty() {
            writeln!(
                text,
                "REPLACE INTO {table} ({}) VALUES\n{};",
                names.join(", "),
                rows.join(",\n")
            )
            .ok();
        }
        if let Some(next) = own[0].opt("next_number") {
            writeln!(text, "ALTER TABLE {table} AUTO_INCREMENT = {next};").ok();
        }
    }
    text
}

fn literal(value: &Value, is_binary: bool) -> String {
    match value {
        Value::Bytes(bytes) if is_binary => format!("X'{}'", hex::encode(bytes)),
        other => other.as_sql(false),
    }
}
