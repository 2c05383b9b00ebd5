//! What is measured: groups of ways that get the same number of callers, orders and connections, in turn.

use serde::Serialize;

use crate::carts::Content;
use crate::catalogue::{HOT_SINGLE, HOT_SLOTS};
use crate::ways::{Distance, Way};

/// One thing that is measured in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    Direct,
    Gateway,
    Floor,
    AppSide,
    HotSingle,
    HotSlots,
    HotAppSide,
}

impl Load {
    pub const ALL: [Load; 7] = [
        Load::Direct,
        Load::Gateway,
        Load::Floor,
        Load::AppSide,
        Load::HotSingle,
        Load::HotSlots,
        Load::HotAppSide,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Load::Direct => "procedure, direct",
            Load::Gateway => "procedure, gateway",
            Load::Floor => "floor",
            Load::AppSide => "app-side",
            Load::HotSingle => "hot, single",
            Load::HotSlots => "hot, slots",
            Load::HotAppSide => "hot, app-side",
        }
    }

    pub fn way(self) -> Way {
        match self {
            Load::Direct | Load::HotSingle | Load::HotSlots => Way::Direct,
            Load::Gateway => Way::Gateway,
            Load::Floor => Way::Floor,
            Load::AppSide | Load::HotAppSide => Way::AppSide,
        }
    }

    pub fn content(self) -> Content {
        match self {
            Load::HotSingle | Load::HotAppSide => Content::Hot(HOT_SINGLE),
            Load::HotSlots => Content::Hot(HOT_SLOTS),
            _ => Content::Spread,
        }
    }
}

/// Ways that are compared with one another.
#[derive(Clone, Debug)]
pub struct Group {
    pub distance: Distance,
    pub callers: usize,
    /// Orders of each way in each round.
    pub orders: usize,
    pub loads: Vec<Load>,
}

pub struct Plan {
    pub name: &'static str,
    pub rounds: usize,
    pub groups: Vec<Group>,
    /// Orders of each round of scarce stock.
    pub scarce: usize,
}

impl Plan {
    pub fn full() -> Plan {
        let sizes = [(1, 400, 100), (16, 1_500, 1_000), (64, 1_500, 1_000)];
        let group = |distance, callers, orders| Group {
            distance,
            callers,
            orders,
            loads: loads(distance),
        };
        let near = sizes.map(|(callers, orders, _)| group(Distance::Loopback, callers, orders));
        let far = sizes.map(|(callers, _, orders)| group(Distance::Millisecond, callers, orders));
        Plan {
            name: "full",
            rounds: 5,
            groups: near.into_iter().chain(far).collect(),
            scarce: 1_200,
        }
    }

    /// What the ratios with a target need, and no more.
    pub fn quick() -> Plan {
        let hot = |load: &Load| *load >= Load::HotSingle;
        let group = |distance, callers, orders, with_hot: bool| Group {
            distance,
            callers,
            orders,
            loads: loads(distance)
                .into_iter()
                .filter(|load| with_hot || !hot(load))
                .collect(),
        };
        let groups = vec![
            group(Distance::Loopback, 1, 250, false),
            group(Distance::Loopback, 16, 600, true),
            group(Distance::Millisecond, 1, 60, false),
            group(Distance::Millisecond, 16, 400, true),
        ];
        Plan {
            name: "quick",
            rounds: 3,
            groups,
            scarce: 400,
        }
    }
}

fn loads(distance: Distance) -> Vec<Load> {
    Load::ALL
        .into_iter()
        .filter(|&load| distance == Distance::Loopback || load != Load::Floor)
        .collect()
}
