//! The administrator's connection: what loading and comparing have in common.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use mysql_async::{Conn, Opts, OptsBuilder, prelude::Queryable};
use sha2::{Digest, Sha256};

use crate::{config::ServerArgs, database::connect};

use super::{files::SqlFile, split::Statement};

/// Owns every view and routine.
pub const DEFINER: &str = "jumun_definer@localhost";
/// Patient: another session may hold a row for a while, and nobody waits for us.
const LOCK_WAIT_SECONDS: u32 = 50;

/// Connects to the server of the URL and returns its database's name, which need not exist.
///
/// # Errors
/// When the URL is wrong or the server refuses.
pub async fn connect(args: &ServerArgs) -> anyhow::Result<(Conn, String)> {
    let options = connect::read_url(&args.admin_url, "JUMUN_ADMIN_DATABASE_URL")?;
    let name = options.db_name().unwrap_or_default().to_owned();
    ensure!(is_plain(&name), "{name:?} is not a plain database name");
    let options =
        connect::session_options(options, args.database_ca.as_deref(), LOCK_WAIT_SECONDS)?;
    let options: Opts = OptsBuilder::db_name(options, None::<String>).into();
    let conn = Conn::new(options)
        .await
        .context("cannot connect as administrator")?;
    Ok((conn, name))
}

/// Names that need no quoting anywhere.
fn is_plain(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Creates a database in the only character set and collation that is meant.
///
/// # Errors
/// When the server refuses.
pub async fn create_database(conn: &mut Conn, name: &str) -> anyhow::Result<()> {
    let sql =
        format!("CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    conn.query_drop(sql)
        .await
        .with_context(|| format!("cannot create the database {name}"))
}

/// One at a time per database. The lock ends with the connection.
///
/// # Errors
/// When the other one is not done in time.
pub async fn lock(conn: &mut Conn, name: &str, wait_seconds: u32) -> anyhow::Result<()> {
    // Names of locks are shorter than names of databases.
    let lock = format!("jumun_load_{}", &hex::encode(Sha256::digest(name))[..16]);
    let got: Option<Option<i64>> = conn
        .exec_first("SELECT GET_LOCK(?, ?)", (lock, wait_seconds))
        .await?;
    ensure!(
        got.flatten() == Some(1),
        "another load or check of {name} has not finished within {wait_seconds} s"
    );
    Ok(())
}

/// Applied schema files: version to the hash of the file, if it is known.
///
/// # Errors
/// What the server said.
pub async fn applied_schema(
    conn: &mut Conn,
    name: &str,
) -> anyhow::Result<BTreeMap<u32, Option<String>>> {
    let exists: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'shop_schema_version'",
            (name,),
        )
        .await?;
    if exists != Some(1) {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(u32, Option<String>)> = conn
        .query(format!(
            "SELECT version, file_sha256 FROM {name}.shop_schema_version"
        ))
        .await?;
    Ok(rows.into_iter().collect())
}

/// Runs every statement of a file.
///
/// # Errors
/// The first statement that fails, by file and line.
pub async fn run_file(conn: &mut Conn, file: &SqlFile) -> anyhow::Result<()> {
    for statement in &file.statements {
        run(conn, file, statement).await?;
    }
    Ok(())
}

/// Runs one statement.
///
/// # Errors
/// What the server said, with file and line.
pub async fn run(conn: &mut Conn, file: &SqlFile, statement: &Statement) -> anyhow::Result<()> {
    conn.query_drop(statement.text.as_str())
        .await
        .with_context(|| format!("{}:{}", file.path, statement.line))
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn only_plain_names_are_put_into_statements() {
        assert!(is_plain("jumun_2"));
        for name in ["", "a-b", "a`b", "1", "a b", "가", &"a".repeat(65)] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
