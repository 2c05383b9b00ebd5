//! Coupons of random shops: what they are, who has them, and which of them a random cart tries.

use std::collections::{BTreeMap, BTreeSet};

use super::oracle::*;
use super::random_shop::{Random, or_null};

/// Coupons of a shop.
const COUPONS: usize = 24;

/// Two of them differ in case only, and one is not of ASCII.
pub const CATEGORIES: [&str; 4] = ["c1", "C1", "c 2", "과일"];

impl Random {
    pub fn category(&mut self) -> Option<&'static str> {
        (!self.percent(20)).then(|| CATEGORIES[self.below(CATEGORIES.len())])
    }

    pub fn coupons(&mut self, shop: &Shop) -> Vec<Coupon> {
        (1..=COUPONS)
            .map(|number| self.coupon(shop, format!("C{number}")))
            .collect()
    }

    pub fn coupon(&mut self, shop: &Shop, code: String) -> Coupon {
        const DAY: i64 = 86_400;
        let target = match self.below(10) {
            0..=3 => Target::Order,
            4..=6 => {
                let ids =
                    (0..10).map(|_| shop.products[self.below(shop.products.len())].id.clone());
                Target::Products(ids.collect())
            }
            7 => {
                let ids = (0..2).map(|_| CATEGORIES[self.below(CATEGORIES.len())].to_owned());
                Target::Categories(ids.collect())
            }
            _ => Target::Delivery,
        };
        let rule = Rule {
            target,
            off: self.off(shop),
            min_amount: self.percent(30).then(|| self.amount(shop)),
            stack_group: [None, None, None, Some("a"), Some("b")][self.below(5)],
            apply_order: [100, 100, 90, 110][self.below(4)],
            enabled: !self.percent(6),
            from: [None, None, Some(-DAY)][self.below(3)].or(self.percent(3).then_some(DAY)),
            until: [None, None, Some(2 * DAY)][self.below(3)]
                .or(self.percent(3).then_some(-DAY / 2)),
        };
        let use_limit = self.percent(15).then(|| 1 + self.below(12));
        Coupon {
            code,
            rule,
            use_limit,
        }
    }

    /// An amount that the currency has, above 0.
    pub fn amount(&mut self, shop: &Shop) -> Cents {
        let price = self.price(shop) / shop.unit() * shop.unit();
        price.max(shop.unit())
    }

    pub fn off(&mut self, shop: &Shop) -> Off {
        if self.percent(40) {
            return Off::amount(self.amount(shop));
        }
        let any = 1 + i128::try_from(self.below(10_000)).expect("small");
        let steps = [1, 10, 100, 1_000].map(|units| units * shop.unit());
        Off::Rate {
            rate: [500, 1_000, 1_500, 3_333, 5_000, 10_000, 10_000, any][self.below(8)],
            round_to: self.percent(60).then(|| steps[self.below(4)]),
            cap: self.percent(40).then(|| self.amount(shop)),
        }
    }

    /// Makes the coupon meet a border of this very cart: a sum that it asks for, or an amount that leaves nothing,
    /// or cannot be spread evenly.
    pub fn fit(
        &mut self,
        shop: &Shop,
        coupon: usize,
        items: &[Item],
        post_code: Option<&str>,
    ) -> Coupon {
        let unit = shop.unit();
        let mut it = shop.coupons[coupon].clone();
        let its = shop.lines_of(&it.rule.target, items);
        let amounts: Vec<Cents> = its.iter().map(|&n| shop.line_amount(&items[n])).collect();
        let sum: Cents = amounts.iter().sum();
        let parcels = shop.parcels(items, post_code, &[]);
        let fee: Cents = parcels.iter().map(|parcel| parcel.fee).sum();
        let of_delivery = it.rule.target == Target::Delivery;
        let base = if of_delivery { fee } else { sum };
        if base == 0 {
            return it;
        }
        // What all lines are multiples of, as far as tens make it.
        let mut coarse = unit;
        while amounts.iter().all(|amount| amount % (coarse * 10) == 0) && coarse < sum {
            coarse *= 10;
        }
        let parts = (2..10).filter(|by| base >= coarse && base / coarse % by == 0);
        let part = parts.map(|by| base / coarse / by * unit).next();
        let rule = &mut it.rule;
        rule.enabled = true;
        // A parcel, and what it costs beyond the sum from which it is free after discounts.
        let beyond = parcels.iter().find_map(|parcel| {
            let its = |policy: &&Policy| parcel.policies.contains(&policy.id);
            let mut policies = shop.policies.iter().filter(its);
            policies.find_map(|policy| match policy.kind {
                Kind::Conditional { free_over } if policy.after_discounts => {
                    (parcel.amount > free_over).then_some((parcel, parcel.amount - free_over))
                }
                _ => None,
            })
        });
        match self.below(10) {
            // Just free, or just not.
            1 | 8 | 9 if let Some((parcel, beyond)) = beyond => {
                let ships = |item: &&Item| {
                    parcel
                        .policies
                        .contains(&shop.policies[item.product.policy].id)
                };
                let ids = items
                    .iter()
                    .filter(ships)
                    .map(|item| item.product.id.clone());
                rule.target = Target::Products(ids.collect());
                rule.min_amount = None;
                rule.off = Off::amount(beyond + [0, unit][items.len() % 2]);
            }
            0 => rule.min_amount = Some(sum.max(unit)),
            1 => rule.min_amount = Some(sum + unit),
            2 => rule.off = Off::amount(base),
            3 => rule.off = Off::amount(base + unit),
            4 if base > unit => rule.off = Off::amount(base - unit),
            // An even part of the sum: of the lines, as many have one remainder.
            5..=8 if part.is_some() => rule.off = Off::amount(part.expect("some")),
            // One that is cut down to nothing, or a rate whose cap is just what it takes off.
            _ => {
                let part = base / 5 / unit * unit;
                rule.off = Off::Rate {
                    rate: 2_000,
                    round_to: None,
                    cap: (part > 0).then_some(part),
                };
            }
        }
        it
    }

    /// Up to three coupons for every second cart: mostly new ones that are for some of it (they are added to `issued`),
    /// now and then one that the buyer has had before, or somebody else has, or nobody.
    pub fn choose(
        &mut self,
        shop: &Shop,
        issued: &mut Vec<Issued>,
        buyer: &str,
        items: &[Item],
    ) -> Vec<u64> {
        let mut chosen: BTreeSet<u64> = BTreeSet::new();
        for _ in 0..[0, 0, 0, 1, 2, 3][self.below(6)] {
            let wanted = self.below(100);
            let is_old = |one: &&Issued| match wanted {
                0 => one.buyer != buyer,
                1..=6 => one.buyer == buyer && matches!(one.state, State::Used(_)),
                7 | 8 => one.buyer == buyer && matches!(one.state, State::Held(_)),
                _ => one.buyer == buyer && one.state == State::Unused,
            };
            let old: Vec<u64> = issued.iter().filter(is_old).map(|one| one.no).collect();
            if wanted == 9 {
                chosen.insert(u64::from(shop.id) * 100_000 + 99_999);
            } else if wanted < 30 && !old.is_empty() {
                chosen.insert(old[self.below(old.len())]);
            } else {
                let mut coupon = self.below(shop.coupons.len());
                for _ in 0..4 {
                    let it = &shop.coupons[coupon];
                    if (it.rule.enabled || self.percent(10))
                        && !shop.lines_of(&it.rule.target, items).is_empty()
                    {
                        break;
                    }
                    coupon = self.below(shop.coupons.len());
                }
                let no = u64::from(shop.id) * 100_000 + 1 + issued.len() as u64;
                issued.push(Issued {
                    no,
                    buyer: buyer.to_owned(),
                    coupon,
                    until: match self.below(40) {
                        0 => Some(-3_600),
                        1..=9 => Some(3_600),
                        _ => None,
                    },
                    state: State::Unused,
                });
                chosen.insert(no);
            }
        }
        // What of its limit an order takes that has two of one coupon is not asked here.
        let mut limited = BTreeSet::new();
        chosen.retain(|no| {
            let coupon = (issued.iter().find(|one| one.no == *no)).map(|one| one.coupon);
            coupon.is_none_or(|it| shop.coupons[it].use_limit.is_none() || limited.insert(it))
        });
        chosen.into_iter().collect()
    }
}

