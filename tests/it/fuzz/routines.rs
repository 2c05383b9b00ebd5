//! What the server itself says about the routines that somebody may call: parameters, callers; and from their headers,
//! which errors they declare. A new routine is covered as soon as it is granted to somebody.

use std::collections::{BTreeMap, BTreeSet};

use super::Dice;
use crate::admin::files::{File, files};
use crate::support::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    Gateway,
    Operator,
    /// root: a DBA may call everything.
    Dba,
}

/// What a parameter can hold.
#[derive(Clone, Debug)]
pub enum Kind {
    Number { most: u64 },
    Text { bytes: usize },
}

impl Kind {
    /// Whether the server has no reason to refuse the value before the routine begins. It refuses what the declared type
    /// cannot hold, and no routine can do anything about that.
    pub fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::NULL) => true,
            (Kind::Text { bytes }, Value::Bytes(text)) => {
                text.len() <= *bytes && std::str::from_utf8(text).is_ok()
            }
            (Kind::Text { .. }, _) => true,
            (Kind::Number { most }, Value::Int(n)) => u64::try_from(*n).is_ok_and(|n| n <= *most),
            (Kind::Number { most }, Value::UInt(n)) => n <= most,
            (Kind::Number { most }, Value::Bytes(text)) => {
                let plain = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
                plain
                    && String::from_utf8_lossy(text)
                        .parse::<u64>()
                        .is_ok_and(|n| n <= *most)
            }
            (Kind::Number { .. }, _) => false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub struct Routine {
    pub name: String,
    pub parameters: Vec<Parameter>,
    pub callers: Vec<Account>,
    /// Codes of its header's Errors.
    pub declared: BTreeSet<String>,
}

impl Routine {
    pub fn has(&self, parameter: &str) -> bool {
        self.parameters.iter().any(|p| p.name == parameter)
    }

    pub fn position(&self, parameter: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == parameter)
    }
}

/// All routines that are granted to somebody.
pub async fn routines(db: &TestDb) -> Vec<Routine> {
    let granted = db
        .rows(
            "SELECT Routine_name AS name, GROUP_CONCAT(User) AS users FROM mysql.procs_priv
             WHERE Db = DATABASE() AND Routine_type = 'PROCEDURE' GROUP BY Routine_name ORDER BY Routine_name",
        )
        .await;
    let rows = db
        .rows(
            "SELECT SPECIFIC_NAME AS routine, PARAMETER_NAME AS name, DATA_TYPE AS type, DTD_IDENTIFIER AS declared,
                    COALESCE(CHARACTER_OCTET_LENGTH, 0) AS bytes
             FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE'
               AND SPECIFIC_NAME IN (SELECT Routine_name FROM mysql.procs_priv WHERE Db = DATABASE())
             ORDER BY SPECIFIC_NAME, ORDINAL_POSITION",
        )
        .await;
    let mut parameters: BTreeMap<String, Vec<Parameter>> = BTreeMap::new();
    for row in rows {
        let parameter = Parameter {
            kind: kind(&row),
            name: row.str("name"),
        };
        parameters
            .entry(row.str("routine"))
            .or_default()
            .push(parameter);
    }
    let declared: BTreeMap<String, BTreeSet<String>> = files()
        .iter()
        .map(|file| (file.name.clone(), declared(file)))
        .collect();
    let routine = |row: &Row| {
        let name = row.str("name");
        let users = row.str("users");
        let mut callers = vec![Account::Dba];
        // Most calls come from those who serve.
        for (user, account) in [
            ("jumun_gateway", Account::Gateway),
            ("jumun_operator", Account::Operator),
        ] {
            if users.contains(user) {
                callers.extend([account; 4]);
            }
        }
        Routine {
            parameters: parameters.remove(&name).unwrap_or_default(),
            declared: declared[&name].clone(),
            callers,
            name,
        }
    };
    granted.iter().map(routine).collect()
}

fn kind(row: &Row) -> Kind {
    let (kind, declared) = (row.str("type"), row.str("declared"));
    let unsigned = declared.contains("unsigned");
    match kind.as_str() {
        "tinyint" if unsigned => Kind::Number { most: 255 },
        "smallint" if unsigned => Kind::Number { most: 65_535 },
        "int" if unsigned => Kind::Number {
            most: 4_294_967_295,
        },
        "bigint" if unsigned => Kind::Number { most: u64::MAX },
        "text" | "mediumtext" | "longtext" | "varchar" | "char" => Kind::Text {
            bytes: usize::try_from(row.int("bytes")).expect("a size"),
        },
        other => {
            panic!("a public routine has a parameter of type {other}: say here what it can hold")
        }
    }
}

fn declared(file: &File) -> BTreeSet<String> {
    let section = file.section("Errors").expect("a section").join("\n");
    File::words(&section)
        .filter(|word| {
            word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        })
        .map(str::to_owned)
        .collect()
}

/// The routine of the next call: those with many parameters more often. Those without any read everything, whatever they
/// are given, and are called by number.
pub fn choose<'a>(dice: &mut Dice, routines: &'a [Routine], number: usize) -> &'a Routine {
    let (plain, others): (Vec<&Routine>, Vec<&Routine>) =
        routines.iter().partition(|r| r.parameters.is_empty());
    if number % 300 == 299 && !plain.is_empty() {
        return plain[number / 300 % plain.len()];
    }
    let total: usize = others.iter().map(|r| weight(r)).sum();
    let mut at = dice.below(total);
    for routine in &others {
        if at < weight(routine) {
            return routine;
        }
        at -= weight(routine);
    }
    others[0]
}

fn weight(routine: &Routine) -> usize {
    2 + routine.parameters.len()
}
