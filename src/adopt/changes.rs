//! What jumun's tables get in addition, so that pages from before find what they know: their own columns, indexes, and
//! values for columns that they do not know.

use std::collections::BTreeSet;

use super::{
    normal::{Reader, is_generated},
    shape::{Class, Column, Index, Table, literal, quoted},
};
use crate::dbtool::kept::{MARK, PREFIX};

/// Tables that pages from before may go on writing.
const WRITTEN: [&str; 5] = [
    "member",
    "shop_shipping_address",
    "shop_delivery_policy",
    "shop_products",
    "shop_cart",
];

/// What a table of jumun gets so that old pages find what they know.
pub fn changes(reader: Option<Reader<'_>>, old: &Table, fresh: &Table) -> Vec<String> {
    let Some(reader) = reader else {
        return Vec::new();
    };
    let mut changes: Vec<String> = reader
        .extra()
        .into_iter()
        .map(|column| format!("ADD COLUMN {}", declaration(column)))
        .collect();
    if WRITTEN.contains(&reader.name) {
        changes.extend(
            fresh
                .columns
                .iter()
                .filter_map(|column| preset(column, old)),
        );
    }
    let known: BTreeSet<String> = fresh
        .columns
        .iter()
        .chain(reader.extra())
        .map(|column| column.name.to_ascii_lowercase())
        .collect();
    changes.extend(
        old.indexes
            .iter()
            .filter_map(|index| kept_index(index, fresh, &known)),
    );
    changes
}

/// A value for pages that give none, because they do not know the column or because it was optional.
fn preset(column: &Column, old: &Table) -> Option<String> {
    let optional = old
        .column(&column.name)
        .is_none_or(|old| old.nullable || old.default.is_some());
    let value = match column.class() {
        _ if column.name == "shop_id" => "1",
        _ if column.nullable || column.default.is_some() || !optional => return None,
        Class::Text => "''",
        Class::Time => "(UTC_TIMESTAMP(6))",
        _ => return None,
    };
    Some(format!(
        "MODIFY COLUMN {} {} NOT NULL DEFAULT {value} COMMENT {}",
        quoted(&column.name),
        column.column_type,
        literal(&format!(
            "{}; {MARK} for pages that do not give one",
            column.comment
        ))
    ))
}

/// Indexes that queries of old pages need, and the unique ones that their ON DUPLICATE KEY needs.
fn kept_index(index: &Index, fresh: &Table, known: &BTreeSet<String>) -> Option<String> {
    let columns: Vec<String> = index
        .parts
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    let same = |other: &Index| {
        other.parts.len() >= columns.len()
            && other
                .parts
                .iter()
                .zip(&columns)
                .all(|((name, _), column)| name == column)
    };
    if index.kind != "BTREE"
        || !columns.iter().all(|column| known.contains(column))
        || fresh.indexes.iter().any(same)
    {
        return None;
    }
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|(name, part)| match part {
            Some(length) => format!("{}({length})", quoted(name)),
            None => quoted(name),
        })
        .collect();
    let unique = if index.unique && index.name != "PRIMARY" {
        "UNIQUE "
    } else {
        ""
    };
    let name: String = format!("{}{}", PREFIX, index.name.to_ascii_lowercase())
        .chars()
        .take(64)
        .collect();
    Some(format!(
        "ADD {unique}INDEX {} ({})",
        quoted(&name),
        parts.join(", ")
    ))
}

/// How an extra column is declared beside jumun's. Nobody but old pages writes it, so it must not ask for a value.
fn declaration(column: &Column) -> String {
    let is_time = matches!(column.class(), Class::Time | Class::Stamp);
    let default = column
        .default
        .as_deref()
        .filter(|default| !default.contains("0000-00-00") && !is_generated(column));
    let value = match default {
        Some(default) if !column.nullable && !is_time => format!("NOT NULL DEFAULT {default}"),
        Some(default) => format!("NULL DEFAULT {default}"),
        None => "NULL".to_owned(),
    };
    let on_update = match column.extra.to_ascii_lowercase() {
        extra if extra.contains("on update") => " ON UPDATE CURRENT_TIMESTAMP",
        _ => "",
    };
    format!(
        "{} {} {value}{on_update} COMMENT {}",
        quoted(&column.name),
        column.column_type,
        literal(format!("{} {}", MARK, column.comment).trim_end())
    )
}
