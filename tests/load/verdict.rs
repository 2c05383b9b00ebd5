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
    what: What,
    pub wanted: f64,
    /// Where another one is wanted on MySQL.
    on_mysql: Option<f64>,
}

/// Of what it is the ratio.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// Orders a second: at least what is wanted.
    Speed,
    /// Processor time of the database per order: at most.
    Cost,
}

pub const FIGURES: [Figure; 16] = [
    Figure {
        words: "gateway / direct",
        of: Load::Gateway,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        what: What::Speed,
        wanted: 0.90,
        on_mysql: None,
    },
    Figure {
        words: "direct / floor",
        of: Load::Direct,
        to: Load::Floor,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        what: What::Speed,
        wanted: 0.80,
        on_mysql: None,
    },
    Figure {
        words: "direct / app-side",
        of: Load::Direct,
        to: Load::AppSide,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        what: What::Speed,
        wanted: 1.0,
        on_mysql: None,
    },
    Figure {
        words: "direct / app-side",
        of: Load::Direct,
        to: Load::AppSide,
        distance: Distance::Millisecond,
        callers: &[1],
        what: What::Speed,
        wanted: 5.0,
        on_mysql: None,
    },
    Figure {
        words: "direct / app-side",
        of: Load::Direct,
        to: Load::AppSide,
        distance: Distance::Millisecond,
        callers: &[16],
        what: What::Speed,
        wanted: 1.5,
        on_mysql: None,
    },
    Figure {
        words: "CPU per order, direct / app-side",
        of: Load::Direct,
        to: Load::AppSide,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        what: What::Cost,
        wanted: 1.3,
        on_mysql: Some(1.15),
    },
    Figure {
        words: "CPU per order, direct / floor",
        of: Load::Direct,
        to: Load::Floor,
        distance: Distance::Loopback,
        callers: &[16, 1, 64],
        what: What::Cost,
        wanted: 2.0,
        on_mysql: None,
    },
    Figure {
        words: "CPU, payment / order",
        of: Load::Payment,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16],
        what: What::Cost,
        wanted: 0.5,
        on_mysql: None,
    },
    Figure {
        words: "CPU, quote / order",
        of: Load::Quote,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16],
        what: What::Cost,
        wanted: 0.5,
        on_mysql: None,
    },
    Figure {
        words: "hot product: slots / spread load",
        of: Load::HotSlots,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16, 64],
        what: What::Speed,
        wanted: 0.9,
        on_mysql: None,
    },
    Figure {
        words: "options and promised prices / plain",
        of: Load::Promised,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16],
        what: What::Speed,
        wanted: 0.9,
        on_mysql: None,
    },
    Figure {
        words: "ordered rows stay (soft_lock) / are deleted",
        of: Load::SoftLock,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16],
        what: What::Speed,
        wanted: 0.9,
        on_mysql: None,
    },
    Figure {
        words: "two coupons / plain",
        of: Load::TwoCoupons,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16],
        what: What::Speed,
        wanted: 0.6,
        on_mysql: None,
    },
    Figure {
        words: "one coupon used by all / coupons spread out",
        of: Load::OneCoupon,
        to: Load::SpreadCoupons,
        distance: Distance::Loopback,
        callers: &[16],
        what: What::Speed,
        wanted: 0.7,
        on_mysql: None,
    },
    // As many a second as take half the time each.
    Figure {
        words: "add to cart / order",
        of: Load::CartAdd,
        to: Load::Direct,
        distance: Distance::Loopback,
        callers: &[16],
        what: What::Speed,
        wanted: 2.0,
        on_mysql: None,
    },
    Figure {
        words: "hot product: single / app-side",
        of: Load::HotSingle,
        to: Load::HotAppSide,
        distance: Distance::Millisecond,
        callers: &[16, 1, 64],
        what: What::Speed,
        wanted: 4.0,
        on_mysql: None,
    },
];

/// One figure with so many callers on one engine.
#[derive(Debug, Serialize)]
pub struct Verdict {
    pub words: String,
    /// As `≥ 0.9`.
    pub wanted: String,
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

    /// As `≥ 0.9`, for one engine or, where both differ, for both.
    pub fn bound(&self, engine: Option<&str>) -> String {
        let sign = match self.what {
            What::Speed => "≥",
            What::Cost => "≤",
        };
        match (self.on_mysql, engine) {
            (Some(other), None) => format!("{sign} {}, {other}", self.wanted),
            _ => format!("{sign} {}", self.wanted_on(engine)),
        }
    }

    fn wanted_on(&self, engine: Option<&str>) -> f64 {
        match self.on_mysql {
            Some(wanted) if engine == Some("mysql") => wanted,
            _ => self.wanted,
        }
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
        let engine = Some(result.engine.as_str());
        let group = result.group(figure.distance, callers)?;
        let wanted = figure.wanted_on(engine);
        let (ratio, reached) = match figure.what {
            What::Speed => {
                let ratio = group.ratio(figure.of, figure.to)?;
                (ratio, ratio.median >= wanted)
            }
            What::Cost => {
                let ratio = group.cost(figure.of, figure.to)?;
                (ratio, ratio.median <= wanted)
            }
        };
        Some(Verdict {
            words: figure.title(callers),
            wanted: figure.bound(engine),
            ratio,
            reached,
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
