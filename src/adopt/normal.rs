//! Old columns as jumun's: an expression for each, whatever type and character set it has. Values that cannot be read
//! become NULL; the rules in sql/adopt decide what that means. Nothing here knows a table by name but the two lists.

use super::shape::{Class, Column, Table, quoted};

/// Other names under which an old shop keeps a value.
const ALIASES: [(&str, &str, &[&str]); 1] = [(
    "shop_order_product",
    "unit_price",
    &["price", "product_price", "sale_price", "order_price"],
)];
/// Never cut: a shorter one would name somebody or something else.
const KEYS: [&str; 4] = ["user_id", "product_id", "option_hash", "order_number"];
/// Decimals of the currency, KRW.
const DIGITS: u64 = 0;
/// What UTF-8 looks like in hexadecimal.
const UTF8: &str = "^([0-7][0-9A-F]|(C[2-9A-F]|D[0-9A-F])[89AB][0-9A-F]|E[0-9A-F]([89AB][0-9A-F]){2}|F[0-4]([89AB][0-9A-F]){3})*$";
const DATE: &str =
    "^[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]([ T][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?)?$";

/// A rule about one column whose breaches can be counted and shown.
#[derive(Debug, Clone)]
pub struct Check {
    /// Condition on a row `t` of the old table.
    pub condition: String,
    /// What to show of such a row.
    pub column: String,
    pub what: String,
    pub done: String,
}

/// Reads an old table as jumun's columns.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Name of the table, the same in both shops.
    pub name: &'a str,
    /// As jumun has it.
    pub target: &'a Table,
    /// As it is; `None` = the old shop has no such table.
    pub old: Option<&'a Table>,
    /// How far the old times are ahead of UTC.
    pub offset_minutes: i32,
}

impl<'a> Reader<'a> {
    /// jumun's columns that a rule may use, each with the old column it is read from.
    fn columns(self) -> impl Iterator<Item = (&'a Column, Option<&'a Column>)> {
        let wanted = self.target.columns.iter();
        wanted
            .filter(|column| column.name != "shop_id" && !is_generated(column))
            .map(move |column| (column, self.source(&column.name)))
    }

