//! The errors of MariaDB and MySQL that the gateway treats in a way of its own: the only list of them.
//!
//! What such an error is to a caller (status, words, remedy) is its row in `shop_error_codes`, whose code is its name here.

/// What is done about a CALL that ended with an error, when the catalogue says that the CALL is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Another transaction was in the way and is gone.
    AtOnce,
    /// It is still in the way.
    AfterPause,
    /// This server cannot do it; another one may.
    Reconnect,
    /// A routine, a view or a right is being replaced: a few times.
    Redeployed,
}

/// What an error means for a call and its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing was done, and the same CALL may succeed.
    Retry(Retry),
    /// The server's last words on a connection: whether the CALL's commit came before them is not known.
    EndsConnection,
    /// No new connection just now; that passes.
    Passes,
    /// Until somebody does something about it.
    Lasts,
}

use Meaning::{EndsConnection, Lasts, Passes, Retry as Again};
use Retry::{AfterPause, AtOnce, Reconnect, Redeployed};

macro_rules! engine_errors {
    ($($(#[$about:meta])* $name:ident = $errno:literal: $meaning:expr;)*) => {
        $($(#[$about])* pub const $name: u16 = $errno;)*

        /// Number, name and meaning of each.
        pub const ALL: &[(u16, &str, Meaning)] = &[$(($name, stringify!($name), $meaning)),*];
    };
}

engine_errors! {
    DEADLOCK = 1213: Again(AtOnce);
    ROW_CHANGED = 1020: Again(AtOnce);
    NUMBER_NOT_DRAWN = 1467: Again(AtOnce);

    LOCK_WAIT_TIMEOUT = 1205: Again(AfterPause);
    LOCK_NOT_AVAILABLE = 3572: Again(AfterPause);
    CLUSTER_NOT_READY = 1047: Again(AfterPause);
    TOO_MANY_CONNECTIONS = 1040: Again(AfterPause);

    SERVER_READ_ONLY = 1290: Again(Reconnect);
    TRANSACTION_READ_ONLY = 1792: Again(Reconnect);
    INNODB_MODE_READ_ONLY = 1836: Again(Reconnect);
    INNODB_READ_ONLY = 1874: Again(Reconnect);
    TABLE_LOCK_REFUSED = 1015: Again(Reconnect);
    TABLE_READ_ONLY = 1036: Again(Reconnect);
    /// A cluster without a majority.
    TRANSACTION_REFUSED = 3100: Again(Reconnect);

    /// Between DROP and CREATE of a routine.
    PROCEDURE_MISSING = 1305: Again(Redeployed);
    /// Between CREATE and GRANT.
    PROCEDURE_NOT_GRANTED = 1370: Again(Redeployed);
    /// While its parameters change.
    PROCEDURE_DIFFERS = 1318: Again(Redeployed);
    /// Between DROP and CREATE of a view.
    TABLE_MISSING = 1146: Again(Redeployed);
    VIEW_NOT_VALID = 1356: Again(Redeployed);

    SERVER_SHUTDOWN = 1053: EndsConnection;
    /// By KILL.
    QUERY_INTERRUPTED = 1317: EndsConnection;
    /// By KILL, inside a routine of MariaDB.
    CALL_KILLED = 4094: EndsConnection;
    STATEMENT_TIMEOUT = 1969: EndsConnection;
    QUERY_TIMEOUT = 3024: EndsConnection;
    CONNECTION_KILLED = 1927: EndsConnection;
    SESSION_KILLED = 3169: EndsConnection;
    DISCONNECTED = 4031: EndsConnection;

    /// Too many connections of this host failed.
    HOST_BLOCKED = 1129: Passes;
    ACCOUNT_HAS_TOO_MANY_CONNECTIONS = 1203: Passes;
    /// As the one before, where the limit is the account's own.
    ACCOUNT_LIMIT_REACHED = 1226: Passes;

    DEFINER_MISSING = 1449: Lasts;
    DATABASE_NOT_GRANTED = 1044: Lasts;
    TABLE_NOT_GRANTED = 1142: Lasts;
    COLUMN_NOT_GRANTED = 1143: Lasts;

    // Only an administrator's commands meet these.
    NO_SUCH_USER = 1133: Lasts;
    NO_SUCH_GRANT = 1141: Lasts;
    ACCOUNT_REFUSED = 1396: Lasts;
    GRANT_REFUSED = 1410: Lasts;
    PRIVILEGE_MISSING = 1227: Lasts;
    ROUTINE_NOT_SAFE_TO_LOG = 1419: Lasts;
}

/// What an error means, if it is one of these.
pub fn meaning(errno: u16) -> Option<Meaning> {
    let found = ALL.iter().find(|(number, ..)| *number == errno);
    found.map(|(.., meaning)| *meaning)
}

/// How a CALL is repeated that ended with this error, if at all.
pub fn retry(errno: u16) -> Option<Retry> {
    match meaning(errno) {
        Some(Again(how)) => Some(how),
        _ => None,
    }
}

/// Whether the connection is of no use any more, and the fate of its CALL not known.
pub fn ends_connection(errno: u16) -> bool {
    meaning(errno) == Some(EndsConnection)
}

/// Whether a connection that could not be made may be had later, without anybody doing something.
pub fn passes(errno: u16) -> bool {
    meaning(errno).is_some_and(|meaning| meaning != Lasts)
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::{Path, PathBuf},
    };

    use super::*;
    use crate::errors::file;

    /// Which errors end a call is decided by the rows; here is how.
    #[test]
    fn they_say_the_same_as_the_rows() {
        let rows: BTreeMap<u16, file::Row> = file::rows().map(|row| (row.errno, row)).collect();
        assert!(rows.len() > 60, "{rows:?}");
        let numbers: BTreeSet<u16> = ALL.iter().map(|(errno, ..)| *errno).collect();
        assert_eq!(numbers.len(), ALL.len(), "a number twice");
        for (errno, name, meaning) in ALL {
            let Some(row) = rows.get(errno) else {
                // An answer to a buyer's call cannot be one of these.
                assert!(!matches!(meaning, Again(_)), "{name} has no row");
                continue;
            };
            assert_eq!(row.code, *name, "{errno}");
            assert_eq!(row.repeat_call, matches!(meaning, Again(_)), "{name}");
            assert!(row.retryable && row.status == 503, "{name}");
        }
        for row in rows.values().filter(|row| row.repeat_call) {
            let remedy = row.remedy.to_lowercase();
            let expected = if remedy.contains("jumun db load") {
                Redeployed
            } else if remedy.contains("connect to the primary") {
                Reconnect
            } else if remedy.contains("after a pause") {
                AfterPause
            } else {
                AtOnce
            };
            assert_eq!(retry(row.errno), Some(expected), "{}: {remedy}", row.code);
        }
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .flat_map(|path| {
                if path.is_dir() {
                    sources(&path)
                } else {
                    vec![path]
                }
            })
            .filter(|path| path.extension().is_some_and(|end| end == "rs"))
            .collect()
    }

    /// A number elsewhere would be a second list.
    #[test]
    fn no_other_file_names_them_by_number() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = sources(&top);
        assert!(files.len() > 60);
        for path in files {
            if path.ends_with("database/engine_errors.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
            for line in code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
            {
                for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                    let named = word.parse().ok().and_then(meaning).is_some();
                    assert!(!named, "{}: {line}", path.display());
                }
            }
        }
    }

    #[test]
    fn what_passes_at_connecting_is_everything_that_nobody_has_to_mend() {
        for errno in [1040, 1047, 1053, 1129, 1203, 1226, 1290, 1927, 3169] {
            assert!(passes(errno), "{errno}");
        }
        // A wrong password, a database that is not there, rights that are missing.
        for errno in [1044, 1045, 1049, 1142, 1449] {
            assert!(!passes(errno), "{errno}");
        }
    }
}
