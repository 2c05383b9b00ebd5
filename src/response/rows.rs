//! Result sets, read by name and written as JSON.

use std::fmt::Write;

use mysql_async::{
    Column, Value,
    consts::{ColumnFlags, ColumnType},
};
use serde_json::value::RawValue;

use crate::{
    database::execute::Set,
    request::{json, text::readable},
};

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
        Value::Bytes(bytes) => Some(readable(bytes).into_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        other => Some(other.as_sql(true)),
    }
}

fn value<'a>(set: &'a Set, row: usize, name: &str) -> Option<&'a Value> {
    let position = set
        .columns
        .iter()
        .position(|column| column.name_ref() == name.as_bytes())?;
    set.rows.get(row)?.get(position)
}

/// The number of the error that a first row tells, where it is one.
pub fn errno(sets: &[Set]) -> Option<u16> {
    text(sets.first()?, 0, "errno")?.parse().ok()
}

/// What the first row's first column says, when the sets follow the convention.
pub fn result(sets: &[Set]) -> Option<String> {
    let first = sets.first()?;
    let convention = first.columns.first()?.name_ref() == b"result" && first.rows.len() == 1;
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

/// An answer of a procedure: the members of its first row, then the further sets under their names.
pub fn document(procedure: &str, sets: &[Set], names: &[&str]) -> String {
    let mut json = String::with_capacity(FIRST_ROOM);
    json.push('{');
    let (first, further) = sets.split_at(sets.len().min(1));
    for set in first {
        let members = members(&set.columns);
        if let Some(row) = set.rows.first() {
            write_members(&mut json, &members, row);
        }
    }
    for (name, set) in named(procedure, further, names) {
        separate(&mut json);
        json::write_quoted(&mut json, name);
        json.push(':');
        write_set(&mut json, set);
    }
    json.push('}');
    json
}

/// Most answers are shorter.
const FIRST_ROOM: usize = 1024;

/// How a column is answered.
struct Member<'a> {
    column: &'a Column,
    /// The name, quoted, and the colon.
    key: String,
    /// Whether its text is JSON.
    is_json: bool,
}

/// The columns of a set; `None` for what is not answered.
fn members(columns: &[Column]) -> Vec<Option<Member<'_>>> {
    let member = |column| {
        let name = readable(Column::name_ref(column));
        let short = name.strip_suffix(JSON_SUFFIX);
        (!is_for_counters(&name)).then(|| Member {
            column,
            key: json::quote(short.unwrap_or(&name)) + ":",
            is_json: short.is_some(),
        })
    };
    columns.iter().map(member).collect()
}

/// A comma where something stands before.
fn separate(json: &mut String) {
    if !json.ends_with(['{', '[']) {
        json.push(',');
    }
}

/// Members of one row, in the order of its columns.
fn write_members(json: &mut String, members: &[Option<Member>], row: &[Value]) {
    for (member, value) in members.iter().zip(row) {
        let Some(member) = member else { continue };
        separate(json);
        json.push_str(&member.key);
        match value {
            Value::Bytes(bytes) if member.is_json => write_json(json, member.column, bytes),
            _ => write_value(json, member.column, value),
        }
    }
}

/// A set as an array of objects.
fn write_set(json: &mut String, set: &Set) {
    let members = members(&set.columns);
    json.push('[');
    for row in &set.rows {
        separate(json);
        json.push('{');
        write_members(json, &members, row);
        json.push('}');
    }
    json.push(']');
}

/// An object of members whose values are JSON already.
pub fn object(members: &[(String, String)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", json::quote(name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The sets after the first under their names, as JSON.
pub fn named_sets(procedure: &str, sets: &[Set], names: &[&str]) -> Vec<(String, String)> {
    let json = |(name, set): (&str, _)| {
        let mut json = String::new();
        write_set(&mut json, set);
        (name.to_owned(), json)
    };
    named(procedure, sets, names).map(json).collect()
}

/// What has no name is left out, and logged: a table that does not fit its procedure must not hide that the procedure
/// did its work.
fn named<'a>(
    procedure: &str,
    sets: &'a [Set],
    names: &'a [&'a str],
) -> impl Iterator<Item = (&'a str, &'a Set)> {
    if sets.len() != names.len() {
        log::warn!(
            "{procedure} returned {} further sets, {} are named",
            sets.len(),
            names.len()
        );
    }
    names.iter().copied().zip(sets)
}

/// JSON text as it is, when that is what it is.
fn write_json(json: &mut String, column: &Column, bytes: &[u8]) {
    let text = readable(bytes);
    match serde_json::from_str::<&RawValue>(&text) {
        Ok(raw) => json.push_str(raw.get()),
        Err(_) => {
            log::error!("column {} does not hold JSON", column.name_str());
            json.push_str("null");
        }
    }
}

/// Numbers as numbers, everything else as texts: money stays exact, times are UTC.
fn write_value(json: &mut String, column: &Column, value: &Value) {
    // Writing to a text cannot fail.
    let written = match value {
        Value::NULL => json.write_str("null"),
        Value::Int(number) => write!(json, "{number}"),
        Value::UInt(number) => write!(json, "{number}"),
        Value::Float(number) if number.is_finite() => write!(json, "{number}"),
        Value::Double(number) if number.is_finite() => write!(json, "{number}"),
        Value::Float(_) | Value::Double(_) => json.write_str("null"),
        Value::Bytes(bytes) if is_bytes(column) => write!(json, "\"{}\"", hex::encode(bytes)),
        Value::Bytes(bytes) => {
            json::write_quoted(json, &readable(bytes));
            Ok(())
        }
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let date = format_args!("{year:04}-{month:02}-{day:02}");
            match column.column_type() {
                ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => {
                    write!(json, "\"{date}\"")
                }
                _ => write!(
                    json,
                    "\"{date}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z\""
                ),
            }
        }
        Value::Time(negative, days, hours, minutes, seconds, micros) => {
            let sign = if *negative { "-" } else { "" };
            let hours = u32::from(*hours) + days * 24;
            write!(
                json,
                "\"{sign}{hours:02}:{minutes:02}:{seconds:02}.{micros:06}\""
            )
        }
    };
    debug_assert!(written.is_ok());
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
            let set = Set {
                columns: Arc::from([column(name, kind, binary)]),
                rows: vec![vec![value]],
            };
            let expected = format!("{{\"{expected_name}\":{expected}}}");
            assert_eq!(document("p", &[set], &[]), expected);
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
    }

    #[test]
    fn a_document_has_the_first_row_and_the_named_sets_and_nothing_for_counters() {
        let text_column = |name: &&str| column(name, ColumnType::MYSQL_TYPE_VAR_STRING, false);
        let set = |names: &[&str], rows: usize| Set {
            columns: names.iter().map(text_column).collect(),
            rows: vec![vec![Value::from("[1]"); names.len()]; rows],
        };
        let sets = [
            set(&[EVENTS, "result", "a_json", EVENT_COUNT], 1),
            set(&["b"], 2),
            set(&["c"], 0),
            set(&[EVENTS], 1),
            set(&["without a name"], 1),
        ];
        assert_eq!(
            document("p", &sets, &["x", "y", "z"]),
            r#"{"result":"[1]","a":[1],"x":[{"b":"[1]"},{"b":"[1]"}],"y":[],"z":[{}]}"#
        );
        let named = named_sets("p", &sets[1..3], &["x", "y"]);
        assert_eq!(named[0].1, r#"[{"b":"[1]"},{"b":"[1]"}]"#);
        assert_eq!(named[1], ("y".to_owned(), "[]".to_owned()));
    }
}
