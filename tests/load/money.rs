//! Money in hundredths, and what the application makes of priced lines: the same rules as `calc_cart_totals`.

/// Hundredths of the currency unit.
pub type Money = i64;

/// `12345.60` for 1234560, as a DECIMAL(18,2) prints.
pub fn text(money: Money) -> String {
    format!("{}.{:02}", money / 100, money % 100)
}

/// Reads a DECIMAL with at most two decimals, as the server sends it.
pub fn parse(text: &str) -> Money {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole: Money = whole.parse().expect("an amount");
    let part: Money = format!("{part:0<2}")[..2].parse().expect("hundredths");
    whole * 100 + part
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

/// Lines to totals. `digits` are the currency's decimals, `vat_rate` is in ten-thousandths.
pub fn totals(lines: &[Line], digits: u32, vat_rate: i64) -> Totals {
    let unit = 10_i64.pow(2 - digits);
    let products = lines.iter().map(|line| line.amount).sum();
    let tax_free = lines
        .iter()
        .filter(|line| line.tax_free)
        .map(|line| line.amount)
        .sum();
    let mut shipping = 0;
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
            Delivery::Free => 0,
            Delivery::FreeOver(limit) if sum >= limit => 0,
            Delivery::FreeOver(_) | Delivery::Fixed => line.base_cost,
        };
        shipping += round(parcel.iter().map(fee).max().unwrap_or(0), unit, 1);
    }
    let total: Money = products + shipping;
    let taxable = total - tax_free;
    let vat = round(taxable * vat_rate, unit, 10_000 + vat_rate);
    Totals {
        products,
        shipping,
        total,
        supply: taxable - vat,
        vat,
        tax_free,
    }
}

/// `value / divisor`, rounded half up to a multiple of `unit`.
fn round(value: i64, unit: i64, divisor: i64) -> i64 {
    let step = unit * divisor;
    (2 * value + step) / (2 * step) * unit
}
