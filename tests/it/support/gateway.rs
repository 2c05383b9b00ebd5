//! The real programs, started for one test: the gateway and the sandbox payment gateway.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder, redirect};

use super::db::TestDb;
use super::fixture::{SHOP_KEY, SHOP_KEY_2, WALLET_KEY};
use super::process::{Process, free_port};

/// Bearer key of the operator port in tests.
pub const OPERATOR_KEY: &str = "test-operator-key";

const START_LIMIT: Duration = Duration::from_secs(20);

/// `jumun serve` with the accounts of a test database, stopped by SIGTERM at the end of the test.
pub struct Gateway {
    pub process: Process,
    pub client: Client,
    port: u16,
    operator_port: u16,
}

impl Gateway {
    /// Starts it and waits for `/ready`.
    pub async fn start(db: &TestDb) -> Gateway {
        Gateway::start_with(db, &[]).await
    }

    /// The same with other environment variables, which come last and win.
    pub async fn start_with(db: &TestDb, env: &[(&str, &str)]) -> Gateway {
        let gateway = Gateway::spawn(db, env).await;
        gateway.wait_until_ready().await
    }

    /// The same as a process that may have so many descriptors.
    pub async fn start_with_descriptors(
        db: &TestDb,
        env: &[(&str, &str)],
        descriptors: u32,
    ) -> Gateway {
        let limit = format!("--nofile={descriptors}");
        let program = env!("CARGO_BIN_EXE_jumun");
        let args = [limit.as_str(), program, "serve"];
        let gateway = Gateway::spawn_as(db, env, Path::new("prlimit"), &args);
        gateway.wait_until_ready().await
    }

    /// Starts it without waiting, for tests of starting.
    pub async fn spawn(db: &TestDb, env: &[(&str, &str)]) -> Gateway {
        let program = Path::new(env!("CARGO_BIN_EXE_jumun"));
        Gateway::spawn_as(db, env, program, &["serve"])
    }

    fn spawn_as(db: &TestDb, env: &[(&str, &str)], program: &Path, args: &[&str]) -> Gateway {
        let (port, operator_port) = (free_port(), free_port());
        let mut all = vec![
            ("JUMUN_LISTEN", format!("127.0.0.1:{port}")),
            (
                "JUMUN_OPERATOR_LISTEN",
                format!("127.0.0.1:{operator_port}"),
            ),
            ("JUMUN_DATABASE_URL", db.url_as("jumun_gateway")),
            ("JUMUN_OPERATOR_DATABASE_URL", db.url_as("jumun_operator")),
            ("JUMUN_OPERATOR_KEY", OPERATOR_KEY.to_owned()),
            // Jobs would change rows in the middle of a test; one that is about jobs turns them on.
            ("JUMUN_JOBS", "false".to_owned()),
            ("JUMUN_POOL_SIZE", "4".to_owned()),
        ];
        all.extend(env.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let all: Vec<(String, String)> = all.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        Gateway {
            process: Process::start("gateway", program, args, &all),
            client: client(),
            port,
            operator_port,
        }
    }

    async fn wait_until_ready(mut self) -> Gateway {
        let start = Instant::now();
        loop {
            let answer = self.operator(Method::GET, "/ready").send().await;
            if answer.is_ok_and(|a| a.status().is_success()) {
                return self;
            }
            if let Some(status) = self.process.ended() {
                panic!("the gateway ended with {status} instead of becoming ready");
            }
            assert!(
                start.elapsed() < START_LIMIT,
                "the gateway does not become ready"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Base URL of the public port, no slash at the end.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    pub fn operator_url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.operator_port)
    }

    /// A request of nobody in particular: a browser, a payment gateway. Redirects are not followed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A request of shop 1 for one of its buyers.
    pub fn shop(&self, method: Method, path: &str, user_id: &str) -> RequestBuilder {
        self.request(method, path)
            .bearer_auth(SHOP_KEY)
            .header("X-User-Id", user_id)
    }

    /// A request of shop 2 for one of its buyers.
    pub fn shop_2(&self, method: Method, path: &str, user_id: &str) -> RequestBuilder {
        self.request(method, path)
            .bearer_auth(SHOP_KEY_2)
            .header("X-User-Id", user_id)
    }

    /// A request of the operator, with the key.
    pub fn operator(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, self.operator_url(path))
            .bearer_auth(OPERATOR_KEY)
    }

    /// What it has logged so far. It collects the lines of requests for a tenth of a second, longer on a busy machine.
    pub fn log(&self) -> String {
        let mut log = self.process.log();
        for _ in 0..10 {
            std::thread::sleep(Duration::from_millis(300));
            let before = std::mem::replace(&mut log, self.process.log());
            if before.len() == log.len() {
                break;
            }
        }
        log
    }
}

/// The sandbox payment gateway on a free port.
pub struct Sandbox {
    pub process: Process,
    pub client: Client,
    port: u16,
}

impl Sandbox {
    /// Starts it for the fixture's wallet, with these environment variables besides, and waits until it answers.
    pub async fn start(env: &[(&str, &str)]) -> Sandbox {
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let mut all = vec![
            ("SANDBOX_LISTEN", listen.as_str()),
            ("SANDBOX_MERCHANT", "M1"),
            ("SANDBOX_KEY", WALLET_KEY),
        ];
        all.extend(env);
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        let all: Vec<(String, String)> = all.iter().map(owned).collect();
        let mut sandbox = Sandbox {
            process: Process::start("sandbox-pg", &example("sandbox-pg"), &[], &all),
            client: client(),
            port,
        };
        let start = Instant::now();
        while sandbox.client.get(sandbox.base()).send().await.is_err() {
            if let Some(status) = sandbox.process.ended() {
                panic!("sandbox-pg ended with {status} instead of listening");
            }
            assert!(start.elapsed() < START_LIMIT, "sandbox-pg does not answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        sandbox
    }

    /// Base URL, no slash at the end.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// Makes the fixture's wallet speak like this one, send buyers here, and payment news to this gateway.
    pub async fn connect(&self, db: &TestDb, gateway: &Gateway) {
        db.exec(super::fixture::JOINED_WALLET).await;
        db.exec(&format!(
            "UPDATE shops SET gateway_url = '{}' WHERE shop_id = 1;
             UPDATE shop_pg_adapters SET request_url = '{}/pay' WHERE pg = 'wallet' AND merchant_id = 'M1'",
            gateway.base(),
            self.base()
        ))
        .await;
    }
}

fn client() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()
        .expect("an HTTP client")
}

/// A program of the examples: cargo builds them beside the tests, and names no path.
pub fn example(name: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_jumun"))
        .with_file_name("examples")
        .join(name);
    assert!(
        program.exists(),
        "{} is not built: cargo build --examples",
        program.display()
    );
    program
}
