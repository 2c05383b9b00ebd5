//! What things cost: one file per routine or view, and `oracle`, which works it out a second time.

mod after_discounts;
mod calc_cart_totals;
mod coupons;
mod delivery;
mod effective_price;
mod kept_prices;
mod minor_units;
mod moment;
mod oracle;
mod planned_prices;
mod price_rows;
mod price_storm;
mod promised_prices;
mod quote_is_charge;
mod random_change;
mod random_coupons;
mod random_promotions;
mod random_shop;
mod same_words;
mod too_large;

use crate::support::*;

/// Columns of a quote, after `result`, that are amounts.
pub const AMOUNTS: [&str; 9] = [
    "product_total_price",
    "discount_total",
    "point_used",
    "cash_used",
    "shipping_fee",
    "total_payment",
    "supply_amount",
    "vat_amount",
    "tax_free_amount",
];

/// The amounts in a row of a quote or of an order.
pub fn amounts(row: &Row) -> Vec<String> {
    AMOUNTS.iter().map(|name| row.str(name)).collect()
}
