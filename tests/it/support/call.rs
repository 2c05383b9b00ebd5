//! Calls a procedure and collects everything it answers, also what came before an error.

use std::fmt;
use std::sync::Arc;

use mysql_async::prelude::Queryable;
use mysql_async::{BinaryProtocol, Conn, Error, Params, QueryResult, TextProtocol, Value};

/// One row; columns are found by name.
#[derive(Clone)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    #[track_caller]
    fn value(&self, column: &str) -> &Value {
        match self.columns.iter().position(|name| name == column) {
            Some(at) => &self.values[at],
            None => panic!("no column {column} among {:?}", self.columns),
        }
    }

    /// Whether there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }

    /// The value as text, `None` for NULL: decimals as they are, dates as `YYYY-MM-DD HH:MM:SS.ffffff`,
    /// bytes that are no text as lower-case hex.
    #[track_caller]
    pub fn opt(&self, column: &str) -> Option<String> {
        text(self.value(column))
    }

    /// The value as text; panics when it is NULL.
    #[track_caller]
    pub fn str(&self, column: &str) -> String {
        self.opt(column)
            .unwrap_or_else(|| panic!("{column} is NULL in {self:?}"))
    }

    /// The value as an integer; panics when it is none.
    #[track_caller]
    pub fn int(&self, column: &str) -> i64 {
        let text = self.str(column);
        text.parse()
            .unwrap_or_else(|_| panic!("{column} is {text:?}, not an integer"))
    }

    /// The value read as JSON.
    #[track_caller]
    pub fn json(&self, column: &str) -> serde_json::Value {
        let text = self.str(column);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{column} is no JSON ({e}): {text}"))
    }

    /// The value as the driver gave it, for tests of types.
    #[track_caller]
    pub fn raw(&self, column: &str) -> &Value {
        self.value(column)
    }

    /// The first column as text, for one-column queries.
    pub fn only(&self) -> Option<String> {
        self.values.first().and_then(text)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => {
            Some(String::from_utf8(bytes.clone()).unwrap_or_else(|e| hex::encode(e.into_bytes())))
        }
        Value::Int(n) => Some(n.to_string()),
        Value::UInt(n) => Some(n.to_string()),
        Value::Float(x) => Some(x.to_string()),
        Value::Double(x) => Some(x.to_string()),
        Value::Date(y, mo, d, h, mi, s, us) => Some(format!(
            "{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}.{us:06}"
        )),
        Value::Time(..) => Some(value.as_sql(false)),
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.columns.iter().zip(self.values.iter().map(text)))
            .finish()
    }
}

/// One result set.
#[derive(Clone, Debug)]
pub struct Set {
    pub columns: Arc<[String]>,
    pub rows: Vec<Row>,
}

impl Set {
    /// One column of all rows, as text; NULL becomes an empty string.
    pub fn column(&self, name: &str) -> Vec<String> {
        let text = |row: &Row| row.opt(name).unwrap_or_default();
        self.rows.iter().map(text).collect()
    }

    /// The only row whose column has this value; panics when there is none or more than one.
    #[track_caller]
    pub fn find(&self, column: &str, value: &str) -> &Row {
        let mut found = self
            .rows
            .iter()
            .filter(|row| row.opt(column).as_deref() == Some(value));
        match (found.next(), found.next()) {
            (Some(row), None) => row,
            _ => panic!("not exactly one row with {column} = {value}: {self:?}"),
        }
    }
}

/// All result sets of a call.
#[derive(Clone, Debug, Default)]
pub struct Sets(pub Vec<Set>);

impl Sets {
    /// The only row of the first set: the one with `result`.
    #[track_caller]
    pub fn first(&self) -> &Row {
        match self.set(0).rows.as_slice() {
            [row] => row,
            rows => panic!("the first set has {} rows: {self:?}", rows.len()),
        }
    }

    /// The result set with this number, from 0.
    #[track_caller]
    pub fn set(&self, number: usize) -> &Set {
        self.0
            .get(number)
            .unwrap_or_else(|| panic!("no result set {number}: {self:?}"))
    }

