//! `jumun db load`: brings a database up to the SQL files. May be repeated, and run by several at once.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail, ensure};
use mysql_async::{Conn, Params, prelude::Queryable};

use super::{
    admin::{self, DEFINER},
    files::{Kind, SqlFile, read_all},
    settings,
};
use crate::{config::LoadArgs, database};

const GATEWAY: &str = "jumun_gateway";
const OPERATOR: &str = "jumun_operator";

/// Tables that a replicated or crash-safe server could not keep.
const UNFIT_TABLES: &str = "SELECT CONCAT(t.TABLE_NAME,
    CASE WHEN t.ENGINE <> 'InnoDB' THEN CONCAT(' is ', t.ENGINE, ', not InnoDB') ELSE ' has no primary key' END)
FROM information_schema.TABLES t
LEFT JOIN information_schema.TABLE_CONSTRAINTS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA
    AND c.TABLE_NAME = t.TABLE_NAME AND c.CONSTRAINT_TYPE = 'PRIMARY KEY'
WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
    AND (t.ENGINE <> 'InnoDB' OR c.TABLE_NAME IS NULL)
ORDER BY t.TABLE_NAME";

/// Views and routines that came from such files.
const OWN_OBJECTS: &str = "SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES
WHERE ROUTINE_SCHEMA = DATABASE() AND DEFINER = ?
UNION ALL
SELECT 'VIEW', TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() AND DEFINER = ?
ORDER BY 1, 2";

/// Loads everything.
///
/// # Errors
/// When a file, the server or the database is not as it has to be; what was loaded so far stays.
pub async fn run(args: &LoadArgs) -> anyhow::Result<()> {
    let passwords = passwords(args)?;
    let files = read_all(&args.sql.sql_dir)?;
    let (mut conn, name) = admin::connect(&args.sql).await?;
    admin::lock(&mut conn, &name, args.wait_seconds).await?;
    // The lock ends with the connection, whatever happens.
    let outcome = load(&mut conn, &name, &files, &passwords).await;
    conn.disconnect().await.ok();
    outcome
}

