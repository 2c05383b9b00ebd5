//! What is measured: groups of loads that get the same number of callers and connections, in turn.

use serde::Serialize;

use crate::carts::Content;
use crate::catalogue::{HOT_SINGLE, HOT_SLOTS};
use crate::ways::{Distance, Outcome, POOL, Way};

/// One thing that is measured in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    Direct,
    Gateway,
    Floor,
    AppSide,
    HotSingle,
    HotSlots,
    HotAppSide,
    StoredAddress,
    OneParcel,
    SharedParcel,
    LargeCart,
    LargeOrder,
    Payment,
    Quote,
    CartRead,
    CartAdd,
    SoftLock,
    Promised,
    TwoCoupons,
    SpreadCoupons,
    OneCoupon,
    RefusedSingle,
    RefusedSlots,
    RefusedAppSide,
}

/// What a load is there for, and so which groups have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The ways of ordering.
    Way,
    /// The same with one hot product.
    Hot,
    /// Calls that are set beside the plain order, called directly.
    Beside,
    /// Orders of shops with other policies.
    Policy,
    /// Orders with coupons.
    Coupon,
    /// Orders for a product that is sold out.
    Refused,
}

/// As many plain orders as an order of 1,000 rows is counted for.
const LARGE_ORDER: usize = 150;
/// Orders before the clock starts: every connection of the pool has prepared its statements by then.
const WARM_UP: usize = 2 * POOL;

impl Load {
    pub const ALL: [Load; 24] = [
        Load::Direct,
        Load::Gateway,
        Load::Floor,
        Load::AppSide,
        Load::HotSingle,
        Load::HotSlots,
        Load::HotAppSide,
        Load::StoredAddress,
        Load::OneParcel,
        Load::SharedParcel,
        Load::LargeCart,
        Load::LargeOrder,
        Load::Payment,
        Load::Quote,
        Load::CartRead,
        Load::CartAdd,
        Load::SoftLock,
        Load::Promised,
        Load::TwoCoupons,
        Load::SpreadCoupons,
        Load::OneCoupon,
        Load::RefusedSingle,
        Load::RefusedSlots,
        Load::RefusedAppSide,
    ];

    fn what(self) -> (&'static str, Kind, Way, Content) {
        let single = Content::Hot(HOT_SINGLE);
        let slots = Content::Hot(HOT_SLOTS);
        match self {
            Load::Direct => ("procedure, direct", Kind::Way, Way::Direct, Content::Spread),
            Load::Gateway => (
                "procedure, gateway",
                Kind::Way,
                Way::Gateway,
                Content::Spread,
            ),
            Load::Floor => ("floor", Kind::Way, Way::Floor, Content::Spread),
            Load::AppSide => ("app-side", Kind::Way, Way::AppSide, Content::Spread),
            Load::HotSingle => ("hot, single", Kind::Hot, Way::Direct, single),
            Load::HotSlots => ("hot, slots", Kind::Hot, Way::Direct, slots),
            Load::HotAppSide => ("hot, app-side", Kind::Hot, Way::AppSide, single),
            Load::StoredAddress => ("stored address", Kind::Beside, Way::Direct, Content::Stored),
            Load::OneParcel => ("one parcel", Kind::Beside, Way::Direct, Content::OneParcel),
            Load::SharedParcel => (
                "2 of 3 one parcel",
                Kind::Beside,
                Way::Direct,
                Content::SharedParcel,
            ),
            Load::LargeCart => (
                "3 of 1,000 rows",
                Kind::Beside,
                Way::Direct,
                Content::LargeCart,
            ),
            Load::LargeOrder => ("1,000 rows", Kind::Beside, Way::Direct, Content::LargeOrder),
            Load::Payment => ("payment", Kind::Beside, Way::Pay, Content::Spread),
            Load::Quote => ("quote", Kind::Beside, Way::Quote, Content::Spread),
            Load::CartRead => ("cart read", Kind::Beside, Way::ReadCart, Content::Spread),
            Load::CartAdd => ("cart add", Kind::Beside, Way::AddToCart, Content::Spread),
            Load::SoftLock => ("soft lock", Kind::Policy, Way::Direct, Content::SoftLock),
            Load::Promised => (
                "options, pinned",
                Kind::Policy,
                Way::Direct,
                Content::Promised,
            ),
            Load::TwoCoupons => (
                "two coupons",
                Kind::Coupon,
                Way::Direct,
                Content::TwoCoupons,
            ),
            Load::SpreadCoupons => (
                "coupons, spread",
                Kind::Coupon,
                Way::Direct,
                Content::SpreadCoupons,
            ),
            Load::OneCoupon => ("one coupon", Kind::Coupon, Way::Direct, Content::OneCoupon),
            Load::RefusedSingle => ("refused, single", Kind::Refused, Way::Direct, single),
            Load::RefusedSlots => ("refused, slots", Kind::Refused, Way::Direct, slots),
            Load::RefusedAppSide => ("refused, app-side", Kind::Refused, Way::AppSide, single),
        }
    }

