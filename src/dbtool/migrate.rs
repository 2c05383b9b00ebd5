//! The schema files of a database that is in use: each is applied once, in order, and never changes.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, ensure};
use mysql_async::{Conn, prelude::Queryable};

use super::{
    admin,
    files::{Kind, SqlFile},
};
use crate::dbtool::say::say;

/// Version to the hash of the file that was applied, if it is known.
pub type Applied = BTreeMap<u32, Option<String>>;

fn versions(files: &[SqlFile]) -> impl Iterator<Item = (u32, &SqlFile)> {
    files.iter().filter_map(|file| match file.kind {
        Kind::Schema(version) => Some((version, file)),
        _ => None,
    })
}

/// Refuses files that do not go with what was applied, before anything is done.
///
/// # Errors
/// What is wrong, and what to do.
pub fn refuse_other_history(
    applied: &Applied,
    files: &[SqlFile],
    procedures_only: bool,
) -> anyhow::Result<()> {
    let known: BTreeSet<u32> = versions(files).map(|(version, _)| version).collect();
    let newer = applied.keys().find(|version| !known.contains(version));
    if let Some(version) = newer.filter(|_| !procedures_only) {
        bail!(
            "the database has schema version {version}, which these files do not: use newer files, or load the \
             procedures of these with --procedures-only"
        );
    }
    let last = applied.keys().next_back().copied().unwrap_or_default();
    for (version, file) in versions(files) {
        match applied.get(&version) {
            Some(Some(sha256)) if *sha256 != file.sha256 => bail!(
                "{} was changed after it was applied; put it back and write a new file with the next number",
                file.path
            ),
            Some(_) => {}
            None if procedures_only => bail!(
                "the database does not have {} yet: --procedures-only goes back on a schema that is newer or the same; \
                 run jumun db load without it",
                file.path
            ),
            None => ensure!(
                version > last,
                "{} comes before a schema file that is applied already",
                file.path
            ),
        }
    }
    Ok(())
}

/// Whether every file is applied.
pub fn is_complete(applied: &Applied, files: &[SqlFile]) -> bool {
    versions(files).all(|(version, _)| applied.contains_key(&version))
}

/// Applies every file that was not applied, and records the hash of those that the mysql client applied. Keeps in `place`
/// how to go on, should it fail or be interrupted.
///
/// # Errors
/// The first statement that fails.
pub async fn apply(
    conn: &mut Conn,
    database: &str,
    files: &[SqlFile],
    applied: &Applied,
    place: &mut String,
) -> anyhow::Result<()> {
    for (version, file) in versions(files) {
        match applied.get(&version) {
            Some(Some(_)) => continue,
            Some(None) => say!("recorded {}", file.path),
            None => {
                for (index, statement) in file.statements.iter().enumerate() {
                    *place = stopped(database, file, index);
                    admin::run(conn, file, statement).await?;
                }
                say!("applied  {}", file.path);
            }
        }
        conn.exec_drop(
            "UPDATE shop_schema_version SET file_sha256 = ? WHERE version = ? AND file_name = ?",
            (&file.sha256, version, file.file_name()),
        )
        .await?;
        ensure!(
            conn.affected_rows() == 1,
            "{} does not record itself in shop_schema_version under its number and name",
            file.path
        );
    }
    Ok(())
}

/// What is done of a file whose statement of this index failed. Servers cannot take back a change of a table, so it is not
/// begun again from its first statement.
fn stopped(database: &str, file: &SqlFile, index: usize) -> String {
    let line = file
        .statements
        .get(index)
        .map_or(1, |statement| statement.line);
    let path = &file.path;
    if index == 0 {
        return format!(
            "nothing of {path} is done, the files before it are, and the procedures are the old ones; mend the cause \
             and run jumun db load again"
        );
    }
    format!(
        "of {path} everything before line {line} is done, what follows is not, and the procedures are the old ones; \
         mend the cause, run the rest, sed -n '{line},$p' {path} | mysql --default-character-set=utf8mb4 {database}, \
         then jumun db load again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u32, sha256: &str) -> SqlFile {
        SqlFile {
            path: format!("sql/schema/{version:04}_x.sql"),
            stem: format!("{version:04}_x"),
            kind: Kind::Schema(version),
            sha256: sha256.to_owned(),
            statements: Vec::new(),
        }
    }

    fn applied(list: &[(u32, Option<&str>)]) -> Applied {
        list.iter()
            .map(|(version, sha256)| (*version, sha256.map(str::to_owned)))
            .collect()
    }

    #[test]
    fn files_must_go_with_what_was_applied() {
        let files = [file(1, "a"), file(2, "b")];
        let fits = |list: &[_], only| refuse_other_history(&applied(list), &files, only).is_ok();
        assert!(fits(&[], false));
        assert!(fits(&[(1, Some("a"))], false));
        assert!(fits(&[(1, None), (2, Some("b"))], false));
        assert!(!fits(&[(1, Some("x"))], false), "changed");
        assert!(!fits(&[(2, Some("b"))], false), "out of order");
        let newer = [(1, Some("a")), (2, Some("b")), (3, Some("c"))];
        assert!(!fits(&newer, false), "these files are older");
        assert!(fits(&newer, true), "which is what going back is for");
        assert!(!fits(&[(1, Some("a"))], true), "the schema is older");
        assert!(!fits(&[(1, Some("x")), (2, Some("b"))], true), "changed");
    }
}
