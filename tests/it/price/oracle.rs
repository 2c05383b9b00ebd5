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
//! - A promotion, and a coupon, takes something off some products, off those of some categories, off all lines, or off
//!   the delivery. What is taken off goods comes first, then what is taken off their delivery. Of both, all promotions
//!   come first, then the coupons; of each kind they are applied in this order; among themselves by apply_order, then by the name of the promotion, byte by byte, or the number of the coupon. Each is
//!   judged, and takes off, what those before it have left of its lines (of the delivery, surcharge included). One of an
//!   amount takes that, rounded to the currency's unit; one of a rate the part that it says, cut down to a multiple of
//!   round_to (the currency's unit without one); either at most its cap, and nothing takes more than is left.
//! - What it takes off is spread over its lines by what is left of them: each gets its exact part cut down to the
//!   currency's unit, and the units that remain go, one each, to the largest remainders, of equal ones to the upper line.
//! - A promotion may also be of steps: a rate as above, which follows from how many units its lines have together, by the
//!   highest step that they have reached; below the first one it is nothing. Or of units: for all that are bought and
//!   given together of a line, so many cost nothing, line by line and at most what is left of the line.
//! - A promotion for a first order is for who has no order that waits or was paid. Of a group, promotions and coupons
//!   together, the first that takes something off counts. A promotion that cannot be used is passed over; a coupon is a
//!   fault.
//! - What the goods of a parcel cost, for free_over and steps by its sum, is before any discount, unless the policy says:
//!   after discounts. Then all that is taken off its goods, by promotions and coupons, is taken off it first. A discount of
//!   the delivery, points and cash change nothing of that. min_amount asks what the lines cost before any discount. The shares of a tax-free line
//!   are taken off what is tax free; all other shares, and those of the delivery, off what is taxed.

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
    /// A price that a rate lowers is a multiple of it; none: of the currency's unit.
    pub price_unit: Option<Cents>,
    pub rounding: Rounding,
    pub policies: Vec<Policy>,
    pub products: Vec<Product>,
    pub areas: Vec<Area>,
    pub coupons: Vec<Coupon>,
    pub promotions: Vec<Promotion>,
}

/// To which of the two multiples that a price lies between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    HalfUp,
    Down,
    Up,
}

impl Rounding {
    /// As the shop's row says it.
    pub fn name(self) -> &'static str {
        match self {
            Rounding::HalfUp => "half_up",
            Rounding::Down => "down",
            Rounding::Up => "up",
        }
    }
}

/// What the shop gives away. Who has one: [`Issued`].
#[derive(Clone, Debug)]
pub struct Coupon {
    pub code: String,
    pub rule: Rule,
    /// So many orders have one of these at most.
    pub use_limit: Option<usize>,
}

/// What takes something off by itself.
#[derive(Clone, Debug)]
pub struct Promotion {
    pub code: &'static str,
    pub rule: Rule,
    /// For buyers who have no order that waits or was paid.
    pub first_order: bool,
}

/// What both of them say.
#[derive(Clone, Debug)]
pub struct Rule {
    pub target: Target,
    pub off: Off,
    pub min_amount: Option<Cents>,
    /// Of those with one name, one to an order.
    pub stack_group: Option<&'static str>,
    pub apply_order: i32,
    pub enabled: bool,
    /// Usable from then, and until before then: seconds from now.
    pub from: Option<i64>,
    pub until: Option<i64>,
}

/// What something is taken off, in the order of application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Products(BTreeSet<String>),
    Categories(BTreeSet<String>),
    Order,
    Delivery,
}