fn moment(seconds: Option<i64>) -> String {
    seconds.map_or("NULL".to_owned(), |seconds| {
        format!("UTC_TIMESTAMP(6) + INTERVAL {seconds} SECOND")
    })
}

impl Off {
    /// Without a cap.
    pub fn amount(amount: Cents) -> Off {
        Off::Amount { amount, cap: None }
    }

    /// `kind` of its table.
    pub fn word(&self) -> &'static str {
        match self {
            Off::Amount { .. } => "amount",
            Off::Rate { .. } => "rate",
            Off::Units { .. } => "units",
            Off::Steps { .. } => "steps",
        }
    }
}

impl Rule {
    /// `target` of its table.
    pub fn target_word(&self) -> &'static str {
        match self.target {
            Target::Products(_) => "product",
            Target::Categories(_) => "category",
            Target::Order => "order",
            Target::Delivery => "delivery",
        }
    }

    /// Columns that shop_coupons and shop_promotions have alike.
    pub fn columns(&self) -> Vec<(&'static str, String)> {
        let target_ids = match &self.target {
            Target::Products(ids) | Target::Categories(ids) => {
                format!("'{}'", serde_json::json!(ids))
            }
            Target::Order | Target::Delivery => "NULL".to_owned(),
        };
        let none = || "NULL".to_owned();
        let (amount, rate, round_to, cap) = match self.off {
            Off::Amount { amount, cap } => (money(amount), none(), None, cap),
            Off::Rate {
                rate,
                round_to,
                cap,
            } => (none(), format!("{rate} / 10000"), round_to, cap),
            Off::Units { .. } => (none(), none(), None, None),
            Off::Steps { round_to, cap, .. } => (none(), none(), round_to, cap),
        };
        let group = self
            .stack_group
            .map_or(none(), |group| format!("'{group}'"));
        vec![
            ("target", format!("'{}'", self.target_word())),
            ("target_ids", target_ids),
            ("kind", format!("'{}'", self.off.word())),
            ("amount", amount),
            ("rate", rate),
            ("max_discount", or_null(cap)),
            ("round_to", or_null(round_to)),
            ("min_amount", or_null(self.min_amount)),
            ("valid_from", moment(self.from)),
            ("valid_until", moment(self.until)),
            ("stack_group", group),
            ("apply_order", self.apply_order.to_string()),
            ("enabled", u8::from(self.enabled).to_string()),
        ]
    }
}

