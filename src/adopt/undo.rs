//! The way back: the old tables, and the views and routines that jumun replaces, as they were.

use mysql_async::{Conn, Row, prelude::Queryable};

use super::{Names, Plan, is_done, shape::quoted};
use crate::dbtool::files::SqlFile;

/// Something of the old shop, other than a table, that has the name of something of jumun's.
pub struct Replaced {
    /// VIEW, PROCEDURE or FUNCTION.
    kind: String,
    name: String,
    /// Statement that makes it, and the mode that it was made in.
    create: String,
    sql_mode: String,
}

/// What the way back needs to know before anything is replaced.
pub struct Before {
    /// Default character set and collation of the database, for `ALTER DATABASE`.
    letters: (String, String),
    replaced: Vec<Replaced>,
    /// Of jumun: a table with a trigger cannot be moved to another database.
    triggers: Vec<String>,
    /// Of an interrupted move: the way back as it was kept when nothing had been done.
    kept: Option<String>,
}

/// Reads it; `files` are those that will be loaded.
///
/// # Errors
/// What the server said.
pub async fn read(conn: &mut Conn, names: &Names, files: &[SqlFile]) -> anyhow::Result<Before> {
    let live = &names.live;
    let kept = if is_done(conn, names, "close").await? {
        let sql = format!(
            "SELECT definition FROM {}.adopt_replaced WHERE kind = 'UNDO'",
            names.before
        );
        conn.query_first(sql).await?
    } else {
        None
    };
    let letters: Option<(String, String)> = conn
        .exec_first(
            "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA
             WHERE SCHEMA_NAME = ?",
            (live,),
        )
        .await?;
    let all: Vec<(String, String)> = conn
        .exec(
            "SELECT 'VIEW', TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?
             UNION ALL
             SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?
             ORDER BY 1, 2",
            (live, live),
        )
        .await?;
    let mut replaced = Vec::new();
    for (kind, name) in all {
        // Names of routines are the same in capitals.
        if !files
            .iter()
            .any(|file| file.stem.eq_ignore_ascii_case(&name))
        {
            continue;
        }
        let shown: Option<Row> = conn
            .query_first(format!("SHOW CREATE {kind} {live}.{}", quoted(&name)))
            .await?;
        let Some(row) = shown else { continue };
        // View, Create View, …; Procedure, sql_mode, Create Procedure, …
        let text = |index: usize| row.get::<Option<String>, _>(index).flatten();
        let (create, sql_mode) = match kind.as_str() {
            "VIEW" => (text(1), None),
            _ => (text(2), text(1)),
        };
        if let Some(create) = create {
            replaced.push(Replaced {
                kind,
                name,
                create,
                sql_mode: sql_mode.unwrap_or_default(),
            });
        }
    }
    Ok(Before {
        letters: letters.unwrap_or_default(),
        replaced: in_order(replaced),
        triggers: files
            .iter()
            .filter(|file| file.stem.starts_with("tr_"))
            .map(|file| file.stem.clone())
            .collect(),
        kept,
    })
}

/// A view comes after those that it reads.
fn in_order(mut left: Vec<Replaced>) -> Vec<Replaced> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let reads = |one: &Replaced, other: &Replaced| {
            one.name != other.name && one.create.contains(&quoted(&other.name))
        };
        let next = left
            .iter()
            .position(|one| !left.iter().any(|other| reads(one, other)));
        ordered.push(left.remove(next.unwrap_or_default()));
    }
    ordered
}

/// Statements for the mysql client.
pub fn text(plan: &Plan) -> String {
    if let Some(kept) = &plan.before.kept {
        return kept.clone();
    }
    let Names {
        live,
        before,
        stage,
        pages,
    } = &plan.names;
    let mut lines = vec![
        "SET NAMES utf8mb4;".to_owned(),
        format!("DROP DATABASE {pages};"),
        format!("CREATE DATABASE IF NOT EXISTS {stage};"),
    ];
    for name in &plan.before.triggers {
        lines.push(format!("DROP TRIGGER IF EXISTS {live}.{name};"));
    }
    for name in plan.fresh.keys() {
        lines.push(format!("RENAME TABLE {live}.{name} TO {stage}.{name};"));
    }
    for name in plan.old.keys() {
        lines.push(format!("RENAME TABLE {before}.{name} TO {live}.{name};"));
    }
    let (charset, collation) = &plan.before.letters;
    lines.push(format!(
        "ALTER DATABASE {live} CHARACTER SET {charset} COLLATE {collation};"
    ));
    lines.push(format!("USE {live};"));
    for Replaced {
        kind,
        name,
        create,
        sql_mode,
    } in &plan.before.replaced
    {
        lines.push(format!("DROP {kind} IF EXISTS {};", quoted(name)));
        if kind == "VIEW" {
            lines.push(format!("{create};"));
        } else {
            lines.push(format!("SET sql_mode = '{sql_mode}';"));
            lines.push(format!("DELIMITER $$\n{create}$$\nDELIMITER ;"));
            lines.push("SET sql_mode = DEFAULT;".to_owned());
        }
    }
    lines.push(format!("DROP DATABASE {stage};"));
    lines.push(format!("DROP DATABASE {before};"));
    lines.join("\n")
}
