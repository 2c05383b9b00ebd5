//! What an administrator's account lacks, in words that say what to do.

use mysql_async::{Conn, prelude::Queryable};

use crate::database::engine_errors as engine;

/// What servers say when they are asked for an account that they do not have.
pub const NO_SUCH_ACCOUNT: [u16; 3] = [
    engine::NO_SUCH_USER,
    engine::NO_SUCH_GRANT,
    engine::ACCOUNT_REFUSED,
];

/// The server's number of an error, if it was the server that refused.
pub fn errno(error: &anyhow::Error) -> Option<u16> {
    error
        .chain()
        .find_map(|cause| match cause.downcast_ref::<mysql_async::Error>() {
            Some(mysql_async::Error::Server(error)) => Some(error.code),
            _ => None,
        })
}

/// Adds what the account needs to an error that is about rights.
///
/// # Errors
/// The one that came in.
pub async fn explain<T>(
    conn: &mut Conn,
    scratch: &str,
    outcome: anyhow::Result<T>,
) -> anyhow::Result<T> {
    let error = match outcome {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let Some(remedy) = errno(&error).and_then(|errno| remedy(errno, scratch)) else {
        return Err(error);
    };
    let account: Option<String> = conn
        .query_first("SELECT CURRENT_USER()")
        .await
        .unwrap_or_default();
    let account = account.unwrap_or_default();
    Err(error.context(format!("the account {account} needs {remedy}")))
}

/// Whether an error says that the account may not do something.
pub fn lacking(error: &anyhow::Error) -> bool {
    errno(error).is_some_and(|errno| remedy(errno, "").is_some())
}

fn remedy(errno: u16, scratch: &str) -> Option<String> {
    Some(match errno {
        engine::DATABASE_NOT_GRANTED
        | engine::TABLE_NOT_GRANTED
        | engine::COLUMN_NOT_GRANTED
        | engine::PROCEDURE_NOT_GRANTED
        | engine::GRANT_REFUSED => format!(
            "SELECT ON mysql.*, and every right WITH GRANT OPTION on the database and on the one beside it, where the \
             files are tried: GRANT ALL PRIVILEGES ON {scratch}.* WITH GRANT OPTION"
        ),
        engine::PRIVILEGE_MISSING => {
            "CREATE USER and, to make routines of another account, SET USER (MariaDB) or SET_ANY_DEFINER and \
             ALLOW_NONEXISTENT_DEFINER (MySQL; before 8.2 SET_USER_ID), ON *.*"
                .to_owned()
        }
        engine::ROUTINE_NOT_SAFE_TO_LOG => "SUPER, or the server log_bin_trust_function_creators = 1".to_owned(),
        _ => return None,
    })
}
