//! What can be configured: one command line, every option also an environment variable.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::clients::{Limits, Network};

/// Checkout whose rules live in stored procedures.
#[derive(Debug, Parser)]
#[command(name = "jumun", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve HTTP until SIGTERM or SIGINT
    Serve(ServeArgs),
    /// Load the SQL files into a database, compare a database with them, or load a table into it
    #[command(subcommand)]
    Db(DbCommand),
}

#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Bring a database up to the SQL files; may be repeated at any time
    Load(LoadArgs),
    /// Report every difference between a database and the SQL files; exit 1 when there is one, 2 when they cannot be
    /// compared
    Check(CheckArgs),
    /// Say where a shop's delivery costs more: the areas of a CSV file replace all that there were, or nothing changes
    Areas(AreasArgs),
}

/// Options of `jumun serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address that serves shops, buyers and payment gateways
    #[arg(long, env = "JUMUN_LISTEN", default_value = "127.0.0.1:18080")]
    pub listen: SocketAddr,

    /// Address that serves operators: health, metrics, administration
    #[arg(long, env = "JUMUN_OPERATOR_LISTEN", default_value = "127.0.0.1:18081")]
    pub operator_listen: SocketAddr,

    /// Database and account that serve requests, mysql://user:password@host:port/database
    #[arg(long, env = "JUMUN_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// Database and account that serve the operator address
    #[arg(long, env = "JUMUN_OPERATOR_DATABASE_URL", hide_env_values = true)]
    pub operator_database_url: String,

    /// Bearer key of the operator address
    #[arg(long, env = "JUMUN_OPERATOR_KEY", hide_env_values = true)]
    pub operator_key: String,

    /// File with the certificate authorities that the database servers must prove to (PEM); with it
    /// every connection is encrypted and the server's name is verified
    #[arg(long, env = "JUMUN_DATABASE_CA")]
    pub database_ca: Option<PathBuf>,

    /// Connections to the database, all kept open and divided among the workers; more make a hot row slower
    #[arg(long, env = "JUMUN_POOL_SIZE", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub pool_size: u16,

    /// Connections to the database for the operator address
    #[arg(long, env = "JUMUN_OPERATOR_POOL_SIZE", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub operator_pool_size: u16,

    /// Calls that may wait for a connection; the next one is refused at once with 503
    #[arg(long, env = "JUMUN_QUEUE", default_value_t = 256)]
    pub queue: usize,

    /// Longest wait for a connection, in milliseconds, before 503
    #[arg(long, env = "JUMUN_QUEUE_WAIT_MS", default_value_t = 5_000)]
    pub queue_wait_ms: u64,

    /// Upper limit of every route's own deadline, in milliseconds
    #[arg(long, env = "JUMUN_DEADLINE_MS", default_value_t = 20_000)]
    pub deadline_ms: u64,

    /// How long a call that missed its deadline may go on before its connection is closed, in milliseconds
    #[arg(long, env = "JUMUN_ABANDON_MS", default_value_t = 5_000)]
    pub abandon_ms: u64,

    /// How long a lost database is waited for inside a call's deadline, in milliseconds; once it has been
    /// away for longer, calls fail at the first refused connection
    #[arg(long, env = "JUMUN_FAILOVER_MS", default_value_t = 15_000)]
    pub failover_ms: u64,

    /// Longest wait for one row lock, in seconds (innodb_lock_wait_timeout of every session)
    #[arg(long, env = "JUMUN_LOCK_WAIT_SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub lock_wait_seconds: u32,

    /// Largest request body, in bytes
    #[arg(long, env = "JUMUN_BODY_LIMIT", default_value_t = 65_536)]
    pub body_limit: usize,

    /// Connections of clients; at more, the one that has waited longest for its client is closed
    #[arg(long, env = "JUMUN_CONNECTIONS", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(16..=1_000_000))]
    pub connections: u32,

    /// The same for one address (IPv6: one /64), and requests under way of one address behind a proxy
    #[arg(long, env = "JUMUN_CONNECTIONS_PER_ADDRESS", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub connections_per_address: u32,

    /// Addresses and networks of proxies, whose X-Forwarded-For counts, and of shops' servers: they may have
    /// any number of connections
    #[arg(
        long,
        env = "JUMUN_TRUSTED_PROXIES",
        value_delimiter = ',',
        default_value = "127.0.0.0/8,::1"
    )]
    pub trusted_proxies: Vec<Network>,

    /// Memory of all request bodies under way, in bytes; at more, the slowest is given up with 503
    #[arg(long, env = "JUMUN_BODIES_LIMIT", default_value_t = 16 * 1024 * 1024)]
    pub bodies_limit: usize,

    /// Longest wait for the head of a request, in milliseconds
    #[arg(long, env = "JUMUN_HEAD_MS", default_value_t = 20_000)]
    pub head_ms: u64,

    /// Longest wait for the body of a request, in milliseconds
    #[arg(long, env = "JUMUN_BODY_MS", default_value_t = 15_000)]
    pub body_ms: u64,

    /// Longest wait for an answer to be taken, in milliseconds
    #[arg(long, env = "JUMUN_ANSWER_MS", default_value_t = 30_000)]
    pub answer_ms: u64,

    /// Longest wait for the next request, in milliseconds; longer than a proxy keeps an idle connection
    #[arg(long, env = "JUMUN_IDLE_MS", default_value_t = 75_000)]
    pub idle_ms: u64,

    /// Threads that read requests, make their calls and write answers
    #[arg(long, env = "JUMUN_WORKERS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: u16,

    /// Whether this process asks for background jobs
    #[arg(long, env = "JUMUN_JOBS", default_value_t = true, action = ArgAction::Set)]
    pub jobs: bool,

    /// How lines of the log are written
    #[arg(long, env = "JUMUN_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// How long /ready says no before requests stop being accepted, in milliseconds
    #[arg(long, env = "JUMUN_DRAIN_MS", default_value_t = 0)]
    pub drain_ms: u64,

    /// Longest wait for requests under way when stopping, in milliseconds
    #[arg(long, env = "JUMUN_STOP_MS", default_value_t = 30_000)]
    pub stop_ms: u64,
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl ServeArgs {
    /// Longest wait for a connection.
    pub fn queue_wait(&self) -> Duration {
        Duration::from_millis(self.queue_wait_ms)
    }

    /// What one client may cost.
    pub fn client_limits(&self) -> Limits {
        Limits {
            head: Duration::from_millis(self.head_ms),
            body: Duration::from_millis(self.body_ms),
            answer: Duration::from_millis(self.answer_ms),
            idle: Duration::from_millis(self.idle_ms),
            connections: self.connections as usize,
            per_address: self.connections_per_address as usize,
            bodies: self.bodies_limit,
        }
    }

    /// Longest wait for requests under way when stopping.
    pub fn stop_limit(&self) -> Duration {
        Duration::from_millis(self.stop_ms)
    }
}

