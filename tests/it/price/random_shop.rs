//! Shops with random products, policies and carts: the same ones in every run, by their seed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

use super::oracle::*;
use super::random_promotions::PROMOTIONS;
use crate::support::*;

/// The dice, and their seed.
pub struct Random(StdRng, u64);

/// Makes dice of their own from a seed.
const ROUNDING: u64 = 0x524f_554e_4449_4e47;
const AFTER: u64 = 0x4146_5445_5200_0000;

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(StdRng::seed_from_u64(seed), seed)
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

    /// Mostly free from some sum on, or by steps: several of these in one parcel are usual.
    pub fn kind(&mut self, shop: &Shop) -> Kind {
        let scale = if shop.digits == 0 { 100_000 } else { 100 };
        match self.0.random_range(0..12) {
            0 => Kind::Free,
            1 | 2 => Kind::Fixed,
            3 => Kind::Area,
            4..=6 => Kind::Conditional {
                free_over: self.0.random_range(1..=6) * 10 * scale,
            },
            7 | 8 => self.steps(shop, Measure::Weight),
            9 => self.steps(shop, Measure::Quantity),
            _ => self.steps(shop, Measure::Amount),
        }
    }

    /// Up to five steps, in any order, at borders that parcels often meet.
    fn steps(&mut self, shop: &Shop, by: Measure) -> Kind {
        let scale = if shop.digits == 0 { 100_000 } else { 100 };
        let borders: &[i128] = match by {
            Measure::Weight => &[0, 250, 500, 750, 1_000, 1_500, 2_000, 5_000, 20_000],
            Measure::Quantity => &[0, 1, 2, 3, 4, 5, 6, 8, 10, 50],
            Measure::Amount => &[0, 1, 5, 10, 20, 25, 30, 60, 200],
        };
        let widths: &[i128] = match by {
            Measure::Weight => &[250, 500, 700, 1_000],
            Measure::Quantity => &[1, 2, 3, 5],
            Measure::Amount => &[5, 10, 20],
        };
        let hundredths = if by == Measure::Amount { scale } else { 100 };
        let borders = borders.sample(&mut self.0, 5).copied();
        let mut steps = Vec::new();
        for border in borders.collect::<Vec<_>>() {
            let more = self.0.random_bool(0.5).then(|| {
                let every = widths.choose(&mut self.0).expect("some") * hundredths;
                (every, self.cost(shop) / 4)
            });
            let (from, fee) = (border * hundredths, self.cost(shop));
            steps.push(Step { from, fee, more });
        }
        steps.shuffle(&mut self.0);
        steps.truncate(self.0.random_range(1..=5));
        Kind::Steps(by, steps)
    }

    /// Of delivery; also with more decimals than the currency has.
    fn cost(&mut self, shop: &Shop) -> Cents {
        let scale = if shop.digits == 0 { 100_000 } else { 100 };
        self.0.random_range(0..=10) * scale / 2 + [0, 0, 0, 50, 49][self.0.random_range(0..5)]
    }

    pub fn remote(&mut self) -> Remote {
        match self.0.random_range(0..12) {
            0 => Remote::Refuse,
            1..=4 => Remote::Same,
            _ => Remote::Surcharge,
        }
    }

    /// Grams of one unit, of which a few make a border.
    pub fn weight(&mut self) -> Option<i128> {
        match self.0.random_range(0..6) {
            0 => None,
            1 => Some(self.0.random_range(0..=3_000)),
            _ => [50, 125, 250, 500, 1_000].choose(&mut self.0).copied(),
        }
    }

    /// Up to four areas with ranges of 5 and 6 digits, some of one code, some that touch; now and then none.
    pub fn move_areas(&mut self, shop: &mut Shop) {
        shop.areas.clear();
        let scale = if shop.digits == 0 { 100_000 } else { 100 };
        let mut ranges = Vec::new();
        for digits in [5, 6] {
            let mut next = self.0.random_range(0..=5_000);
            for _ in 0..4 {
                let last = next + [0, 1, 9, 644][self.0.random_range(0..4)];
                ranges.push((format!("{next:0digits$}"), format!("{last:0digits$}")));
                next = last + 1 + [0, 1, 2_000][self.0.random_range(0..3)];
            }
        }
        ranges.shuffle(&mut self.0);
        for number in 0..self.0.random_range(0..=4) {
            let surcharge = match self.0.random_range(0..4) {
                0 => 0,
                1 => self.0.random_range(1..=9_999) * shop.unit(),
                _ => self.0.random_range(1..=10) * scale / 2,
            };
            let its = self.0.random_range(1..=2);
            shop.areas.push(Area {
                code: format!("a{number}"),
                surcharge,
                ranges: ranges.split_off(ranges.len() - its),
            });
        }
    }

    /// A postal code: mostly one of an area, or next to one, or nearly as long; with blanks and hyphens at times.
    pub fn post_code(&mut self, shop: &Shop) -> String {
        let ranges: Vec<_> = shop.areas.iter().flat_map(|area| &area.ranges).collect();
        let mut code = match ranges.choose(&mut self.0) {
            Some((from, to)) if self.0.random_bool(0.7) => {
                let digits = from.len();
                let number = |text: &str| text.parse::<i64>().expect("digits");
                let (from, to) = (number(from), number(to));
                let code = match self.0.random_range(0..6) {
                    0 => from,
                    1 => to,
                    2 => (from - 1).max(0),
                    3 => to + 1,
                    _ => self.0.random_range(from..=to),
                };
                format!("{code:0digits$}")
            }
            _ => format!("{:05}", self.0.random_range(0..100_000)),
        };
        match self.0.random_range(0..10) {
            0 => code.push('0'),
            1 => code = code.split_off(1),
            _ => {}
        }
        for mark in [" ", "-", " - "] {
            if self.0.random_bool(0.15) && code.len() + mark.len() <= 10 {
                code.insert_str(self.0.random_range(1..code.len()), mark);
            }
        }
        code
    }

    fn policy(&mut self, shop: &Shop, id: u32) -> Policy {
        Policy {
            id,
            kind: self.kind(shop),
            cost: self.cost(shop),
            group: self.0.random_bool(0.5).then(|| self.0.random_range(1..=2)),
            remote: self.remote(),
            after_discounts: false,
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
            category: None,
            policy: self.0.random_range(0..shop.policies.len()),
            options: Vec::new(),
            weight: self.weight(),
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
            price_unit: None,
            rounding: Rounding::HalfUp,
            policies: Vec::new(),
            products: Vec::new(),
            areas: Vec::new(),
            coupons: Vec::new(),
            promotions: Vec::new(),
        };
        // By dice of their own, as what follows: half of the shops round as the currency does.
        let mut dice = Random::new(self.1 ^ ROUNDING);
        if dice.0.random_bool(0.5) {
            let units = [1, 5, 10, 50, 100].map(|times| times * shop.unit());
            shop.price_unit = dice
                .0
                .random_bool(0.8)
                .then(|| units[dice.0.random_range(0..5)]);
            shop.rounding =
                [Rounding::HalfUp, Rounding::Down, Rounding::Up][dice.0.random_range(0..3)];
        }
        self.move_areas(&mut shop);
        shop.policies = (1..=10).map(|id| self.policy(&shop, id)).collect();
        shop.products = (1..=40).map(|number| self.product(&shop, number)).collect();
        for place in 0..shop.policies.len() {
            self.meet_prices(&mut shop, place);
        }
        // By dice of their own: the rest of the shop, and its carts, stay what they were without them.
        let mut dice = Random::new(!self.1);
        for product in &mut shop.products {
            product.category = dice.category();
        }
        shop.coupons = dice.coupons(&shop);
        shop.promotions = Random::new(self.1 ^ PROMOTIONS).promotions(&shop);
        let mut dice = Random::new(self.1 ^ AFTER);
        for policy in &mut shop.policies {
            policy.after_discounts = dice.coin();
        }
        shop
    }

    /// Half of the policy's steps by sum begin at what one to three of a product cost that ship by it.
    fn meet_prices(&mut self, shop: &mut Shop, place: usize) {
        let its = |product: &&Product| product.policy == place;
        let prices = shop.products.iter().filter(its);
        let prices: Vec<Cents> = prices
            .map(|product| shop.effective_price(product))
            .collect();
        let Kind::Steps(Measure::Amount, steps) = &mut shop.policies[place].kind else {
            return;
        };
        for number in 0..steps.len() {
            let price = prices.choose(&mut self.0).copied().unwrap_or(0);
            let from = price * self.0.random_range(1..=3);
            if self.0.random_bool(0.5) && steps.iter().all(|step| step.from != from) {
                steps[number].from = from;
            }
        }
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

/// `weight` of shop_products.
pub fn grams(weight: Option<i128>) -> String {
    weight.map_or("NULL".to_owned(), |grams| grams.to_string())
}

pub fn or_null(cents: Option<Cents>) -> String {
    cents.map_or("NULL".to_owned(), money)
}

pub fn text_or_null(text: Option<&str>) -> String {
    text.map_or("NULL".to_owned(), |text| format!("'{text}'"))
}

/// Writes the shop into a database that has the fixture: its payment gateway is copied.
pub async fn write_shop(db: &TestDb, shop: &Shop) {
    let (id, currency, digits) = (shop.id, shop.currency, shop.digits);
    let vat = shop.vat_rate;
    let unit = shop.price_unit.map_or("NULL".to_owned(), money);
    let rounding = shop.rounding.name();
    db.exec(&format!(
        "INSERT INTO shops (shop_id, shop_name, currency, currency_digits, vat_rate, price_unit, price_rounding,
             total_tolerance, gateway_url, result_url, error_url, allowed_origins_json)
         VALUES ({id}, 'Shop {id}', '{currency}', {digits}, {vat} / 10000, {unit}, '{rounding}', 0, 'http://g', 'http://r',
             'http://e', '[]')"
    ))
    .await;
    db.copy_adapter(id, &format!("M{id}")).await;
    let mut sql = String::new();
    for policy in &shop.policies {
        let (kind, free_over, steps) = policy.kind.columns();
        let remote = policy.remote.word();
        let basis = policy.amount_basis();
        let group = policy.group.map_or("NULL".to_owned(), |g| g.to_string());
        writeln!(
            sql,
            "INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, free_over, steps, remote,
                 amount_basis, combine_group_id)
             VALUES ({id}, {}, '{kind}', '{kind}', {}, {}, {steps}, '{remote}', '{basis}', {group});",
            policy.id,
            money(policy.cost),
            free_over
        )
        .unwrap();
    }
    for product in &shop.products {
        let tax = if product.tax_free { "free" } else { "taxable" };
        let name = &product.id;
        let category = text_or_null(product.category);
        writeln!(
            sql,
            "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, discount_rate,
                 tax_type, category_id, weight, delivery_policy_id)
             VALUES ({id}, '{name}', 'Product {name}', {}, {}, {} / 10000, '{tax}', {category}, {}, {});
             INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
             VALUES ({id}, '{name}', '__noopt__', {UNITS}, UTC_TIMESTAMP(6)),
                    ({id}, '{name}', 'own', {UNITS}, UTC_TIMESTAMP(6)),
                    ({id}, '{name}', 'shared', {UNITS}, UTC_TIMESTAMP(6));",
            money(product.list_price),
            or_null(product.sale_price),
            product.discount_rate,
            grams(product.weight),
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
    db.exec(&shop.areas_call()).await;
    let coupons = shop.coupons.iter().map(|coupon| coupon.insert_sql(shop));
    db.exec(&coupons.collect::<Vec<_>>().join(";")).await;
    for promotion in &shop.promotions {
        db.exec(&promotion.insert_sql(shop)).await;
    }
    for product in shop.products.iter().step_by(9) {
        db.exec(&format!(
            "CALL update_adm_stock_strategy({id}, '{}', 'slots', '3')",
            product.id
        ))
        .await;
    }
}

