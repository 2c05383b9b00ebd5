//! `jumun db check`: every difference between a database and the SQL files, one line each.
//!
//! The files are loaded into a database of their own beside the one that is checked, and the two are compared
//! by what the server says about them. That database is dropped again, whatever happens. An account that may only read
//! compares what it can read with the text of the files, and is told what it does not see.

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::{anyhow, ensure};
use mysql_async::{Conn, Row, prelude::Queryable};

use super::{
    admin,
    files::{Kind, SqlFile, read_all},
    inventory::{Fact, Facts, KINDS, Remedy, Texts, compare, fact, facts, unpaired},
    kept::forgive,
    numbers, reading, rights,
    scratch::{self, ACCOUNTS, Tables, grants},
    settings,
};
use crate::{
    config::CheckArgs,
    dbtool::say::{self, say},
};

/// Seconds to wait for a load that is under way.
const LOAD_WAIT: u32 = 120;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// One line each.
    pub differences: Vec<String>,
    /// What the account may not see, and what it needs.
    pub unseen: Vec<String>,
}

/// Compares and prints: 0 when nothing differs, 1 when something does, 2 when it cannot be compared.
pub async fn run(args: &CheckArgs) -> ExitCode {
    match print(args).await {
        Ok(lines) if lines.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say::complain_of(&error);
            ExitCode::from(2)
        }
    }
}

/// Compares, prints and returns the differences.
///
/// # Errors
/// When the files, the server or the database cannot be read.
pub async fn print(args: &CheckArgs) -> anyhow::Result<Vec<String>> {
    let files = read_all(&args.sql.sql_dir)?;
    let (mut conn, live) = admin::connect(&args.sql.server).await?;
    let exists: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
            (&live,),
        )
        .await?;
    ensure!(
        exists == Some(1),
        "there is no database {live}, or this account may not see it: run jumun db load"
    );
    admin::lock(&mut conn, &live, LOAD_WAIT).await?;
    let beside = scratch::name(&live);
    let whole = whole(&mut conn, &live, &beside, &files, args.procedures_only);
    let whole = scratch::interruptible(whole).await;
    let whole = rights::explain(&mut conn, &beside, whole).await;
    let report = match scratch::clean(&args.sql, &beside, whole).await {
        // It may not have a database of its own to compare with: what can be read is compared with the files themselves.
        Err(error) if rights::lacking(&error) => {
            reading::report(&mut conn, &live, &files, args.procedures_only, &error).await?
        }
        outcome => outcome?,
    };
    for line in report.differences.iter().chain(&report.unseen) {
        say!("{line}");
    }
    say!("{}", numbers::line(&mut conn, &live).await?);
    match (report.differences.len(), report.unseen.is_empty()) {
        (0, true) => say!("{live} is as the files say"),
        (0, false) => say!("{live} is as the files say, as far as this account can see"),
        (1, _) => say!("1 difference"),
        (count, _) => say!("{count} differences"),
    }
    Ok(report.differences)
}

async fn whole(
    conn: &mut Conn,
    live: &str,
    scratch: &str,
    files: &[SqlFile],
    procedures_only: bool,
) -> anyhow::Result<Report> {
    let mut lines = account_differences(conn).await?;
    let accounts_exist = lines.is_empty();
    if lines
        .iter()
        .any(|line| line.starts_with("missing") && line.contains(ACCOUNTS[0]))
    {
        // Nothing that it owns can be made or read: the rest cannot be compared.
        return Ok(Report {
            differences: lines,
            unseen: Vec::new(),
        });
    }
    let server = settings::problems(conn, live).await?;
    lines.extend(server.lines);
    if !server.writable {
        let line = "server   takes no writes, so nothing can be loaded beside to compare with";
        let why = anyhow!("nothing can be loaded beside to compare with");
        let mut report = reading::report(conn, live, files, procedures_only, &why).await?;
        lines.push(line.to_owned());
        lines.append(&mut report.differences);
        report.differences = lines;
        return Ok(report);
    }
    scratch::make(conn, scratch).await?;
    let tables = if procedures_only {
        Tables::Of(live)
    } else {
        Tables::Files
    };
    scratch::fill(conn, files, tables, false, accounts_exist).await?;
    lines.extend(schema_version_differences(conn, live, files, procedures_only).await?);
    // What belongs to a thing that is missing or extra need not be told as well.
    let mut unpaired_things = BTreeSet::new();
    let mut unseen = Vec::new();
    for kind in KINDS
        .iter()
        .filter(|kind| !procedures_only || kind.remedy != Remedy::Schema)
    {
        let mut wanted = facts(conn, kind, scratch).await?;
        let mut found = facts(conn, kind, live).await?;
        if wanted.values().any(Fact::is_unreadable) {
            unseen.push(reading::unseen_texts(conn, live, kind.name).await?);
        }
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
    Ok(Report {
        differences: lines,
        unseen,
    })
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
            Err(mysql_async::Error::Server(error))
                if rights::NO_SUCH_ACCOUNT.contains(&error.code) =>
            {
                None
            }
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

/// Schema files that were not applied, were changed since, or are not among these.
///
/// # Errors
/// What the server said.
pub async fn schema_version_differences(
    conn: &mut Conn,
    live: &str,
    files: &[SqlFile],
    procedures_only: bool,
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
    let unknown = applied.keys().filter(|version| !known.contains(version));
    for version in unknown.filter(|_| !procedures_only) {
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
    Ok(rows
        .iter()
        .map(|row| fact(row, database, Texts::Normal))
        .collect())
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
