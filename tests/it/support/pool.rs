//! Databases that are loaded already. Loading one costs MySQL a second, emptying one a tenth of it, so a database whose
//! test has passed is emptied and given to the next test. Tables that the test has added are dropped, and triggers that
//! it has taken off or replaced are made again. Whatever else is not as it was loaded, a routine, a column, a privilege,
//! is not put right but dropped with its database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Row};

use super::load::{Script, execute, run, scripts};

static FREE: Mutex<Vec<Loaded>> = Mutex::new(Vec::new());

/// What was in a database when it had just been loaded.
pub struct Loaded {
    pub name: String,
    /// Routines, triggers, views, columns, keys and privileges, as one text.
    definitions: String,
    /// The lines of it that are about triggers.
    triggers: BTreeSet<String>,
    tables: BTreeSet<String>,
    /// Tables that have rows then, with a checksum of these and statements that make them again.
    rows: BTreeMap<String, (String, Script)>,
}

impl Loaded {
    /// A database that is as it was loaded, if one is free.
    pub fn take() -> Option<Loaded> {
        FREE.lock().unwrap().pop()
    }

    /// Looks at the database that the connection has just loaded.
    pub async fn look(conn: &mut Conn, name: &str) -> Loaded {
        let mut rows = BTreeMap::new();
        for table in tables_with_rows(conn).await.unwrap() {
            let sum = checksum(conn, &table).await.unwrap();
            let script = rows_of(conn, &table).await.unwrap();
            rows.insert(table, (sum, script));
        }
        Loaded {
            name: name.to_owned(),
            definitions: definitions(conn).await.unwrap(),
            triggers: triggers(conn).await.unwrap(),
            tables: tables(conn).await.unwrap(),
            rows,
        }
    }

    /// Empties the database and makes it free, unless more was changed in it than can be put right: then says false. The
    /// connection is the only one that is left in it.
    pub async fn give_back(self, conn: &mut Conn) -> mysql_async::Result<bool> {
        conn.query_drop("SET foreign_key_checks = 0").await?;
        if definitions(conn).await? != self.definitions {
            let put_right = self.put_right(conn).await;
            if put_right.is_err() || definitions(conn).await? != self.definitions {
                return Ok(false);
            }
        }
        let mut touched = touched_tables(conn).await?;
        touched.extend(self.rows.keys().cloned());
        for table in touched {
            let as_loaded = self.rows.get(&table);
            if let Some((sum, _)) = as_loaded
                && table != JOBS
                && checksum(conn, &table).await? == *sum
            {
                continue;
            }
            conn.query_drop(format!("TRUNCATE TABLE {table}")).await?;
            if table == JOBS {
                run(conn, script_of_the_jobs()).await; // due now
            } else if let Some((_, script)) = as_loaded {
                run(conn, script).await;
            }
        }
        conn.query_drop("SET foreign_key_checks = 1").await?;
        FREE.lock().unwrap().push(self);
        Ok(true)
    }

    /// Drops the tables that are new, and makes the triggers what they were. It does not say whether that was all.
    async fn put_right(&self, conn: &mut Conn) -> mysql_async::Result<()> {
        for table in tables(conn).await?.difference(&self.tables) {
            conn.query_drop(format!("DROP TABLE `{table}`")).await?;
        }
        let found = triggers(conn).await?;
        for trigger in found.difference(&self.triggers) {
            let name = trigger_of(trigger);
            conn.query_drop(format!("DROP TRIGGER IF EXISTS `{name}`"))
                .await?;
        }
        for trigger in self.triggers.difference(&found) {
            let file = format!("/{}.sql", trigger_of(trigger));
            let script = scripts().iter().find(|s| s.path.ends_with(&file));
            for statement in &script.expect("a file of each trigger").statements {
                conn.query_drop(statement.as_str()).await?;
            }
        }
        Ok(())
    }
}

/// The name of the trigger that a line of the definitions is about.
fn trigger_of(line: &str) -> &str {
    line.split(' ').nth(1).expect("a table and its trigger")
}

const JOBS: &str = "shop_jobs";

fn script_of_the_jobs() -> &'static Script {
    let of_the_jobs = |script: &&Script| script.path.ends_with("reference/shop_jobs.sql");
    scripts()
        .iter()
        .find(of_the_jobs)
        .expect("sql/reference/shop_jobs.sql")
}

async fn tables(conn: &mut Conn) -> mysql_async::Result<BTreeSet<String>> {
    let tables: Vec<String> = conn
        .query(
            "SELECT TABLE_NAME FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
        )
        .await?;
    Ok(tables.into_iter().collect())
}

