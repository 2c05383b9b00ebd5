//! What a cart costs, worked out from the shop's rules as they are told in words, and from nothing that the SQL does.
//! In whole numbers and not in `Decimal`s, which round at their 28th digit as the server's do elsewhere:
//!
//! - A product costs its sale price, or its list price where the sale price is 0 or missing, less the discount
//!   rate, rounded to the currency's unit, half away from zero. A chosen option adds its price, rounded likewise,
//!   and so is a delivery fee: the currency has no smaller unit.
//! - A line is that, times the quantity.
//! - Delivery: lines ship together that have one policy, or policies of one combine group. A policy asks for
//!   nothing (free), for its cost (fixed, area), for its cost unless the sum shipped together has reached
//!   free_over (conditional, inclusive), or for what the highest step says that the parcel has reached: in grams
//!   (unknown ones are none), in units, or by its sum. Beyond its border a step may ask `more` for each full
//!   `every`; below the first one the cost is asked. A parcel of several policies pays the highest fee one of them
//!   asks for the whole of it.
//! - To an area each parcel costs its surcharge more, also one that is free, unless all of its policies say
//!   otherwise. An address is in an area when its postal code, without blanks and hyphens, lies in one of its
//!   ranges and is as long. What a policy refuses to deliver there cannot be ordered; nothing of it changes the fee.
//! - Prices contain VAT; what is tax free does not; delivery is taxable.

use std::collections::{BTreeMap, BTreeSet};

/// Hundredths of the currency.
pub type Cents = i128;

#[derive(Clone, Debug)]
pub struct Shop {
    pub id: u32,
    pub currency: &'static str,
    /// Decimals of the currency, 0 to 2.
    pub digits: u32,
    /// Ten-thousandths: 1000 is 10 %.
    pub vat_rate: i128,
    pub policies: Vec<Policy>,
    pub products: Vec<Product>,
    pub areas: Vec<Area>,
}

/// Where delivery costs more.
#[derive(Clone, Debug)]
pub struct Area {
    pub code: String,
    pub surcharge: Cents,
    /// First and last postal code, of one length.
    pub ranges: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Free,
    Fixed,
    Conditional { free_over: Cents },
    Area,
    Steps(Measure, Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Weight,
    Quantity,
    Amount,
}

/// In whatever order.
#[derive(Clone, Debug)]
pub struct Step {
    /// Hundredths of a gram, of a unit, or of the currency.
    pub from: i128,
    pub fee: Cents,
    /// For each of these (hundredths again) that is full beyond `from`, so much more.
    pub more: Option<(i128, Cents)>,
}

/// What an area means to a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remote {
    Surcharge,
    Same,
    Refuse,
}

#[derive(Clone, Debug)]
pub struct Policy {
    pub id: u32,
    pub kind: Kind,
    pub cost: Cents,
    pub group: Option<u32>,
    pub remote: Remote,
}

#[derive(Clone, Debug)]
pub struct Product {
    pub id: String,
    pub list_price: Cents,
    pub sale_price: Option<Cents>,
    /// Ten-thousandths.
    pub discount_rate: i128,
    pub tax_free: bool,
    /// Place in the shop's policies.
    pub policy: usize,
    pub options: Vec<(String, Cents)>,
    /// Grams of one.
    pub weight: Option<i128>,
}

/// Product, option if any, quantity.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub product: &'a Product,
    pub option: Option<&'a (String, Cents)>,
    pub quantity: i128,
}

/// What ships together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parcel {
    pub policies: BTreeSet<u32>,
    pub amount: Cents,
    /// Of its goods in hundredths: grams, and units.
    pub weight: i128,
    pub units: i128,
    /// With the surcharge.
    pub fee: Cents,
    pub surcharge: Cents,
}

