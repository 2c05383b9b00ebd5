//! What a database is made of, as facts that can be compared: one name, several attributes.

use std::collections::BTreeMap;

use mysql_async::{Conn, Params, Row, Value, prelude::Queryable};

use super::sqltext::normal;

/// A thing that a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub attributes: BTreeMap<String, String>,
}

impl Fact {
    /// Whether the account may see that there is such a thing, and not its text.
    pub fn is_unreadable(&self) -> bool {
        let text = |name| self.attributes.get(name).map(String::as_str);
        text("ROUTINE_DEFINITION") == Some("NULL") || text("VIEW_DEFINITION") == Some("")
    }
}

/// Things by name.
pub type Facts = BTreeMap<String, Fact>;

/// Kinds of things: what each is called, how it is mended, and where it is found. `?` is the database;
/// the first column is the name, every other one an attribute.
pub const KINDS: [Kind; 11] = [
    Kind {
        name: "table",
        remedy: Remedy::Schema,
        sql: "SELECT TABLE_NAME AS name, ENGINE, TABLE_COLLATION, TABLE_COMMENT FROM information_schema.TABLES
              WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
    },
    Kind {
        name: "column",
        remedy: Remedy::Schema,
        sql: "SELECT CONCAT(c.TABLE_NAME, '.', c.COLUMN_NAME) AS name, c.ORDINAL_POSITION, c.COLUMN_TYPE,
                  c.IS_NULLABLE, c.COLUMN_DEFAULT, c.COLLATION_NAME, c.EXTRA, c.GENERATION_EXPRESSION,
                  c.COLUMN_COMMENT
              FROM information_schema.COLUMNS c
              JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA
                  AND t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_TYPE = 'BASE TABLE'
              WHERE c.TABLE_SCHEMA = ?",
    },
    Kind {
        name: "index",
        remedy: Remedy::Schema,
        sql: "SELECT CONCAT(TABLE_NAME, '.', INDEX_NAME) AS name, MAX(NON_UNIQUE) AS NON_UNIQUE,
                  MAX(INDEX_TYPE) AS INDEX_TYPE,
                  GROUP_CONCAT(COALESCE(COLUMN_NAME, '(expression)'), COALESCE(CONCAT('(', SUB_PART, ')'), ''), ' ',
                      COALESCE(COLLATION, '') ORDER BY SEQ_IN_INDEX SEPARATOR ', ') AS COLUMNS
              FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? GROUP BY TABLE_NAME, INDEX_NAME",
    },
    Kind {
        name: "constraint",
        remedy: Remedy::Schema,
        sql: "SELECT CONCAT(c.TABLE_NAME, '.', c.CONSTRAINT_NAME) AS name, MAX(c.CONSTRAINT_TYPE) AS CONSTRAINT_TYPE,
                  GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', ') AS COLUMNS,
                  MAX(k.REFERENCED_TABLE_NAME) AS REFERENCED_TABLE,
                  GROUP_CONCAT(k.REFERENCED_COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', ')
                      AS REFERENCED_COLUMNS
              FROM information_schema.TABLE_CONSTRAINTS c
              LEFT JOIN information_schema.KEY_COLUMN_USAGE k ON k.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA
                  AND k.TABLE_NAME = c.TABLE_NAME AND k.CONSTRAINT_NAME = c.CONSTRAINT_NAME
              WHERE c.TABLE_SCHEMA = ? GROUP BY c.TABLE_NAME, c.CONSTRAINT_NAME",
    },
    Kind {
        name: "foreign key",
        remedy: Remedy::Schema,
        sql: "SELECT CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME) AS name, UPDATE_RULE, DELETE_RULE
              FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?",
    },
    Kind {
        name: "check",
        remedy: Remedy::Schema,
        sql: "SELECT CONSTRAINT_NAME AS name, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
              WHERE CONSTRAINT_SCHEMA = ?",
    },
    Kind {
        name: "view",
        remedy: Remedy::Load,
        sql: "SELECT TABLE_NAME AS name, VIEW_DEFINITION, CHECK_OPTION, DEFINER, SECURITY_TYPE
              FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?",
    },
    Kind {
        name: "routine",
        remedy: Remedy::Load,
        sql: "SELECT ROUTINE_NAME AS name, ROUTINE_TYPE, DTD_IDENTIFIER AS RETURNS, IS_DETERMINISTIC, SQL_DATA_ACCESS,
                  SECURITY_TYPE, DEFINER, SQL_MODE, COLLATION_CONNECTION, DATABASE_COLLATION, ROUTINE_COMMENT,
                  ROUTINE_DEFINITION
              FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?",
    },
    Kind {
        name: "parameter",
        remedy: Remedy::Load,
        sql: "SELECT CONCAT(SPECIFIC_NAME, '.', ORDINAL_POSITION) AS name, PARAMETER_NAME, PARAMETER_MODE,
                  DTD_IDENTIFIER AS TYPE, COLLATION_NAME
              FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = ?",
    },
    Kind {
        name: "trigger",
        remedy: Remedy::Load,
        sql: "SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, DEFINER, SQL_MODE,
                  ACTION_STATEMENT
              FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?",
    },
    Kind {
        name: "event",
        remedy: Remedy::Drop,
        sql: "SELECT EVENT_NAME AS name, EVENT_DEFINITION FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?",
    },
];

/// One kind of thing.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static str,
    pub remedy: Remedy,
    sql: &'static str,
}

/// What to do about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Tables change by schema files only.
    Schema,
    /// Loaded again with every load.
    Load,
    /// The files have no such thing.
    Drop,
}

