//! Promotions of random shops: what they are, and how they are changed to meet a border of a cart.

use std::collections::{BTreeMap, BTreeSet};

use super::oracle::*;
use super::random_coupons::CATEGORIES;
use super::random_shop::Random;

/// Makes dice of their own from a seed: shops, carts and coupons stay what they are without promotions.
pub const PROMOTIONS: u64 = 0x5052_4f4d_4f54_494f;

/// Most promotions of a shop, by name; these are sorted by byte, not by letter.
pub const CODES: [&str; 4] = ["p", "P", "Z 1", "할인"];

const DAY: i64 = 86_400;

impl Random {
    /// From none to four.
    pub fn promotions(&mut self, shop: &Shop) -> Vec<Promotion> {
        let count = self.below(CODES.len() + 1);
        let codes = CODES.iter().take(count);
        codes.map(|code| self.promotion(shop, code)).collect()
    }

    pub fn promotion(&mut self, shop: &Shop, code: &'static str) -> Promotion {
        let target = match self.below(10) {
            0..=2 => Target::Order,
            3..=5 => {
                let ids =
                    (0..12).map(|_| shop.products[self.below(shop.products.len())].id.clone());
                Target::Products(ids.collect())
            }
            6 | 7 => {
                let ids = (0..2).map(|_| CATEGORIES[self.below(CATEGORIES.len())].to_owned());
                Target::Categories(ids.collect())
            }
            _ => Target::Delivery,
        };
        let off = self.promotion_off(shop, &target);
        let rule = Rule {
            target,
            off,
            min_amount: self.percent(25).then(|| self.amount(shop)),
            stack_group: [None, None, None, Some("a"), Some("b")][self.below(5)],
            apply_order: [100, 100, 90, 110][self.below(4)],
            enabled: !self.percent(10),
            from: [None, None, Some(-DAY)][self.below(3)].or(self.percent(8).then_some(DAY)),
            until: [None, None, Some(2 * DAY)][self.below(3)]
                .or(self.percent(8).then_some(-DAY / 2)),
        };
        Promotion {
            code,
            rule,
            first_order: self.percent(20),
        }
    }

    fn promotion_off(&mut self, shop: &Shop, target: &Target) -> Off {
        let kinds = if *target == Target::Delivery { 2 } else { 5 };
        match self.below(kinds) {
            0 => Off::Amount {
                // Now and then with more decimals than the currency has.
                amount: self.amount(shop) / 4 + [0, 0, 50, 49, 1][self.below(5)] + shop.unit(),
                cap: self.percent(20).then(|| self.amount(shop)),
            },
            1 => Off::Rate {
                rate: self.rate(),
                round_to: self.round_to(shop),
                cap: self.percent(40).then(|| self.amount(shop)),
            },
            2 | 3 => Off::Units {
                buy: [1, 1, 2, 2, 3, 10][self.below(6)],
                free: [1, 1, 1, 2, 3][self.below(5)],
            },
            _ => {
                let mut froms = BTreeSet::new();
                for _ in 0..=self.below(4) {
                    froms.insert([1, 2, 3, 4, 5, 6, 8, 10, 20, 100][self.below(10)]);
                }
                let mut steps: Vec<(i128, i128)> =
                    froms.into_iter().map(|from| (from, self.rate())).collect();
                if self.coin() {
                    steps.reverse();
                }
                Off::Steps {
                    steps,
                    round_to: self.round_to(shop),
                    cap: self.percent(30).then(|| self.amount(shop)),
                }
            }
        }
    }

    fn rate(&mut self) -> i128 {
        let any = 1 + i128::try_from(self.below(10_000)).expect("small");
        [500, 500, 1_000, 1_000, 1_500, 3_333, 10_000, any][self.below(8)]
    }

    fn round_to(&mut self, shop: &Shop) -> Option<Cents> {
        let steps = [1, 10, 100, 1_000].map(|units| units * shop.unit());
        self.percent(50).then(|| steps[self.below(4)])
    }

