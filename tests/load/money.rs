//! Money, and what the application makes of priced lines: the same rules as `calc_cart_totals`.

use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};

pub type Money = Decimal;

/// `12345.60` for 12345.6, as a DECIMAL(18,2) prints.
pub fn text(money: Money) -> String {
    format!("{money:.2}")
}

/// Reads a DECIMAL, as the server sends it.
pub fn parse(text: &str) -> Decimal {
    text.parse().expect("a decimal number")
}

/// How a delivery policy charges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Free,
    /// This much from nothing on; `area` costs the same everywhere for now.
    Fixed,
    /// Nothing from this sum of the parcel on.
    FreeOver(Money),
}

/// What totals are made of.
#[derive(Clone, Debug)]
pub struct Line {
    pub amount: Money,
    pub tax_free: bool,
    /// Lines of one group are one parcel.
    pub group: String,
    pub delivery: Delivery,
    pub base_cost: Money,
}

/// Amounts of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub products: Money,
    pub shipping: Money,
    pub total: Money,
    pub supply: Money,
    pub vat: Money,
    pub tax_free: Money,
}

/// Lines to totals. `digits` are the currency's decimals, `vat_rate` is a part of 1.
pub fn totals(lines: &[Line], digits: u32, vat_rate: Decimal) -> Totals {
    let round = |money: Money| money.round_dp_with_strategy(digits, MidpointAwayFromZero);
    let products = lines.iter().map(|line| line.amount).sum();
    let tax_free = lines
        .iter()
        .filter(|line| line.tax_free)
        .map(|line| line.amount)
        .sum();
    let mut shipping = Money::ZERO;
    for (at, line) in lines.iter().enumerate() {
        if lines[..at].iter().any(|before| before.group == line.group) {
            continue; // this parcel is charged already
        }
        let parcel: Vec<&Line> = lines
            .iter()
            .filter(|other| other.group == line.group)
            .collect();
        let sum: Money = parcel.iter().map(|line| line.amount).sum();
        let fee = |line: &&Line| match line.delivery {
            Delivery::Free => Money::ZERO,
            Delivery::FreeOver(limit) if sum >= limit => Money::ZERO,
            Delivery::FreeOver(_) | Delivery::Fixed => line.base_cost,
        };
        shipping += round(parcel.iter().map(fee).max().unwrap_or_default());
    }
    let total: Money = products + shipping;
    let taxable = total - tax_free;
    let vat = round(taxable * vat_rate / (Decimal::ONE + vat_rate));
    Totals {
        products,
        shipping,
        total,
        supply: taxable - vat,
        vat,
        tax_free,
    }
}
