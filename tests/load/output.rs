//! Results as files: JSON for machines, one picture for README.md beside them.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::result::{EngineResult, GroupResult, LoadResult, Spread};
use crate::storm::Round;
use crate::{readme, svg, verdict};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where results are that came with the source.
fn results_dir() -> PathBuf {
    root().join("tests/load/results")
}

/// Writes one JSON file for each engine and the picture, to target/bench, and where `tests/load/README.md` finds them if wanted.
pub fn write(results: &[EngineResult], publish: bool) {
    for dir in dirs(publish) {
        for result in results {
            let name = match result.plan.as_str() {
                "full" => format!("{}.json", result.engine),
                plan => format!("{}-{plan}.json", result.engine),
            };
            write_json(&dir.join(name), &json_of(result));
        }
        if results.iter().any(|result| result.plan == "full") {
            draw(&dir);
        }
        eprintln!("results are in {}", dir.display());
    }
    if publish {
        self::publish();
    }
}

/// Writes one JSON file to the same places.
pub fn write_named(name: &str, value: &Value, publish: bool) {
    for dir in dirs(publish) {
        write_json(&dir.join(name), value);
    }
    if publish {
        self::publish();
    }
}

fn dirs(publish: bool) -> Vec<PathBuf> {
    let mut dirs = vec![root().join("target/bench")];
    if publish {
        dirs.push(results_dir());
    }
    for dir in &dirs {
        std::fs::create_dir_all(dir).expect("the directory of results");
    }
    dirs
}

fn write_json(path: &Path, value: &Value) {
    let text = serde_json::to_string_pretty(value).expect("JSON");
    std::fs::write(path, text + "\n").unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

/// What was measured, what follows from it, and what was wanted.
fn json_of(result: &EngineResult) -> Value {
    let mut value = serde_json::to_value(result).expect("JSON");
    value["groups"] = result.groups.iter().map(medians).collect();
    value["figures"] = serde_json::to_value(verdict::figures(result)).expect("JSON");
    let invariants = verdict::invariants(result);
    value["invariants"] = invariants
        .iter()
        .map(|(words, count)| json!({"what": words, "count": count}))
        .collect();
    value
}

/// A name, and what of a round it is.
type Measure = (&'static str, fn(&Round) -> f64);

/// Of each load the median of its rounds, and what they lie between.
fn medians(group: &GroupResult) -> Value {
    let of_load = |result: &LoadResult| {
        let mut load = json!({ "load": result.load, "calls": result.calls });
        let measures: [Measure; 4] = [
            ("orders_per_second", |round| round.orders_per_second),
            ("p50_ms", |round| round.p50_ms),
            ("p99_ms", |round| round.p99_ms),
            ("database_cpu_us", |round| round.database_cpu_us),
        ];
        for (name, value) in measures {
            let hundredths = |n: f64| (n * 100.0).round() / 100.0;
            let of_rounds = result.rounds.iter().map(|round| hundredths(value(round)));
            load[name] = json!(Spread::of(of_rounds));
        }
        load["deadlocks"] = result
            .rounds
            .iter()
            .map(|round| round.deadlocks)
            .sum::<usize>()
            .into();
        load
    };
    json!({
        "distance": group.distance, "callers": group.callers, "orders": group.orders,
        "loads": group.loads.iter().map(of_load).collect::<Vec<_>>(),
    })
}

/// What was written there before.
pub fn read(dir: &Path, name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(dir.join(format!("{name}.json"))).ok()?;
    serde_json::from_str(&text).ok()
}

/// Picture and table of `tests/load/README.md`, from the results that came with the source.
pub fn publish() {
    draw(&results_dir());
    readme::write(&root().join("tests/load/README.md"), &results_dir());
}

/// The picture of the engines whose results are in a directory.
pub fn draw(dir: &Path) {
    let results: Vec<Value> = ["mariadb", "mysql"]
        .into_iter()
        .filter_map(|engine| read(dir, engine))
        .collect();
    std::fs::write(dir.join("orders.svg"), svg::picture(&results)).expect("the picture");
}
