//! Growth: does an order cost the same when the tables are full, of orders, of others' carts and of former prices?
//!
//! The same statements on a database with 10,000 orders and on one with many more, in turn, one caller, the same
//! server options. Filling is apart from measuring: the full database is kept and used again.

mod fill;
mod kept;
mod measure;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::result::Spread;
use crate::run::load_average;
use crate::support::Engine;
use crate::{clock, output};
pub use fill::Size;
use kept::{Kept, Purpose};

const SMALL: Size = Size {
    orders: 10_000,
    carts: 10_000,
};
/// How much slower the large one may be.
const WANTED: f64 = 1.1;

/// One statement on both databases.
#[derive(Debug, Serialize)]
pub struct Growth {
    pub what: String,
    /// Whether it has to cost the same.
    pub has_target: bool,
    pub small_p50_us: Spread,
    pub large_p50_us: Spread,
    /// Large to small, round by round.
    pub ratio: Spread,
}

#[derive(Debug, Serialize)]
struct GrowthResult {
    engine: String,
    version: String,
    taken_at: String,
    load_average_before: f64,
    orders: [u64; 2],
    /// Of others.
    cart_rows: [u64; 2],
    gigabytes: f64,
    rounds: usize,
    statements: Vec<Growth>,
}

/// Where the database of that size is.
fn dir_of(base: &Path, engine: Engine, size: Size) -> PathBuf {
    let Size { orders, carts } = size;
    base.join(format!(
        "{}-{orders}-orders-{carts}-cart-rows",
        engine.name()
    ))
}

/// Makes sure that the large database is there. With `check`, everything in it is audited.
pub async fn fill(engine: Engine, base: &Path, size: Size, check: bool) -> bool {
    let dir = dir_of(base, engine, size);
    let kept = Kept::open(engine, &dir, Purpose::Fill).await;
    fill::fill(&kept.db, engine.name(), size).await;
    let mut violations = Vec::new();
    if check {
        eprintln!("{}: the audit", engine.name());
        violations = crate::run::audit(&kept.db).await;
        for violation in violations.iter().take(20) {
            println!("{violation}");
        }
    }
    kept.close().await;
    println!(
        "{}: {} orders, {} cart rows, {:.2} GB",
        engine.name(),
        size.orders,
        size.carts,
        gigabytes(&dir)
    );
    violations.is_empty()
}

/// Measures both; fills what is not there.
pub async fn run(engine: Engine, base: &Path, size: Size, rounds: usize, publish: bool) {
    let load_average_before = load_average();
    let large_dir = dir_of(base, engine, size);
    let small_dir = base.join(format!("{}-small", engine.name()));
    std::fs::remove_dir_all(&small_dir).ok(); // of a run that was stopped
    for (dir, size) in [(&small_dir, SMALL), (&large_dir, size)] {
        let kept = Kept::open(engine, dir, Purpose::Fill).await;
        fill::fill(&kept.db, engine.name(), size).await;
        kept.close().await;
    }
    let small = Kept::open(engine, &small_dir, Purpose::Measure).await;
    let large = Kept::open(engine, &large_dir, Purpose::Measure).await;
    let orders = [SMALL.orders, size.orders];
    let statements = measure::both(engine, &small, &large, orders, rounds).await;
    let result = GrowthResult {
        engine: engine.name().to_owned(),
        version: large.db.text("SELECT VERSION()").await,
        taken_at: clock::minute(clock::now_us()),
        load_average_before,
        orders,
        cart_rows: [SMALL.carts, size.carts],
        gigabytes: gigabytes(&large_dir),
        rounds,
        statements,
    };
    small.close().await;
    large.close().await;
    std::fs::remove_dir_all(&small_dir).ok();
    print(&result);
    let value = serde_json::to_value(&result).expect("JSON");
    output::write_named(&format!("growth-{}.json", engine.name()), &value, publish);
}

/// Rows and indexes on disk.
fn gigabytes(dir: &Path) -> f64 {
    let tables = std::fs::read_dir(dir.join("data").join(kept::DATABASE)).expect("the data");
    let bytes: u64 = tables
        .filter_map(|file| Some(file.ok()?.metadata().ok()?.len()))
        .sum();
    bytes as f64 / 1e9
}

fn print(result: &GrowthResult) {
    println!(
        "\n{} {} · {} and {} orders, {} and {} cart rows ({:.1} GB) · p50 of one caller, medians of {} rounds in turn · load average before {:.1}",
        result.engine,
        result.version,
        result.orders[0],
        result.orders[1],
        result.cart_rows[0],
        result.cart_rows[1],
        result.gigabytes,
        result.rounds,
        result.load_average_before
    );
    println!(
        "{:40} {:>10} {:>10} {:>8} {:>13}",
        "", "small µs", "large µs", "ratio", "min–max"
    );
    for growth in &result.statements {
        let verdict = match (growth.has_target, growth.ratio.median <= WANTED) {
            (false, _) => String::new(),
            (true, true) => format!("reached (≤ {WANTED})"),
            (true, false) => format!("MISSED (≤ {WANTED})"),
        };
        println!(
            "{:40} {:>10.0} {:>10.0} {:>8.2} {:>13}  {verdict}",
            growth.what,
            growth.small_p50_us.median,
            growth.large_p50_us.median,
            growth.ratio.median,
            format!("{:.2}–{:.2}", growth.ratio.min, growth.ratio.max),
        );
    }
}
