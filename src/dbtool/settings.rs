//! What a server is set up to that the procedures cannot work with: told by the procedure that knows.

use mysql_async::{Conn, Error, Row, prelude::Queryable};

use crate::{
    database::engine_errors::{DATABASE_NOT_GRANTED, PROCEDURE_MISSING, PROCEDURE_NOT_GRANTED},
    routes::HEALTH,
};

/// There is no such procedure yet, or not for this account: told elsewhere, or not its business.
const SILENT: [u16; 3] = [
    PROCEDURE_MISSING,
    PROCEDURE_NOT_GRANTED,
    DATABASE_NOT_GRANTED,
];

/// What is in the way.
#[derive(Debug)]
pub struct Server {
    /// One line each, with its remedy.
    pub lines: Vec<String>,
    /// Whether it takes writes, as far as is known.
    pub writable: bool,
}

/// Asks; nothing is in the way when it cannot be asked.
///
/// # Errors
/// When the connection ends.
pub async fn problems(conn: &mut Conn, database: &str) -> anyhow::Result<Server> {
    let mut server = Server {
        lines: Vec::new(),
        writable: true,
    };
    match ask(conn, database).await {
        Ok((first, problems)) => {
            let said = first.first().and_then(|row| row.get("takes_writes"));
            server.writable = said.unwrap_or(1) != 0;
            server.lines.extend(
                problems
                    .into_iter()
                    .map(|(problem, remedy)| format!("server   {problem}; {remedy}")),
            );
        }
        Err(Error::Server(error)) if SILENT.contains(&error.code) => {}
        Err(Error::Server(error)) => server.lines.push(format!(
            "server   the procedures cannot do their work: {error}"
        )),
        Err(error) => return Err(error.into()),
    }
    Ok(server)
}

async fn ask(
    conn: &mut Conn,
    database: &str,
) -> mysql_async::Result<(Vec<Row>, Vec<(String, String)>)> {
    let mut result = conn
        .query_iter(format!("CALL {database}.{HEALTH}()"))
        .await?;
    let first = result.collect().await;
    let second = result.collect().await;
    // An error after a set is told here and nowhere else.
    result.drop_result().await?;
    Ok((first?, second?))
}