async fn triggers(conn: &mut Conn) -> mysql_async::Result<BTreeSet<String>> {
    let triggers: Vec<String> = conn.query(TRIGGERS).await?;
    Ok(triggers.into_iter().collect())
}

async fn tables_with_rows(conn: &mut Conn) -> mysql_async::Result<Vec<String>> {
    let looks: Vec<String> = tables(conn)
        .await?
        .iter()
        .map(|t| format!("SELECT '{t}' FROM DUAL WHERE EXISTS (SELECT 1 FROM {t})"))
        .collect();
    conn.query(looks.join(" UNION ALL ")).await
}

/// Tables with rows, and tables that had some: the next one's number tells.
async fn touched_tables(conn: &mut Conn) -> mysql_async::Result<BTreeSet<String>> {
    let mut touched: BTreeSet<String> = tables_with_rows(conn).await?.into_iter().collect();
    conn.query_drop(
        "SET SESSION /*!80000 information_schema_stats_expiry = 0, */ lock_wait_timeout = 20",
    )
    .await?;
    let numbered: Vec<String> = conn
        .query(
            "SELECT TABLE_NAME FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND AUTO_INCREMENT > 1",
        )
        .await?;
    touched.extend(numbered);
    Ok(touched)
}

async fn checksum(conn: &mut Conn, table: &str) -> mysql_async::Result<String> {
    let row: Option<(String, Option<String>)> = conn
        .query_first(format!("CHECKSUM TABLE {table} EXTENDED"))
        .await?;
    Ok(row.and_then(|(_, sum)| sum).unwrap_or_default())
}

async fn rows_of(conn: &mut Conn, table: &str) -> mysql_async::Result<Script> {
    let rows: Vec<Row> = conn.query(format!("SELECT * FROM {table}")).await?;
    let values: Vec<String> = rows
        .into_iter()
        .map(|row| {
            let values: Vec<String> = row.unwrap().iter().map(|v| v.as_sql(false)).collect();
            format!("({})", values.join(", "))
        })
        .collect();
    Ok(Script {
        path: format!("the rows of {table}"),
        statements: vec![format!("INSERT INTO {table} VALUES {}", values.join(", "))],
    })
}

const TRIGGERS: &str = "SELECT CONCAT_WS(' ', EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION,
                          ACTION_ORDER, DEFINER, SQL_MODE, COLLATION_CONNECTION, SHA2(ACTION_STATEMENT, 256))
         FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()";

/// All that makes a database but its rows. The name of the database is left out, so that two of them can be compared.
pub async fn definitions(conn: &mut Conn) -> mysql_async::Result<String> {
    let mut text = String::new();
    for look in [
        "SELECT CONCAT_WS(' ', ROUTINE_TYPE, ROUTINE_NAME, DEFINER, SECURITY_TYPE, SQL_MODE, SHA2(ROUTINE_DEFINITION, 256))
         FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_NAME, DTD_IDENTIFIER)
         FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE()",
        TRIGGERS,
        "SELECT CONCAT_WS(' ', TABLE_NAME, DEFINER, SHA2(REPLACE(VIEW_DEFINITION, DATABASE(), ''), 256))
         FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', TABLE_NAME, ENGINE, TABLE_COLLATION, TABLE_COMMENT)
         FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME,
                          IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLUMN_COMMENT)
         FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE)
         FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE)
         FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', CONSTRAINT_NAME, CHECK_CLAUSE)
         FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', EVENT_NAME, STATUS) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()",
        "SELECT CONCAT_WS(' ', Host, User, Select_priv, Insert_priv, Update_priv, Delete_priv, Create_priv, Execute_priv)
         FROM mysql.db WHERE Db = DATABASE()",
        "SELECT CONCAT_WS(' ', Host, User, Table_name, Table_priv, Column_priv)
         FROM mysql.tables_priv WHERE Db = DATABASE()",
        "SELECT CONCAT_WS(' ', Host, User, Table_name, Column_name, Column_priv)
         FROM mysql.columns_priv WHERE Db = DATABASE()",
        "SELECT CONCAT_WS(' ', Host, User, Routine_name, Routine_type, Proc_priv)
         FROM mysql.procs_priv WHERE Db = DATABASE()",
    ] {
        let mut lines: Vec<String> = conn.query(look).await?;
        lines.sort();
        text.push_str(&lines.join("\n"));
        text.push('\n');
    }
    Ok(text)
}