async fn load(
    conn: &mut Conn,
    name: &str,
    files: &[SqlFile],
    passwords: &[(&'static str, String)],
) -> anyhow::Result<()> {
    admin::create_database(conn, name).await?;
    conn.query_drop(format!("USE {name}")).await?;
    check_collation(conn, name).await?;
    let mut applied = admin::applied_schema(conn, name).await?;
    refuse_unknown_schema(&applied, files)?;
    let grants = grants_by_routine(files);
    let mut checked = false;
    for file in files {
        match &file.kind {
            Kind::Schema(version) => apply_schema(conn, file, *version, &mut applied).await?,
            Kind::Grants => {
                drop_unknown_objects(conn, files).await?;
                admin::run_file(conn, file).await?;
                println!("applied  {}", file.path);
            }
            Kind::Accounts | Kind::Catalogue | Kind::Object => {
                if file.kind != Kind::Accounts && !checked {
                    refuse_unfit_tables(conn).await?;
                    checked = true;
                }
                admin::run_file(conn, file).await?;
                // Dropping a routine drops its grants: give them back before a caller notices.
                for (grants_file, index) in grants.get(file.stem.as_str()).into_iter().flatten() {
                    admin::run(conn, grants_file, &grants_file.statements[*index]).await?;
                }
                println!("loaded   {}", file.path);
            }
        }
    }
    for (account, password) in passwords {
        let sql = format!(
            "ALTER USER '{account}'@'%' IDENTIFIED BY {} ACCOUNT UNLOCK",
            quote(password)
        );
        // The statement holds the password: only the server's words may be shown.
        conn.query_drop(sql)
            .await
            .with_context(|| format!("cannot set the password of {account}"))?;
        println!("unlocked {account}");
    }
    for line in settings::problems(conn, name).await?.lines {
        println!("{line}");
    }
    println!("done     {name}");
    Ok(())
}

/// Accounts and their new passwords, from the URLs that `serve` will use.
fn passwords(args: &LoadArgs) -> anyhow::Result<Vec<(&'static str, String)>> {
    let urls = [
        (GATEWAY, &args.database_url, "JUMUN_DATABASE_URL"),
        (
            OPERATOR,
            &args.operator_database_url,
            "JUMUN_OPERATOR_DATABASE_URL",
        ),
    ];
    let mut passwords = Vec::new();
    for (account, url, what) in urls {
        let Some(url) = url else { continue };
        let options = database::read_url(url, what)?;
        ensure!(
            options.user() == Some(account),
            "the account in {what} must be {account}"
        );
        let password = options.pass().filter(|password| !password.is_empty());
        let password = password.with_context(|| format!("{what} has no password"))?;
        passwords.push((account, password.to_owned()));
    }
    Ok(passwords)
}

/// Parameters of routines take the database's character set, so a wrong one breaks texts much later.
async fn check_collation(conn: &mut Conn, name: &str) -> anyhow::Result<()> {
    let collation: Option<String> = conn
        .exec_first(
            "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
            (name,),
        )
        .await?;
    let collation = collation.unwrap_or_default();
    ensure!(
        collation == "utf8mb4_bin",
        "the database {name} has the collation {collation}; run ALTER DATABASE {name} CHARACTER SET utf8mb4 \
         COLLATE utf8mb4_bin"
    );
    Ok(())
}

fn refuse_unknown_schema(
    applied: &BTreeMap<u32, Option<String>>,
    files: &[SqlFile],
) -> anyhow::Result<()> {
    let known: BTreeSet<u32> = files
        .iter()
        .filter_map(|file| match file.kind {
            Kind::Schema(version) => Some(version),
            _ => None,
        })
        .collect();
    if let Some(version) = applied.keys().find(|version| !known.contains(version)) {
        bail!(
            "the database has schema version {version}, which these files do not: use newer files"
        );
    }
    Ok(())
}

/// Applies a schema file that was not, or makes sure that it is still the same.
async fn apply_schema(
    conn: &mut Conn,
    file: &SqlFile,
    version: u32,
    applied: &mut BTreeMap<u32, Option<String>>,
) -> anyhow::Result<()> {
    match applied.get(&version) {
        Some(Some(sha256)) if *sha256 == file.sha256 => {
            println!("kept     {}", file.path);
            return Ok(());
        }
        Some(Some(_)) => bail!(
            "{} was changed after it was applied; put it back and write a new file with the next number",
            file.path
        ),
        Some(None) => println!("recorded {}", file.path),
        None => {
            ensure!(
                applied
                    .keys()
                    .next_back()
                    .is_none_or(|last| *last < version),
                "{} comes before a schema file that is applied already",
                file.path
            );
            admin::run_file(conn, file).await.with_context(|| {
                format!(
                    "{} may be applied in part: undo that by hand, or drop the database if it is new",
                    file.path
                )
            })?;
            println!("applied  {}", file.path);
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
    applied.insert(version, Some(file.sha256.clone()));
    Ok(())
}

async fn refuse_unfit_tables(conn: &mut Conn) -> anyhow::Result<()> {
    let unfit: Vec<String> = conn.query(UNFIT_TABLES).await?;
    ensure!(unfit.is_empty(), "refused: {}", unfit.join("; "));
    Ok(())
}

/// Which statements of the grants belong to which routine.
fn grants_by_routine(files: &[SqlFile]) -> BTreeMap<&str, Vec<(&SqlFile, usize)>> {
    let mut grants: BTreeMap<&str, Vec<(&SqlFile, usize)>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.kind == Kind::Grants) {
        for (index, statement) in file.statements.iter().enumerate() {
            let mut words = statement.text.split_whitespace();
            if let (Some("GRANT"), Some("EXECUTE"), Some("ON"), Some("PROCEDURE"), Some(routine)) = (
                words.next(),
                words.next(),
                words.next(),
                words.next(),
                words.next(),
            ) {
                grants.entry(routine).or_default().push((file, index));
            }
        }
    }
    grants
}

/// Drops views and routines that no file defines any more; those of other owners are left alone.
async fn drop_unknown_objects(conn: &mut Conn, files: &[SqlFile]) -> anyhow::Result<()> {
    let defined: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.kind == Kind::Object)
        .map(|file| file.stem.as_str())
        .collect();
    let parameters = Params::Positional(vec![DEFINER.into(), DEFINER.into()]);
    let found: Vec<(String, String)> = conn.exec(OWN_OBJECTS, parameters).await?;
    for (kind, name) in found
        .iter()
        .filter(|(_, name)| !defined.contains(name.as_str()))
    {
        conn.query_drop(format!(
            "DROP {kind} IF EXISTS `{}`",
            name.replace('`', "``")
        ))
        .await?;
        println!("dropped  {name}");
    }
    Ok(())
}

/// A string literal; the session's sql_mode keeps backslashes special.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SqlArgs;

    fn args(database_url: &str) -> LoadArgs {
        LoadArgs {
            sql: SqlArgs {
                admin_url: String::new(),
                sql_dir: "sql".into(),
                database_ca: None,
            },
            database_url: Some(database_url.to_owned()),
            operator_database_url: None,
            wait_seconds: 1,
        }
    }

    #[test]
    fn passwords_come_from_urls_of_the_right_account() {
        let found = passwords(&args("mysql://jumun_gateway:a%27b%2Fc@h/d")).unwrap();
        assert_eq!(found, [("jumun_gateway", "a'b/c".to_owned())]);
        assert!(passwords(&args("mysql://root:secret@h/d")).is_err());
        assert!(passwords(&args("mysql://jumun_gateway@h/d")).is_err());
    }

    #[test]
    fn a_password_stays_inside_its_literal() {
        assert_eq!(quote(r"a'b\"), r"'a''b\\'");
    }
}
