//! Result sets, read by name and written as JSON.

use mysql_async::{
    Column, Value,
    consts::{ColumnFlags, ColumnType},
};
use serde_json::value::RawValue;

use crate::{call::Set, json};

/// Character set number that means bytes.
const BINARY: u16 = 63;
/// What a call has done, for the counters and for nobody else: names with commas between them, and how often each (1).
pub const EVENTS: &str = "events";
pub const EVENT_COUNT: &str = "event_count";
/// Columns of this ending hold JSON text and are embedded under the name without it.
const JSON_SUFFIX: &str = "_json";

/// The bytes of one value as they came, or `None` for NULL and for a column that is not there.
pub fn bytes(set: &Set, row: usize, name: &str) -> Option<Vec<u8>> {
    match value(set, row, name)? {
        Value::Bytes(bytes) => Some(bytes.clone()),
        _ => text(set, row, name).map(String::into_bytes),
    }
}

/// The text of one value, or `None` for NULL and for a column that is not there.
pub fn text(set: &Set, row: usize, name: &str) -> Option<String> {
    match value(set, row, name)? {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        other => Some(other.as_sql(true)),
    }
}

fn value<'a>(set: &'a Set, row: usize, name: &str) -> Option<&'a Value> {
    let position = set
        .columns
        .iter()
        .position(|column| column.name_str() == name)?;
    set.rows.get(row)?.get(position)
}

/// What the first row's first column says, when the sets follow the convention.
pub fn result(sets: &[Set]) -> Option<String> {
    let first = sets.first()?;
    let convention = first.columns.first()?.name_str() == "result" && first.rows.len() == 1;
    if convention {
        text(first, 0, "result")
    } else {
        None
    }
}

/// Whether a column is not answered.
pub fn is_for_counters(name: &str) -> bool {
    matches!(name, EVENTS | EVENT_COUNT)
}

/// Members of one row, in the order of its columns.
pub fn row_members(columns: &[Column], row: &[Value]) -> Vec<(String, String)> {
    columns
        .iter()
        .zip(row)
        .filter(|(column, _)| !is_for_counters(&column.name_str()))
        .map(|(column, value)| {
            let name = column.name_str();
            match (name.strip_suffix(JSON_SUFFIX), value) {
                (Some(short), Value::Bytes(bytes)) => (short.to_owned(), embedded(&name, bytes)),
                (Some(short), _) => (short.to_owned(), value_json(column, value)),
                (None, _) => (name.into_owned(), value_json(column, value)),
            }
        })
        .collect()
}

/// A set as an array of objects.
pub fn set_json(set: &Set) -> String {
    let rows: Vec<_> = set
        .rows
        .iter()
        .map(|row| object(&row_members(&set.columns, row)))
        .collect();
    format!("[{}]", rows.join(","))
}

/// An object of members whose values are JSON already.
pub fn object(members: &[(String, String)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", json::quote(name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The sets after the first under their names. What has no name is left out, and logged: a table that does
/// not fit its procedure must not hide that the procedure did its work.
pub fn named_sets(procedure: &str, sets: &[Set], names: &[&str]) -> Vec<(String, String)> {
    if sets.len() != names.len() {
        log::warn!(
            "{procedure} returned {} further sets, {} are named",
            sets.len(),
            names.len()
        );
    }
    names
        .iter()
        .zip(sets)
        .map(|(name, set)| ((*name).to_owned(), set_json(set)))
        .collect()
}

/// JSON text as it is, when that is what it is.
fn embedded(name: &str, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    match RawValue::from_string(text) {
        Ok(raw) => raw.get().to_owned(),
        Err(_) => {
            log::error!("column {name} does not hold JSON");
            "null".to_owned()
        }
    }
}

/// Numbers as numbers, everything else as texts: money stays exact, times are UTC.
fn value_json(column: &Column, value: &Value) -> String {
    match value {
        Value::NULL => "null".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) if number.is_finite() => number.to_string(),
        Value::Double(number) if number.is_finite() => number.to_string(),
        Value::Float(_) | Value::Double(_) => "null".to_owned(),
        Value::Bytes(bytes) if is_bytes(column) => json::quote(&hex::encode(bytes)),
        Value::Bytes(bytes) => json::quote(&String::from_utf8_lossy(bytes)),
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let date = format!("{year:04}-{month:02}-{day:02}");
            match column.column_type() {
                ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => json::quote(&date),
                _ => format!("\"{date}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z\""),
            }
        }
        Value::Time(negative, days, hours, minutes, seconds, micros) => {
            let sign = if *negative { "-" } else { "" };
            let hours = u32::from(*hours) + days * 24;
            format!("\"{sign}{hours:02}:{minutes:02}:{seconds:02}.{micros:06}\"")
        }
    }
}

