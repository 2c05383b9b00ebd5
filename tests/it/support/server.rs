//! Which server the tests run against.

use std::sync::OnceLock;

use mysql_async::{Conn, Opts, OptsBuilder};

/// The two engines whose behaviour must be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    MariaDb,
    MySql,
}

impl Engine {
    /// The name that JUMUN_TEST_ENGINE and the scripts of `tests/tools` use.
    pub fn name(self) -> &'static str {
        match self {
            Engine::MariaDb => "mariadb",
            Engine::MySql => "mysql",
        }
    }
}

/// The engine of this run of the tests.
pub fn engine() -> Engine {
    match std::env::var("JUMUN_TEST_ENGINE").as_deref() {
        Ok("mariadb") => Engine::MariaDb,
        Ok("mysql") => Engine::MySql,
        other => panic!(
            "JUMUN_TEST_ENGINE is {other:?}, not mariadb or mysql: run the tests with \
             `make test`, or one with `tests/tools/with-server mariadb cargo test --test it NAME`"
        ),
    }
}

/// Where both engines list their sessions. MySQL's view of the same name in information_schema fails as long as any
/// session runs a statement with a character beyond utf8mb3.
pub const PROCESSLIST: &str =
    "/*!80000 performance_schema.processlist *//*M! information_schema.PROCESSLIST */";

/// Administrator's URL of the server under test, without a database.
pub fn server_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        std::env::var("JUMUN_TEST_SERVER").unwrap_or_else(|_| {
            panic!("JUMUN_TEST_SERVER is not set: use tests/tools/with-server, see `make help`")
        })
    })
}

/// Options every connection of the tests has: TCP only, since over a socket the account is another one.
pub fn options(url: &str) -> OptsBuilder {
    let opts = Opts::from_url(url).unwrap_or_else(|e| panic!("{url}: {e}"));
    OptsBuilder::from_opts(opts)
        .prefer_socket(false)
        .setup(vec!["SET NAMES utf8mb4 COLLATE utf8mb4_bin"])
}

/// Connects, or panics with the words of the server.
pub async fn connect(opts: OptsBuilder) -> Conn {
    Conn::new(opts)
        .await
        .unwrap_or_else(|e| panic!("no connection to the server under test: {e}"))
}
