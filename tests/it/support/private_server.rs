//! A database server that one test has for itself, with full durability: to be killed, or configured.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use mysql_async::Conn;

use super::process::{Process, free_port};
use super::server::{Engine, options};

/// Every commit is on disk before it is acknowledged.
const DURABLE: [&str; 4] = [
    "--innodb-flush-log-at-trx-commit=1",
    "--log-bin=bin",
    "--sync-binlog=1",
    "--server-id=1",
];

/// A server with its own data directory, deleted at the end of the test.
///
/// `TestDb::empty_on(server.url())` and `load()` give a database on it.
pub struct PrivateServer {
    engine: Engine,
    dir: PathBuf,
    port: u16,
    url: String,
    extra: Vec<String>,
    process: Option<Process>,
}

impl PrivateServer {
    /// Initialises and starts one.
    pub async fn start(engine: Engine) -> PrivateServer {
        PrivateServer::start_with(engine, &[]).await
    }

    /// The same with further options of the server.
    pub async fn start_with(engine: Engine, extra: &[&str]) -> PrivateServer {
        let name = format!("jumun-it-{:08x}", rand::random::<u32>());
        let dir = base().join(name);
        let init = Command::new(script())
            .args(["init", engine.name()])
            .arg(&dir)
            .output()
            .expect("tests/tools/server");
        let words = String::from_utf8_lossy(&init.stderr);
        assert!(init.status.success(), "tests/tools/server init: {words}");
        let port = free_port();
        let mut server = PrivateServer {
            engine,
            dir,
            port,
            url: format!("mysql://root@127.0.0.1:{port}"),
            extra: extra.iter().map(|&option| option.to_owned()).collect(),
            process: None,
        };
        server.restart().await;
        server
    }

    /// Administrator's URL, the same after every restart.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// kill −9: what it had not written is gone.
    pub fn kill9(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// Ordered stop, waited for.
    pub fn shut_down(&mut self) {
        if let Some(mut process) = self.process.take() {
            let stopped = process.terminate(Duration::from_secs(60));
            assert!(stopped.is_some(), "the server does not stop");
        }
    }

    /// The same as `restart`, with other options besides the durable ones from now on.
    pub async fn restart_with(&mut self, extra: &[&str]) {
        self.extra = extra.iter().map(|&option| option.to_owned()).collect();
        self.restart().await;
    }

    /// Ordered stop, then start; after `kill9` or `shut_down` only the start. Returns when it answers.
    pub async fn restart(&mut self) {
        self.shut_down();
        let (dir, port) = (self.dir.display().to_string(), self.port.to_string());
        let mut args = vec!["run", self.engine.name(), &dir, &port];
        args.extend(DURABLE);
        args.extend(self.extra.iter().map(String::as_str));
        let mut process = Process::start("server", &script(), &args, &[]);
        let start = Instant::now();
        while Conn::new(options(&self.url)).await.is_err() {
            if let Some(status) = process.ended() {
                panic!("the server ended with {status}:\n{}", process.log());
            }
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "the server does not answer"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.process = Some(process);
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.kill9();
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

/// Beside the server of this run, which is where there is room and which is cleaned in any case.
/// Not below target/: the path of a socket may have 107 bytes only.
fn base() -> PathBuf {
    let pristine = std::env::var("JUMUN_TEST_PRISTINE").map(PathBuf::from);
    let beside = pristine
        .ok()
        .and_then(|path| path.parent().map(Path::to_path_buf));
    beside.unwrap_or_else(std::env::temp_dir)
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/server")
}
