//! `jumun db load`: brings a database up to the SQL files. May be repeated, and run by several at once.
//!
//! Everything is loaded into a database of its own first, and only then into the one in use: files with a mistake change
//! nothing. There, schema files that are new are applied, then rows, then those views, routines and triggers that differ.

use anyhow::{Context, ensure};
use mysql_async::{Conn, prelude::Queryable};

use super::{
    admin,
    files::{Kind, SqlFile, read_all},
    migrate::{self, Applied},
    numbers, offers, rights,
    scratch::{self, Tables},
    settings,
    swap::{self, Changes},
};
use crate::{config::LoadArgs, database::connect, dbtool::say::say};

const GATEWAY: &str = "jumun_gateway";
const OPERATOR: &str = "jumun_operator";
/// Called when it was not there before.
const TAKE_OVER: &str = "_take_over";
/// The newest part of it: without that, older procedures were in charge.
const NEWEST_TO_TAKE_OVER: &str = "_take_over_credits";

/// Tables that a replicated or crash-safe server could not keep. Indexes, not constraints: of these an account that only
/// reads sees none on MariaDB, and would be told something wrong instead of what it lacks.
const UNFIT_TABLES: &str = "SELECT CONCAT(t.TABLE_NAME,
    CASE WHEN t.ENGINE <> 'InnoDB' THEN CONCAT(' is ', t.ENGINE, ', not InnoDB') ELSE ' has no primary key' END)
FROM information_schema.TABLES t
LEFT JOIN information_schema.STATISTICS i ON i.TABLE_SCHEMA = ?
    AND i.TABLE_NAME = t.TABLE_NAME AND i.INDEX_NAME = 'PRIMARY' AND i.SEQ_IN_INDEX = 1
WHERE t.TABLE_SCHEMA = ? AND t.TABLE_TYPE = 'BASE TABLE'
    AND (t.ENGINE <> 'InnoDB' OR i.TABLE_NAME IS NULL)
ORDER BY t.TABLE_NAME";

/// Loads everything.
///
/// # Errors
/// When a file, the server or the database is not as it has to be. Until everything was loaded beside it, the database is
/// not touched.
pub async fn run(args: &LoadArgs) -> anyhow::Result<()> {
    let passwords = passwords(args)?;
    let files = read_all(&args.sql.sql_dir)?;
    let (mut conn, name) = admin::connect(&args.sql.server).await?;
    // The lock ends with the connection, whatever happens.
    admin::lock(&mut conn, &name, args.wait_seconds).await?;
    let beside = scratch::name(&name);
    let proven = prove(&mut conn, &name, &beside, &files, args.procedures_only);
    let proven = scratch::interruptible(proven).await;
    let proven = rights::explain(&mut conn, &beside, proven).await;
    let (applied, changes) = scratch::clean(&args.sql, &beside, proven)
        .await
        .with_context(|| format!("nothing was changed in {name}"))?;

    use_database(&mut conn, &name).await?;
    if !args.procedures_only {
        let mut place = String::new();
        let migrated = migrate::apply(&mut conn, &name, &files, &applied, &mut place);
        scratch::interruptible(migrated)
            .await
            .with_context(|| place)?;
        refuse_unfit_tables(&mut conn, &name).await?;
    }
    numbers::begin_at(&mut conn, &name, args.numbers_from).await?;
    load(&mut conn, &files, &changes, &passwords).await?;
    for line in settings::problems(&mut conn, &name).await?.lines {
        say!("{line}");
    }
    say!("done     {name}");
    conn.disconnect().await.ok();
    Ok(())
}

/// Loads everything into a database beside the one in use; gives what has to be done in that one.
async fn prove(
    conn: &mut Conn,
    name: &str,
    beside: &str,
    files: &[SqlFile],
    procedures_only: bool,
) -> anyhow::Result<(Applied, Changes)> {
    check_collation(conn, name).await?;
    let applied = admin::applied_schema(conn, name).await?;
    migrate::refuse_other_history(&applied, files, procedures_only)?;
    refuse_unfit_tables(conn, name).await?;
    scratch::make(conn, beside).await?;
    // Without a schema file to try, what is loaded has to go with the tables that are there.
    let tables = if migrate::is_complete(&applied, files) {
        Tables::Of(name)
    } else {
        Tables::Files
    };
    scratch::fill(conn, files, tables, true, true).await?;
    let changes = swap::changes(conn, files, name, beside).await?;
    Ok((applied, changes))
}

