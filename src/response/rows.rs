//! Result sets, read by name and written as JSON.

use std::borrow::Cow;

use mysql_async::{
    Column, Value,
    consts::{ColumnFlags, ColumnType},
};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::SerializeMap};
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
    let (first, further) = sets.split_at(sets.len().min(1));
    json::write(&Document {
        first: first.first(),
        further: named(procedure, further, names).collect(),
    })
}

/// Ends the name of a set that a procedure sends only when it has something to say: the last ones of a route.
const OPTIONAL: char = '?';

/// Whether a procedure may send so many sets after the first.
fn fits(count: usize, names: &[&str]) -> bool {
    let always = names.iter().filter(|name| !name.ends_with(OPTIONAL));
    (always.count()..=names.len()).contains(&count)
}

/// The sets after the first with their names. What does not fit is logged and what has no name is left out: a table that
/// does not fit its procedure must not hide that the procedure did its work.
pub fn named<'a>(
    procedure: &str,
    sets: &'a [Set],
    names: &'a [&'a str],
) -> impl Iterator<Item = (&'a str, &'a Set)> {
    if !fits(sets.len(), names) {
        log::warn!(
            "{procedure} returned {} further sets, {} are named",
            sets.len(),
            names.len()
        );
    }
    let names = names.iter().map(|name| name.trim_end_matches(OPTIONAL));
    names.zip(sets)
}

struct Document<'a> {
    first: Option<&'a Set>,
    further: Vec<(&'a str, &'a Set)>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        if let Some(set) = self.first
            && let Some(row) = set.rows.first()
        {
            let members = members(&set.columns);
            for (name, cell) in cells(&members, row) {
                map.serialize_entry(name, &cell)?;
            }
        }
        for (name, set) in &self.further {
            map.serialize_entry(name, &Objects(set))?;
        }
        map.end()
    }
}

/// A set that is answered as an array of objects.
#[derive(Debug)]
pub struct Rows(pub Set);

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Objects(&self.0).serialize(to)
    }
}

struct Objects<'a>(&'a Set);

impl Serialize for Objects<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let members = members(&self.0.columns);
        to.collect_seq(self.0.rows.iter().map(|row| Row(&members, row)))
    }
}

struct Row<'a>(&'a [Member<'a>], &'a [Value]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(cells(self.0, self.1))
    }
}

/// A column that is answered.
struct Member<'a> {
    position: usize,
    column: &'a Column,
    name: Cow<'a, str>,
    /// Whether its text is JSON.
    is_json: bool,
}

fn members(columns: &[Column]) -> Vec<Member<'_>> {
    let member = |(position, column)| {
        let name = readable(Column::name_ref(column));
        let is_answered = !is_for_counters(&name);
        let is_json = name.ends_with(JSON_SUFFIX);
        let end = name.len() - if is_json { JSON_SUFFIX.len() } else { 0 };
        let name = match name {
            Cow::Borrowed(name) => Cow::Borrowed(&name[..end]),
            Cow::Owned(name) => Cow::Owned(name[..end].to_owned()),
        };
        is_answered.then_some(Member {
            position,
            column,
            name,
            is_json,
        })
    };
    columns.iter().enumerate().filter_map(member).collect()
}

fn cells<'a>(members: &'a [Member], row: &'a [Value]) -> impl Iterator<Item = (&'a str, Cell<'a>)> {
    members.iter().filter_map(|member| {
        let value = row.get(member.position)?;
        Some((&*member.name, Cell { member, value }))
    })
}

/// One value. Numbers are numbers, everything else is text: money stays exact, times are UTC.
struct Cell<'a> {
    member: &'a Member<'a>,
    value: &'a Value,
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let column = self.member.column;
        match self.value {
            Value::NULL => to.serialize_none(),
            Value::Int(number) => to.serialize_i64(*number),
            Value::UInt(number) => to.serialize_u64(*number),
            Value::Float(number) => to.serialize_f32(*number),
            Value::Double(number) => to.serialize_f64(*number),
            Value::Bytes(bytes) if self.member.is_json => embedded(column, bytes).serialize(to),
            Value::Bytes(bytes) if column.column_type() == ColumnType::MYSQL_TYPE_NEWDECIMAL => {
                let text = readable(bytes);
                match Decimal::from_str_exact(&text) {
                    Ok(exact) => to.collect_str(&exact),
                    // More digits than that type has: rounding would be worse than none.
                    Err(_) => to.serialize_str(&text),
                }
            }
            Value::Bytes(bytes) if is_bytes(column) => to.serialize_str(&hex::encode(bytes)),
            Value::Bytes(bytes) => to.serialize_str(&readable(bytes)),
            Value::Date(year, month, day, hour, minute, second, micros) => {
                let date = format_args!("{year:04}-{month:02}-{day:02}");
                match column.column_type() {
                    ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => {
                        to.collect_str(&date)
                    }
                    _ => to.collect_str(&format_args!(
                        "{date}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z"
                    )),
                }
            }
            Value::Time(negative, days, hours, minutes, seconds, micros) => {
                let sign = if *negative { "-" } else { "" };
                let hours = u32::from(*hours) + days * 24;
                to.collect_str(&format_args!(
                    "{sign}{hours:02}:{minutes:02}:{seconds:02}.{micros:06}"
                ))
            }
        }
    }
}

/// JSON text as it is, when that is what it is; `None` when not.
fn embedded<'a>(column: &Column, bytes: &'a [u8]) -> Option<&'a RawValue> {
    let json = serde_json::from_slice(bytes);
    if json.is_err() {
        log::error!("column {} does not hold JSON", column.name_str());
    }
    json.ok()
}

/// Not text: decided by character set, since MariaDB's JSON and long texts come as blobs.
fn is_bytes(column: &Column) -> bool {
    let text_types = [ColumnType::MYSQL_TYPE_DECIMAL, ColumnType::MYSQL_TYPE_JSON];
    !text_types.contains(&column.column_type())
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
    fn a_decimal_comes_out_as_it_is_written() {
        let digits = "123456789012345678901234567890";
        for text in ["46500.00", "0.000", "0.10", "-1.50", "-0.01", "7", digits] {
            let set = Set {
                columns: Arc::from([column("a", ColumnType::MYSQL_TYPE_NEWDECIMAL, true)]),
                rows: vec![vec![Value::from(text)]],
            };
            assert_eq!(document("p", &[set], &[]), format!("{{\"a\":\"{text}\"}}"));
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
    fn a_procedure_sends_what_its_route_names() {
        let names = ["lines", "changes?"];
        assert!(fits(1, &names) && fits(2, &names));
        assert!(!fits(0, &names) && !fits(3, &names));
        assert!(fits(0, &[]) && !fits(1, &[]));
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
        let rows = json::write(&Rows(sets[1].clone()));
        assert_eq!(rows, r#"[{"b":"[1]"},{"b":"[1]"}]"#);
    }
}
