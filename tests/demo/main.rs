//! `make run`: the whole demonstration on one machine, started in order, stopped in order.
//!
//! A MariaDB of its own with every commit durable, the demonstration's data, the gateway, the sandbox payment gateway
//! and the PHP shop. Everything it keeps is below one directory; only loopback addresses are used.

mod database;
mod part;
mod ports;
mod secrets;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Parser;
use futures_util::future::select_all;
use mysql_async::prelude::Queryable;
use tokio::signal::unix::{SignalKind, signal};

use self::database::Database;
use self::part::Part;
use self::ports::Ports;
use self::secrets::Secrets;
use jumun::config::{AreasArgs, LoadArgs, ServerArgs, SqlArgs};
use jumun::dbtool::{
    self,
    say::{complain_of, say},
};

/// Runs the whole demonstration on this machine.
#[derive(Debug, Parser)]
#[command(name = "demo", version, about, max_term_width = 100)]
struct Options {
    #[command(flatten)]
    ports: Ports,

    /// Directory that keeps the database, passwords and logs
    #[arg(long, env = "JUMUN_DEV_DIR", default_value = "./var/dev")]
    dir: PathBuf,

    /// Directory with load.sql, the files it names, and demo/
    #[arg(long, env = "JUMUN_SQL_DIR", default_value = "./sql")]
    sql_dir: PathBuf,

    /// Directory with the pages of the demonstration shop
    #[arg(long, default_value = "./tests/demo/shop")]
    shop_dir: PathBuf,

    /// Table of the areas where the demonstration shop's delivery costs more
    #[arg(long, default_value = "./tests/demo/areas.csv")]
    areas: PathBuf,
}