    fn source(self, column: &str) -> Option<&'a Column> {
        let old = self.old?;
        let aliases = ALIASES
            .iter()
            .find(|(table, name, _)| *table == self.name && *name == column)
            .map_or(&[][..], |(_, _, aliases)| aliases);
        old.column(column)
            .or_else(|| aliases.iter().find_map(|alias| old.column(alias)))
    }

    /// Old columns that jumun does not have.
    pub fn extra(self) -> Vec<&'a Column> {
        let columns = self.old.map_or(&[][..], |old| &old.columns);
        columns
            .iter()
            .filter(|column| self.target.column(&column.name).is_none())
            .collect()
    }

    /// The old table with jumun's columns, the raw ones as raw_…, and the extra ones.
    pub fn view(self, database: &str) -> String {
        let mut columns = Vec::new();
        for (wanted, old) in self.columns() {
            let name = quoted(&wanted.name);
            let (value, raw) = match old {
                Some(old) => (self.value(wanted, old), of_row(old)),
                None => (nothing(wanted), "NULL".to_owned()),
            };
            columns.push(format!("{value} AS {name}"));
            columns.push(format!(
                "{raw} AS {}",
                quoted(&format!("raw_{}", wanted.name))
            ));
        }
        for (index, column) in self.extra().into_iter().enumerate() {
            columns.push(format!("{} AS {}", kept(column), extra_name(index)));
        }
        let from = match self.old {
            Some(_) => format!("{database}.{} t", quoted(self.name)),
            None => "(SELECT 1 AS one) t WHERE t.one = 0".to_owned(),
        };
        format!("SELECT {}\nFROM {from}", columns.join(",\n       "))
    }

    /// jumun's table as the old shop had it: its columns in their order, local times, whole amounts.
    pub fn page(self, database: &str) -> String {
        let columns = self.old.map_or(&[][..], |old| &old.columns);
        let columns: Vec<String> = columns
            .iter()
            .map(|old| {
                let row = of_row(old);
                let name = quoted(&old.name);
                let Some(now) = self.target.column(&old.name) else {
                    return format!("{row} AS {name}");
                };
                match (now.class(), old.class()) {
                    // Cut to the second and not rounded, or the last half second of a day is the next day's.
                    (Class::Time, _) => format!(
                        "CAST(DATE_FORMAT({row} + INTERVAL {} MINUTE, '%Y-%m-%d %H:%i:%s') AS DATETIME) AS {name}",
                        self.offset_minutes
                    ),
                    (Class::Number, Class::Whole) => format!("CAST({row} AS SIGNED) AS {name}"),
                    (Class::Number, Class::Number) if old.data_type == "decimal" => {
                        let kind = old.column_type.split(' ').next().unwrap_or_default();
                        format!("CAST({row} AS {kind}) AS {name}")
                    }
                    _ => format!("{row} AS {name}"),
                }
            })
            .collect();
        format!(
            "SELECT {} FROM {database}.{} t",
            columns.join(", "),
            quoted(self.name)
        )
    }

    /// Every column of the old table in its order, and how the view names its unchanged value.
    pub fn raw_names(self) -> Vec<(&'a str, String)> {
        let columns = self.old.map_or(&[][..], |old| &old.columns);
        let mut extras = 0..;
        let raw = columns.iter().map(|column| {
            let name = match self.target.column(&column.name) {
                Some(known) => format!("raw_{}", known.name),
                None => extra_name(extras.next().unwrap_or_default()),
            };
            (column.name.as_str(), name)
        });
        raw.collect()
    }

    /// An old column read as one of jumun's.
    fn value(self, wanted: &Column, old: &Column) -> String {
        let row = of_row(old);
        match (wanted.class(), old.class()) {
            (Class::Text, _) => {
                let trimmed = format!("TRIM({})", as_text(old));
                match wanted
                    .length
                    .filter(|_| !KEYS.contains(&wanted.name.as_str()))
                {
                    Some(length) => format!("LEFT({trimmed}, {length})"),
                    None => trimmed,
                }
            }
            (Class::Whole, Class::Whole) => row,
            (Class::Whole, Class::Number) => format!("CAST(ROUND({row}) AS SIGNED)"),
            (Class::Whole, Class::Text) => {
                let digits = digits(old);
                format!(
                    "CASE WHEN {digits} REGEXP '^[-+]?[0-9]{{1,15}}([.]0+)?$' \
                     THEN CAST(CAST({digits} AS DECIMAL(30,6)) AS SIGNED) END"
                )
            }
            (Class::Number, Class::Whole) => row,
            (Class::Number, Class::Number) => format!("ROUND({row}, {})", scale(wanted)),
            (Class::Number, Class::Text) => {
                let digits = digits(old);
                format!(
                    "CASE WHEN {digits} REGEXP '^[-+]?[0-9]{{1,15}}([.][0-9]+)?$' \
                     THEN ROUND(CAST({digits} AS DECIMAL(30,6)), {}) END",
                    scale(wanted)
                )
            }
            (Class::Time, Class::Stamp) => {
                format!(
                    "CASE WHEN {row} > '1970-01-02 00:00:00' THEN CAST({row} AS DATETIME(6)) END"
                )
            }
            (Class::Time, Class::Time) => format!(
                "CASE WHEN {row} > '1000-01-01' AND MONTH({row}) > 0 AND DAYOFMONTH({row}) > 0 \
                 THEN CAST({row} AS DATETIME(6)) - INTERVAL {} MINUTE END",
                self.offset_minutes
            ),
            (Class::Time, Class::Text) => {
                let text = format!("TRIM({})", as_text(old));
                format!(
                    "CASE WHEN {text} REGEXP '{DATE}' AND SUBSTR({text}, 9, 2) + 0 BETWEEN 1 AND \
                     DAYOFMONTH(LAST_DAY(CONCAT(LEFT({text}, 7), '-01'))) \
                     THEN CAST({text} AS DATETIME(6)) - INTERVAL {} MINUTE END",
                    self.offset_minutes
                )
            }
            (Class::Time, Class::Whole) => format!("FROM_UNIXTIME(NULLIF({row}, 0))"),
            _ => nothing(wanted),
        }
    }

    /// What can be wrong with the values of single columns.
    pub fn checks(self) -> Vec<Check> {
        let mut checks = Vec::new();
        for (wanted, old) in self.columns() {
            let Some(old) = old else { continue };
            let (row, value) = (of_row(old), self.value(wanted, old));
            let mut add = |condition: String, what: &str, done: &str| {
                checks.push(Check {
                    condition,
                    column: row.clone(),
                    what: format!("{}: {what}", old.name),
                    done: done.to_owned(),
                });
            };
            let (to, from) = (wanted.class(), old.class());
            if to == Class::Text && from == Class::Text {
                let text = as_text(old);
                match wanted.length {
                    _ if KEYS.contains(&wanted.name.as_str()) => add(
                        format!("CHAR_LENGTH({text}) <> CHAR_LENGTH(TRIM({text}))"),
                        "blanks around the value",
                        "taken off",
                    ),
                    Some(length) if old.length.unwrap_or(u64::MAX) > length => add(
                        format!("CHAR_LENGTH(TRIM({text})) > {length}"),
                        &format!("longer than {length}"),
                        "cut; the whole text stays in the old table",
                    ),
                    _ => {}
                }
                if old.charset.as_deref() == Some("latin1") {
                    add(
                        format!("CONVERT({row} USING utf8mb4) <> {text}"),
                        "UTF-8 in a column that says latin1",
                        "read as UTF-8",
                    );
                }
            }
            if matches!(to, Class::Whole | Class::Number) && from == Class::Text {
                add(
                    format!("{value} IS NULL AND {row} IS NOT NULL"),
                    "not a number",
                    "as if it were missing",
                );
                add(
                    format!("{value} IS NOT NULL AND {row} NOT REGEXP '^-?[0-9]+([.][0-9]+)?$'"),
                    "a number written with commas or blanks",
                    "read as the number",
                );
            }
            if to == Class::Number && from == Class::Number {
                add(
                    format!("{value} <> {row}"),
                    "more decimals than the currency has",
                    "rounded",
                );
            }
            if to == Class::Time {
                add(
                    format!("{value} IS NULL AND CAST({row} AS CHAR) IS NOT NULL"),
                    "not a date",
                    "as if it were missing",
                );
            }
            let empty = to == Class::Text && !KEYS.contains(&wanted.name.as_str());
            if old.nullable && !wanted.nullable && wanted.default.is_none() && !empty {
                add(
                    format!("{row} IS NULL"),
                    "missing",
                    "see the rules in sql/adopt/fill",
                );
            }
        }
        checks
    }

    /// Whether times are shifted at all.
    pub fn has_local_times(self) -> bool {
        self.columns().any(|(wanted, old)| {
            wanted.class() == Class::Time
                && old.is_some_and(|old| matches!(old.class(), Class::Time | Class::Text))
        })
    }
}

