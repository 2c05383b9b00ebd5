//! One CALL on one connection: sends it and reads all that comes back. The only place that executes anything.

use std::sync::Arc;

use mysql_async::{
    Column, Conn, Error, Params, Row, Statement, Value, consts::StatusFlags, prelude::Queryable,
};

/// One result set.
#[derive(Debug, Clone)]
pub struct Set {
    pub columns: Arc<[Column]>,
    pub rows: Vec<Vec<Value>>,
}

/// Reads every result set to its end. An error may come after any set: the driver then claims that nothing is
/// left to read, and only `drop_result` returns it.
///
/// # Errors
/// What the server or the connection said, with the sets that came before it.
pub async fn execute(
    conn: &mut Conn,
    statement: &Statement,
    parameters: &[Value],
) -> Result<Vec<Set>, (Error, Vec<Set>)> {
    let parameters = if parameters.is_empty() {
        Params::Empty
    } else {
        Params::Positional(parameters.to_vec())
    };
    let mut sets = Vec::new();
    let mut result = match conn.exec_iter(statement, parameters).await {
        Ok(result) => result,
        Err(error) => return Err((error, sets)),
    };
    while !result.is_empty() {
        let columns = result.columns();
        match result.collect::<Row>().await {
            Ok(rows) => {
                if let Some(columns) = columns.filter(|columns| !columns.is_empty()) {
                    let rows = rows.into_iter().map(values).collect();
                    sets.push(Set { columns, rows });
                }
            }
            Err(error) => return Err((error, sets)),
        }
    }
    match result.drop_result().await {
        Ok(()) => Ok(sets),
        Err(error) => Err((error, sets)),
    }
}

fn values(row: Row) -> Vec<Value> {
    row.unwrap_raw()
        .into_iter()
        .map(|value| value.unwrap_or(Value::NULL))
        .collect()
}

/// Whether the connection, after a success read to its end, has left a transaction open.
pub fn leaves_transaction(conn: &Conn) -> bool {
    let flags = conn.last_ok_packet().map(|ok| ok.status_flags());
    flags.is_none_or(|flags| flags.contains(StatusFlags::SERVER_STATUS_IN_TRANS))
}
