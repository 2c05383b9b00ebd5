//! What a cart costs, worked out from the shop's rules as they are told in words, and from nothing that the SQL does.
//! In whole numbers and not in `Decimal`s, which round at their 28th digit as the server's do elsewhere:
//!
//! - A product costs its sale price, or its list price where the sale price is 0 or missing, less the discount
//!   rate, rounded to the currency's unit, half away from zero. A chosen option adds its price, rounded likewise,
//!   and so is a delivery fee: the currency has no smaller unit.
//! - A line is that, times the quantity.
//! - Delivery: lines ship together that have one policy, or policies of one combine group. A policy asks for
//!   nothing (free), for its cost (fixed, area), or for its cost unless the sum shipped together has reached
//!   free_over (conditional, inclusive). A parcel of several policies pays the highest fee one of them asks for.
//! - Prices contain VAT; what is tax free does not; delivery is taxable.

use std::collections::BTreeMap;

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
}

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Free,
    Fixed,
    Conditional { free_over: Cents },
    Area,
}

#[derive(Clone, Debug)]
pub struct Policy {
    pub id: u32,
    pub kind: Kind,
    pub cost: Cents,
    pub group: Option<u32>,
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
}

/// Product, option if any, quantity.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub product: &'a Product,
    pub option: Option<&'a (String, Cents)>,
    pub quantity: i128,
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

    fn delivery(&self, items: &[Item]) -> Cents {
        // Parcel -> its sum, and the policies in it.
        let mut parcels: BTreeMap<(bool, u32), (Cents, Vec<&Policy>)> = BTreeMap::new();
        for item in items {
            let policy = &self.policies[item.product.policy];
            let key = match policy.group {
                Some(group) => (true, group),
                None => (false, policy.id),
            };
            let parcel = parcels.entry(key).or_default();
            parcel.0 += self.line_amount(item);
            parcel.1.push(policy);
        }
        let fee = |sum: Cents, policy: &Policy| match policy.kind {
            Kind::Free => 0,
            Kind::Fixed | Kind::Area => policy.cost,
            Kind::Conditional { free_over } if sum >= free_over => 0,
            Kind::Conditional { .. } => policy.cost,
        };
        parcels
            .values()
            .map(|(sum, policies)| policies.iter().map(|p| fee(*sum, p)).max().unwrap_or(0))
            .map(|fee| self.rounded(fee, 1))
            .sum()
    }

    pub fn totals(&self, items: &[Item]) -> Totals {
        let products: Cents = items.iter().map(|item| self.line_amount(item)).sum();
        let delivery = self.delivery(items);
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
