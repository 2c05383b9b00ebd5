//! Comparing with an account that may only read: the text of each routine and trigger with its file, and which schema files
//! were applied. What the account does not see is named together with what it needs, and is no difference.

use std::collections::BTreeMap;

use mysql_async::{Conn, Row, prelude::Queryable};

use super::{
    admin::DEFINER,
    check::{Report, schema_version_differences},
    files::{Kind, SqlFile},
    inventory::{Facts, KINDS, facts},
    sqltext::normal,
};

/// What a file makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Routine,
    View,
    Trigger,
}

impl Made {
    fn name(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::View => "view",
            Self::Trigger => "trigger",
        }
    }
}

/// Compares what can be read. `why` is what keeps the account from comparing everything.
///
/// # Errors
/// When the database cannot be read at all.
pub async fn report(
    conn: &mut Conn,
    live: &str,
    files: &[SqlFile],
    procedures_only: bool,
    why: &anyhow::Error,
) -> anyhow::Result<Report> {
    let mut report = Report {
        differences: schema_version_differences(conn, live, files, procedures_only).await?,
        unseen: Vec::new(),
    };
    for made in [Made::Routine, Made::View, Made::Trigger] {
        let Some(kind) = KINDS.iter().find(|kind| kind.name == made.name()) else {
            continue;
        };
        let found = facts(conn, kind, live).await?;
        if let Some(need) = lacking(conn, live, made).await? {
            report.unseen.push(format!(
                "not seen {}s: GRANT {need} to this account",
                made.name()
            ));
            continue;
        }
        let parameters = match (made, KINDS.iter().find(|kind| kind.name == "parameter")) {
            (Made::Routine, Some(kind)) => facts(conn, kind, live).await?,
            _ => Facts::new(),
        };
        let mut texts = BTreeMap::new();
        for name in found.keys() {
            texts.insert(name.as_str(), stored(conn, live, made, &found, name).await?);
        }
        let lines = compare(
            files,
            made,
            &found,
            &texts,
            &parameters,
            is_mariadb(conn).await?,
        );
        report.differences.extend(lines);
    }
    let parts = if procedures_only {
        "texts of views, rows and grants"
    } else {
        "tables, columns, indexes, constraints, texts of views, rows and grants"
    };
    let why = why.chain().next().map(ToString::to_string);
    report
        .unseen
        .push(format!("not seen {parts}: {}", why.unwrap_or_default()));
    Ok(report)
}

/// Says that texts of a kind of things are hidden from the account, and what it needs.
///
/// # Errors
/// What the server said.
pub async fn unseen_texts(conn: &mut Conn, live: &str, kind: &str) -> anyhow::Result<String> {
    let made = match kind {
        "view" => Made::View,
        _ => Made::Routine,
    };
    let need = lacking(conn, live, made).await?;
    let need = need.unwrap_or_else(|| format!("SHOW VIEW ON {live}.*"));
    Ok(format!(
        "not seen texts of {kind}s: GRANT {need} to this account"
    ))
}

