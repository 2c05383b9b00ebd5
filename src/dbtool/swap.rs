//! Views, routines and triggers of a database that is in use: which of them differ from those that the files make, and how
//! one takes the place of the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use anyhow::{Context, ensure};
use mysql_async::{Conn, params, prelude::Queryable};

use super::{
    admin::DEFINER,
    files::{Kind, SqlFile},
    inventory::{Facts, KINDS, Texts, facts_with},
};
use crate::{database::engine_errors::LOCK_WAIT_TIMEOUT, dbtool::say::say};

/// Kinds of things that a load replaces.
const REPLACED: [&str; 4] = ["view", "routine", "parameter", "trigger"];
/// Statements of an operator are not in a hurry; whoever waits behind one for the same lock is.
const LOCK_WAIT_SECONDS: u32 = 5;
/// How often that wait is begun again.
const ATTEMPTS: u32 = 12;

/// Views, routines and triggers that came from such files.
const OWN_OBJECTS: &str = "SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES
WHERE ROUTINE_SCHEMA = :database AND DEFINER = :definer
UNION ALL
SELECT 'VIEW', TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = :database AND DEFINER = :definer
UNION ALL
SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = :database AND DEFINER = :definer";

/// What differs.
#[derive(Default)]
pub struct Changes {
    /// Names of files, each with the tables that it is a trigger of.
    files: BTreeMap<String, BTreeSet<String>>,
    /// What no file makes any more: PROCEDURE, FUNCTION, VIEW or TRIGGER, and its name. A procedure and a function may have
    /// the same name.
    gone: BTreeSet<(String, String)>,
}

impl Changes {
    /// Whether a trigger of these files is new or differs.
    pub fn of_triggers(&self, files: &[SqlFile]) -> bool {
        let tables = files.iter().filter_map(|file| self.files.get(&file.stem));
        tables.into_iter().any(|tables| !tables.is_empty())
    }
}

/// What has to be replaced in one database, so that it has what the other one has. Texts are compared with their comments:
/// who reads a routine on the server reads those too. What the account may not read may differ.
///
/// # Errors
/// What the server said; an account that cannot see all that it has just made from the files would take the same things in
/// the other database for gone.
pub async fn changes(
    conn: &mut Conn,
    files: &[SqlFile],
    live: &str,
    scratch: &str,
) -> anyhow::Result<Changes> {
    let mut changes = Changes::default();
    let made = own_objects(conn, scratch).await?;
    let wanted = files
        .iter()
        .filter(|file| file.kind == Kind::Object)
        .count();
    ensure!(
        made.len() == wanted,
        "the account sees {} of {wanted} views, routines and triggers of {scratch}; nothing was changed in {live}",
        made.len()
    );
    changes.gone = &own_objects(conn, live).await? - &made;
    for kind in KINDS.iter().filter(|kind| REPLACED.contains(&kind.name)) {
        let wanted = facts_with(conn, kind, scratch, Texts::Whole).await?;
        let found = facts_with(conn, kind, live, Texts::Whole).await?;
        for name in wanted
            .keys()
            .filter(|name| wanted.get(*name) != found.get(*name) || wanted[*name].is_unreadable())
        {
            let file = name.split('.').next().unwrap_or(name).to_owned();
            let tables = changes.files.entry(file).or_default();
            if kind.name == "trigger" {
                tables.extend(
                    [&wanted, &found]
                        .into_iter()
                        .filter_map(|all| table(all, name)),
                );
            }
        }
        // A parameter that is gone: the routine of the files has fewer.
        let gone = found.keys().filter(|name| !wanted.contains_key(*name));
        for name in gone.filter(|_| kind.name == "parameter") {
            let file = name.split('.').next().unwrap_or(name).to_owned();
            changes.files.entry(file).or_default();
        }
    }
    Ok(changes)
}

fn table(triggers: &Facts, name: &str) -> Option<String> {
    let trigger = triggers.get(name)?;
    trigger.attributes.get("EVENT_OBJECT_TABLE").cloned()
}

