//! `make bench`: what an order costs by the procedure, beside the least that its rows can cost and beside an
//! application that does the same by itself; and whether that stays so when the tables grow.
//!
//! For each engine, on a server of its own with every commit durable: a catalogue of 10,000 products, buyers with
//! three-line carts, each ordered once. The machine that runs this runs the database too: quote ratios, not absolute
//! figures. See `README.md` beside this.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a benchmark fails by panicking

#[path = "../it/support/mod.rs"]
mod support;

mod appside;
mod bare;
mod beside;
mod carts;
mod catalogue;
mod clock;
mod direct;
mod floor;
mod gateway;
mod growth;
mod inside;
mod money;
mod output;
mod plan;
mod progress;
mod readme;
mod report;
mod result;
mod run;
mod same;
mod scarce;
mod share;
mod stamps;
mod storm;
mod svg;
mod verdict;
mod ways;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use support::Engine;

#[derive(Parser)]
#[command(name = "load", about = "The benchmark")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure all ways of ordering, side by side
    Orders(OrdersArgs),
    /// Write picture and table of tests/load/README.md again, from tests/load/results
    Publish,
    /// Fill the tables with orders and keep them; goes on where it was stopped
    Fill(FillArgs),
    /// Compare full tables with 10,000 orders; fills them when they are not there
    Growth(GrowthArgs),
    /// Measure the gateway's own CPU for a call beside that of a bare handler
    GatewayShare(ShareArgs),
    /// Be that handler
    #[command(hide = true)]
    Bare { database_url: String, port: u16 },
}

#[derive(Args)]
struct OrdersArgs {
    /// Engines, one after the other
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [EngineName::Mariadb, EngineName::Mysql])]
    engine: Vec<EngineName>,
    /// Fewer callers, orders and rounds: what the ratios with a target need
    #[arg(long)]
    quick: bool,
    /// Another number of rounds; 0 only proves that the ways are equal, and lets stock run out
    #[arg(long)]
    rounds: Option<usize>,
    /// Keep results in tests/load/results and write picture and table of tests/load/README.md
    #[arg(long, conflicts_with = "quick")]
    publish: bool,
}

#[derive(Args)]
struct FillArgs {
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [EngineName::Mariadb, EngineName::Mysql])]
    engine: Vec<EngineName>,
    /// How many
    #[arg(long, default_value_t = 1_000_000)]
    orders: u64,
    /// How many cart rows lie there; for every 1,000 a product once had another price
    #[arg(long, default_value_t = 1_000_000)]
    cart_rows: u64,
    /// Where the data is kept: a folder for each engine and size
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/var/growth"))]
    dir: PathBuf,
    /// Audit everything afterwards: some ten seconds for 100,000 orders
    #[arg(long)]
    audit: bool,
}

impl FillArgs {
    fn size(&self) -> growth::Size {
        growth::Size {
            orders: self.orders,
            carts: self.cart_rows,
        }
    }
}

#[derive(Args)]
struct GrowthArgs {
    #[command(flatten)]
    fill: FillArgs,
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Keep results in tests/load/results
    #[arg(long)]
    publish: bool,
}

#[derive(Args)]
struct ShareArgs {
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [EngineName::Mariadb, EngineName::Mysql])]
    engine: Vec<EngineName>,
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Of each kind in each round
    #[arg(long, default_value_t = 4_000)]
    calls: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EngineName {
    Mariadb,
    Mysql,
}

impl EngineName {
    fn engine(self) -> Engine {
        match self {
            EngineName::Mariadb => Engine::MariaDb,
            EngineName::Mysql => Engine::MySql,
        }
    }
}

fn main() {
    // `cargo bench` passes --bench; everything else is ours.
    let cli = Cli::parse_from(std::env::args().filter(|arg| arg != "--bench"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let intact = match cli.command {
        Command::Orders(args) => orders(&runtime, &args),
        Command::Publish => {
            output::publish();
            true
        }
        Command::Fill(args) => args.engine.iter().all(|name| {
            runtime.block_on(growth::fill(
                name.engine(),
                &args.dir,
                args.size(),
                args.audit,
            ))
        }),
        Command::Growth(args) => {
            for name in &args.fill.engine {
                let GrowthArgs {
                    fill,
                    rounds,
                    publish,
                } = &args;
                runtime.block_on(growth::run(
                    name.engine(),
                    &fill.dir,
                    fill.size(),
                    *rounds,
                    *publish,
                ));
            }
            true
        }
        Command::GatewayShare(args) => {
            for name in &args.engine {
                runtime.block_on(share::run(name.engine(), args.rounds, args.calls));
            }
            true
        }
        Command::Bare { database_url, port } => {
            bare::serve(&database_url, port);
            true
        }
    };
    if !intact {
        eprintln!("An invariant is broken, see above.");
        std::process::exit(1);
    }
}

/// Whether every invariant held.
fn orders(runtime: &tokio::runtime::Runtime, args: &OrdersArgs) -> bool {
    let mut results = Vec::new();
    for name in &args.engine {
        results.push(runtime.block_on(run::run(name.engine(), args.quick, args.rounds)));
    }
    for result in &results {
        report::print(result);
    }
    output::write(&results, args.publish);
    results.iter().all(verdict::intact)
}