/// Options that all `db` commands share.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// Database and an account that may create databases, accounts and routines for others
    #[arg(long, env = "JUMUN_ADMIN_DATABASE_URL", hide_env_values = true)]
    pub admin_url: String,

    /// File with the certificate authorities that the database server must prove to (PEM)
    #[arg(long, env = "JUMUN_DATABASE_CA")]
    pub database_ca: Option<PathBuf>,
}

/// Options that `db load` and `db check` share.
#[derive(Debug, Clone, Args)]
pub struct SqlArgs {
    #[command(flatten)]
    pub server: ServerArgs,

    /// Directory with load.sql and the files it names
    #[arg(long, env = "JUMUN_SQL_DIR", default_value = "./sql")]
    pub sql_dir: PathBuf,
}

/// Options of `jumun db load`.
#[derive(Debug, Clone, Args)]
pub struct LoadArgs {
    #[command(flatten)]
    pub sql: SqlArgs,

    /// Load everything but the schema files: the way back to the procedures of older files, on tables that are newer
    #[arg(long)]
    pub procedures_only: bool,

    /// URL that `serve` will use; its account gets that password and is unlocked
    #[arg(long, env = "JUMUN_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// URL that `serve` will use for the operator address; its account gets that password and is unlocked
    #[arg(long, env = "JUMUN_OPERATOR_DATABASE_URL", hide_env_values = true)]
    pub operator_database_url: Option<String>,

    /// First number of orders, cart rows, prices, …, where they are below it: a range of each database's own, so that a shop
    /// can be moved to another one
    #[arg(long, env = "JUMUN_NUMBERS_FROM", default_value_t = 1)]
    pub numbers_from: u64,

    /// Longest wait for another load of the same database, in seconds
    #[arg(long, env = "JUMUN_LOAD_WAIT_SECONDS", default_value_t = 120)]
    pub wait_seconds: u32,
}

/// Options of `jumun db check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub sql: SqlArgs,

    /// Compare no tables: after db load --procedures-only with older files
    #[arg(long)]
    pub procedures_only: bool,
}

/// Options of `jumun db areas`.
#[derive(Debug, Clone, Args)]
pub struct AreasArgs {
    #[command(flatten)]
    pub server: ServerArgs,

    /// CSV file in UTF-8 with the columns area_code, area_name, surcharge, from_code and to_code: a row for each range of
    /// postal codes, with to_code empty for a single one
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,

    /// Shop whose areas they are
    #[arg(long)]
    pub shop: u32,
}