/// What the rules tell apart, and how often three thousand carts meet it: a test of the dice, which asks no server.
#[test]
fn random_carts_meet_every_border_of_delivery() {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..30 {
        let mut random = Random::new(seed);
        let digits = if seed % 2 == 0 { 0 } else { 2 };
        let shop = random.shop(1, "XTS", digits, 1_000);
        for _ in 0..100 {
            let items = random.items(&shop);
            let code = random.post_code(&shop);
            for what in whats_met(&shop, &items, &code) {
                *met.entry(what).or_default() += 1;
            }
        }
    }
    for what in [
        "exactly at a step of weight",
        "exactly at a step of units",
        "exactly at a step of the sum",
        "below the first step",
        "just full every",
        "several full every",
        "steps beside a limit of free delivery",
        "nothing weighed",
        "a surcharge on a free parcel",
        "two surcharges",
        "one of the policies alone costs more",
        "no surcharge for a parcel in an area",
        "refused in an area",
        "first of a range",
        "last of a range",
        "in an area, with marks",
        "outside, next to a range",
        "a range of another length",
    ] {
        let times = met.get(what).copied().unwrap_or(0);
        assert!(times >= 30, "{what}: {times} times, {met:#?}");
    }
}

fn whats_met(shop: &Shop, items: &[Item], code: &str) -> Vec<&'static str> {
    let mut met = Vec::new();
    let mut note = |is_met: bool, what| {
        if is_met {
            met.push(what);
        }
    };
    let area = shop.area(Some(code));
    let parcels = shop.parcels(items, Some(code), &[]);
    for parcel in &parcels {
        let its = |policy: &&Policy| parcel.policies.contains(&policy.id);
        let policies: Vec<&Policy> = shop.policies.iter().filter(its).collect();
        let mut steps_in_it = false;
        for policy in &policies {
            let Kind::Steps(by, steps) = &policy.kind else {
                continue;
            };
            steps_in_it = true;
            let measure = parcel.measure(*by, policy);
            note(
                steps.iter().any(|step| step.from == measure && measure > 0),
                match by {
                    Measure::Weight => "exactly at a step of weight",
                    Measure::Quantity => "exactly at a step of units",
                    Measure::Amount => "exactly at a step of the sum",
                },
            );
            let reached = steps.iter().filter(|step| step.from <= measure);
            let step = reached.max_by_key(|step| step.from);
            note(step.is_none(), "below the first step");
            if let Some((every, beyond)) =
                step.and_then(|step| step.more.map(|more| (more.0, measure - step.from)))
            {
                note(beyond == every, "just full every");
                note(beyond / every > 1, "several full every");
            }
            note(*by == Measure::Weight && measure == 0, "nothing weighed");
        }
        let limited = |policy: &&Policy| matches!(policy.kind, Kind::Conditional { .. });
        note(
            steps_in_it && policies.iter().any(limited),
            "steps beside a limit of free delivery",
        );
        let remotes: Vec<Remote> = policies.iter().map(|policy| policy.remote).collect();
        note(
            parcel.surcharge > 0 && parcel.fee == parcel.surcharge,
            "a surcharge on a free parcel",
        );
        note(
            parcel.surcharge > 0 && remotes.contains(&Remote::Same),
            "one of the policies alone costs more",
        );
        let costs_more = area.is_some_and(|area| area.surcharge > 0);
        note(
            costs_more && parcel.surcharge == 0,
            "no surcharge for a parcel in an area",
        );
    }
    let surcharged = parcels.iter().filter(|parcel| parcel.surcharge > 0).count();
    note(surcharged > 1, "two surcharges");
    note(
        !shop.undelivered(items, Some(code)).is_empty(),
        "refused in an area",
    );
    let bare = code.replace([' ', '-'], "");
    note(area.is_some() && bare != code, "in an area, with marks");
    let number: Option<i64> = bare.parse().ok();
    for (from, to) in shop.areas.iter().flat_map(|area| &area.ranges) {
        note(bare == *from && from != to, "first of a range");
        note(bare == *to && from != to, "last of a range");
        let near = |end: &str, by: i64| {
            let end: Option<i64> = end.parse().ok();
            end.map(|end| end + by) == number && bare.len() == from.len()
        };
        note(
            area.is_none() && (near(from, -1) || near(to, 1)),
            "outside, next to a range",
        );
        let within = *from <= bare && bare <= *to;
        note(
            within && bare.len() != from.len(),
            "a range of another length",
        );
    }
    met
}
