//! Tables for people, on standard output.

use crate::plan::{Kind, Load};
use crate::result::{EngineResult, GroupResult, Spread};
use crate::{inside, verdict};

pub fn print(result: &EngineResult) {
    println!(
        "\n{} {} · {} rounds in turn, medians · {} processors, load average before {:.1} · round trip {:.2} ms, with \
         distance {:.2} ms",
        result.engine,
        result.version,
        result.rounds,
        result.processors,
        result.load_average_before,
        result.round_trip_ms[0],
        result.round_trip_ms[1],
    );
    println!(
        "\n{:8} {:>7}  {:18} {:>9} {:>15} {:>8} {:>8} {:>8} {:>8}  {:>9} {:>9} {:>9}",
        "distance",
        "callers",
        "way",
        "orders/s",
        "min–max",
        "p50 ms",
        "p99 ms",
        "CPU µs",
        "/ order",
        "/ direct",
        "/ floor",
        "/ app"
    );
    for group in &result.groups {
        for load in Load::ALL {
            print_load(group, load);
        }
        println!();
    }
    println!(
        "CPU is user and system time of the database per call, and beside that of a plain order, called directly; the \
         other ratios are of orders/s. What stands beside the order is called directly, too."
    );
    println!("One CALL, inside");
    for (name, counters) in &result.one_order {
        println!("{name:18} {}", inside::line(counters));
    }
    println!("\nStock that runs out (64 callers, one product)");
    println!(
        "{:14} {:>6} {:>7} {:>6} {:>5} {:>8} {:>9} {:>12} {:>10}",
        "", "units", "wanted", "sold", "left", "refused", "oversold", "refused with", "deadlocks"
    );
    println!("{:>69} {:>10}", "", "units left");
    for s in &result.scarce {
        println!(
            "{:14} {:>6} {:>7} {:>6} {:>5} {:>8} {:>9} {:>12} {:>10}",
            s.way,
            s.units,
            s.wanted,
            s.sold,
            s.left,
            s.refused_orders,
            s.oversold,
            s.refused_with_units_left,
            s.deadlocks
        );
    }
    println!("\nFigures wanted on {}", result.engine);
    for figure in verdict::figures(result) {
        let word = if figure.reached { "reached" } else { "MISSED" };
        let Spread { median, min, max } = figure.ratio;
        println!(
            "  {word:8} {:58} {median:6.2}  ({min:.2}–{max:.2})  wanted {}",
            figure.words, figure.wanted
        );
    }
    for (words, count) in verdict::invariants(result) {
        let word = if count == 0 { "holds" } else { "BROKEN" };
        println!("  {word:8} {words:58} {count:6}  wanted 0");
    }
    for violation in result.audit_violations.iter().take(20) {
        println!("           {violation}");
    }
}

fn print_load(group: &GroupResult, load: Load) {
    let Some(orders) = group.spread(load, |round| round.orders_per_second) else {
        return;
    };
    let median = |value| {
        group
            .spread(load, value)
            .map_or(f64::NAN, |spread| spread.median)
    };
    let told = |ratio: Option<Spread>| {
        ratio.map_or_else(|| "·".to_owned(), |ratio| format!("{:.2}", ratio.median))
    };
    let reference = |other: Option<Load>| {
        let other = other.filter(|&other| other != load);
        told(other.and_then(|other| group.ratio(load, other)))
    };
    let app = match load.kind() {
        Kind::Way => Some(Load::AppSide),
        Kind::Hot => Some(Load::HotAppSide),
        Kind::Refused => Some(Load::RefusedAppSide),
        Kind::Beside | Kind::Policy | Kind::Coupon => None,
    };
    let order = matches!(
        load.kind(),
        Kind::Way | Kind::Hot | Kind::Policy | Kind::Coupon
    );
    println!(
        "{:8} {:>7}  {:18} {:>9.0} {:>15} {:>8.2} {:>8.2} {:>8.0} {:>8}  {:>9} {:>9} {:>9}",
        group.distance,
        group.callers,
        load.name(),
        orders.median,
        format!("{:.0}–{:.0}", orders.min, orders.max),
        median(|round| round.p50_ms),
        median(|round| round.p99_ms),
        median(|round| round.database_cpu_us),
        told(group.cost(load, Load::Direct)),
        reference(order.then_some(Load::Direct)),
        reference(order.then_some(Load::Floor)),
        reference(app),
    );
}