/// Name of the demonstration's database.
const DATABASE: &str = "jumun";
/// Bearer key, payment gateway and merchant of sql/demo/demo.sql.
const DEMO_KEY: &str = "demo-shop-key";
/// php tells its workers nothing when it is told to stop: its shell tells the whole group.
const SHOP: &str = r#"trap 'trap - TERM; kill -TERM 0' TERM; php -S "$1" -t "$2" & wait $!"#;
/// Longest wait for one part to answer.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Requests under way have this long; the database writes everything out before it ends.
const STOP_LIMIT: Duration = Duration::from_secs(40);

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = run(Options::parse()).await;
    outcome.map_or_else(
        |error| {
            complain_of(&error);
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// Runs until SIGINT or SIGTERM, or until a part ends by itself.
///
/// # Errors
/// When a part does not start, or ends by itself.
async fn run(args: Options) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let demonstration = Demonstration::prepare(args)?;

    // In the order in which they were started, the database first.
    let mut parts = Vec::new();
    let outcome = tokio::select! {
        outcome = demonstration.run(&mut parts, started) => outcome,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        _ = hang_up.recv() => Ok(()),
    };
    stop(parts).await;
    outcome
}

/// The database last: the others may still need it for what they are doing.
async fn stop(mut parts: Vec<Part>) {
    if parts.is_empty() {
        return;
    }
    say!("\njumun: stopping");
    let database = parts.remove(0);
    for part in parts {
        part.stop(STOP_LIMIT).await;
    }
    database.stop(STOP_LIMIT).await;
}

struct Demonstration {
    args: Options,
    dir: PathBuf,
    secrets: Secrets,
    /// Held as long as this process lives.
    _lock: File,
}

impl Demonstration {
    fn prepare(args: Options) -> anyhow::Result<Demonstration> {
        for needed in [
            args.sql_dir.join("load.sql"),
            args.shop_dir.join("index.php"),
        ] {
            let words = "is not here: run this from the top folder of the repository";
            ensure!(needed.exists(), "{} {words}", needed.display());
        }
        let (dir, lock) = part::claim(&args.dir)?;
        let secrets = Secrets::load(&dir)?;
        Ok(Demonstration {
            args,
            dir,
            secrets,
            _lock: lock,
        })
    }

    async fn run(&self, parts: &mut Vec<Part>, started: Instant) -> anyhow::Result<()> {
        let ports = &self.args.ports;
        part::stop_leftovers(&self.dir).await;
        ports.check()?;

        let database = Database::new(&self.dir, ports.database, &self.secrets)?;
        database.initialise().await?;
        parts.push(database.start()?);
        wait_until("the database", parts, || database.answers()).await?;
        let example = self.load(&database).await?;

        parts.push(self.start_gateway()?);
        let ready = format!("http://127.0.0.1:{}/ready", ports.operator);
        wait_until("the gateway", parts, || answers(&ready)).await?;
        parts.push(self.start_sandbox()?);
        parts.push(self.start_shop()?);
        let sandbox = format!("http://127.0.0.1:{}/", ports.sandbox);
        wait_until("the payment sandbox", parts, || answers(&sandbox)).await?;
        let shop = format!("http://127.0.0.1:{}/", ports.shop);
        wait_until("the shop", parts, || answers(&shop)).await?;

        self.welcome(&example, started.elapsed());
        Err(first_to_end(parts).await)
    }

    /// Schema, procedures and demonstration data; then the addresses, which depend on the ports.
    /// Gives a product that can be ordered.
    async fn load(&self, database: &Database) -> anyhow::Result<String> {
        let ports = &self.args.ports;
        let server = ServerArgs {
            admin_url: database.admin_url(DATABASE),
            database_ca: None,
        };
        dbtool::load::run(&LoadArgs {
            sql: SqlArgs {
                server: server.clone(),
                sql_dir: self.args.sql_dir.clone(),
            },
            procedures_only: false,
            database_url: Some(self.gateway_url()),
            operator_database_url: Some(self.operator_url()),
            numbers_from: 1,
            wait_seconds: 60,
        })
        .await?;
        let mut conn = database.connect(Some(DATABASE)).await?;
        for name in [
            "demo.sql",
            "products.sql",
            "coupons.sql",
            "promotions.sql",
            "credits.sql",
        ] {
            let path = self.args.sql_dir.join("demo").join(name);
            let sql = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            // The file as a whole: the server finds the ends of plain statements itself.
            conn.query_drop(sql)
                .await
                .with_context(|| path.display().to_string())?;
        }
        // As everything else that is there, they stay as they are.
        let areas: Option<u64> = conn
            .query_first("SELECT COUNT(*) FROM shop_delivery_areas WHERE shop_id = 1")
            .await?;
        if areas == Some(0) {
            dbtool::areas::run(&AreasArgs {
                server,
                file: self.args.areas.clone(),
                shop: 1,
            })
            .await?;
        }
        let (gateway, shop) = (ports.gateway, ports.shop);
        conn.exec_drop(
            "UPDATE shops SET gateway_url = ?, result_url = ?, error_url = ?, allowed_origins_json = ?
             WHERE shop_id = 1",
            (
                format!("http://127.0.0.1:{gateway}"),
                format!("http://127.0.0.1:{shop}/result.php"),
                format!("http://127.0.0.1:{shop}/result.php"),
                format!(r#"["http://127.0.0.1:{shop}"]"#),
            ),
        )
        .await?;
        conn.exec_drop(
            "UPDATE shop_pg_adapters SET request_url = ? WHERE pg = 'wallet' AND merchant_id = 'M_DEMO'",
            (format!("http://127.0.0.1:{}/pay", ports.sandbox),),
        )
        .await?;
        let example: Option<String> = conn
            .query_first(
                "SELECT MIN(product_id) FROM v_products_effective WHERE shop_id = 1 AND option_required = 0",
            )
            .await?;
        conn.disconnect().await?;
        example.context("the demonstration has no product")
    }

    fn gateway_url(&self) -> String {
        let (password, port) = (&self.secrets.gateway, self.args.ports.database);
        format!("mysql://jumun_gateway:{password}@127.0.0.1:{port}/{DATABASE}")
    }

    fn operator_url(&self) -> String {
        let (password, port) = (&self.secrets.operator, self.args.ports.database);
        format!("mysql://jumun_operator:{password}@127.0.0.1:{port}/{DATABASE}")
    }

    fn start_gateway(&self) -> anyhow::Result<Part> {
        let ports = &self.args.ports;
        let mut command = part::command(&built("../jumun")?);
        command
            .arg("serve")
            .env("JUMUN_LISTEN", format!("127.0.0.1:{}", ports.gateway))
            .env(
                "JUMUN_OPERATOR_LISTEN",
                format!("127.0.0.1:{}", ports.operator),
            )
            .env("JUMUN_DATABASE_URL", self.gateway_url())
            .env("JUMUN_OPERATOR_DATABASE_URL", self.operator_url())
            .env("JUMUN_OPERATOR_KEY", &self.secrets.operator_key);
        Part::start(&self.dir, "gateway", command)
    }

    fn start_sandbox(&self) -> anyhow::Result<Part> {
        let mut command = part::command(&built("sandbox-pg")?);
        command.env(
            "SANDBOX_LISTEN",
            format!("127.0.0.1:{}", self.args.ports.sandbox),
        );
        Part::start(&self.dir, "sandbox-pg", command)
    }

    fn start_shop(&self) -> anyhow::Result<Part> {
        let ports = &self.args.ports;
        let mut command = part::command(Path::new("sh"));
        command
            .args(["-c", SHOP, "sh"])
            .arg(format!("127.0.0.1:{}", ports.shop))
            .arg(&self.args.shop_dir)
            .env("PHP_CLI_SERVER_WORKERS", "4")
            .env("JUMUN_URL", format!("http://127.0.0.1:{}", ports.gateway))
            .env("JUMUN_SHOP_KEY", DEMO_KEY)
            .env("SHOP_DB_HOST", "127.0.0.1")
            .env("SHOP_DB_PORT", ports.database.to_string())
            .env("SHOP_DB_NAME", DATABASE);
        Part::start(&self.dir, "shop", command)
    }

    fn welcome(&self, product: &str, took: Duration) {
        let Ports {
            gateway,
            operator,
            sandbox,
            shop,
            ..
        } = self.args.ports;
        let (dir, key) = (self.args.dir.display(), &self.secrets.operator_key);
        say!(
            r#"
jumun: ready after {:.1} s

  Shop             http://127.0.0.1:{shop}/      open this one; buyers demo1 … demo20
  Gateway          http://127.0.0.1:{gateway}
  Operator         http://127.0.0.1:{operator}       bearer key {key}
  Payment sandbox  http://127.0.0.1:{sandbox}

Put something into a cart:
  curl -s http://127.0.0.1:{gateway}/v1/cart/items -H 'Authorization: Bearer {DEMO_KEY}' -H 'X-User-Id: demo1' \
    -H 'Content-Type: application/json' -d '{{"product_id":"{product}","quantity":1}}'

Check every invariant:
  curl -s http://127.0.0.1:{operator}/admin/audit -H 'Authorization: Bearer {key}'

Open the database:
  mariadb --defaults-file={dir}/client.cnf {DATABASE}

Logs are in {dir}. Ctrl-C stops everything and keeps the data; `make reset` forgets it."#,
            took.as_secs_f64()
        );
    }
}

/// A program that was built with this one.
fn built(path: &str) -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe().context("the path of this program is unknown")?;
    let program = this.with_file_name(path);
    ensure!(
        program.exists(),
        "{} is not built: cargo build --bins --examples",
        program.display()
    );
    Ok(program)
}

async fn answers(url: &str) -> bool {
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .build();
    match client {
        Ok(client) => client
            .get(url)
            .send()
            .await
            .is_ok_and(|a| !a.status().is_server_error()),
        Err(_) => false,
    }
}

/// Asks again and again, until the answer is yes or one of the parts has ended.
async fn wait_until<F>(
    what: &str,
    parts: &mut [Part],
    question: impl Fn() -> F,
) -> anyhow::Result<()>
where
    F: Future<Output = bool>,
{
    let asked = async {
        while !question().await {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    tokio::select! {
        () = asked => Ok(()),
        error = first_to_end(parts) => Err(error),
        () = tokio::time::sleep(START_LIMIT) => bail!("{what} does not answer after {} s", START_LIMIT.as_secs()),
    }
}

/// Waits for a part that ends by itself, and says which and why.
async fn first_to_end(parts: &mut [Part]) -> anyhow::Error {
    let ends = parts.iter_mut().map(|part| Box::pin(part.ended()));
    let (error, _, _) = select_all(ends).await;
    error
}