/// What the account needs in order to see these things, if it does not have it.
async fn lacking(conn: &mut Conn, live: &str, made: Made) -> anyhow::Result<Option<String>> {
    let is_mariadb = is_mariadb(conn).await?;
    let right = match made {
        Made::Routine if is_mariadb => {
            let may = conn.query_drop("SELECT 1 FROM mysql.proc LIMIT 1").await;
            return Ok(may.is_err().then(|| "SELECT ON mysql.proc".to_owned()));
        }
        Made::Routine => "SHOW_ROUTINE",
        Made::View => "SELECT",
        Made::Trigger => "TRIGGER",
    };
    let sql = "SELECT COUNT(*)
        FROM (SELECT GRANTEE, PRIVILEGE_TYPE, '%' AS place FROM information_schema.USER_PRIVILEGES
              UNION ALL
              SELECT GRANTEE, PRIVILEGE_TYPE, TABLE_SCHEMA FROM information_schema.SCHEMA_PRIVILEGES) p
        WHERE p.PRIVILEGE_TYPE IN (?, CASE ? WHEN 'SHOW_ROUTINE' THEN 'SELECT' ELSE ? END)
          AND ? LIKE p.place AND (p.place = '%' OR ? <> 'SHOW_ROUTINE')
          AND REPLACE(p.GRANTEE, '''', '') = CURRENT_USER()";
    let may: Option<u64> = conn
        .exec_first(sql, (right, right, right, live, right))
        .await?;
    let place = if right == "SHOW_ROUTINE" {
        "*.*".to_owned()
    } else {
        format!("{live}.*")
    };
    Ok((may == Some(0)).then(|| format!("{right} ON {place}")))
}

/// A text as it was sent. What information_schema has of it lacks backslashes.
async fn stored(
    conn: &mut Conn,
    live: &str,
    made: Made,
    found: &Facts,
    name: &str,
) -> anyhow::Result<String> {
    let kind = match made {
        Made::View => return Ok(String::new()),
        Made::Trigger => "TRIGGER",
        Made::Routine => match found[name].attributes.get("ROUTINE_TYPE") {
            Some(kind) if kind == "FUNCTION" => "FUNCTION",
            _ => "PROCEDURE",
        },
    };
    let name = name.replace('`', "``");
    let row: Option<Row> = conn
        .query_first(format!("SHOW CREATE {kind} {live}.`{name}`"))
        .await?;
    let text: Option<Option<String>> = row.and_then(|row| row.get(2));
    Ok(text.flatten().unwrap_or_default())
}

async fn is_mariadb(conn: &mut Conn) -> anyhow::Result<bool> {
    let version: Option<String> = conn.query_first("SELECT VERSION()").await?;
    Ok(version.unwrap_or_default().contains("MariaDB"))
}

/// The text as the engine takes it: comments that it executes are code, those that it does not are gone. Servers keep either.
fn as_run(text: &str, is_mariadb: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        let comment = &rest[start..];
        let end = comment.find("*/").map_or(comment.len(), |end| end + 2);
        let (comment, after) = comment.split_at(end);
        let inner = comment.trim_end_matches("*/");
        let code = inner
            .strip_prefix("/*M!")
            .or_else(|| inner.strip_prefix("/*!"));
        match code {
            Some(code) => {
                let bare = code.trim_start_matches(|c: char| c.is_ascii_digit());
                let version: u32 = code[..code.len() - bare.len()].parse().unwrap_or_default();
                let runs = match (is_mariadb, inner.starts_with("/*M!")) {
                    (false, for_mariadb) => !for_mariadb,
                    (true, true) => true,
                    // The numbers of MySQL's versions that MariaDB does not follow.
                    (true, false) => !(50_700..=99_999).contains(&version),
                };
                if runs {
                    out.extend([" ", bare, " "]);
                }
            }
            None => out.push_str(comment),
        }
        rest = after;
    }
    out.push_str(rest);
    normal(&out)
}

fn compare(
    files: &[SqlFile],
    made: Made,
    found: &Facts,
    texts: &BTreeMap<&str, String>,
    parameters: &Facts,
    is_mariadb: bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut defined = Vec::new();
    for file in files.iter().filter(|file| file.kind == Kind::Object) {
        let Some(text) = creating(file).filter(|text| kind_of(text) == Some(made)) else {
            continue;
        };
        defined.push(file.stem.as_str());
        let name = format!("{} {}", made.name(), file.stem);
        let Some(fact) = found.get(&file.stem) else {
            lines.push(format!("missing  {name}: run jumun db load"));
            continue;
        };
        let attribute = |name: &str| fact.attributes.get(name).map_or("", String::as_str);
        let definer = attribute("DEFINER");
        let stored = texts.get(file.stem.as_str()).map_or("", String::as_str);
        let (stored, text) = (as_run(stored, is_mariadb), as_run(text, is_mariadb));
        let is_other = match made {
            Made::View => false,
            Made::Trigger => !stored.ends_with(after(&text, "FOR EACH ROW ")),
            Made::Routine => {
                let body = after(&text, " COMMENT '");
                let body = after(body, "' ");
                let head = text.strip_suffix(body).unwrap_or_default();
                !stored.ends_with(body) || declared(head) != names(parameters, &file.stem)
            }
        };
        if definer != DEFINER {
            lines.push(format!(
                "differs  {name}: definer is {definer}; run jumun db load"
            ));
        } else if is_other {
            lines.push(format!("differs  {name}: another text; run jumun db load"));
        }
    }
    let extra = found.iter().filter(|(name, fact)| {
        let own = fact
            .attributes
            .get("DEFINER")
            .is_none_or(|definer| definer == DEFINER);
        own && !defined.contains(&name.as_str())
    });
    lines.extend(
        extra.map(|(name, _)| format!("extra    {} {name}: run jumun db load", made.name())),
    );
    lines
}

/// What follows these words where they stand first.
fn after<'a>(text: &'a str, words: &str) -> &'a str {
    text.split_once(words).map_or(text, |(_, rest)| rest)
}

/// Names of parameters in the head of a routine.
fn declared(head: &str) -> Vec<&str> {
    head.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| {
            ["pi_", "po_", "pio_"]
                .iter()
                .any(|front| word.starts_with(front))
        })
        .collect()
}

/// Names of a routine's parameters on the server, in their order.
fn names<'a>(parameters: &'a Facts, routine: &str) -> Vec<&'a str> {
    let mut found: Vec<(u32, &str)> = parameters
        .iter()
        .filter_map(|(name, fact)| {
            let (owner, position) = name.rsplit_once('.')?;
            let position = position.parse().ok().filter(|position| *position > 0)?;
            let name = fact.attributes.get("PARAMETER_NAME")?;
            (owner == routine).then_some((position, name.as_str()))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, name)| name).collect()
}

/// The statement of a file that makes its object.
fn creating(file: &SqlFile) -> Option<&str> {
    let texts = file
        .statements
        .iter()
        .map(|statement| statement.text.as_str());
    texts.into_iter().find(|text| text.starts_with("CREATE "))
}

fn kind_of(text: &str) -> Option<Made> {
    text.split_whitespace().find_map(|word| match word {
        "PROCEDURE" | "FUNCTION" => Some(Made::Routine),
        "VIEW" => Some(Made::View),
        "TRIGGER" => Some(Made::Trigger),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::as_run;

    #[test]
    fn each_engine_executes_its_own_comments() {
        let text = "SELECT 1 /*!80000 OF t */ /*M! , 2 */ /* why */ FROM t";
        assert_eq!(as_run(text, true), "SELECT 1 , 2 FROM t");
        assert_eq!(as_run(text, false), "SELECT 1 OF t FROM t");
    }
}
