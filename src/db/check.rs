//! `jumun db check`: every difference between a database and the SQL files, one line each.
//!
//! The files are loaded into a database of their own beside the one that is checked, and the two are compared
//! by what the server says about them. That database is dropped again, whatever happens.

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::{Context, ensure};
use mysql_async::{Conn, Row, prelude::Queryable};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    admin,
    adopt::forgive,
    facts::{Fact, Facts, KINDS, Remedy, compare, fact, facts, unpaired},
    files::{Kind, SqlFile, read_all},
    settings,
};
use crate::config::CheckArgs;

const ACCOUNTS: [&str; 3] = [
    "'jumun_definer'@'localhost'",
    "'jumun_gateway'@'%'",
    "'jumun_operator'@'%'",
];
/// Seconds to wait for a load that is under way.
const LOAD_WAIT: u32 = 120;
/// Longest name that leaves room for the ending of the scratch database.
const LONGEST_NAME: usize = 64 - "_check_00000000".len();

/// Compares and prints. Fails only when it cannot compare.
///
/// # Errors
/// When the files, the server or the database cannot be read.
pub async fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    Ok(if print(args).await?.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Compares, prints and returns the differences.
///
/// # Errors
/// When the files, the server or the database cannot be read.
pub async fn print(args: &CheckArgs) -> anyhow::Result<Vec<String>> {
    let files = read_all(&args.sql.sql_dir)?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let (mut conn, live) = admin::connect(&args.sql).await?;
    ensure!(
        live.len() <= LONGEST_NAME,
        "the name {live} is too long for a database beside it"
    );
    let exists: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
            (&live,),
        )
        .await?;
    ensure!(
        exists == Some(1),
        "there is no database {live}: run jumun db load"
    );
    admin::lock(&mut conn, &live, LOAD_WAIT).await?;
    let scratch = scratch_name(&live);
    let outcome = tokio::select! {
        outcome = differences(&mut conn, &live, &scratch, &files) => outcome,
        _ = interrupted.recv() => Err(anyhow::anyhow!("interrupted")),
        _ = terminated.recv() => Err(anyhow::anyhow!("terminated")),
    };
    // With a connection of its own: the first one may be in the middle of something.
    let (mut cleaner, _) = admin::connect(&args.sql).await?;
    drop_scratch(&mut cleaner, &scratch)
        .await
        .with_context(|| format!("drop {scratch} by hand"))?;
    let lines = outcome?;
    for line in &lines {
        println!("{line}");
    }
    if lines.is_empty() {
        println!("{live} is as the files say");
    } else {
        println!("{} differences", lines.len());
    }
    Ok(lines)
}

async fn differences(
    conn: &mut Conn,
    live: &str,
    scratch: &str,
    files: &[SqlFile],
) -> anyhow::Result<Vec<String>> {
    let mut lines = account_differences(conn).await?;
    let accounts_exist = lines.is_empty();
    if lines
        .iter()
        .any(|line| line.contains(ACCOUNTS[0]) && line.starts_with("missing"))
    {
        // Nothing that it owns can be read or made: the rest cannot be compared.
        return Ok(lines);
    }
    let server = settings::problems(conn, live).await?;
    lines.extend(server.lines);
    if !server.writable {
        lines.push(
            "server   takes no writes, so nothing can be loaded beside to compare with".to_owned(),
        );
        return Ok(lines);
    }
    admin::create_database(conn, scratch).await?;
    conn.query_drop(format!("USE {scratch}")).await?;
    load_scratch(conn, files, accounts_exist).await?;
    lines.extend(schema_version_differences(conn, live, files).await?);
    // What belongs to a thing that is missing or extra need not be told as well.
    let mut unpaired_things = BTreeSet::new();
    for kind in &KINDS {
        let mut wanted = facts(conn, kind, scratch).await?;
        let mut found = facts(conn, kind, live).await?;
        unpaired_things.extend(forgive(kind.name, &wanted, &mut found));
        let told = |name: &str| {
            name.split_once('.')
                .is_some_and(|(owner, _)| unpaired_things.contains(owner))
        };
        wanted.retain(|name, _| !told(name));
        found.retain(|name, _| !told(name));
        unpaired_things.extend(unpaired(&wanted, &found).cloned());
        lines.extend(compare(kind.name, kind.remedy, &wanted, &found));
    }
    lines.extend(row_differences(conn, live, scratch, files).await?);
    if accounts_exist {
        lines.extend(grant_differences(conn, live, scratch).await?);
    }
    Ok(lines)
}