    /// Makes the promotion meet a border of this very cart.
    pub fn fit_promotion(
        &mut self,
        shop: &Shop,
        promotion: usize,
        items: &[Item],
        post_code: Option<&str>,
    ) -> Promotion {
        let mut it = shop.promotions[promotion].clone();
        let unit = shop.unit();
        let its = shop.lines_of(&it.rule.target, items);
        let sum: Cents = its.iter().map(|&n| shop.line_amount(&items[n])).sum();
        let units: i128 = its.iter().map(|&n| items[n].quantity).sum();
        let parcels = shop.parcels(items, post_code, &[]);
        let of_delivery = it.rule.target == Target::Delivery;
        let base = match of_delivery {
            true => parcels.iter().map(|parcel| parcel.fee).sum(),
            false => sum,
        };
        if base == 0 {
            return it;
        }
        let rule = &mut it.rule;
        (rule.enabled, rule.from, rule.until) = (true, None, None);
        let rate = self.rate();
        let part = base * rate / (10_000 * unit) * unit;
        let other = self.rate();
        match self.below(if of_delivery { 6 } else { 13 }) {
            0 => rule.min_amount = Some(sum),
            1 => rule.min_amount = Some(sum + unit),
            // Just its cap, and a unit more than it.
            2 | 3 if part > unit => {
                let less = [0, unit][self.below(2)];
                rule.off = Off::Rate {
                    rate,
                    round_to: None,
                    cap: Some(part - less),
                };
            }
            4 => rule.off = Off::amount([base, base + unit][self.below(2)]),
            5 => rule.stack_group = Some("a"),
            6 | 7 if units < 60_000 => {
                // Just reached, and missed by one.
                let from = units + [0, 1][self.below(2)];
                rule.off = Off::Steps {
                    steps: vec![(from, rate), (from + 5, other)],
                    round_to: self.round_to(shop),
                    cap: None,
                };
                if from > 1 && self.coin() {
                    let Off::Steps { steps, .. } = &mut rule.off else {
                        unreachable!("of steps")
                    };
                    steps.push((from - 1, other));
                }
            }
            8 | 9 if units < 60_000 => {
                // So many that it is just full, or that one is missing.
                let quantity = items[its[self.below(its.len())]].quantity;
                let all = quantity + [0, 1][self.below(2)];
                if all > 1 {
                    let free =
                        1 + i128::try_from(self.below(usize::try_from(all - 1).expect("small")))
                            .expect("small");
                    rule.off = Off::Units {
                        buy: all - free,
                        free,
                    };
                }
            }
            // What takes off much before units cost nothing: less is left of a line than they cost.
            10 => {
                rule.off = Off::Rate {
                    rate: 9_000,
                    round_to: None,
                    cap: None,
                };
                rule.apply_order = 90;
            }
            // Of delivery there are no units.
            _ if of_delivery => {}
            _ => rule.off = Off::Units { buy: 1, free: 2 },
        }
        it
    }
}