    /// How many sets there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// A call that failed. `errno` is 0 when it was not the server that said so (a lost connection).
#[derive(Clone, Debug)]
pub struct CallError {
    pub errno: u16,
    pub sqlstate: String,
    pub message: String,
    /// What the procedure answered before the error.
    pub sets: Sets,
}

impl CallError {
    /// The business code: the message, when the error was raised on purpose.
    pub fn code(&self) -> &str {
        if self.sqlstate == "45000" {
            &self.message
        } else {
            ""
        }
    }

    /// The error row: `result, errno, field, detail, more`.
    #[track_caller]
    pub fn row(&self) -> &Row {
        self.sets.first()
    }

    /// Panics unless the error is this one in all three places: code, error row, and a catalogue number.
    #[track_caller]
    pub fn expect_code(&self, code: &str) -> &CallError {
        assert_eq!(self.code(), code, "{self:?}");
        assert_eq!(self.row().str("result"), code, "{self:?}");
        assert_eq!(self.row().int("errno"), i64::from(self.errno), "{self:?}");
        self
    }

    fn new(error: Error, sets: Sets) -> CallError {
        match error {
            Error::Server(e) => CallError {
                errno: e.code,
                sqlstate: e.state,
                message: e.message,
                sets,
            },
            other => CallError {
                errno: 0,
                sqlstate: String::new(),
                message: other.to_string(),
                sets,
            },
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.errno, self.sqlstate, self.message)
    }
}

impl std::error::Error for CallError {}

/// `CALL procedure(?, …)` by the binary protocol, as the gateway does it.
pub async fn call(
    conn: &mut Conn,
    procedure: &str,
    params: impl Into<Params>,
) -> Result<Sets, CallError> {
    let params = params.into();
    let marks = match &params {
        Params::Empty => 0,
        Params::Positional(values) => values.len(),
        Params::Named(_) => panic!("parameters of a CALL are positional"),
    };
    let sql = format!("CALL {procedure}({})", vec!["?"; marks].join(", "));
    let result = match conn.exec_iter(sql, params).await {
        Ok(result) => result,
        Err(e) => return Err(CallError::new(e, Sets::default())),
    };
    collect_binary(result).await
}

/// One or several statements by the text protocol; all their sets.
pub async fn query(conn: &mut Conn, sql: &str) -> Result<Sets, CallError> {
    let result = match conn.query_iter(sql).await {
        Ok(result) => result,
        Err(e) => return Err(CallError::new(e, Sets::default())),
    };
    collect_text(result).await
}

/// The loop is the same for both protocols, but the driver's trait for them cannot be named outside it.
macro_rules! collect {
    ($name:ident, $protocol:ty) => {
        async fn $name(mut result: QueryResult<'_, 'static, $protocol>) -> Result<Sets, CallError> {
            let mut sets = Sets::default();
            while !result.is_empty() {
                let columns: Arc<[String]> = result
                    .columns_ref()
                    .iter()
                    .map(|c| c.name_str().into_owned())
                    .collect();
                let rows: Vec<mysql_async::Row> = match result.collect().await {
                    Ok(rows) => rows,
                    Err(e) => return Err(CallError::new(e, sets)),
                };
                if !columns.is_empty() {
                    let row = |row: mysql_async::Row| Row {
                        columns: columns.clone(),
                        values: row.unwrap(),
                    };
                    let rows = rows.into_iter().map(row).collect();
                    sets.0.push(Set {
                        columns: columns.clone(),
                        rows,
                    });
                }
            }
            // An error after a set shows up here and nowhere else; tests/it/driver.rs has the proof.
            match result.drop_result().await {
                Ok(()) => Ok(sets),
                Err(e) => Err(CallError::new(e, sets)),
            }
        }
    };
}
collect!(collect_binary, BinaryProtocol);
collect!(collect_text, TextProtocol);