impl Coupon {
    /// Columns of shop_coupons beside its key.
    fn columns(&self) -> Vec<(&'static str, String)> {
        let none = || "NULL".to_owned();
        let use_limit = self.use_limit.map_or(none(), |n| n.to_string());
        let mut columns = self.rule.columns();
        columns.extend([
            ("coupon_name", format!("'Coupon {}'", self.code)),
            ("use_limit", use_limit),
            ("member_limit", none()),
        ]);
        columns
    }

    pub fn insert_sql(&self, shop: &Shop) -> String {
        let (names, values): (Vec<_>, Vec<_>) = self.columns().into_iter().unzip();
        format!(
            "INSERT INTO shop_coupons (shop_id, coupon_code, {}) VALUES ({}, '{}', {})",
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
            "UPDATE shop_coupons SET {} WHERE shop_id = {} AND coupon_code = '{}'",
            columns.join(", "),
            shop.id,
            self.code
        )
    }
}

/// Gives these to their buyers.
pub fn issue_sql(shop: &Shop, issued: &[Issued]) -> String {
    let rows: Vec<String> = (issued.iter())
        .map(|one| {
            let Issued { no, buyer, .. } = one;
            let (code, until) = (&shop.coupons[one.coupon].code, moment(one.until));
            format!(
                "({no}, {}, '{code}', '{buyer}', {no}, 'T{no}', UTC_TIMESTAMP(6), {until})",
                shop.id
            )
        })
        .collect();
    format!(
        "INSERT INTO shop_issued_coupons (coupon_no, shop_id, coupon_code, user_id, member_no, issue_key, issued_at,
             valid_until)
         VALUES {}",
        rows.join(", ")
    )
}

