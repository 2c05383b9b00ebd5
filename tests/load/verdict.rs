//! The figures that are wanted, and whether they were reached. A figure that is missed is told; an invariant that is
//! broken fails the benchmark.

use serde::Serialize;

use crate::plan::Load;
use crate::result::{EngineResult, Spread};
use crate::ways::Distance;

/// One ratio that is wanted.
pub struct Figure {
    pub words: &'static str,
    of: Load,
    to: Load,
    distance: Distance,
    /// The first is the one of the picture.
    callers: &'static [usize],
    pub wanted: f64,
}

pub const FIGURES: [Figure; 6] = [
    Figure {
        words: "gateway / direct",
        of: Load::Gateway,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        wanted: 0.90,
    },
    Figure {
        words: "direct / floor",
        of: Load::Direct,
        to: Load::Floor,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        wanted: 0.80,
    },
    Figure {
        words: "direct / app-side",
        of: Load::Direct,
        to: Load::AppSide,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        wanted: 1.0,
    },
    Figure {
        words: "direct / app-side",
        of: Load::Direct,
        to: Load::AppSide,
        distance: Distance::Millisecond,
        callers: &[1],
        wanted: 5.0,
    },
    Figure {
        words: "hot product: slots / spread load",
        of: Load::HotSlots,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16, 64],
        wanted: 0.8,
    },
    Figure {
        words: "hot product: single / app-side",
        of: Load::HotSingle,
        to: Load::HotAppSide,
        distance: Distance::Millisecond,
        callers: &[16, 1, 64],
        wanted: 4.0,
    },
];

/// One figure with so many callers on one engine.
#[derive(Debug, Serialize)]
pub struct Verdict {
    pub words: String,
    pub wanted: f64,
    pub ratio: Spread,
    pub reached: bool,
}

impl Figure {
    /// Words with distance and callers.
    pub fn title(&self, callers: usize) -> String {
        let plural = if callers == 1 { "caller" } else { "callers" };
        format!(
            "{}, {}, {callers} {plural}",
            self.words,
            self.distance.name()
        )
    }

    /// With each number of callers; the first is the one of the picture.
    pub fn titles(&self) -> impl Iterator<Item = String> {
        self.callers.iter().map(|&callers| self.title(callers))
    }
}

/// All figures that were measured.
pub fn figures(result: &EngineResult) -> Vec<Verdict> {
    let all = FIGURES
        .iter()
        .flat_map(|figure| figure.callers.iter().map(move |&callers| (figure, callers)));
    all.filter_map(|(figure, callers)| {
        let ratio = result
            .group(figure.distance, callers)?
            .ratio(figure.of, figure.to)?;
        Some(Verdict {
            words: figure.title(callers),
            wanted: figure.wanted,
            ratio,
            reached: ratio.median >= figure.wanted,
        })
    })
    .collect()
}

/// What must hold whatever the speed: words, and how often it did not.
pub fn invariants(result: &EngineResult) -> Vec<(&'static str, i64)> {
    let sum = |value: fn(&crate::scarce::Scarce) -> i64| result.scarce.iter().map(value).sum();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    vec![
        ("deadlocks that reached a caller", count(result.deadlocks())),
        ("units oversold", sum(|s| s.oversold)),
        (
            "\"sold out\" while units were left",
            sum(|s| i64::try_from(s.refused_with_units_left).unwrap_or(i64::MAX)),
        ),
        ("units lost or invented", sum(|s| s.unaccounted.abs())),
        (
            "violations found by shop_audit",
            count(result.audit_violations.len()),
        ),
    ]
}

/// Whether none of them is broken.
pub fn intact(result: &EngineResult) -> bool {
    invariants(result).iter().all(|&(_, count)| count == 0)
}