/// Missing accounts, and what no account of ours may be.
async fn account_differences(conn: &mut Conn) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for account in ACCOUNTS {
        let created: Option<Row> = match conn
            .query_first(format!("SHOW CREATE USER {account}"))
            .await
        {
            Ok(row) => row,
            Err(mysql_async::Error::Server(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let text: Option<String> = created.and_then(|row| row.get(0));
        match text {
            None => lines.push(format!("missing  account {account}: run jumun db load")),
            Some(text) if account == ACCOUNTS[0] && !text.contains("ACCOUNT LOCK") => {
                lines.push(format!(
                    "differs  account {account}: can log in; ALTER USER {account} ACCOUNT LOCK"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(lines)
}

/// Everything except accounts, which are the server's and not one database's.
async fn load_scratch(conn: &mut Conn, files: &[SqlFile], with_grants: bool) -> anyhow::Result<()> {
    for file in files {
        match file.kind {
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

async fn schema_version_differences(
    conn: &mut Conn,
    live: &str,
    files: &[SqlFile],
) -> anyhow::Result<Vec<String>> {
    let applied = admin::applied_schema(conn, live).await?;
    let mut lines = Vec::new();
    let mut known = BTreeSet::new();
    for file in files {
        let Kind::Schema(version) = file.kind else {
            continue;
        };
        known.insert(version);
        match applied.get(&version) {
            None => lines.push(format!("missing  {}: run jumun db load", file.path)),
            Some(Some(sha256)) if *sha256 != file.sha256 => lines.push(format!(
                "differs  {}: changed after it was applied; put it back and write a new file",
                file.path
            )),
            Some(_) => {}
        }
    }
    for version in applied.keys().filter(|version| !known.contains(version)) {
        lines.push(format!(
            "extra    schema version {version}: use the files that have it"
        ));
    }
    Ok(lines)
}

/// Rows that a load would add or change. Found by loading the catalogue over a copy of the database's own rows,
/// so that the files alone decide what they keep.
async fn row_differences(
    conn: &mut Conn,
    live: &str,
    scratch: &str,
    files: &[SqlFile],
) -> anyhow::Result<Vec<String>> {
    let mut tables = Vec::new();
    for table in base_tables(conn, scratch).await? {
        let rows: Option<u64> = conn
            .query_first(format!("SELECT COUNT(*) FROM `{table}`"))
            .await?;
        let alike = columns(conn, scratch, &table).await? == columns(conn, live, &table).await?;
        if rows != Some(0) && alike && table != "shop_schema_version" {
            tables.push(table);
        }
    }
    conn.query_drop("SET SESSION foreign_key_checks = 0")
        .await?;
    for table in &tables {
        let columns = columns(conn, scratch, table).await?.join(", ");
        conn.query_drop(format!("DELETE FROM `{table}`")).await?;
        conn.query_drop(format!(
            "INSERT INTO `{table}` ({columns}) SELECT {columns} FROM {live}.`{table}`"
        ))
        .await?;
    }
    for file in files.iter().filter(|file| file.kind == Kind::Catalogue) {
        admin::run_file(conn, file).await?;
    }
    let mut lines = Vec::new();
    for table in &tables {
        let wanted = rows(conn, scratch, table).await?;
        let found = rows(conn, live, table).await?;
        lines.extend(compare(
            &format!("row of {table}"),
            Remedy::Load,
            &wanted,
            &found,
        ));
    }
    Ok(lines)
}

async fn base_tables(conn: &mut Conn, database: &str) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT TABLE_NAME FROM information_schema.TABLES
               WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME";
    Ok(conn.exec(sql, (database,)).await?)
}

/// Columns that can be written, quoted.
async fn columns(conn: &mut Conn, database: &str, table: &str) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT CONCAT('`', COLUMN_NAME, '`') FROM information_schema.COLUMNS
               WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COALESCE(GENERATION_EXPRESSION, '') = ''
               ORDER BY ORDINAL_POSITION";
    Ok(conn.exec(sql, (database, table)).await?)
}

/// Rows of a small table, named by their primary key.
async fn rows(conn: &mut Conn, database: &str, table: &str) -> anyhow::Result<Facts> {
    let sql = "SELECT GROUP_CONCAT('`', COLUMN_NAME, '`' ORDER BY SEQ_IN_INDEX SEPARATOR ', ')
               FROM information_schema.STATISTICS
               WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY'";
    let key: Option<Option<String>> = conn.exec_first(sql, (database, table)).await?;
    let Some(key) = key.flatten() else {
        return Ok(Facts::new());
    };
    let rows: Vec<Row> = conn
        .query(format!(
            "SELECT CONCAT_WS(' ', {key}) AS row_name, t.* FROM {database}.`{table}` t"
        ))
        .await?;
    Ok(rows.iter().map(|row| fact(row, database)).collect())
}

/// Who may do what in the database, and whether any account may do more than that.
async fn grant_differences(
    conn: &mut Conn,
    live: &str,
    scratch: &str,
) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for account in ACCOUNTS {
        let grants = grants(conn, account).await?;
        let of = |database: &str| -> Facts {
            let named = format!("`{database}`.");
            let nothing = Fact {
                attributes: Default::default(),
            };
            let ours = grants.iter().filter(|grant| grant.contains(&named));
            ours.map(|grant| (grant.replace(&named, ""), nothing.clone()))
                .collect()
        };
        lines.extend(
            compare("grant", Remedy::Load, &of(scratch), &of(live))
                .into_iter()
                .map(|line| {
                    // A load gives, it does not take away.
                    match line.strip_prefix("extra    grant ") {
                        Some(_) => line.replace(
                            "run jumun db load, or drop it if its definer is not jumun_definer",
                            "REVOKE it",
                        ),
                        None => line,
                    }
                }),
        );
        let everywhere = grants.iter().filter(|grant| {
            !grant.starts_with("GRANT USAGE ON *.*")
                && (grant.contains(" ON *.* ") || !grant.contains(" ON "))
        });
        lines.extend(everywhere.map(|grant| {
            let grant = grant.split(" IDENTIFIED ").next().unwrap_or_default();
            format!("extra    {grant}: REVOKE it")
        }));
    }
    Ok(lines)
}

async fn grants(conn: &mut Conn, account: &str) -> anyhow::Result<Vec<String>> {
    Ok(conn.query(format!("SHOW GRANTS FOR {account}")).await?)
}

/// A name for a database beside another one that nobody else uses.
pub(super) fn scratch_name(live: &str) -> String {
    format!("{live}_check_{:08x}", rand::random::<u32>())
}

/// Drops the scratch database and the grants in it, which would outlive it.
pub(super) async fn drop_scratch(conn: &mut Conn, scratch: &str) -> anyhow::Result<()> {
    for account in ACCOUNTS {
        let Ok(grants) = grants(conn, account).await else {
            continue;
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
    // A server that takes no writes refuses also what would change nothing.
    let made: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
            (scratch,),
        )
        .await?;
    if made != Some(0) {
        conn.query_drop(format!("DROP DATABASE IF EXISTS {scratch}"))
            .await?;
    }
    Ok(())
}
