//! What was measured on one engine, as it is written to JSON, and ratios between its parts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::plan::{Group, Load};
use crate::scarce::Scarce;
use crate::storm::Round;
use crate::ways::Distance;

#[derive(Debug, Serialize)]
pub struct EngineResult {
    pub engine: String,
    pub version: String,
    /// full or quick.
    pub plan: String,
    /// UTC.
    pub taken_at: String,
    pub processors: usize,
    /// What else the machine did: the one-minute load average before the start.
    pub load_average_before: f64,
    /// Median round trip to the database: on loopback, and with the millisecond.
    pub round_trip_ms: [f64; 2],
    /// What one `shop_order_insert` of each load does inside, as the server counts.
    pub one_order: BTreeMap<&'static str, BTreeMap<String, u64>>,
    pub rounds: usize,
    #[serde(skip)]
    pub groups: Vec<GroupResult>,
    pub scarce: Vec<Scarce>,
    pub audit_violations: Vec<String>,
}

/// Loads that had the same number of callers. What is written of it are medians, see `output`.
#[derive(Debug)]
pub struct GroupResult {
    pub distance: &'static str,
    pub callers: usize,
    pub orders: usize,
    pub loads: Vec<LoadResult>,
}

#[derive(Debug)]
pub struct LoadResult {
    pub load: Load,
    /// Calls of each round.
    pub calls: usize,
    pub rounds: Vec<Round>,
}

/// A median and what it lies between.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Spread {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let half = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[half]
        } else {
            (values[half - 1] + values[half]) / 2.0
        };
        Some(Spread { median, min, max })
    }
}

impl GroupResult {
    pub fn new(group: &Group) -> GroupResult {
        GroupResult {
            distance: group.distance.name(),
            callers: group.callers,
            orders: group.orders,
            loads: group
                .loads
                .iter()
                .map(|&load| LoadResult {
                    load,
                    calls: load.calls(group.orders),
                    rounds: Vec::new(),
                })
                .collect(),
        }
    }

    pub fn add(&mut self, load: Load, round: Round) {
        let of_load = self.loads.iter_mut().find(|result| result.load == load);
        of_load.expect("a load of the group").rounds.push(round);
    }

    /// The rounds of one load; none when it was not measured.
    pub fn rounds(&self, load: Load) -> &[Round] {
        self.loads
            .iter()
            .find(|result| result.load == load)
            .map_or(&[], |result| &result.rounds)
    }

    /// Orders a second of one load to those of another: round by round, then the median.
    pub fn ratio(&self, of: Load, to: Load) -> Option<Spread> {
        self.compared(of, to, |round| round.orders_per_second)
    }

    /// The database's processor time per order, likewise.
    pub fn cost(&self, of: Load, to: Load) -> Option<Spread> {
        self.compared(of, to, |round| round.database_cpu_us)
    }

    fn compared(&self, of: Load, to: Load, value: fn(&Round) -> f64) -> Option<Spread> {
        let pairs = self.rounds(of).iter().zip(self.rounds(to));
        Spread::of(pairs.map(|(a, b)| value(a) / value(b)))
    }

    pub fn spread(&self, load: Load, value: fn(&Round) -> f64) -> Option<Spread> {
        Spread::of(self.rounds(load).iter().map(value))
    }
}

impl EngineResult {
    pub fn group(&self, distance: Distance, callers: usize) -> Option<&GroupResult> {
        self.groups
            .iter()
            .find(|group| group.distance == distance.name() && group.callers == callers)
    }

    /// Deadlocks that a caller was told of, in all of it. The floor's are its own.
    pub fn deadlocks(&self) -> usize {
        let of_loads = self
            .groups
            .iter()
            .flat_map(|group| &group.loads)
            .filter(|l| l.load != Load::Floor);
        let loads: usize = of_loads
            .flat_map(|load| &load.rounds)
            .map(|round| round.deadlocks)
            .sum();
        loads
            + self
                .scarce
                .iter()
                .map(|scarce| scarce.deadlocks)
                .sum::<usize>()
    }
}
