//! The picture for README.md beside this: orders a second of every way, and the ratios that have a target. Medians are bars or
//! points, the thin lines go from the slowest to the fastest round, targets are dashed. Readable on light and on dark.

use std::fmt::Write;

use serde_json::Value;

use crate::plan::{Kind, Load};
use crate::result::Spread;

const WIDTH: f64 = 860.0;
/// Where words end and values begin.
const LEFT: f64 = 300.0;
const RIGHT: f64 = WIDTH - 70.0;
const ROW: f64 = 30.0;
const BAR: f64 = 10.0;
const COLOURS: [&str; 2] = ["#3d7fc1", "#d9822b"];
/// The ratios' axis is logarithmic.
const RATIOS: [f64; 2] = [0.125, 16.0];
const STYLE: &str = "text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#24292f}\
    .h{font-weight:600;font-size:15px}.s{font-size:11px;fill:#57606a}.e{text-anchor:end}.m{text-anchor:middle}\
    .a{stroke:#8c959f;stroke-width:1}.g{stroke:#8c959f;stroke-width:1;opacity:.35}.w{stroke:#24292f;stroke-width:1.5}\
    .t{stroke:#cf3a4a;stroke-width:2;stroke-dasharray:4 2}.tt{fill:#cf3a4a;font-size:11px}\
    @media(prefers-color-scheme:dark){text{fill:#d1d7e0}.s{fill:#9198a1}.w{stroke:#d1d7e0}\
    .t{stroke:#ff7b82}.tt{fill:#ff7b82}}";

/// One SVG document. Results are those that `output` wrote, at most one for each engine.
pub fn picture(results: &[Value]) -> String {
    let mut body = String::new();
    let mut y = 26.0;
    legend(&mut body, results, y);
    y += 30.0;
    y = speeds(&mut body, results, y);
    y = ratios(&mut body, results, y + 26.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\" \
         role=\"img\" aria-label=\"Orders per second and ratios\"><style>{STYLE}</style>{body}</svg>\n"
    )
}

fn legend(out: &mut String, results: &[Value], y: f64) {
    let mut x = 10.0;
    for (result, colour) in results.iter().zip(COLOURS) {
        write!(
            out,
            "<rect x=\"{x}\" y=\"{}\" width=\"14\" height=\"{BAR}\" fill=\"{colour}\"/>",
            y - 9.0
        )
        .ok();
        text(out, x + 20.0, y, "", &version(result));
        x += 150.0;
    }
    let rounds = results
        .first()
        .map_or(0, |result| result["rounds"].as_u64().unwrap_or(0));
    text(
        out,
        WIDTH - 10.0,
        y,
        "s e",
        &format!("medians of {rounds} rounds; thin lines: slowest to fastest round"),
    );
}

fn speeds(out: &mut String, results: &[Value], top: f64) -> f64 {
    let callers = 16;
    text(
        out,
        10.0,
        top,
        "h",
        &format!("Three-line orders a second, {callers} callers, every commit durable"),
    );
    let mut rows: Vec<(String, Vec<Option<Spread>>)> = Vec::new();
    for (distance, words) in [("loopback", ""), ("1 ms", ", 1 ms away")] {
        for load in Load::ALL
            .into_iter()
            .filter(|load| matches!(load.kind(), Kind::Way | Kind::Hot))
        {
            let of =
                |result: &Value| of_group(result, distance, callers, load, "orders_per_second");
            let spreads: Vec<_> = results.iter().map(of).collect();
            if spreads.iter().any(Option::is_some) {
                rows.push((format!("{}{words}", load.name()), spreads));
            }
        }
    }
    let most = rows
        .iter()
        .flat_map(|(_, spreads)| spreads)
        .flatten()
        .map(|s| s.max)
        .fold(1.0, f64::max);
    let step = [100.0, 200.0, 250.0, 500.0, 1_000.0, 2_000.0, 5_000.0]
        .into_iter()
        .find(|step| most / step <= 6.0)
        .unwrap_or(10_000.0);
    let end = (most / step).ceil() * step;
    let x = |value: f64| LEFT + (RIGHT - LEFT) * value / end;
    let first = top + 14.0;
    let bottom = first + ROW * rows.len() as f64;
    let mut mark = 0.0;
    while mark <= end {
        line(out, "g", [x(mark), first], [x(mark), bottom]);
        text(out, x(mark), bottom + 14.0, "s m", &format!("{mark:.0}"));
        mark += step;
    }
    for (at, (name, spreads)) in rows.iter().enumerate() {
        let y = first + ROW * at as f64;
        text(out, LEFT - 10.0, y + ROW / 2.0 + 4.0, "e", name);
        for (which, spread) in spreads.iter().enumerate() {
            let Some(spread) = spread else { continue };
            let bar = y + 4.0 + (BAR + 2.0) * which as f64;
            let width = x(spread.median) - LEFT;
            let colour = COLOURS[which];
            write!(out, "<rect x=\"{LEFT}\" y=\"{bar}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>").ok();
            let middle = bar + BAR / 2.0;
            line(out, "w", [x(spread.min), middle], [x(spread.max), middle]);
            text(
                out,
                x(spread.max) + 6.0,
                middle + 4.0,
                "s",
                &format!("{:.0}", spread.median),
            );
        }
    }
    line(out, "a", [LEFT, first], [LEFT, bottom]);
    bottom + 30.0
}