/// What a view calls an extra column, so that it cannot be taken for something that a rule computes.
pub fn extra_name(index: usize) -> String {
    format!("x_{}", index + 1)
}

/// The server fills it.
pub fn is_generated(column: &Column) -> bool {
    column.extra.contains("GENERATED") && !column.extra.contains("DEFAULT_GENERATED")
}

fn of_row(column: &Column) -> String {
    format!("t.{}", quoted(&column.name))
}

fn scale(column: &Column) -> u64 {
    // A rate keeps its decimals, money has those of the currency.
    column.scale.filter(|scale| *scale > 2).unwrap_or(DIGITS)
}

/// Text that is UTF-8 whatever its column says: many shops sent UTF-8 through a connection that said latin1.
fn as_text(column: &Column) -> String {
    let row = of_row(column);
    let text = match column.charset.as_deref() {
        None => format!("CAST({row} AS CHAR CHARACTER SET utf8mb4)"),
        Some("latin1") => format!(
            "CASE WHEN LENGTH({row}) < 1000 AND HEX({row}) REGEXP '{UTF8}' \
             THEN CONVERT(CAST({row} AS BINARY) USING utf8mb4) ELSE CONVERT({row} USING utf8mb4) END"
        ),
        Some(_) => format!("CONVERT({row} USING utf8mb4)"),
    };
    format!("{text} COLLATE utf8mb4_bin")
}

fn digits(column: &Column) -> String {
    format!(
        "REPLACE(REPLACE(TRIM({}), ',', ''), '원', '')",
        as_text(column)
    )
}

/// An extra column's value in the new table.
fn kept(column: &Column) -> String {
    let choice = matches!(column.data_type.as_str(), "enum" | "set");
    match column.class() {
        Class::Text if !choice => as_text(column),
        // A date that is none would make every later change of the table fail.
        Class::Time | Class::Stamp => {
            let row = of_row(column);
            format!(
                "CASE WHEN {row} > '1000-01-01' AND MONTH({row}) > 0 AND DAYOFMONTH({row}) > 0 THEN {row} END"
            )
        }
        _ => of_row(column),
    }
}

fn nothing(wanted: &Column) -> String {
    match wanted.class() {
        Class::Whole => "CAST(NULL AS SIGNED)".to_owned(),
        Class::Number => format!("CAST(NULL AS DECIMAL(18,{}))", wanted.scale.unwrap_or(2)),
        Class::Time | Class::Stamp => "CAST(NULL AS DATETIME(6))".to_owned(),
        Class::Text => "CAST(NULL AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin".to_owned(),
        Class::Other => "NULL".to_owned(),
    }
}