/// As the borders of delivery: what the rules tell apart, and how often six thousand carts meet it.
#[test]
fn random_carts_meet_every_border_of_coupons() {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let digits = [0, 2, 1][usize::try_from(seed % 3).expect("small")];
        let mut shop = random.shop(1, "XTS", digits, 1_000);
        shop.promotions.clear(); // they have borders of their own
        let mut issued = Vec::new();
        for cart in 0..100 {
            let catalogue = shop.clone(); // what is changed below is coupons
            let items = random.items(&catalogue);
            let code = random.post_code(&shop);
            let buyer = format!("b{}", cart % 3);
            let mut chosen = random.choose(&shop, &mut issued, &buyer, &items);
            if random.percent(40) && !chosen.is_empty() {
                let no = chosen[random.below(chosen.len())];
                if let Some(one) = issued.iter().find(|one| one.no == no) {
                    shop.coupons[one.coupon] = random.fit(&shop, one.coupon, &items, Some(&code));
                }
            }
            let discounts = loop {
                let buyer = Buyer {
                    name: &buyer,
                    has_order: false,
                    issued: &issued,
                };
                match shop.discounts(&items, Some(&code), buyer, &chosen) {
                    Ok(discounts) => break discounts,
                    Err(fault) => {
                        *met.entry(fault.reason).or_default() += 1;
                        chosen.retain(|no| *no != fault.no);
                    }
                }
            };
            for what in whats_met(&shop, &items, &code, &discounts) {
                *met.entry(what).or_default() += 1;
            }
            let totals = shop.totals(&items, Some(&code), &discounts);
            for one in &mut issued {
                let order = format!("N{cart}");
                if chosen.contains(&one.no) {
                    one.state = match totals.total {
                        0 => State::Used(order),
                        _ => State::Held(order),
                    };
                }
            }
        }
    }
    for what in [
        "unknown",
        "used",
        "held",
        "disabled",
        "not_yet",
        "over",
        "no_target",
        "min_amount",
        "stacking",
        "nothing",
        "used_up",
        "an amount",
        "a rate",
        "products",
        "categories",
        "the order",
        "delivery",
        "delivery with a surcharge",
        "all of the fee",
        "more than is left",
        "all that is left",
        "the cap",
        "just the cap",
        "cut down by round_to",
        "not cut down by round_to",
        "just min_amount",
        "odd units to larger remainders",
        "odd units to the upper of equal remainders",
        "a line without a share",
        "after another one on the same line",
        "taxed and tax free lines",
        "tax free lines alone",
        "applied by number alone",
        "three coupons",
        "nothing to pay",
        "delivery dearer by a discount",
        "just free after discounts",
        "a unit short of free after discounts",
        "free before discounts alone",
    ] {
        let times = met.get(what).copied().unwrap_or(0);
        assert!(times >= 30, "{what}: {times} times, {met:#?}");
    }
}

