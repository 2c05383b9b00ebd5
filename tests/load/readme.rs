//! The table of results in tests/load/README.md, between two marks.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::output::read;
use crate::plan::Load;
use crate::result::Spread;
use crate::svg::{of_group, version};
use crate::verdict::FIGURES;

const BEGIN: &str = "<!-- bench: written by `make bench BENCH=--publish` and `make bench-growth BENCH=--publish` -->\n";
const END: &str = "<!-- /bench -->";

/// Puts the results of this directory into the file.
pub fn write(file: &Path, results: &Path) {
    let text = std::fs::read_to_string(file).expect("README.md");
    let (Some(begin), Some(end)) = (text.find(BEGIN), text.find(END)) else {
        panic!("no marks for the results in {}", file.display());
    };
    let new = format!(
        "{}{}{}",
        &text[..begin + BEGIN.len()],
        table(results),
        &text[end..]
    );
    std::fs::write(file, new).expect("README.md");
}

fn table(dir: &Path) -> String {
    let results: Vec<Value> = ["mariadb", "mysql"]
        .iter()
        .filter_map(|e| read(dir, e))
        .collect();
    let growth: Vec<Option<Value>> = ["mariadb", "mysql"]
        .iter()
        .map(|engine| read(dir, &format!("growth-{engine}")))
        .collect();
    let mut out = String::from("| |");
    for result in &results {
        write!(out, " {} |", version(result)).ok();
    }
    out.push_str(" wanted |\n|---|");
    out.push_str(&"---|".repeat(results.len() + 1));
    out.push('\n');
    let mut row = |what: &str, wanted: &str, cell: &dyn Fn(&Value) -> Option<String>| {
        let cells: Vec<String> = results
            .iter()
            .map(|result| cell(result).unwrap_or_else(|| "–".to_owned()))
            .collect();
        writeln!(out, "| {what} | {} | {wanted} |", cells.join(" | ")).ok();
    };
    for (what, load, callers, name, unit) in [
        (
            "one CALL, one caller, p50",
            Load::Direct,
            1,
            "p50_ms",
            " ms",
        ),
        (
            "orders/s, 16 callers, direct",
            Load::Direct,
            16,
            "orders_per_second",
            "",
        ),
        (
            "… through the gateway",
            Load::Gateway,
            16,
            "orders_per_second",
            "",
        ),
        ("… floor", Load::Floor, 16, "orders_per_second", ""),
        ("… app-side", Load::AppSide, 16, "orders_per_second", ""),
        (
            "database CPU per order, direct",
            Load::Direct,
            16,
            "database_cpu_us",
            " µs",
        ),
        ("… floor", Load::Floor, 16, "database_cpu_us", " µs"),
        ("… app-side", Load::AppSide, 16, "database_cpu_us", " µs"),
        (
            "… stored address",
            Load::StoredAddress,
            16,
            "database_cpu_us",
            " µs",
        ),
        (
            "… one parcel",
            Load::OneParcel,
            16,
            "database_cpu_us",
            " µs",
        ),
        (
            "… two of three lines one parcel",
            Load::SharedParcel,
            16,
            "database_cpu_us",
            " µs",
        ),
        (
            "… three of 1,000 rows of the cart",
            Load::LargeCart,
            16,
            "database_cpu_us",
            " µs",
        ),
        (
            "… 1,000 rows",
            Load::LargeOrder,
            16,
            "database_cpu_us",
            " µs",
        ),
        (
            "… payment of an order",
            Load::Payment,
            16,
            "database_cpu_us",
            " µs",
        ),
        ("… quote", Load::Quote, 16, "database_cpu_us", " µs"),
        ("… cart read", Load::CartRead, 16, "database_cpu_us", " µs"),
        (
            "refusals/s, sold out, 64 callers, single",
            Load::RefusedSingle,
            64,
            "orders_per_second",
            "",
        ),
        ("… slots", Load::RefusedSlots, 64, "orders_per_second", ""),
        (
            "… app-side",
            Load::RefusedAppSide,
            64,
            "orders_per_second",
            "",
        ),
    ] {
        row(what, "", &|result| {
            let spread = of_group(result, "loopback", callers, load, name)?;
            let digits = usize::from(spread.median < 100.0);
            Some(format!("{:.digits$}{unit}", spread.median))
        });
    }
    let titles = FIGURES
        .iter()
        .flat_map(|figure| figure.titles().map(move |title| (figure, title)));
    for (wanted, title) in titles.map(|(figure, title)| (figure.bound(None), title)) {
        let of = |result: &Value| {
            let figures = result["figures"].as_array()?;
            figures
                .iter()
                .find(|figure| figure["words"] == title)
                .cloned()
        };
        if results.iter().all(|result| of(result).is_none()) {
            continue;
        }
        row(&title, &wanted, &|result| ratio(&of(result)?["ratio"]));
    }
    growth_rows(&mut out, &growth);
    out
}

/// What the statements cost with many orders, relative to 10,000.
fn growth_rows(out: &mut String, growth: &[Option<Value>]) {
    let Some(first) = growth.iter().flatten().next() else {
        return;
    };
    for (at, statement) in first["statements"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let cells: Vec<String> = growth
            .iter()
            .map(|result| {
                let of = result.as_ref()?;
                let orders = of["orders"][1].as_f64()? / 1e6;
                Some(format!(
                    "{}, {orders} million",
                    ratio(&of["statements"][at]["ratio"])?
                ))
            })
            .map(|cell| cell.unwrap_or_else(|| "–".to_owned()))
            .collect();
        let wanted = if statement["has_target"] == true {
            "≤ 1.1"
        } else {
            ""
        };
        let what = statement["what"].as_str().unwrap_or_default();
        writeln!(
            out,
            "| full tables, {what} | {} | {wanted} |",
            cells.join(" | ")
        )
        .ok();
    }
}

fn ratio(value: &Value) -> Option<String> {
    let part = |name: &str| value[name].as_f64();
    let spread = Spread {
        median: part("median")?,
        min: part("min")?,
        max: part("max")?,
    };
    Some(format!(
        "**{:.2}** ({:.2}–{:.2})",
        spread.median, spread.min, spread.max
    ))
}