/// Not text: decided by character set, since MariaDB's JSON and long texts come as blobs.
fn is_bytes(column: &Column) -> bool {
    let text_type = matches!(
        column.column_type(),
        ColumnType::MYSQL_TYPE_DECIMAL
            | ColumnType::MYSQL_TYPE_NEWDECIMAL
            | ColumnType::MYSQL_TYPE_JSON
    );
    !text_type
        && column.character_set() == BINARY
        && column.flags().contains(ColumnFlags::BINARY_FLAG)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn column(name: &str, kind: ColumnType, binary: bool) -> Column {
        let column = Column::new(kind).with_name(name.as_bytes());
        if binary {
            column
                .with_character_set(BINARY)
                .with_flags(ColumnFlags::BINARY_FLAG)
        } else {
            column.with_character_set(46)
        }
    }

    #[test]
    fn values_become_json_by_their_columns() {
        let cases = [
            (
                "a",
                ColumnType::MYSQL_TYPE_LONGLONG,
                false,
                Value::Int(-5),
                "a",
                "-5",
            ),
            (
                "a",
                ColumnType::MYSQL_TYPE_LONGLONG,
                false,
                Value::UInt(u64::MAX),
                "a",
                "18446744073709551615",
            ),
            (
                "a",
                ColumnType::MYSQL_TYPE_NEWDECIMAL,
                true,
                Value::from("30000.10"),
                "a",
                "\"30000.10\"",
            ),
            (
                "a",
                ColumnType::MYSQL_TYPE_VAR_STRING,
                false,
                Value::from("가\""),
                "a",
                "\"가\\\"\"",
            ),
            (
                "a",
                ColumnType::MYSQL_TYPE_STRING,
                true,
                Value::from(vec![0_u8, 255]),
                "a",
                "\"00ff\"",
            ),
            (
                "a_json",
                ColumnType::MYSQL_TYPE_BLOB,
                false,
                Value::from("{\"x\":1.10}"),
                "a",
                "{\"x\":1.10}",
            ),
            (
                "a_json",
                ColumnType::MYSQL_TYPE_JSON,
                true,
                Value::from("[]"),
                "a",
                "[]",
            ),
            (
                "a_json",
                ColumnType::MYSQL_TYPE_BLOB,
                false,
                Value::NULL,
                "a",
                "null",
            ),
            (
                "a",
                ColumnType::MYSQL_TYPE_JSON,
                true,
                Value::from("[]"),
                "a",
                "\"[]\"",
            ),
            (
                "a",
                ColumnType::MYSQL_TYPE_DATE,
                true,
                Value::Date(2026, 1, 2, 0, 0, 0, 0),
                "a",
                "\"2026-01-02\"",
            ),
            (
                "a",
                ColumnType::MYSQL_TYPE_DATETIME,
                true,
                Value::Date(2026, 1, 2, 3, 4, 5, 6),
                "a",
                "\"2026-01-02T03:04:05.000006Z\"",
            ),
        ];
        for (name, kind, binary, value, expected_name, expected) in cases {
            let members = row_members(&[column(name, kind, binary)], &[value]);
            assert_eq!(members, [(expected_name.to_owned(), expected.to_owned())]);
        }
    }

    #[test]
    fn a_set_follows_the_convention_or_has_no_result() {
        let text_column = |name| column(name, ColumnType::MYSQL_TYPE_VAR_STRING, false);
        let set = |name, rows: usize| Set {
            columns: Arc::from([text_column(name)]),
            rows: vec![vec![Value::from("OK")]; rows],
        };
        assert_eq!(result(&[set("result", 1)]).as_deref(), Some("OK"));
        assert_eq!(result(&[set("cart_id", 1)]), None);
        assert_eq!(result(&[set("result", 0)]), None);
        assert_eq!(result(&[]), None);
        assert_eq!(set_json(&set("a", 2)), r#"[{"a":"OK"},{"a":"OK"}]"#);
    }
}