    pub fn name(self) -> &'static str {
        self.what().0
    }

    pub fn kind(self) -> Kind {
        self.what().1
    }

    pub fn way(self) -> Way {
        self.what().2
    }

    pub fn content(self) -> Content {
        self.what().3
    }

    /// The product that there is none of while it is measured.
    pub fn sold_out(self) -> Option<usize> {
        match (self.kind(), self.content()) {
            (Kind::Refused, Content::Hot(product)) => Some(product),
            _ => None,
        }
    }

    /// What every call has to come to.
    pub fn outcome(self) -> Outcome {
        match self.kind() {
            Kind::Refused => Outcome::SoldOut,
            _ => Outcome::Done,
        }
    }

    /// Calls of one round in a group of so many orders.
    pub fn calls(self, orders: usize) -> usize {
        match self.kind() {
            _ if self == Load::LargeOrder => orders / LARGE_ORDER,
            Kind::Way | Kind::Hot | Kind::Policy | Kind::Coupon => orders,
            Kind::Beside | Kind::Refused => orders * 2 / 5,
        }
    }

    pub fn warm_up(self) -> usize {
        if self == Load::LargeOrder { 1 } else { WARM_UP }
    }

    /// Everything that is called for one round of it.
    pub fn steps(self, orders: usize) -> usize {
        let times = if self.way().is_after().is_some() {
            2
        } else {
            1
        };
        times * (self.warm_up() + self.calls(orders))
    }
}

/// Loads that are compared with one another.
#[derive(Clone, Debug)]
pub struct Group {
    pub distance: Distance,
    pub callers: usize,
    /// Orders of each way in each round; other loads have a share of it, see `Load::calls`.
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
        let all = &[
            Kind::Way,
            Kind::Hot,
            Kind::Beside,
            Kind::Policy,
            Kind::Coupon,
            Kind::Refused,
        ];
        let sizes = [(1, 400, 100), (16, 1_500, 1_000), (64, 1_500, 1_000)];
        let near =
            sizes.map(|(callers, orders, _)| group(Distance::Loopback, callers, orders, all));
        let far =
            sizes.map(|(callers, _, orders)| group(Distance::Millisecond, callers, orders, all));
        Plan {
            name: "full",
            rounds: 5,
            groups: near.into_iter().chain(far).collect(),
            scarce: 1_200,
        }
    }

    /// What the ratios with a target need, and whatever else is measured with 16 callers or but once.
    pub fn quick() -> Plan {
        let with_hot = &[
            Kind::Way,
            Kind::Hot,
            Kind::Beside,
            Kind::Policy,
            Kind::Coupon,
        ];
        let groups = vec![
            group(Distance::Loopback, 1, 250, &[Kind::Way]),
            group(Distance::Loopback, 16, 600, with_hot),
            group(Distance::Loopback, 64, 600, &[Kind::Refused]),
            group(Distance::Millisecond, 1, 60, &[Kind::Way]),
            group(Distance::Millisecond, 16, 400, with_hot),
        ];
        Plan {
            name: "quick",
            rounds: 3,
            groups,
            scarce: 400,
        }
    }
}

/// One caller group is enough for what stands beside the order: 16; the crowd is for what is sold out.
fn group(distance: Distance, callers: usize, orders: usize, kinds: &[Kind]) -> Group {
    let near = distance == Distance::Loopback;
    let loads = Load::ALL.into_iter().filter(|&load| {
        kinds.contains(&load.kind())
            && match load.kind() {
                Kind::Way | Kind::Hot => near || load != Load::Floor,
                Kind::Beside | Kind::Policy | Kind::Coupon => near && callers == 16,
                Kind::Refused => near && callers == 64,
            }
    });
    Group {
        distance,
        callers,
        orders,
        loads: loads.collect(),
    }
}