/// Replaces what differs in a part of the files, in their order. The server gets each file in
/// one piece and does all of it, even if nobody is left to hear how it went, then its grants, which went with the old one.
/// For the moment in between callers are told 1305 or 1370, which the gateway repeats. A trigger is replaced under the lock of its
/// table, so that no row is written without one.
///
/// # Errors
/// What the server said.
pub async fn replace(
    conn: &mut Conn,
    files: &[SqlFile],
    part: Range<usize>,
    changes: &Changes,
) -> anyhow::Result<()> {
    let grants = grants_by_routine(files);
    conn.query_drop(format!(
        "SET SESSION lock_wait_timeout = {LOCK_WAIT_SECONDS}"
    ))
    .await?;
    let mut kept = 0;
    let part = files.get(part).unwrap_or_default().iter();
    for file in part.filter(|file| file.kind == Kind::Object) {
        let Some(tables) = changes.files.get(&file.stem) else {
            kept += 1;
            continue;
        };
        let mut statements: Vec<&str> = file
            .statements
            .iter()
            .map(|statement| statement.text.as_str())
            .collect();
        let locks: Vec<String> = tables
            .iter()
            .map(|table| format!("`{table}` WRITE"))
            .collect();
        let lock = format!("LOCK TABLES {}", locks.join(", "));
        if !locks.is_empty() {
            statements.insert(0, &lock);
        }
        patiently(conn, &statements.join(";\n"))
            .await
            .with_context(|| format!("{}: run jumun db load again", file.path))?;
        // Not in the same piece: behind a statement with a comment that it executes, MySQL keeps the delimiter as part of
        // the routine.
        let after = match grants.get(file.stem.as_str()) {
            Some(grants) => grants.join(";\n"),
            None => "UNLOCK TABLES".to_owned(),
        };
        conn.query_drop(after).await?;
        say!("loaded   {}", file.path);
    }
    if kept > 0 {
        say!("kept     {kept} views, routines and triggers that are the same");
    }
    conn.query_drop("SET SESSION lock_wait_timeout = DEFAULT")
        .await?;
    Ok(())
}

/// Drops what no file defines any more.
///
/// # Errors
/// What the server said.
pub async fn drop_gone(conn: &mut Conn, changes: &Changes) -> anyhow::Result<()> {
    conn.query_drop(format!(
        "SET SESSION lock_wait_timeout = {LOCK_WAIT_SECONDS}"
    ))
    .await?;
    for (kind, name) in &changes.gone {
        let sql = format!("DROP {kind} IF EXISTS `{}`", name.replace('`', "``"));
        patiently(conn, &sql).await?;
        say!("dropped  {name}");
    }
    conn.query_drop("SET SESSION lock_wait_timeout = DEFAULT")
        .await?;
    Ok(())
}

/// Runs statements that are sent in one piece, and again when they did not get a lock: nobody else waits behind them for
/// long.
async fn patiently(conn: &mut Conn, statements: &str) -> mysql_async::Result<()> {
    for _ in 1..ATTEMPTS {
        match conn.query_drop(statements).await {
            Err(mysql_async::Error::Server(error)) if error.code == LOCK_WAIT_TIMEOUT => {
                conn.query_drop("UNLOCK TABLES").await?;
            }
            outcome => return outcome,
        }
    }
    conn.query_drop(statements).await
}

/// Statements of the grants by the routine they are about: dropping it drops them.
fn grants_by_routine(files: &[SqlFile]) -> BTreeMap<&str, Vec<&str>> {
    let mut grants: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.kind == Kind::Grants) {
        for statement in &file.statements {
            let mut words = statement.text.split_whitespace();
            let head: Vec<&str> = words.by_ref().take(4).collect();
            if head == ["GRANT", "EXECUTE", "ON", "PROCEDURE"]
                && let Some(routine) = words.next()
            {
                grants.entry(routine).or_default().push(&statement.text);
            }
        }
    }
    grants
}

/// Views, routines and triggers of a database that came from files; those of other owners are left alone.
async fn own_objects(
    conn: &mut Conn,
    database: &str,
) -> mysql_async::Result<BTreeSet<(String, String)>> {
    let parameters = params! { "database" => database, "definer" => DEFINER };
    let found: Vec<(String, String)> = conn.exec(OWN_OBJECTS, parameters).await?;
    Ok(found.into_iter().collect())
}
