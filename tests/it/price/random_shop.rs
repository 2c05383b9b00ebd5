//! Shops with random products, policies and carts: the same ones in every run, by their seed.

use std::fmt::Write as _;

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

use super::oracle::*;
use crate::support::*;

pub struct Random(StdRng);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(StdRng::seed_from_u64(seed))
    }

    /// A price. Round ones are frequent, so that sums meet the limits of free delivery exactly.
    pub fn price(&mut self, shop: &Shop) -> Cents {
        let scale = if shop.digits == 0 { 100_000 } else { 100 };
        match self.0.random_range(0..10) {
            0..=4 => self.0.random_range(1..=30) * scale,
            5..=7 => self.0.random_range(1..=5_000) * scale / 100,
            8 => self.0.random_range(1..=99_999),
            _ => self.0.random_range(1..=900) * scale * 1_000,
        }
    }

    /// Mostly free from some sum on: several of these in one parcel are usual.
    pub fn kind(&mut self, shop: &Shop) -> Kind {
        let scale = if shop.digits == 0 { 100_000 } else { 100 };
        match self.0.random_range(0..8) {
            0 => Kind::Free,
            1 | 2 => Kind::Fixed,
            3 => Kind::Area,
            _ => Kind::Conditional {
                free_over: self.0.random_range(1..=6) * 10 * scale,
            },
        }
    }

    fn policy(&mut self, shop: &Shop, id: u32) -> Policy {
        let scale = if shop.digits == 0 { 100_000 } else { 100 };
        let kind = self.kind(shop);
        Policy {
            id,
            kind,
            // Also with more decimals than the currency has.
            cost: self.0.random_range(0..=10) * scale / 2
                + [0, 0, 0, 50, 49][self.0.random_range(0..5)],
            group: self.0.random_bool(0.5).then(|| self.0.random_range(1..=2)),
        }
    }

    fn product(&mut self, shop: &Shop, number: usize) -> Product {
        let mut product = Product {
            id: format!("p{number}"),
            list_price: self.price(shop),
            sale_price: match self.0.random_range(0..3) {
                0 => None,
                1 => Some(0),
                _ => Some(self.price(shop)),
            },
            discount_rate: match self.0.random_range(0..6) {
                0..=2 => 0,
                3 => self.0.random_range(1..=9) * 1_000,
                4 => self.0.random_range(0..=10_000),
                _ => *[500, 2_500, 3_333, 10_000].choose(&mut self.0).unwrap(),
            },
            tax_free: self.0.random_bool(0.25),
            policy: self.0.random_range(0..shop.policies.len()),
            options: Vec::new(),
        };
        let price = shop.effective_price(&product);
        for option in 0..self.0.random_range(0..=3) {
            let add = match self.0.random_range(0..4) {
                0 => 0,
                3 => self.0.random_range(1..=99_999), // with more decimals than the currency may have
                1 => self.0.random_range(1..=50) * 50 * shop.unit(),
                _ => -(self.0.random_range(0..=price / shop.unit()) * shop.unit()), // down to a price of 0
            };
            product.options.push((format!("o{option}"), add));
        }
        product
    }

    pub fn shop(&mut self, id: u32, currency: &'static str, digits: u32, vat_rate: i128) -> Shop {
        let mut shop = Shop {
            id,
            currency,
            digits,
            vat_rate,
            policies: Vec::new(),
            products: Vec::new(),
        };
        shop.policies = (1..=8).map(|id| self.policy(&shop, id)).collect();
        shop.products = (1..=40).map(|number| self.product(&shop, number)).collect();
        shop
    }

    /// Up to 8 lines, now and then up to 30, no product twice with one option.
    pub fn items<'a>(&mut self, shop: &'a Shop) -> Vec<Item<'a>> {
        let mut items: Vec<Item> = Vec::new();
        let most = if self.percent(10) { 30 } else { 8 };
        for _ in 0..self.0.random_range(1..=most) {
            let product = shop.products.choose(&mut self.0).unwrap();
            let option = product
                .options
                .choose(&mut self.0)
                .filter(|_| self.0.random_bool(0.7));
            let quantity = match self.0.random_range(0..20) {
                0 => 99_999,
                1..=4 => self.0.random_range(1..=99),
                _ => self.0.random_range(1..=3),
            };
            let same = |item: &Item| {
                item.product.id == product.id && item.option.map(|o| &o.0) == option.map(|o| &o.0)
            };
            if !items.iter().any(same) {
                items.push(Item {
                    product,
                    option,
                    quantity,
                });
            }
        }
        items
    }

    /// The ids in any order and in any of the forms that callers use.
    pub fn ids_json(&mut self, ids: &[i64]) -> String {
        let mut ids = ids.to_vec();
        ids.shuffle(&mut self.0);
        let texts: Vec<String> = ids
            .iter()
            .map(|id| match self.0.random_range(0..4) {
                0 => format!("\"{id}\""),
                1 => format!("{{\"id\":{id}}}"),
                2 => format!("{{ \"id\" : \"{id}\", \"price\": 9 }}"),
                _ => id.to_string(),
            })
            .collect();
        format!("[{}]", texts.join(","))
    }

    /// Some of them, at least one.
    pub fn some_of(&mut self, all: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..all).collect();
        numbers.shuffle(&mut self.0);
        numbers.truncate(self.0.random_range(1..=all));
        numbers.sort_unstable();
        numbers
    }

    pub fn coin(&mut self) -> bool {
        self.0.random_bool(0.5)
    }

    /// Yes, this many times out of a hundred.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.0.random_range(0..100) < chance
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0.random_range(0..limit)
    }
}

