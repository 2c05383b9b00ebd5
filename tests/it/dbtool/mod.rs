//! `jumun db load`, `jumun db check` and `jumun db areas`, on databases that are in use.

mod areas;
mod backup;
mod check;
mod load;
mod meanwhile;
mod migration;
mod numbers;
mod offers;
mod reading;
mod way_back;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::adopt::{command, run};
use crate::support::*;

/// A copy of the folder `sql` that a test may change; removed at its end.
pub struct Files(PathBuf);

impl Files {
    pub fn new() -> Files {
        let to = temp_dir().join(format!("sql-{:012x}", rand::random::<u64>() >> 16));
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sql"), &to);
        Files(to)
    }

    pub fn dir(&self) -> &str {
        self.0.to_str().expect("a path")
    }

    /// Puts one text in the place of another, which must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) -> &Files {
        let path = self.0.join(path);
        let text = std::fs::read_to_string(&path).expect("a file of sql");
        assert!(text.contains(from), "{from} is not in {}", path.display());
        std::fs::write(path, text.replacen(from, to, 1)).expect("a file of sql");
        self
    }

    /// Without that file.
    pub fn remove(&self, path: &str) -> &Files {
        std::fs::remove_file(self.0.join(path)).expect("a file of sql");
        self.edit("load.sql", &format!("SOURCE sql/{path};\n"), "")
    }

    /// A new file, named in load.sql in front of another one.
    pub fn add(&self, path: &str, text: &str, before: &str) -> &Files {
        std::fs::write(self.0.join(path), text).expect("a file of sql");
        let before = format!("SOURCE sql/{before}");
        self.edit(
            "load.sql",
            &before,
            &format!("SOURCE sql/{path};\n{before}"),
        )
    }

    /// A schema file after all others, number 9001.
    pub fn add_schema(&self, statements: &str) -> &Files {
        let text = format!(
            "{statements}\n\nINSERT INTO shop_schema_version (version, file_name, applied_at)\n\
             VALUES (9001, '9001_more.sql', UTC_TIMESTAMP(6));\n"
        );
        self.add(
            "schema/9001_more.sql",
            &text,
            "reference/shop_error_codes.sql",
        )
    }

    /// `jumun db load` of these files.
    pub fn load(&self, db: &TestDb) -> Command {
        command(db, "load", &["--sql-dir", self.dir()])
    }

    /// `jumun db check` with these files.
    pub fn check(&self, db: &TestDb) -> Command {
        command(db, "check", &["--sql-dir", self.dir()])
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory for test files");
    for entry in std::fs::read_dir(from).expect("the folder sql") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

/// A database with the standard shops, as `jumun db load` makes it.
pub async fn loaded() -> TestDb {
    let db = TestDb::as_loaded(async |db| {
        succeed(command(db, "load", &[])).await;
    })
    .await;
    db.fixture().await;
    db
}

/// Runs it; it must succeed. What it said.
pub async fn succeed(command: Command) -> String {
    let (done, words) = run(command).await;
    assert!(done, "{words}");
    words
}

/// Runs it; it must fail, in words. What it said.
pub async fn fail(command: Command) -> String {
    let (done, words) = run(command).await;
    assert!(!done && !words.contains("panicked"), "{words}");
    words
}

/// Databases beside this one, and grants in such.
pub async fn left_over(db: &TestDb) -> Vec<String> {
    let name = format!("{}_jumun_scratch", db.name());
    let databases = format!(
        "SELECT SCHEMA_NAME AS found FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '{}\\_%'
         UNION ALL
         SELECT CONCAT(Db, ' ', Routine_name) FROM mysql.procs_priv WHERE Db = '{name}'
         UNION ALL
         SELECT CONCAT(Db, ' ', User) FROM mysql.db WHERE Db = '{name}' AND User LIKE 'jumun%'",
        db.name()
    );
    let rows = db.rows(&databases).await;
    rows.iter().map(|row| row.str("found")).collect()
}

/// When each routine was made, with its text, each view's text, and the rows of everything.
pub async fn everything(db: &TestDb) -> String {
    let routines = db
        .rows(
            "SELECT ROUTINE_NAME AS n, CREATED AS c, ROUTINE_DEFINITION AS d FROM information_schema.ROUTINES
             WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY ROUTINE_NAME",
        )
        .await;
    let views = db
        .rows(
            "SELECT TABLE_NAME AS n, VIEW_DEFINITION AS d FROM information_schema.VIEWS
             WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME",
        )
        .await;
    let triggers = db
        .rows(
            "SELECT TRIGGER_NAME AS n, CREATED AS c, ACTION_STATEMENT AS d FROM information_schema.TRIGGERS
             WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME",
        )
        .await;
    format!(
        "{routines:?}\n{views:?}\n{triggers:?}\n{}\n{}",
        schema_dump(db).await,
        db.snapshot().await
    )
}

/// An order of one book, paid.
pub async fn buy(db: &TestDb, number: &str) {
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new(number, &[cart_id]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    let paid = WalletMessage::paid(number, &format!("P-{number}"), "10000");
    let answer = settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
}
