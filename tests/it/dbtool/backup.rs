//! The backup and restore of `sql/README.md`, with the programs of each engine: dumped on one server, restored on another that has never
//! seen jumun.

use std::process::Stdio;

use super::*;

/// A program of the engine's clients, connected to a server.
fn client(dumping: bool, server: &PrivateServer, args: &[&str]) -> Command {
    let program = match (engine(), dumping) {
        (Engine::MariaDb, true) => PathBuf::from("mariadb-dump"),
        (Engine::MariaDb, false) => PathBuf::from("mariadb"),
        (Engine::MySql, true) => mysql("mysqldump"),
        (Engine::MySql, false) => mysql("mysql"),
    };
    let port = server.url().rsplit(':').next().expect("a port").to_owned();
    let mut command = Command::new(program);
    command
        .args([
            "--no-defaults",
            "--protocol=TCP",
            "--host=127.0.0.1",
            "--user=root",
        ])
        .arg(format!("--port={port}"))
        .arg("--default-character-set=utf8mb4")
        .args(args)
        .stdin(Stdio::null());
    command
}

fn mysql(program: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("var/mysql/bin")
        .join(program)
}

/// Rows of every table, in the same words before and after.
async fn rows(db: &TestDb) -> String {
    let rows = db.snapshot().await;
    let mut lines: Vec<&str> = rows
        .lines()
        .filter(|line| !line.starts_with("shop_jobs "))
        .collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[tokio::test]
async fn a_dump_is_restored_on_a_new_server_and_the_shop_goes_on() {
    let old = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(old.url()).await;
    succeed(command(&db, "load", &[])).await;
    db.fixture().await;
    crate::upgrade::history::write(&db).await;
    let before = rows(&db).await;
    let name = db.name().to_owned();

    let file = temp_dir().join(format!("{name}-dump.sql"));
    let mut options = vec!["--single-transaction", "--routines", "--triggers"];
    if engine() == Engine::MySql {
        options.push("--set-gtid-purged=OFF");
    }
    options.push(&name);
    let mut dump = client(true, &old, &options);
    dump.stdout(std::fs::File::create(&file).unwrap());
    succeed(dump).await;

    let new = PrivateServer::start(engine()).await;
    let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    succeed(client(false, &new, &["-e", &create])).await;
    // Who owns the views must exist before they do.
    let mut accounts = client(false, &new, &[&name]);
    let sql = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/accounts.sql");
    accounts.stdin(std::fs::File::open(sql).unwrap());
    succeed(accounts).await;
    let mut restore = client(false, &new, &[&name]);
    restore.stdin(std::fs::File::open(&file).unwrap());
    succeed(restore).await;
    std::fs::remove_file(&file).ok();

    let restored = TestDb::existing_on(new.url(), &name).await;
    // A dump has no grants: without them nobody may call anything, and db check says what to do.
    let words = fail(command(&restored, "check", &[])).await;
    let missing = words
        .lines()
        .find(|line| line.starts_with("missing  grant"));
    assert!(
        missing.is_some_and(|line| line.ends_with("run jumun db load")),
        "{words}"
    );
    succeed(command(&restored, "load", &[])).await;
    succeed(command(&restored, "check", &[])).await;
    assert!(rows(&restored).await == before, "rows differ");
    restored.assert_audit_clean().await;

    let gateway = Gateway::start(&restored).await;
    buy(&restored, "AFTER").await;
    let paid = crate::upgrade::history::approved("PENDING-1", "N1", "10000");
    let answer = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&paid.form())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let status = "SELECT order_status FROM shop_orders WHERE order_number = 'PENDING-1'";
    assert_eq!(restored.int(status).await, 2);
    restored.assert_audit_clean().await;
}