fn whats_met(shop: &Shop, items: &[Item], code: &str, discounts: &[Discount]) -> Vec<&'static str> {
    let mut met = Vec::new();
    let mut note = |is_met: bool, what| {
        if is_met {
            met.push(what);
        }
    };
    let unit = shop.unit();
    let mut left: Vec<Cents> = items.iter().map(|item| shop.line_amount(item)).collect();
    let parcels = shop.parcels(items, Some(code), discounts);
    let mut fee_left: Cents = parcels.iter().map(|parcel| parcel.fee).sum();
    let undiscounted = shop.parcels(items, Some(code), &[]);
    let dearer = |(a, b): (&Parcel, &Parcel)| b.fee > a.fee;
    note(
        undiscounted.iter().zip(&parcels).any(dearer),
        "delivery dearer by a discount",
    );
    for parcel in &parcels {
        let its = |policy: &&Policy| parcel.policies.contains(&policy.id);
        for policy in shop.policies.iter().filter(its) {
            let Kind::Conditional { free_over } = policy.kind else {
                continue;
            };
            let sum = parcel.measure(Measure::Amount, policy);
            let is_judged_after = policy.after_discounts && parcel.taken > 0;
            note(
                is_judged_after && sum == free_over,
                "just free after discounts",
            );
            note(
                is_judged_after && sum == free_over - unit,
                "a unit short of free after discounts",
            );
            note(
                !policy.after_discounts
                    && (parcel.amount - parcel.taken..parcel.amount).contains(&(free_over - 1)),
                "free before discounts alone",
            );
        }
    }
    let mut before: Option<&Rule> = None;
    let mut touched = BTreeSet::new();
    for discount in discounts {
        let By::Coupon { place, .. } = discount.by else {
            panic!("no promotions here")
        };
        let coupon = &shop.coupons[place].rule;
        let its = shop.lines_of(&coupon.target, items);
        let sum: Cents = its.iter().map(|&n| shop.line_amount(&items[n])).sum();
        let of: Vec<Cents> = its.iter().map(|&n| left[n]).collect();
        let of_delivery = coupon.target == Target::Delivery;
        let base = if of_delivery {
            fee_left
        } else {
            of.iter().sum()
        };
        let shares: Vec<Cents> = (its.iter())
            .map(|&n| {
                let share = discount.shares.iter().find(|(line, _)| *line == n + 1);
                share.map_or(0, |(_, share)| *share)
            })
            .collect();
        note(
            true,
            match coupon.target {
                Target::Products(_) => "products",
                Target::Categories(_) => "categories",
                Target::Order => "the order",
                Target::Delivery => "delivery",
            },
        );
        note(coupon.min_amount == Some(sum), "just min_amount");
        note(
            before.is_some_and(|before| {
                std::mem::discriminant(&before.target) == std::mem::discriminant(&coupon.target)
                    && before.apply_order == coupon.apply_order
            }),
            "applied by number alone",
        );
        before = Some(coupon);
        match coupon.off {
            Off::Units { .. } | Off::Steps { .. } => panic!("of promotions only"),
            Off::Amount { amount, .. } => {
                note(true, "an amount");
                note(amount > base, "more than is left");
                note(amount == base, "all that is left");
            }
            Off::Rate {
                rate,
                round_to,
                cap,
            } => {
                note(true, "a rate");
                let step = round_to.unwrap_or(unit);
                let part = base * rate / (10_000 * step) * step;
                note(cap.is_some_and(|cap| part > cap), "the cap");
                note(cap == Some(part), "just the cap");
                let is_cut = base * rate % (10_000 * step) > 0;
                note(round_to.is_some() && is_cut, "cut down by round_to");
                note(round_to.is_some() && !is_cut, "not cut down by round_to");
            }
        }
        if of_delivery {
            note(
                parcels.iter().any(|parcel| parcel.surcharge > 0),
                "delivery with a surcharge",
            );
            note(discount.amount == base, "all of the fee");
            fee_left -= discount.amount;
        } else {
            // No line gives more than it has, and the shares are the discount: so are those of any part of the lines.
            assert_eq!(shares.iter().sum::<Cents>(), discount.amount);
            assert!(shares.iter().zip(&of).all(|(share, left)| share <= left));
            let remainder = |n: usize| discount.amount * of[n] % (base * unit);
            let got_one = |n: usize| shares[n] > discount.amount * of[n] / (base * unit) * unit;
            let given: BTreeSet<i128> = (0..of.len())
                .filter(|&n| got_one(n))
                .map(remainder)
                .collect();
            let kept: BTreeSet<i128> = (0..of.len())
                .filter(|&n| !got_one(n))
                .map(remainder)
                .collect();
            note(
                !given.is_empty() && kept.iter().any(|of| *of > 0),
                "odd units to larger remainders",
            );
            note(
                given.intersection(&kept).any(|of| *of > 0),
                "odd units to the upper of equal remainders",
            );
            note(
                shares.contains(&0) && its.len() > 1,
                "a line without a share",
            );
            let lines: BTreeSet<usize> = discount.shares.iter().map(|(line, _)| *line).collect();
            note(
                !lines.is_disjoint(&touched),
                "after another one on the same line",
            );
            touched.extend(lines.iter().copied());
            let tax_free: BTreeSet<bool> = lines
                .iter()
                .map(|line| items[line - 1].product.tax_free)
                .collect();
            note(tax_free.len() == 2, "taxed and tax free lines");
            note(tax_free == BTreeSet::from([true]), "tax free lines alone");
            for (&n, share) in its.iter().zip(&shares) {
                left[n] -= share;
            }
        }
    }
    note(discounts.len() == 3, "three coupons");
    let totals = shop.totals(items, Some(code), discounts);
    note(totals.total == 0 && totals.products > 0, "nothing to pay");
    met
}