impl Target {
    fn place(&self) -> u8 {
        match self {
            Target::Products(_) => 1,
            Target::Categories(_) => 2,
            Target::Order => 3,
            Target::Delivery => 4,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Off {
    Amount {
        amount: Cents,
        cap: Option<Cents>,
    },
    Rate {
        /// Ten-thousandths.
        rate: i128,
        round_to: Option<Cents>,
        cap: Option<Cents>,
    },
    /// Of promotions only, as are steps.
    Units {
        buy: i128,
        free: i128,
    },
    Steps {
        /// Units, and the rate from then on; in whatever order.
        steps: Vec<(i128, i128)>,
        round_to: Option<Cents>,
        cap: Option<Cents>,
    },
}

/// A coupon in somebody's hands.
#[derive(Clone, Debug)]
pub struct Issued {
    pub no: u64,
    pub buyer: String,
    /// Place in the shop's coupons.
    pub coupon: usize,
    /// Seconds from now.
    pub until: Option<i64>,
    pub state: State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Unused,
    /// By an order that waits for its payment.
    Held(String),
    /// By an order that is paid.
    Used(String),
}

/// A buyer, as discounts ask.
#[derive(Clone, Copy, Debug)]
pub struct Buyer<'a> {
    pub name: &'a str,
    /// Whether an order waits or was paid.
    pub has_order: bool,
    /// Coupons of all buyers.
    pub issued: &'a [Issued],
}

/// What takes something off, with its place in the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Promotion(usize),
    Coupon { no: u64, place: usize },
}

/// What one promotion or coupon takes off an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    pub by: By,
    pub amount: Cents,
    /// Line, from 1, and what of the amount is its; 0 is the delivery. Lines that get nothing are not here.
    pub shares: Vec<(usize, Cents)>,
}

/// Places of promotions that were passed over, and why.
pub type Passed = Vec<(usize, &'static str)>;

/// What is left of an order while discounts are taken off, one after another.
struct Left {
    lines: Vec<Cents>,
    delivery: Cents,
    groups: BTreeSet<&'static str>,
}

/// The coupon that an order cannot have, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub no: u64,
    pub reason: &'static str,
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
    /// Whether sums are what the goods cost after discounts.
    pub after_discounts: bool,
}

#[derive(Clone, Debug)]
pub struct Product {
    pub id: String,
    pub list_price: Cents,
    pub sale_price: Option<Cents>,
    /// Ten-thousandths.
    pub discount_rate: i128,
    pub tax_free: bool,
    pub category: Option<&'static str>,
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
    /// What is taken off its goods.
    pub taken: Cents,
    /// Of its goods in hundredths: grams, and units.
    pub weight: i128,
    pub units: i128,
    /// With the surcharge.
    pub fee: Cents,
    pub surcharge: Cents,
}

