//! A database beside the shop's in which the files are tried before anything of the shop's is touched, and with which it is
//! compared. It has one name per database, so that a run that was killed leaves one at most, which the next run drops;
//! runs are one at a time, by the lock in `admin`.

use std::future::Future;

use anyhow::{Context, bail};
use mysql_async::{Conn, prelude::Queryable};
use sha2::{Digest, Sha256};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    admin,
    files::{Kind, SqlFile},
    rights,
};
use crate::config::SqlArgs;

/// All that the files know.
pub const ACCOUNTS: [&str; 3] = [
    "'jumun_definer'@'localhost'",
    "'jumun_gateway'@'%'",
    "'jumun_operator'@'%'",
];
const ENDING: &str = "_jumun_scratch";
const LONGEST_NAME: usize = 64;

/// What the tables are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables<'a> {
    /// The schema files, from nothing.
    Files,
    /// The tables of this database as they are, without rows.
    Of(&'a str),
}

/// Name of the database beside this one.
pub fn name(live: &str) -> String {
    if live.len() + ENDING.len() <= LONGEST_NAME {
        return format!("{live}{ENDING}");
    }
    // Too long: the front and a hash of all of it.
    let hash = &hex::encode(Sha256::digest(live))[..8];
    let front = &live[..LONGEST_NAME - ENDING.len() - hash.len() - 1];
    format!("{front}_{hash}{ENDING}")
}

/// Makes it anew, empty, and goes there.
///
/// # Errors
/// When the server refuses.
pub async fn make(conn: &mut Conn, scratch: &str) -> anyhow::Result<()> {
    remove(conn, scratch).await?;
    admin::create_database(conn, scratch).await?;
    conn.query_drop(format!("USE {scratch}")).await?;
    Ok(())
}

/// Loads the files into it. Accounts are the server's: they are made here only when `with_accounts` says so; `with_grants`
/// needs them.
///
/// # Errors
/// The first statement that fails, by file and line.
pub async fn fill(
    conn: &mut Conn,
    files: &[SqlFile],
    tables: Tables<'_>,
    with_accounts: bool,
    with_grants: bool,
) -> anyhow::Result<()> {
    if let Tables::Of(live) = tables {
        copy_tables(conn, live).await?;
    }
    for file in files {
        match file.kind {
            Kind::Schema(_) if tables != Tables::Files => {}
            Kind::Accounts if with_accounts => admin::run_file(conn, file).await?,
            Kind::Accounts | Kind::Grants => {
                let grants = file
                    .statements
                    .iter()
                    .filter(|statement| statement.text.starts_with("GRANT "));
                for statement in grants.filter(|_| with_grants) {
                    admin::run(conn, file, statement).await?;
                }
            }
            Kind::Schema(_) | Kind::Catalogue | Kind::Object => admin::run_file(conn, file).await?,
        }
    }
    Ok(())
}

async fn copy_tables(conn: &mut Conn, live: &str) -> anyhow::Result<()> {
    let tables: Vec<String> = conn
        .exec(
            "SELECT TABLE_NAME FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME",
            (live,),
        )
        .await?;
    for table in tables {
        let table = table.replace('`', "``");
        conn.query_drop(format!("CREATE TABLE `{table}` LIKE {live}.`{table}`"))
            .await
            .with_context(|| format!("cannot copy the table {table}"))?;
    }
    Ok(())
}

/// Drops it with the grants in it, which would outlive it.
///
/// # Errors
/// When the server refuses.
pub async fn remove(conn: &mut Conn, scratch: &str) -> anyhow::Result<()> {
    for account in ACCOUNTS {
        let grants = match grants(conn, account).await {
            Ok(grants) => grants,
            Err(error) => match rights::errno(&error) {
                Some(errno) if rights::NO_SUCH_ACCOUNT.contains(&errno) => continue,
                _ => return Err(error),
            },
        };
        for grant in grants
            .iter()
            .filter(|grant| grant.contains(&format!("`{scratch}`.")))
        {
            let revoke = grant
                .replacen("GRANT ", "REVOKE ", 1)
                .replacen(" TO ", " FROM ", 1);
            conn.query_drop(revoke).await?;
        }
    }
    let exists: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
            (scratch,),
        )
        .await?;
    if exists == Some(1) {
        conn.query_drop(format!("DROP DATABASE {scratch}")).await?;
    }
    Ok(())
}

/// What an account may do, as the server says it.
///
/// # Errors
/// What the server said, also when there is no such account.
pub async fn grants(conn: &mut Conn, account: &str) -> anyhow::Result<Vec<String>> {
    Ok(conn.query(format!("SHOW GRANTS FOR {account}")).await?)
}

/// Ends work at SIGINT or SIGTERM, so that what comes after it, the cleaning, is done. From the first call on these signals
/// do not end the process by themselves.
///
/// # Errors
/// Those of the work, and the interruption.
pub async fn interruptible<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = work => outcome,
        _ = interrupted.recv() => bail!("interrupted"),
        _ = terminated.recv() => bail!("terminated"),
    }
}

/// Drops it after work that may have been interrupted, on a connection of its own: the other one may be in the middle of
/// something. Gives the outcome of the work, which matters more than a failure here.
///
/// # Errors
/// Those of the work; then, when it cannot be dropped.
pub async fn clean<T>(
    args: &SqlArgs,
    scratch: &str,
    outcome: anyhow::Result<T>,
) -> anyhow::Result<T> {
    let cleaned = async {
        let (mut cleaner, _) = admin::connect(&args.server).await?;
        remove(&mut cleaner, scratch).await?;
        cleaner.disconnect().await.ok();
        anyhow::Ok(())
    };
    let cleaned = cleaned.await;
    let value = outcome?;
    cleaned.with_context(|| format!("drop {scratch} by hand"))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn every_name_has_room_for_the_ending_and_is_its_own() {
        assert_eq!(name("shop"), "shop_jumun_scratch");
        let long = ["a".repeat(63) + "b", "a".repeat(63) + "c", "a".repeat(50)];
        let names = long.map(|live| name(&live));
        assert!(names.iter().all(|name| name.len() <= 64));
        assert!(names[0] != names[1] && names[1] != names[2]);
        assert!(names[2].starts_with(&"a".repeat(50)));
    }
}