/// Accounts, rows, views, routines, triggers, what is on sale, and grants, in a database whose tables are as they have to
/// be. Not interrupted but where products are gone through: it takes as long as there are changes.
async fn load(
    conn: &mut Conn,
    files: &[SqlFile],
    changes: &Changes,
    passwords: &[(&'static str, String)],
) -> anyhow::Result<()> {
    let of = |kind: Kind| files.iter().filter(move |file| file.kind == kind);
    for file in of(Kind::Accounts).chain(of(Kind::Catalogue)) {
        admin::run_file(conn, file).await?;
        say!("loaded   {}", file.path);
    }
    let taken_over = !files.iter().any(|file| file.stem == TAKE_OVER) || has_routine(conn).await?;
    // Once the triggers are there, what is on sale is filled in, and only then come the routines that read it.
    let repair = files.iter().position(|file| file.stem == offers::REPAIR);
    let kept_by_triggers = repair.map_or(0, |at| at + 1);
    swap::replace(conn, files, 0..kept_by_triggers, changes).await?;
    if changes.of_triggers(&files[..kept_by_triggers]) {
        scratch::interruptible(offers::repair(conn)).await?;
        scratch::interruptible(offers::take_over_lines(conn)).await?;
    }
    swap::replace(conn, files, kept_by_triggers..files.len(), changes).await?;
    swap::drop_gone(conn, changes).await?;
    if !taken_over {
        take_over(conn).await?;
    }
    for file in of(Kind::Grants) {
        admin::run_file(conn, file).await?;
        say!("applied  {}", file.path);
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
        say!("unlocked {account}");
    }
    if repair.is_some() {
        scratch::interruptible(offers::repair(conn)).await?;
    }
    Ok(())
}

/// Whether these procedures, or later ones, were in charge until now.
async fn has_routine(conn: &mut Conn) -> anyhow::Result<bool> {
    let found: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_NAME = ?",
            (NEWEST_TO_TAKE_OVER,),
        )
        .await?;
    Ok(found == Some(1))
}

/// Brings what older procedures wrote up to what the new ones expect.
async fn take_over(conn: &mut Conn) -> anyhow::Result<()> {
    let done: Option<(String, u64, u64, u64)> = conn
        .query_first(format!("CALL {TAKE_OVER}()"))
        .await
        .with_context(|| format!("everything is loaded; CALL {TAKE_OVER}() once more by hand"))?;
    let (_, orders, adapters, credits) = done.unwrap_or_default();
    if orders + adapters > 0 {
        say!("took over {orders} orders and {adapters} payment gateways of older procedures");
    }
    if credits > 0 {
        say!("took over points and cash of {credits} orders and members");
    }
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
        let options = connect::read_url(url, what)?;
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
    // No such database: it is made with the right one.
    let Some(collation) = collation else {
        return Ok(());
    };
    ensure!(
        collation == "utf8mb4_bin",
        "the database {name} has the collation {collation}; run ALTER DATABASE {name} CHARACTER SET utf8mb4 \
         COLLATE utf8mb4_bin"
    );
    Ok(())
}

/// Makes the database, unless there is one, and goes there.
async fn use_database(conn: &mut Conn, name: &str) -> anyhow::Result<()> {
    admin::create_database(conn, name).await?;
    conn.query_drop(format!("USE {name}")).await?;
    Ok(())
}

async fn refuse_unfit_tables(conn: &mut Conn, name: &str) -> anyhow::Result<()> {
    let unfit: Vec<String> = conn.exec(UNFIT_TABLES, (name, name)).await?;
    ensure!(unfit.is_empty(), "refused: {}", unfit.join("; "));
    Ok(())
}

/// A string literal; the session's sql_mode keeps backslashes special.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ServerArgs, SqlArgs};

    fn args(database_url: &str) -> LoadArgs {
        LoadArgs {
            sql: SqlArgs {
                server: ServerArgs {
                    admin_url: String::new(),
                    database_ca: None,
                },
                sql_dir: "sql".into(),
            },
            procedures_only: false,
            database_url: Some(database_url.to_owned()),
            operator_database_url: None,
            numbers_from: 1,
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