/// Units of every stock row, to begin with.
pub const UNITS: i128 = 1_000_000_000;

/// Which stock row of a product an option is taken from: half of the products have one for all, the others one for the
/// first option and one for the rest.
pub fn stock_key(product: &Product, option: Option<&str>) -> &'static str {
    let even = product.id.ends_with(['0', '2', '4', '6', '8']);
    match option {
        Some("o0") if even => "own",
        Some(_) if even => "shared",
        _ => NO_OPTION,
    }
}

pub fn or_null(cents: Option<Cents>) -> String {
    cents.map_or("NULL".to_owned(), money)
}

/// Writes the shop into a database that has the fixture: its payment gateway is copied.
pub async fn write_shop(db: &TestDb, shop: &Shop) {
    let (id, currency, digits) = (shop.id, shop.currency, shop.digits);
    let vat = shop.vat_rate;
    db.exec(&format!(
        "INSERT INTO shops (shop_id, shop_name, currency, currency_digits, vat_rate, total_tolerance, gateway_url,
             result_url, error_url, allowed_origins_json)
         VALUES ({id}, 'Shop {id}', '{currency}', {digits}, {vat} / 10000, 0, 'http://g', 'http://r', 'http://e', '[]')"
    ))
    .await;
    db.copy_adapter(id, &format!("M{id}")).await;
    let mut sql = String::new();
    for policy in &shop.policies {
        let (kind, free_over) = policy.kind.columns();
        let group = policy.group.map_or("NULL".to_owned(), |g| g.to_string());
        writeln!(
            sql,
            "INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, free_over, combine_group_id)
             VALUES ({id}, {}, '{kind}', '{kind}', {}, {}, {group});",
            policy.id,
            money(policy.cost),
            free_over
        )
        .unwrap();
    }
    for product in &shop.products {
        let tax = if product.tax_free { "free" } else { "taxable" };
        let name = &product.id;
        writeln!(
            sql,
            "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, discount_rate,
                 tax_type, delivery_policy_id)
             VALUES ({id}, '{name}', 'Product {name}', {}, {}, {} / 10000, '{tax}', {});
             INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
             VALUES ({id}, '{name}', '__noopt__', {UNITS}, UTC_TIMESTAMP(6)),
                    ({id}, '{name}', 'own', {UNITS}, UTC_TIMESTAMP(6)),
                    ({id}, '{name}', 'shared', {UNITS}, UTC_TIMESTAMP(6));",
            money(product.list_price),
            or_null(product.sale_price),
            product.discount_rate,
            shop.policies[product.policy].id
        )
        .unwrap();
        for (hash, add) in &product.options {
            writeln!(
                sql,
                "INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price,
                     stock_option_hash)
                 VALUES ({id}, '{name}', '{hash}', 'option {hash}', {}, '{}');",
                money(*add),
                stock_key(product, Some(hash))
            )
            .unwrap();
        }
    }
    writeln!(
        sql,
        "INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, free, 'first', 'test', UTC_TIMESTAMP(6)
         FROM shop_stock WHERE shop_id = {id}"
    )
    .unwrap();
    db.exec(&sql).await;
    for product in shop.products.iter().step_by(9) {
        db.exec(&format!(
            "CALL update_adm_stock_strategy({id}, '{}', 'slots', '3')",
            product.id
        ))
        .await;
    }
}
