//! A database server whose data stays: filling it takes longer than measuring on it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::catalogue::Catalogue;
use crate::support::{Engine, Process, TEST_PASSWORD, TestDb, free_port};

pub const DATABASE: &str = "jumun_growth";
/// The same for small and for large tables.
const BUFFER_POOL: &str = "--innodb-buffer-pool-size=4G";
/// Every commit is on disk before it is acknowledged.
const DURABLE: [&str; 4] = [
    "--innodb-flush-log-at-trx-commit=1",
    "--log-bin=bin",
    "--sync-binlog=1",
    "--server-id=1",
];
/// A batch that is lost is written again.
const QUICK: [&str; 2] = ["--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"];
/// A server that was killed reads its log first.
const START_LIMIT: Duration = Duration::from_secs(900);
/// An ordered stop writes everything that is in memory.
const STOP_LIMIT: Duration = Duration::from_secs(600);

/// What the server is for: filling needs no durable commits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Fill,
    Measure,
}

pub struct Kept {
    pub db: TestDb,
    pub catalogue: Catalogue,
    process: Option<Process>,
}

impl Kept {
    /// Starts the server of this directory, making it if need be, and brings its database up to the SQL files.
    pub async fn open(engine: Engine, dir: &Path, purpose: Purpose) -> Kept {
        std::fs::create_dir_all(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        let dir = dir.canonicalize().expect("the directory");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/server");
        let init = Command::new(&script)
            .args(["init", engine.name()])
            .arg(&dir)
            .status()
            .expect("tests/tools/server");
        assert!(init.success(), "tests/tools/server init {}", dir.display());
        let port = free_port();
        let process = start(engine, &script, &dir, port, purpose);
        let server = format!("mysql://root@127.0.0.1:{port}");
        let process = wait_until_it_answers(process, &server).await;
        load(&server);
        let db = TestDb::existing_on(&server, DATABASE).await;
        if db.count("shops").await == 0 {
            db.fixture().await;
            db.exec(&crate::catalogue::sql()).await;
        }
        let catalogue = Catalogue::read(&db).await;
        Kept {
            db,
            catalogue,
            process: Some(process),
        }
    }

    /// Ordered stop, so that the next start is quick.
    pub async fn close(mut self) {
        if let Some(mut process) = self.process.take() {
            let stopped = process.terminate(STOP_LIMIT);
            assert!(stopped.is_some(), "the server does not stop");
        }
    }
}

fn start(engine: Engine, script: &Path, dir: &Path, port: u16, purpose: Purpose) -> Process {
    let (dir, port) = (dir.display().to_string(), port.to_string());
    let mut args = vec!["run", engine.name(), &dir, &port, BUFFER_POOL];
    args.push(match engine {
        Engine::MariaDb => "--innodb-log-file-size=2G",
        Engine::MySql => "--innodb-redo-log-capacity=2G",
    });
    match purpose {
        Purpose::Fill => args.extend(QUICK),
        Purpose::Measure => args.extend(DURABLE),
    }
    Process::start("server", script, &args, &[])
}

async fn wait_until_it_answers(mut process: Process, server: &str) -> Process {
    let start = Instant::now();
    let opts = || mysql_async::Opts::from_url(server).expect("a URL");
    while mysql_async::Conn::new(opts()).await.is_err() {
        if let Some(status) = process.ended() {
            panic!("the server ended with {status}:\n{}", process.log());
        }
        assert!(start.elapsed() < START_LIMIT, "the server does not answer");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    process
}

/// `jumun db load`: what an operator does with a database that has rows in it.
fn load(server: &str) {
    let account =
        |name: &str| server.replace("root", &format!("{name}:{TEST_PASSWORD}")) + "/" + DATABASE;
    let output = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_jumun")))
        .args(["db", "load"])
        .env("JUMUN_ADMIN_DATABASE_URL", format!("{server}/{DATABASE}"))
        .env("JUMUN_DATABASE_URL", account("jumun_gateway"))
        .env("JUMUN_OPERATOR_DATABASE_URL", account("jumun_operator"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("jumun db load");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "jumun db load: {words}");
}