impl Parcel {
    pub fn measure(&self, measure: Measure) -> i128 {
        match measure {
            Measure::Weight => self.weight,
            Measure::Quantity => self.units,
            Measure::Amount => self.amount,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub products: Cents,
    pub delivery: Cents,
    pub total: Cents,
    pub supply: Cents,
    pub vat: Cents,
    pub tax_free: Cents,
}

impl Shop {
    /// The smallest amount of the currency, in hundredths: a won is 100, a cent is 1.
    pub fn unit(&self) -> Cents {
        10_i128.pow(2 - self.digits)
    }

    /// `numerator / denominator` hundredths, rounded to the currency's unit.
    fn rounded(&self, numerator: i128, denominator: i128) -> Cents {
        round_half_away(numerator, denominator * self.unit()) * self.unit()
    }

    pub fn effective_price(&self, product: &Product) -> Cents {
        let base = match product.sale_price {
            None | Some(0) => product.list_price,
            Some(price) => price,
        };
        self.rounded(base * (10_000 - product.discount_rate), 10_000)
    }

    pub fn unit_price(&self, item: &Item) -> Cents {
        let option = item.option.map_or(0, |(_, add)| self.rounded(*add, 1));
        self.effective_price(item.product) + option
    }

    pub fn line_amount(&self, item: &Item) -> Cents {
        self.unit_price(item) * item.quantity
    }

    /// Where delivery to this postal code costs more; `None` when it does not, or nobody knows where it goes.
    pub fn area(&self, post_code: Option<&str>) -> Option<&Area> {
        let code = post_code?.replace([' ', '-'], "");
        let holds = |(from, to): &(String, String)| {
            from.len() == code.len() && (from..=to).contains(&&code)
        };
        self.areas.iter().find(|area| area.ranges.iter().any(holds))
    }

    /// Places of the lines that are not delivered there.
    pub fn undelivered(&self, items: &[Item], post_code: Option<&str>) -> Vec<usize> {
        let refused = |item: &Item| self.policies[item.product.policy].remote == Remote::Refuse;
        match self.area(post_code) {
            None => Vec::new(),
            Some(_) => (0..items.len()).filter(|&n| refused(&items[n])).collect(),
        }
    }

    /// What the policy asks for this parcel.
    fn fee(&self, policy: &Policy, parcel: &Parcel) -> Cents {
        let cost = self.rounded(policy.cost, 1);
        match &policy.kind {
            Kind::Free => 0,
            Kind::Fixed | Kind::Area => cost,
            Kind::Conditional { free_over } if parcel.amount >= *free_over => 0,
            Kind::Conditional { .. } => cost,
            Kind::Steps(by, steps) => {
                let measure = parcel.measure(*by);
                let reached = steps.iter().filter(|step| step.from <= measure);
                let Some(step) = reached.max_by_key(|step| step.from) else {
                    return cost;
                };
                let more = step.more.map_or(0, |(every, more)| {
                    (measure - step.from) / every * self.rounded(more, 1)
                });
                self.rounded(step.fee, 1) + more
            }
        }
    }

    /// By their policies.
    pub fn parcels(&self, items: &[Item], post_code: Option<&str>) -> Vec<Parcel> {
        let policy_of = |item: &Item| &self.policies[item.product.policy];
        let mut parcels: BTreeMap<(bool, u32), Parcel> = BTreeMap::new();
        for item in items {
            let policy = policy_of(item);
            let key = match policy.group {
                Some(group) => (true, group),
                None => (false, policy.id),
            };
            let parcel = parcels.entry(key).or_default();
            parcel.policies.insert(policy.id);
            parcel.amount += self.line_amount(item);
            parcel.weight += item.product.weight.unwrap_or(0) * item.quantity * 100;
            parcel.units += item.quantity * 100;
        }
        let surcharge = self.area(post_code).map_or(0, |area| area.surcharge);
        let mut parcels: Vec<Parcel> = parcels.into_values().collect();
        for parcel in &mut parcels {
            let its = |policy: &&Policy| parcel.policies.contains(&policy.id);
            let policies: Vec<&Policy> = self.policies.iter().filter(its).collect();
            let costs_more = |policy: &&Policy| policy.remote == Remote::Surcharge;
            if policies.iter().any(costs_more) {
                parcel.surcharge = surcharge;
            }
            let fees = policies.iter().map(|policy| self.fee(policy, parcel));
            parcel.fee = fees.max().unwrap_or(0) + parcel.surcharge;
        }
        parcels.sort_by(|a, b| a.policies.cmp(&b.policies));
        parcels
    }

    pub fn totals(&self, items: &[Item], post_code: Option<&str>) -> Totals {
        let products: Cents = items.iter().map(|item| self.line_amount(item)).sum();
        let parcels = self.parcels(items, post_code);
        let delivery = parcels.iter().map(|parcel| parcel.fee).sum();
        let tax_free: Cents = items
            .iter()
            .filter(|item| item.product.tax_free)
            .map(|item| self.line_amount(item))
            .sum();
        let taxable = products + delivery - tax_free;
        let vat = self.rounded(taxable * self.vat_rate, 10_000 + self.vat_rate);
        Totals {
            products,
            delivery,
            total: products + delivery,
            supply: taxable - vat,
            vat,
            tax_free,
        }
    }
}

impl Totals {
    /// In the order of [`super::AMOUNTS`].
    pub fn amounts(&self) -> Vec<String> {
        [
            self.products,
            0,
            0,
            self.delivery,
            self.total,
            self.supply,
            self.vat,
            self.tax_free,
        ]
        .map(money)
        .to_vec()
    }
}

/// To the nearest whole number; what lies in the middle goes away from zero.
pub fn round_half_away(numerator: i128, denominator: i128) -> i128 {
    let (size, sign) = (numerator.abs(), numerator.signum());
    sign * ((2 * size + denominator) / (2 * denominator))
}

/// As the database writes it.
pub fn money(cents: Cents) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

#[test]
fn the_oracle_rounds_half_away_from_zero() {
    for (numerator, denominator, expected) in [
        (1, 2, 1),
        (-1, 2, -1),
        (5, 2, 3),
        (-5, 2, -3),
        (49, 100, 0),
        (149, 100, 1),
        (-151, 100, -2),
        (0, 7, 0),
    ] {
        assert_eq!(round_half_away(numerator, denominator), expected);
    }
    assert_eq!(money(-5), "-0.05");
    assert_eq!(money(123_456), "1234.56");
}