impl Remedy {
    fn of_missing(self) -> &'static str {
        match self {
            Self::Schema => "put it back as sql/schema has it",
            Self::Load | Self::Drop => "run jumun db load",
        }
    }

    fn of_extra(self) -> &'static str {
        match self {
            Self::Schema => "drop it, or add it in a new file of sql/schema",
            Self::Load => "run jumun db load, or drop it if its definer is not jumun_definer",
            Self::Drop => "drop it",
        }
    }

    fn of_changed(self) -> &'static str {
        match self {
            Self::Schema => "change it back, or change it in a new file of sql/schema",
            Self::Load | Self::Drop => "run jumun db load",
        }
    }
}

/// What a text is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// As it is.
    Whole,
    /// Without comments, since clients differ in whether they send them.
    Normal,
}

/// Everything of one kind in a database, without comments.
///
/// # Errors
/// What the server said.
pub async fn facts(conn: &mut Conn, kind: &Kind, database: &str) -> mysql_async::Result<Facts> {
    facts_with(conn, kind, database, Texts::Normal).await
}

/// Everything of one kind in a database. Where the database's own name is part of a text, it is left out.
///
/// # Errors
/// What the server said.
pub async fn facts_with(
    conn: &mut Conn,
    kind: &Kind,
    database: &str,
    texts: Texts,
) -> mysql_async::Result<Facts> {
    let rows: Vec<Row> = conn
        .exec(kind.sql, Params::Positional(vec![Value::from(database)]))
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| fact(&row, database, texts))
        .collect())
}

/// A row as a fact: the first column is its name.
pub fn fact(row: &Row, database: &str, texts: Texts) -> (String, Fact) {
    let mut values = row.columns_ref().iter().enumerate().map(|(index, column)| {
        let text = match row.as_ref(index) {
            None | Some(Value::NULL) => "NULL".to_owned(),
            Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            Some(other) => other.as_sql(true),
        };
        (column.name_str().into_owned(), text)
    });
    let name = values.next().map(|(_, name)| name).unwrap_or_default();
    let attributes = values
        .map(|(attribute, text)| {
            let text = match attribute.as_str() {
                "ROUTINE_DEFINITION" | "ACTION_STATEMENT" if texts == Texts::Normal => {
                    normal(&text)
                }
                "VIEW_DEFINITION" => text.replace(&format!("`{database}`."), ""),
                "CHECK_CLAUSE" => text.replace(&format!("`{database}`."), ""),
                _ => text,
            };
            (attribute, text)
        })
        .collect();
    (name, Fact { attributes })
}

/// Names that only one of the two has.
pub fn unpaired<'a>(files: &'a Facts, database: &'a Facts) -> impl Iterator<Item = &'a String> {
    let missing = files.keys().filter(|name| !database.contains_key(*name));
    missing.chain(database.keys().filter(|name| !files.contains_key(*name)))
}

/// Every difference, one line each.
pub fn compare(kind: &str, remedy: Remedy, files: &Facts, database: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, wanted) in files {
        match database.get(name) {
            None => lines.push(format!("missing  {kind} {name}: {}", remedy.of_missing())),
            Some(found) if found != wanted => {
                let changes: Vec<_> = wanted
                    .attributes
                    .iter()
                    .filter_map(|(attribute, wanted)| {
                        let found = found.attributes.get(attribute).map_or("", String::as_str);
                        let attribute = attribute.to_ascii_lowercase();
                        (found != wanted).then(|| {
                            let (found, wanted) = excerpts(found, wanted);
                            format!("{attribute} is {found}, in the files {wanted}")
                        })
                    })
                    .collect();
                lines.push(format!(
                    "differs  {kind} {name}: {}; {}",
                    changes.join(", "),
                    remedy.of_changed()
                ));
            }
            Some(_) => {}
        }
    }
    for name in database.keys().filter(|name| !files.contains_key(*name)) {
        lines.push(format!("extra    {kind} {name}: {}", remedy.of_extra()));
    }
    lines
}

/// Both texts from a little before the place where they part, on one line.
fn excerpts(left: &str, right: &str) -> (String, String) {
    const BEFORE: usize = 12;
    const LENGTH: usize = 48;
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let parting = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let long = left.len().max(right.len()) > LENGTH;
    let start = if long {
        parting.saturating_sub(BEFORE)
    } else {
        0
    };
    let cut = |text: &[char]| {
        let end = text.len().min(start + LENGTH);
        let part: String = text[start.min(end)..end].iter().collect();
        let (head, tail) = (
            if start > 0 { "…" } else { "" },
            if end < text.len() { "…" } else { "" },
        );
        format!("\"{head}{}{tail}\"", part.replace(['\n', '\r', '\t'], " "))
    };
    (cut(&left), cut(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(list: &[(&str, &str)]) -> Facts {
        let fact = |value: &str| Fact {
            attributes: BTreeMap::from([("TYPE".to_owned(), value.to_owned())]),
        };
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), fact(value)))
            .collect()
    }

    #[test]
    fn missing_extra_and_changed_things_are_told_apart() {
        let lines = compare(
            "column",
            Remedy::Schema,
            &facts(&[("t.a", "int"), ("t.b", "int"), ("t.c", "int")]),
            &facts(&[("t.a", "int"), ("t.b", "bigint"), ("t.d", "int")]),
        );
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].starts_with("differs  column t.b: type is \"bigint\", in the files \"int\"")
        );
        assert!(lines[1].starts_with("missing  column t.c"));
        assert!(lines[2].starts_with("extra    column t.d"));
    }

    #[test]
    fn long_texts_are_shown_where_they_part() {
        let (left, right) = (
            format!("{}XYZ", "a".repeat(500)),
            format!("{}QRS", "a".repeat(500)),
        );
        let (left, right) = excerpts(&left, &right);
        assert_eq!(left, format!("\"…{}XYZ\"", "a".repeat(12)));
        assert!(right.ends_with("QRS\""));
    }
}