impl Parcel {
    /// As this policy measures it.
    pub fn measure(&self, measure: Measure, policy: &Policy) -> i128 {
        match measure {
            Measure::Weight => self.weight,
            Measure::Quantity => self.units,
            Measure::Amount if policy.after_discounts => self.amount - self.taken,
            Measure::Amount => self.amount,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub products: Cents,
    pub discount: Cents,
    pub points: Cents,
    pub cash: Cents,
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
        if product.discount_rate == 0 {
            return self.rounded(base, 1);
        }
        let unit = self.price_unit.unwrap_or(self.unit());
        let (lowered, step) = (base * (10_000 - product.discount_rate), 10_000 * unit);
        let (times, over) = (lowered / step, lowered % step);
        let up = match self.rounding {
            Rounding::Down => false,
            Rounding::HalfUp => 2 * over >= step,
            Rounding::Up => over > 0,
        };
        let rounded = (times + i128::from(up)) * unit;
        // Nothing becomes dearer than without its discount, nor free, because the unit is too large.
        if rounded > base || (rounded == 0 && self.price_unit.is_some()) {
            return self.rounded(lowered, 10_000);
        }
        rounded
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
            Kind::Conditional { free_over } => {
                if parcel.measure(Measure::Amount, policy) >= *free_over {
                    return 0;
                }
                cost
            }
            Kind::Steps(by, steps) => {
                let measure = parcel.measure(*by, policy);
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

    /// By their policies, when so much is taken off the lines.
    pub fn parcels(
        &self,
        items: &[Item],
        post_code: Option<&str>,
        discounts: &[Discount],
    ) -> Vec<Parcel> {
        let policy_of = |item: &Item| &self.policies[item.product.policy];
        let mut parcels: BTreeMap<(bool, u32), Parcel> = BTreeMap::new();
        for (n, item) in items.iter().enumerate() {
            let policy = policy_of(item);
            let key = match policy.group {
                Some(group) => (true, group),
                None => (false, policy.id),
            };
            let parcel = parcels.entry(key).or_default();
            parcel.policies.insert(policy.id);
            parcel.amount += self.line_amount(item);
            let shares = discounts.iter().flat_map(|one| &one.shares);
            let its = shares.filter(|(line, _)| *line == n + 1);
            parcel.taken += its.map(|(_, share)| share).sum::<Cents>();
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

    /// Places of the lines that it is for. The delivery has no line: there, all of them count.
    pub fn lines_of(&self, target: &Target, items: &[Item]) -> Vec<usize> {
        let is_its = |item: &Item| match target {
            Target::Products(ids) => ids.contains(&item.product.id),
            Target::Categories(ids) => (item.product.category).is_some_and(|id| ids.contains(id)),
            Target::Order | Target::Delivery => true,
        };
        (0..items.len()).filter(|&n| is_its(&items[n])).collect()
    }

    /// A part of what is left, cut down, and at most so much.
    fn part(&self, base: Cents, rate: i128, round_to: Option<Cents>) -> Cents {
        let step = round_to.unwrap_or(self.unit());
        base * rate / (10_000 * step) * step
    }

    /// What the rule takes off these lines of the order, or 0, which is the delivery.
    fn shares(
        &self,
        rule: &Rule,
        items: &[Item],
        its: &[usize],
        left: &Left,
    ) -> Vec<(usize, Cents)> {
        let base = match rule.target {
            Target::Delivery => left.delivery,
            _ => its.iter().map(|&n| left.lines[n]).sum(),
        };
        let (amount, cap) = match &rule.off {
            Off::Units { buy, free } => {
                let of_line = |&n: &usize| {
                    let units = items[n].quantity / (buy + free) * free;
                    let price = self.unit_price(&items[n]);
                    (n + 1, (units * price).min(left.lines[n]))
                };
                return its.iter().map(of_line).collect();
            }
            Off::Amount { amount, cap } => (self.rounded(*amount, 1), cap),
            Off::Rate {
                rate,
                round_to,
                cap,
            } => (self.part(base, *rate, *round_to), cap),
            Off::Steps {
                steps,
                round_to,
                cap,
            } => {
                let units: i128 = its.iter().map(|&n| items[n].quantity).sum();
                let reached = steps.iter().filter(|(from, _)| *from <= units);
                let rate = reached.max_by_key(|step| step.0).map_or(0, |step| step.1);
                (self.part(base, rate, *round_to), cap)
            }
        };
        let amount = cap.map_or(amount, |cap| amount.min(cap)).min(base);
        if rule.target == Target::Delivery {
            return vec![(0, amount)];
        }
        if amount == 0 {
            return Vec::new();
        }
        let of: Vec<Cents> = its.iter().map(|&n| left.lines[n]).collect();
        let lines = its.iter().map(|&n| n + 1);
        lines.zip(spread(amount, &of, self.unit())).collect()
    }

    /// Takes off what the rule says, from the moment on when it is usable; or says why it is not.
    fn take(
        &self,
        by: By,
        rule: &Rule,
        until: Option<i64>,
        items: &[Item],
        left: &mut Left,
    ) -> Result<Discount, &'static str> {
        let is_over = |until: Option<i64>| until.is_some_and(|until| until <= 0);
        let its = self.lines_of(&rule.target, items);
        let sum: Cents = its.iter().map(|&n| self.line_amount(&items[n])).sum();
        let faults = [
            ("disabled", !rule.enabled),
            ("not_yet", rule.from.is_some_and(|from| from > 0)),
            ("over", is_over(rule.until) || is_over(until)),
            ("no_target", its.is_empty()),
            ("min_amount", rule.min_amount.is_some_and(|min| sum < min)),
            (
                "stacking",
                rule.stack_group
                    .is_some_and(|group| left.groups.contains(group)),
            ),
        ];
        if let Some((reason, _)) = faults.into_iter().find(|fault| fault.1) {
            return Err(reason);
        }
        let mut shares = self.shares(rule, items, &its, left);
        shares.retain(|(_, share)| *share > 0);
        if shares.is_empty() {
            return Err("nothing");
        }
        for &(line, share) in &shares {
            match line {
                0 => left.delivery -= share,
                _ => left.lines[line - 1] -= share,
            }
        }
        left.groups.extend(rule.stack_group);
        Ok(Discount {
            by,
            amount: shares.iter().map(|(_, share)| share).sum(),
            shares,
        })
    }

    /// What each promotion and coupon takes off which line, in the order of application; or the first coupon that cannot
    /// be used. A coupon that the buyer does not have has no place in that order: it is named first.
    pub fn discounts(
        &self,
        items: &[Item],
        post_code: Option<&str>,
        buyer: Buyer,
        chosen: &[u64],
    ) -> Result<Vec<Discount>, Fault> {
        self.judged(items, post_code, buyer, chosen).1
    }

    /// The same, and first why promotions were passed over, by their places.
    pub fn judged(
        &self,
        items: &[Item],
        post_code: Option<&str>,
        buyer: Buyer,
        chosen: &[u64],
    ) -> (Passed, Result<Vec<Discount>, Fault>) {
        let mut left = Left {
            lines: items.iter().map(|item| self.line_amount(item)).collect(),
            delivery: 0,
            groups: BTreeSet::new(),
        };
        let (mut passed, mut discounts) = (Vec::new(), Vec::new());
        let mut promotions: Vec<(usize, &Promotion)> = self.promotions.iter().enumerate().collect();
        promotions.sort_by_key(|(_, it)| (it.rule.target.place(), it.rule.apply_order, it.code));
        let mut fault = None;
        for of_delivery in [false, true] {
            if of_delivery {
                let parcels = self.parcels(items, post_code, &discounts);
                left.delivery = parcels.iter().map(|parcel| parcel.fee).sum();
            }
            let is_its = |rule: &Rule| (rule.target == Target::Delivery) == of_delivery;
            for &(place, it) in promotions.iter().filter(|(_, it)| is_its(&it.rule)) {
                if it.first_order && buyer.has_order {
                    passed.push((place, "first_order"));
                    continue;
                }
                match self.take(By::Promotion(place), &it.rule, None, items, &mut left) {
                    Ok(discount) => discounts.push(discount),
                    Err(reason) => passed.push((place, reason)),
                }
            }
            if fault.is_none() {
                match self.coupon_discounts(items, buyer, chosen, of_delivery, &mut left) {
                    Ok(coupons) => discounts.extend(coupons),
                    Err(its) => fault = Some(its),
                }
            }
        }
        (passed, fault.map_or(Ok(discounts), Err))
    }

    /// Of goods, or of their delivery.
    fn coupon_discounts(
        &self,
        items: &[Item],
        buyer: Buyer,
        chosen: &[u64],
        of_delivery: bool,
        left: &mut Left,
    ) -> Result<Vec<Discount>, Fault> {
        let mut chosen = chosen.to_vec();
        chosen.sort_unstable();
        let mut coupons = Vec::new();
        for no in chosen {
            let its = |one: &&Issued| one.no == no && one.buyer == buyer.name;
            let Some(one) = buyer.issued.iter().find(its) else {
                let reason = "unknown";
                return Err(Fault { no, reason });
            };
            coupons.push((one, &self.coupons[one.coupon]));
        }
        coupons.retain(|(_, it)| (it.rule.target == Target::Delivery) == of_delivery);
        coupons.sort_by_key(|(one, it)| (it.rule.target.place(), it.rule.apply_order, one.no));
        let mut discounts = Vec::new();
        for (one, coupon) in coupons {
            let fault = |reason| Fault { no: one.no, reason };
            match one.state {
                State::Used(_) => return Err(fault("used")),
                State::Held(_) => return Err(fault("held")),
                State::Unused => {}
            }
            let by = By::Coupon {
                no: one.no,
                place: one.coupon,
            };
            let taken = self.take(by, &coupon.rule, one.until, items, left);
            discounts.push(taken.map_err(fault)?);
            let orders: BTreeSet<&String> = (buyer.issued.iter())
                .filter(|other| other.coupon == one.coupon)
                .filter_map(|other| match &other.state {
                    State::Held(order) | State::Used(order) => Some(order),
                    State::Unused => None,
                })
                .collect();
            if coupon.use_limit.is_some_and(|most| orders.len() >= most) {
                return Err(fault("used_up"));
            }
        }
        Ok(discounts)
    }

    pub fn totals(
        &self,
        items: &[Item],
        post_code: Option<&str>,
        discounts: &[Discount],
    ) -> Totals {
        let products: Cents = items.iter().map(|item| self.line_amount(item)).sum();
        let parcels = self.parcels(items, post_code, discounts);
        let delivery = parcels.iter().map(|parcel| parcel.fee).sum();
        let discount: Cents = discounts.iter().map(|one| one.amount).sum();
        let shares = discounts.iter().flat_map(|one| &one.shares);
        let mut tax_free = 0;
        for (n, item) in items.iter().enumerate() {
            if item.product.tax_free {
                let its = shares.clone().filter(|(line, _)| *line == n + 1);
                tax_free += self.line_amount(item) - its.map(|(_, share)| share).sum::<Cents>();
            }
        }
        let total = products - discount + delivery;
        let taxable = total - tax_free;
        let vat = self.rounded(taxable * self.vat_rate, 10_000 + self.vat_rate);
        Totals {
            products,
            discount,
            points: 0,
            cash: 0,
            delivery,
            total,
            supply: taxable - vat,
            vat,
            tax_free,
        }
    }

    /// The same when points and cash pay a part, and what they pay: kind, line (0 = delivery), amount. Points come first;
    /// each is spread over what is left of the lines and the delivery, whose turn for an odd unit comes last.
    pub fn paid_with(
        &self,
        items: &[Item],
        post_code: Option<&str>,
        discounts: &[Discount],
        [points, cash]: [Cents; 2],
    ) -> (Totals, Vec<(&'static str, usize, Cents)>) {
        let mut totals = self.totals(items, post_code, discounts);
        let taken = |line: usize| {
            let shares = discounts.iter().flat_map(|one| &one.shares);
            let its = shares.filter(|(of, _)| *of == line);
            its.map(|(_, share)| share).sum::<Cents>()
        };
        let lines = items.iter().enumerate();
        let mut left: Vec<Cents> = lines
            .map(|(n, item)| self.line_amount(item) - taken(n + 1))
            .collect();
        left.push(totals.delivery - taken(0));
        let mut paid = Vec::new();
        for (kind, amount) in [("point", points), ("cash", cash)] {
            if amount == 0 {
                continue;
            }
            for (n, share) in spread(amount, &left, self.unit()).into_iter().enumerate() {
                left[n] -= share;
                if share > 0 {
                    paid.push((kind, (n + 1) % (items.len() + 1), share));
                }
            }
        }
        let lines = items.iter().zip(&left);
        let tax_free = lines.filter(|(item, _)| item.product.tax_free);
        totals.tax_free = tax_free.map(|(_, left)| left).sum();
        totals.points = points;
        totals.cash = cash;
        totals.total -= points + cash;
        let taxable = totals.total - totals.tax_free;
        totals.vat = self.rounded(taxable * self.vat_rate, 10_000 + self.vat_rate);
        totals.supply = taxable - totals.vat;
        (totals, paid)
    }
}

/// What of an amount falls on each line, of which so much is left.
pub fn spread(amount: Cents, left: &[Cents], unit: Cents) -> Vec<Cents> {
    let base: Cents = left.iter().sum();
    let exact = |n: usize| (amount * left[n], base * unit);
    let mut shares: Vec<Cents> = (0..left.len())
        .map(|n| exact(n).0 / exact(n).1 * unit)
        .collect();
    let mut lines: Vec<usize> = (0..left.len()).collect();
    // Stable: of equal remainders, the upper line stays first.
    lines.sort_by_key(|&n| std::cmp::Reverse(exact(n).0 % exact(n).1));
    let units = (amount - shares.iter().sum::<Cents>()) / unit;
    for &n in &lines[..usize::try_from(units).expect("fewer than lines")] {
        shares[n] += unit;
    }
    shares
}

impl Totals {
    /// In the order of [`super::AMOUNTS`].
    pub fn amounts(&self) -> Vec<String> {
        [
            self.products,
            self.discount,
            self.points,
            self.cash,
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

#[test]
fn the_oracle_spreads_every_unit_and_the_odd_ones_by_their_remainders() {
    for (amount, left, unit, expected) in [
        // A third each is 333.33…: one unit is left, and all remainders are equal.
        (1000, &[3333, 3333, 3333][..], 1, &[334, 333, 333][..]),
        (1001, &[3333, 3333, 3333], 1, &[334, 334, 333]),
        // 1.5 and 1.5 and 0: the upper one.
        (3, &[5, 5, 0], 1, &[2, 1, 0]),
        // 0.3, 0.6, 2.1: the largest remainder, and not the largest line.
        (3, &[10, 20, 70], 1, &[0, 1, 2]),
        // In won: 500 of 1000 and 2000 are 166.67 and 333.33.
        (50_000, &[100_000, 200_000], 100, &[16_700, 33_300]),
        // All of it.
        (6, &[1, 2, 3], 1, &[1, 2, 3]),
    ] {
        assert_eq!(spread(amount, left, unit), expected, "{amount} of {left:?}");
    }
}
