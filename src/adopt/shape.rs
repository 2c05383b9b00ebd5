//! What tables look like, read from information_schema: the old shop's, and jumun's own from a fresh copy.

use std::collections::BTreeMap;

use mysql_async::{Conn, Row, prelude::Queryable};

/// Tables of a database by name.
pub type Shape = BTreeMap<String, Table>;

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub engine: String,
    pub collation: String,
    pub comment: String,
    pub has_key: bool,
    pub rows: u64,
    pub columns: Vec<Column>,
    pub indexes: Vec<Index>,
    /// Names of foreign keys and the tables they point at.
    pub foreign: Vec<(String, String)>,
}

impl Table {
    /// A column by name; engines do not tell upper and lower case apart here.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// `varchar`, `int`, …
    pub data_type: String,
    /// `varchar(30)`, `int unsigned`, …
    pub column_type: String,
    pub charset: Option<String>,
    pub length: Option<u64>,
    pub scale: Option<u64>,
    pub nullable: bool,
    /// As SQL text; `None` = none, or NULL.
    pub default: Option<String>,
    pub extra: String,
    pub comment: String,
}

/// What a column's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Text,
    Whole,
    Number,
    /// Without a time zone of its own.
    Time,
    /// Kept in UTC by the server.
    Stamp,
    Other,
}

impl Column {
    /// What its values are.
    pub fn class(&self) -> Class {
        match self.data_type.as_str() {
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Class::Whole,
            "decimal" | "float" | "double" => Class::Number,
            "datetime" | "date" => Class::Time,
            "timestamp" => Class::Stamp,
            _ if self.charset.is_some() => Class::Text,
            _ => Class::Other,
        }
    }
}

/// One index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub name: String,
    pub unique: bool,
    /// BTREE, FULLTEXT, …
    pub kind: String,
    /// Column and length of its part, in order.
    pub parts: Vec<(String, Option<u64>)>,
}

const TABLES: &str = "SELECT t.TABLE_NAME AS table_name, t.ENGINE AS engine, t.TABLE_COLLATION AS table_collation,
    t.TABLE_COMMENT AS words,
    (SELECT COUNT(*) FROM information_schema.TABLE_CONSTRAINTS c WHERE c.TABLE_SCHEMA = t.TABLE_SCHEMA
        AND c.TABLE_NAME = t.TABLE_NAME AND c.CONSTRAINT_TYPE = 'PRIMARY KEY') AS has_key
FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = ? AND t.TABLE_TYPE = 'BASE TABLE'";

const COLUMNS: &str =
    "SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, DATA_TYPE AS data_type,
    COLUMN_TYPE AS column_type, CHARACTER_SET_NAME AS charset, CHARACTER_MAXIMUM_LENGTH AS length,
    NUMERIC_SCALE AS scale, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS preset, EXTRA AS extra,
    COLUMN_COMMENT AS words
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION";

const INDEXES: &str = "SELECT TABLE_NAME AS table_name, INDEX_NAME AS index_name, NON_UNIQUE AS many,
    INDEX_TYPE AS kind, COLUMN_NAME AS column_name, SUB_PART AS part
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";

const FOREIGN: &str = "SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS constraint_name,
    REFERENCED_TABLE_NAME AS parent
FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?";

/// Reads a database. Rows are counted, not estimated.
///
/// # Errors
/// What the server said.
pub async fn read(conn: &mut Conn, database: &str) -> mysql_async::Result<Shape> {
    let mut shape = Shape::new();
    let tables: Vec<Row> = conn.exec(TABLES, (database,)).await?;
    for row in tables {
        let name = text(&row, "table_name").unwrap_or_default();
        let rows: Option<u64> = conn
            .query_first(format!("SELECT COUNT(*) FROM {database}.{}", quoted(&name)))
            .await?;
        let table = Table {
            engine: text(&row, "engine").unwrap_or_default(),
            collation: text(&row, "table_collation").unwrap_or_default(),
            comment: text(&row, "words").unwrap_or_default(),
            has_key: number(&row, "has_key").unwrap_or_default() > 0,
            rows: rows.unwrap_or_default(),
            ..Table::default()
        };
        shape.insert(name, table);
    }
    let mariadb: Option<String> = conn.query_first("SELECT VERSION()").await?;
    let mariadb = mariadb.is_some_and(|version| version.contains("MariaDB"));
    let columns: Vec<Row> = conn.exec(COLUMNS, (database,)).await?;
    for row in &columns {
        if let Some(table) = of(&mut shape, row) {
            table.columns.push(column(row, mariadb));
        }
    }
    let indexes: Vec<Row> = conn.exec(INDEXES, (database,)).await?;
    for row in &indexes {
        let Some(table) = of(&mut shape, row) else {
            continue;
        };
        let name = text(row, "index_name").unwrap_or_default();
        let part = (
            text(row, "column_name").unwrap_or_default(),
            number(row, "part"),
        );
        match table.indexes.last_mut().filter(|index| index.name == name) {
            Some(index) => index.parts.push(part),
            None => table.indexes.push(Index {
                name,
                unique: number(row, "many") == Some(0),
                kind: text(row, "kind").unwrap_or_default(),
                parts: vec![part],
            }),
        }
    }
    let foreign: Vec<Row> = conn.exec(FOREIGN, (database,)).await?;
    for row in &foreign {
        let key = (
            text(row, "constraint_name").unwrap_or_default(),
            text(row, "parent").unwrap_or_default(),
        );
        if let Some(table) = of(&mut shape, row) {
            table.foreign.push(key);
        }
    }
    Ok(shape)
}

fn of<'a>(shape: &'a mut Shape, row: &Row) -> Option<&'a mut Table> {
    shape.get_mut(&text(row, "table_name")?)
}

fn column(row: &Row, mariadb: bool) -> Column {
    let extra = text(row, "extra").unwrap_or_default();
    let data_type = text(row, "data_type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    Column {
        name: text(row, "column_name").unwrap_or_default(),
        column_type: text(row, "column_type").unwrap_or_default(),
        charset: text(row, "charset"),
        length: number(row, "length"),
        scale: number(row, "scale"),
        nullable: text(row, "nullable").as_deref() == Some("YES"),
        // MariaDB tells a default as SQL, MySQL as its bare value.
        default: text(row, "preset").and_then(|preset| match preset.as_str() {
            "NULL" if mariadb => None,
            _ if mariadb || extra.contains("DEFAULT_GENERATED") => Some(preset),
            _ if data_type == "bit" => Some(preset),
            _ => Some(literal(&preset)),
        }),
        comment: text(row, "words").unwrap_or_default(),
        data_type,
        extra,
    }
}

fn text(row: &Row, name: &str) -> Option<String> {
    row.get::<Option<String>, _>(name).flatten()
}

fn number(row: &Row, name: &str) -> Option<u64> {
    row.get::<Option<u64>, _>(name).flatten()
}

/// An identifier in backticks.
pub fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A string literal.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