fn ratios(out: &mut String, results: &[Value], top: f64) -> f64 {
    text(
        out,
        10.0,
        top,
        "h",
        "Ratios, round by round, and what is wanted (dashed)",
    );
    let shown = crate::verdict::FIGURES.iter().filter_map(|figure| {
        let title = figure.titles().next()?;
        let spreads: Vec<_> = results.iter().map(|result| ratio(result, &title)).collect();
        spreads
            .iter()
            .any(Option::is_some)
            .then_some((figure, title, spreads))
    });
    let rows: Vec<_> = shown.collect();
    let scale = |value: f64| {
        (value.clamp(RATIOS[0], RATIOS[1]) / RATIOS[0]).ln() / (RATIOS[1] / RATIOS[0]).ln()
    };
    let left = LEFT + 60.0;
    let x = |value: f64| left + (RIGHT - left) * scale(value);
    let first = top + 14.0;
    let bottom = first + ROW * rows.len() as f64;
    for mark in [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0] {
        line(out, "g", [x(mark), first], [x(mark), bottom]);
        text(out, x(mark), bottom + 14.0, "s m", &format!("{mark}"));
    }
    for (at, (figure, title, spreads)) in rows.iter().enumerate() {
        let y = first + ROW * at as f64;
        text(out, left - 10.0, y + ROW / 2.0 + 4.0, "e", title);
        line(
            out,
            "t",
            [x(figure.wanted), y + 2.0],
            [x(figure.wanted), y + ROW - 2.0],
        );
        text(
            out,
            WIDTH - 10.0,
            y + ROW / 2.0 + 4.0,
            "tt e",
            &figure.bound(None),
        );
        for (which, spread) in spreads.iter().enumerate() {
            let Some(spread) = spread else { continue };
            let middle = y + 9.0 + 12.0 * which as f64;
            line(out, "w", [x(spread.min), middle], [x(spread.max), middle]);
            let colour = COLOURS[which];
            write!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{middle}\" r=\"5\" fill=\"{colour}\"/>",
                x(spread.median)
            )
            .ok();
            text(
                out,
                x(spread.max).max(x(spread.median) + 5.0) + 6.0,
                middle + 4.0,
                "s",
                &format!("{:.2}", spread.median),
            );
        }
    }
    bottom + 30.0
}

/// Name and version of an engine.
pub fn version(result: &Value) -> String {
    let name = match result["engine"].as_str() {
        Some("mariadb") => "MariaDB",
        _ => "MySQL",
    };
    let version = result["version"].as_str().unwrap_or_default();
    format!("{name} {}", version.split('-').next().unwrap_or_default())
}

/// One measured value of one way, over the rounds.
pub fn of_group(
    result: &Value,
    distance: &str,
    callers: u64,
    load: Load,
    value: &str,
) -> Option<Spread> {
    let load = serde_json::to_value(load).ok()?;
    let groups = result["groups"].as_array()?;
    let group = groups
        .iter()
        .find(|g| g["distance"] == distance && g["callers"] == callers)?;
    let of_load = group["loads"]
        .as_array()?
        .iter()
        .find(|l| l["load"] == load)?;
    spread(&of_load[value])
}

fn ratio(result: &Value, title: &str) -> Option<Spread> {
    let figure = result["figures"]
        .as_array()?
        .iter()
        .find(|figure| figure["words"] == title)?;
    spread(&figure["ratio"])
}

fn spread(of: &Value) -> Option<Spread> {
    let part = |name: &str| of[name].as_f64();
    Some(Spread {
        median: part("median")?,
        min: part("min")?,
        max: part("max")?,
    })
}

fn text(out: &mut String, x: f64, y: f64, class: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    write!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{words}</text>"
    )
    .ok();
}

fn line(out: &mut String, class: &str, from: [f64; 2], to: [f64; 2]) {
    let ([x1, y1], [x2, y2]) = (from, to);
    write!(
        out,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"{class}\"/>"
    )
    .ok();
}