impl Promotion {
    /// Columns of shop_promotions beside its key.
    fn columns(&self) -> Vec<(&'static str, String)> {
        let none = || "NULL".to_owned();
        let (buy, free, steps) = match &self.rule.off {
            Off::Units { buy, free } => (buy.to_string(), free.to_string(), none()),
            Off::Steps { steps, .. } => {
                // As numbers or as texts.
                let step = |(n, (from, rate)): (usize, &(i128, i128))| {
                    let rate = format!("{}.{:04}", rate / 10_000, rate % 10_000);
                    match n % 2 {
                        0 => format!(r#"{{"from":{from},"rate":{rate}}}"#),
                        _ => format!(r#"{{"rate":"{rate}","from":"{from}"}}"#),
                    }
                };
                let steps: Vec<String> = steps.iter().enumerate().map(step).collect();
                (none(), none(), format!("'[{}]'", steps.join(",")))
            }
            Off::Amount { .. } | Off::Rate { .. } => (none(), none(), none()),
        };
        let mut columns = self.rule.columns();
        columns.extend([
            ("promotion_name", format!("'Promotion {}'", self.code)),
            ("buy_units", buy),
            ("free_units", free),
            ("steps", steps),
            ("first_order", u8::from(self.first_order).to_string()),
        ]);
        columns
    }

    pub fn insert_sql(&self, shop: &Shop) -> String {
        let (names, values): (Vec<_>, Vec<_>) = self.columns().into_iter().unzip();
        format!(
            "INSERT INTO shop_promotions (shop_id, promotion_code, {}) VALUES ({}, '{}', {})",
            names.join(", "),
            shop.id,
            self.code,
            values.join(", ")
        )
    }

    pub fn update_sql(&self, shop: &Shop) -> String {
        let columns = self.columns().into_iter();
        let columns: Vec<String> = columns
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        format!(
            "UPDATE shop_promotions SET {} WHERE shop_id = {} AND promotion_code = '{}'",
            columns.join(", "),
            shop.id,
            self.code
        )
    }
}

/// Another promotion, one that is new, one that ends, or one that meets a border of this cart: in the shop that the
/// oracle knows, and as the SQL of a hand.
pub fn move_promotion(
    random: &mut Random,
    shop: &mut Shop,
    items: &[Item],
    post_code: Option<&str>,
) -> String {
    let place = random.below(CODES.len());
    if place >= shop.promotions.len() {
        let new = random.promotion(shop, CODES[shop.promotions.len()]);
        let sql = new.insert_sql(shop);
        shop.promotions.push(new);
        return sql;
    }
    let now = match random.below(10) {
        0..=2 => random.promotion(shop, shop.promotions[place].code),
        3 => {
            let mut it = shop.promotions[place].clone();
            it.rule.enabled = false;
            it
        }
        4 => {
            let mut it = shop.promotions[place].clone();
            it.first_order = !it.first_order;
            it
        }
        _ => random.fit_promotion(shop, place, items, post_code),
    };
    let sql = now.update_sql(shop);
    shop.promotions[place] = now;
    sql
}

/// As the borders of coupons: what the rules tell apart, and how often twelve thousand carts meet it.
#[test]
fn random_carts_meet_every_border_of_promotions() {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let digits = [0, 2, 1][usize::try_from(seed % 3).expect("small")];
        let mut shop = random.shop(1, "XTS", digits, 1_000);
        let mut dice = Random::new(seed ^ !PROMOTIONS);
        let mut issued = Vec::new();
        for cart in 0..200 {
            let catalogue = shop.clone(); // what is changed below is promotions
            let items = random.items(&catalogue);
            let code = random.post_code(&shop);
            let code = Some(code.as_str());
            if dice.percent(40) {
                move_promotion(&mut dice, &mut shop, &items, code);
            }
            let mut chosen = random.choose(&shop, &mut issued, "b", &items);
            let has_order = cart % 4 > 0;
            let (passed, discounts) = loop {
                let buyer = Buyer {
                    name: "b",
                    has_order,
                    issued: &issued,
                };
                match shop.judged(&items, code, buyer, &chosen) {
                    (passed, Ok(discounts)) => break (passed, discounts),
                    (passed, Err(fault)) => {
                        let of_its_group = |place: usize| {
                            let coupon = issued.iter().find(|one| one.no == fault.no);
                            coupon.is_some_and(|one| {
                                let group = shop.coupons[one.coupon].rule.stack_group;
                                passed.iter().all(|(other, _)| *other != place)
                                    && shop.promotions[place].rule.stack_group == group
                            })
                        };
                        let mut places = 0..shop.promotions.len();
                        if fault.reason == "stacking" && places.any(of_its_group) {
                            *met.entry("a coupon of a promotion's group").or_default() += 1;
                        }
                        chosen.retain(|no| *no != fault.no);
                    }
                }
            };
            for what in whats_met(&shop, &items, code, &passed, &discounts, has_order) {
                *met.entry(what).or_default() += 1;
            }
        }
    }
    for what in [
        "products",
        "categories",
        "the order",
        "delivery",
        "an amount",
        "an amount that is rounded",
        "an amount cut by its cap",
        "a rate",
        "units",
        "steps",
        "the cap of a rate",
        "just the cap",
        "the cap of steps",
        "cut down by round_to",
        "not cut down by round_to",
        "steps cut down by round_to",
        "all that is left",
        "more than is left",
        "just min_amount",
        "min_amount missed by one unit",
        "just at a step",
        "one unit below a step",
        "below the first step",
        "the highest of several steps",
        "units of several lines for a step",
        "just full",
        "one is missing",
        "several times full",
        "units for nothing, of which less is left",
        "units of one line and none of another",
        "a line without a share",
        "taxed and tax free lines",
        "for a first order",
        "first_order",
        "disabled",
        "not_yet",
        "over",
        "no_target",
        "min_amount",
        "stacking",
        "nothing",
        "a coupon of a promotion's group",
        "after another one on the same line",
        "a coupon behind a promotion on the same line",
        "applied by name alone",
        "applied against the names",
        "three promotions",
        "nothing to pay",
    ] {
        let times = met.get(what).copied().unwrap_or(0);
        assert!(times >= 30, "{what}: {times} times, {met:#?}");
    }
}

fn whats_met(
    shop: &Shop,
    items: &[Item],
    code: Option<&str>,
    passed: &[(usize, &'static str)],
    discounts: &[Discount],
    has_order: bool,
) -> Vec<&'static str> {
    let unit = shop.unit();
    let mut met: Vec<&str> = passed.iter().map(|(_, reason)| *reason).collect();
    let mut note = |is_met: bool, what| {
        if is_met {
            met.push(what);
        }
    };
    let sum_of = |rule: &Rule| -> (Vec<usize>, Cents, i128) {
        let its = shop.lines_of(&rule.target, items);
        let sum = its.iter().map(|&n| shop.line_amount(&items[n])).sum();
        let units = its.iter().map(|&n| items[n].quantity).sum();
        (its, sum, units)
    };
    for &(place, reason) in passed {
        let rule = &shop.promotions[place].rule;
        let (its, sum, units) = sum_of(rule);
        note(
            reason == "min_amount" && rule.min_amount == Some(sum + unit),
            "min_amount missed by one unit",
        );
        if reason == "nothing" {
            match &rule.off {
                Off::Steps { steps, .. } => {
                    note(
                        steps.iter().all(|(from, _)| *from > units),
                        "below the first step",
                    );
                    note(
                        steps.iter().any(|(from, _)| *from == units + 1),
                        "one unit below a step",
                    );
                }
                Off::Units { buy, free } => note(
                    its.iter().any(|&n| items[n].quantity + 1 == buy + free),
                    "one is missing",
                ),
                Off::Amount { .. } | Off::Rate { .. } => {}
            }
        }
    }
    let mut left: Vec<Cents> = items.iter().map(|item| shop.line_amount(item)).collect();
    let parcels = shop.parcels(items, code, discounts);
    let mut fee_left: Cents = parcels.iter().map(|parcel| parcel.fee).sum();
    let mut touched = BTreeSet::new();
    let mut before: Option<&Promotion> = None;
    for discount in discounts {
        let lines: BTreeSet<usize> = (discount.shares.iter())
            .map(|(line, _)| *line)
            .filter(|line| *line > 0)
            .collect();
        let again = !lines.is_disjoint(&touched);
        if let By::Promotion(place) = discount.by {
            let it = &shop.promotions[place];
            let rule = &it.rule;
            let (its, sum, units) = sum_of(rule);
            let of_delivery = rule.target == Target::Delivery;
            let base = match of_delivery {
                true => fee_left,
                false => its.iter().map(|&n| left[n]).sum(),
            };
            note(
                true,
                match rule.target {
                    Target::Products(_) => "products",
                    Target::Categories(_) => "categories",
                    Target::Order => "the order",
                    Target::Delivery => "delivery",
                },
            );
            note(rule.min_amount == Some(sum), "just min_amount");
            note(discount.amount == base, "all that is left");
            note(again, "after another one on the same line");
            note(it.first_order && !has_order, "for a first order");
            if let Some(before) = before
                && before.rule.target_word() == rule.target_word()
            {
                let same = before.rule.apply_order == rule.apply_order;
                note(same, "applied by name alone");
                note(!same && before.code > it.code, "applied against the names");
            }
            before = Some(it);
            let of_rate = |rate: i128, round_to: Option<Cents>| {
                let step = round_to.unwrap_or(unit);
                let exact = base * rate;
                (exact / (10_000 * step) * step, exact % (10_000 * step) > 0)
            };
            match &rule.off {
                Off::Amount { amount, cap } => {
                    note(true, "an amount");
                    note(amount % unit > 0, "an amount that is rounded");
                    note(
                        cap.is_some_and(|cap| cap < *amount && cap < base),
                        "an amount cut by its cap",
                    );
                    note(cap.is_none() && *amount > base, "more than is left");
                }
                Off::Rate {
                    rate,
                    round_to,
                    cap,
                } => {
                    let (part, is_cut) = of_rate(*rate, *round_to);
                    note(true, "a rate");
                    note(cap.is_some_and(|cap| part > cap), "the cap of a rate");
                    note(*cap == Some(part), "just the cap");
                    note(round_to.is_some() && is_cut, "cut down by round_to");
                    note(round_to.is_some() && !is_cut, "not cut down by round_to");
                }
                Off::Steps {
                    steps,
                    round_to,
                    cap,
                } => {
                    let reached = steps.iter().filter(|(from, _)| *from <= units);
                    let several = reached.clone().count() > 1;
                    let &(from, rate) = reached.max_by_key(|step| step.0).expect("one");
                    let (part, is_cut) = of_rate(rate, *round_to);
                    note(true, "steps");
                    note(from == units, "just at a step");
                    note(
                        steps.iter().any(|(from, _)| *from == units + 1),
                        "one unit below a step",
                    );
                    note(several, "the highest of several steps");
                    note(
                        its.iter().all(|&n| items[n].quantity < from),
                        "units of several lines for a step",
                    );
                    note(cap.is_some_and(|cap| part > cap), "the cap of steps");
                    note(round_to.is_some() && is_cut, "steps cut down by round_to");
                }
                Off::Units { buy, free } => {
                    note(true, "units");
                    let times = |n: &usize| items[*n].quantity / (buy + free);
                    note(
                        its.iter().any(|&n| items[n].quantity == buy + free),
                        "just full",
                    );
                    note(its.iter().any(|n| times(n) > 1), "several times full");
                    let cost = |n: &usize| times(n) * free * shop.unit_price(&items[*n]);
                    note(
                        its.iter().any(|n| cost(n) > left[*n]),
                        "units for nothing, of which less is left",
                    );
                    let none = its.iter().filter(|n| times(n) == 0).count();
                    note(
                        none > 0 && none < its.len(),
                        "units of one line and none of another",
                    );
                }
            }
            note(
                !of_delivery && lines.len() < its.len() && !matches!(rule.off, Off::Units { .. }),
                "a line without a share",
            );
            let tax_free: BTreeSet<bool> = lines
                .iter()
                .map(|line| items[line - 1].product.tax_free)
                .collect();
            note(tax_free.len() == 2, "taxed and tax free lines");
        } else {
            let behind = before.is_some() && again;
            note(behind, "a coupon behind a promotion on the same line");
        }
        // No line gives more than it has, and the shares are the discount.
        let shares = discount.shares.iter().map(|(_, share)| share);
        assert_eq!(shares.sum::<Cents>(), discount.amount);
        for &(line, share) in &discount.shares {
            let from = match line {
                0 => &mut fee_left,
                _ => &mut left[line - 1],
            };
            *from -= share;
            assert!(*from >= 0 && share > 0 && share % unit == 0, "{discount:?}");
        }
        touched.extend(lines);
    }
    let promotions = discounts
        .iter()
        .filter(|one| matches!(one.by, By::Promotion(_)));
    note(promotions.count() == 3, "three promotions");
    let totals = shop.totals(items, code, discounts);
    note(totals.total == 0 && totals.products > 0, "nothing to pay");
    met
}
