//! The promise that a quote is the charge: random carts of random shops, priced by `shop_order_quote`, by the refusal of a
//! wrong total, and by the order itself, against the oracle; with promotions, with coupons, of which some cannot be used,
//! and with changes of prices, policies, promotions and coupons between the two.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::amounts;
use super::oracle::*;
use super::random_change::change;
use super::random_coupons::issue_sql;
use super::random_promotions::{PROMOTIONS, move_promotion};
use super::random_shop::*;
use crate::fuzz::{Plan, Progress};
use crate::order::shop_order_quote::line_texts;
use crate::support::*;

/// Currency, decimals, ten-thousandths of VAT. Each is a shop, with a session of its own.
const SHOPS: [(&str, u32, i128); 7] = [
    ("KRW", 0, 1_000),
    ("KRW", 0, 0),
    ("JPY", 0, 800),
    ("USD", 2, 1_000),
    ("USD", 2, 725),
    ("EUR", 2, 2_000),
    ("XTS", 1, 1_900),
];

/// Buyers of a shop: each has had a cart before, most of the time.
const BUYERS: usize = 10;

/// Places in the shop, which may change: product, option, quantity.
#[derive(Clone, Debug)]
struct Choice {
    product: usize,
    option: Option<usize>,
    quantity: i128,
}

/// Where it goes, as the order form knows it.
#[derive(Clone, Debug)]
enum To {
    /// Nobody has said.
    Nowhere,
    /// The buyer's default address, which the caller does not name when it asks what the cart costs.
    Default(String),
    Stored(String),
    Typed(String),
    /// A postal code alone: enough for a quote.
    Code(String),
}

impl To {
    fn code(&self) -> Option<&str> {
        match self {
            To::Nowhere => None,
            To::Default(code) | To::Stored(code) | To::Typed(code) | To::Code(code) => Some(code),
        }
    }
}

/// What else happens is the same without points and cash.
const CREDITS: u64 = 0x4352_4544_4954_5300;

struct Session {
    db: Arc<TestDb>,
    admin: Conn,
    conn: Conn,
    random: Random,
    /// For promotions alone: what else happens is the same without them.
    dice: Random,
    shop: Shop,
    /// Rows of a buyer's cart that no order took.
    left: BTreeMap<String, Vec<i64>>,
    /// Units ordered, by product and stock row.
    taken: BTreeMap<(String, &'static str), i128>,
    issued: Vec<Issued>,
    /// The cart that is being looked at, for whoever looks at a failure.
    number: usize,
    user: String,
    to: To,
    coupons: Vec<u64>,
    /// For points and cash alone, and what of them the cart is ordered with.
    purse: Random,
    credits: [Cents; 2],
    /// Buyers who have an order that waits or was paid.
    customers: BTreeSet<String>,
    /// Why coupons could not be used, whichever it was, and what promotions took off: target and kind.
    faults: BTreeSet<&'static str>,
    applied: BTreeSet<String>,
}

/// What the oracle says of some rows.
struct Priced {
    totals: Totals,
    /// As [`line_texts`] writes them.
    lines: Vec<String>,
    discounts: Vec<Discount>,
    /// What points and cash pay: kind, line, amount.
    paid: Vec<(&'static str, usize, Cents)>,
}

fn items_of<'a>(shop: &'a Shop, choices: &[Choice]) -> Vec<Item<'a>> {
    let item = |choice: &Choice| {
        let product = &shop.products[choice.product];
        Item {
            product,
            option: choice.option.map(|option| &product.options[option]),
            quantity: choice.quantity,
        }
    };
    choices.iter().map(item).collect()
}

impl Session {
    async fn new(db: &Arc<TestDb>, number: usize, seed: u64) -> Session {
        let seed = seed.wrapping_add(u64::try_from(number).unwrap());
        let mut random = Random::new(seed);
        let (currency, digits, vat) = SHOPS[number];
        let shop = random.shop(10 + u32::try_from(number).unwrap(), currency, digits, vat);
        write_shop(db, &shop).await;
        for buyer in 0..BUYERS {
            db.exec(&format!(
                "INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone, post_code,
                     address, update_date)
                 VALUES ({0}0{buyer}, {0}, 'b{buyer}', 'Kim', '010', '-', 'Road', UTC_TIMESTAMP(6))",
                shop.id
            ))
            .await;
        }
        let mut admin = db.conn().await;
        // Only the rows of its own buyers, and no gaps between them.
        let level = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        admin.query_drop(level).await.unwrap();
        Session {
            db: db.clone(),
            admin,
            conn: db.conn_as_gateway().await,
            random,
            dice: Random::new(seed ^ !PROMOTIONS),
            shop,
            left: BTreeMap::new(),
            taken: BTreeMap::new(),
            issued: Vec::new(),
            number: 0,
            user: String::new(),
            to: To::Nowhere,
            coupons: Vec::new(),
            purse: Random::new(seed ^ CREDITS),
            credits: [0, 0],
            customers: BTreeSet::new(),
            faults: BTreeSet::new(),
            applied: BTreeSet::new(),
        }
    }

    /// Of the buyer's address.
    fn address_id(&self) -> String {
        format!("{}0{}", self.shop.id, &self.user[1..])
    }

    fn anywhere(&mut self) -> To {
        let code = self.random.post_code(&self.shop);
        match self.random.below(10) {
            0 => To::Nowhere,
            1 | 2 => To::Default(code),
            3..=5 => To::Stored(code),
            6 | 7 => To::Code(code),
            _ => To::Typed(code),
        }
    }

    /// The buyer's address is the one that `to` tells of.
    fn address_sql(&self) -> String {
        let (code, is_default) = match &self.to {
            To::Default(code) => (code.as_str(), 1),
            To::Stored(code) => (code.as_str(), 0),
            To::Nowhere | To::Typed(_) | To::Code(_) => ("-", 0),
        };
        format!(
            "UPDATE shop_shipping_address SET post_code = '{code}', is_default = {is_default} WHERE seq_no = {}",
            self.address_id()
        )
    }

    fn choices(&mut self) -> Vec<Choice> {
        let place = |item: &Item| {
            let product = self
                .shop
                .products
                .iter()
                .position(|p| p.id == item.product.id);
            let of = |(hash, _): &(String, Cents)| {
                item.product.options.iter().position(|o| o.0 == *hash)
            };
            Choice {
                product: product.expect("of this shop"),
                option: item.option.and_then(of),
                quantity: item.quantity,
            }
        };
        let items = self.random.items(&self.shop);
        items.iter().map(place).collect()
    }

    fn items(&self, choices: &[Choice]) -> Vec<Item<'_>> {
        items_of(&self.shop, choices)
    }

    /// Coupons for these rows; gives the SQL that issues them, one of them perhaps made for this very cart.
    fn choose_coupons(&mut self, choices: &[Choice]) -> String {
        let known = self.issued.len();
        let items = items_of(&self.shop, choices);
        self.coupons = self
            .random
            .choose(&self.shop, &mut self.issued, &self.user, &items);
        let mut sql = match &self.issued[known..] {
            [] => String::new(),
            issued => format!("; {}", issue_sql(&self.shop, issued)),
        };
        if let Some(coupon) = self.a_coupon()
            && self.random.percent(40)
        {
            let items = items_of(&self.shop, choices);
            let coupon_now = self.random.fit(&self.shop, coupon, &items, self.to.code());
            write!(sql, "; {}", coupon_now.update_sql(&self.shop)).expect("a text");
            self.shop.coupons[coupon] = coupon_now;
        }
        sql
    }

    /// Moves a promotion, perhaps to a border of these very rows; gives the SQL that does so.
    fn move_promotion(&mut self, choices: &[Choice]) -> String {
        let catalogue = self.shop.clone();
        let items = items_of(&catalogue, choices);
        move_promotion(&mut self.dice, &mut self.shop, &items, self.to.code())
    }

    /// One of those chosen: place in the shop's coupons.
    fn a_coupon(&mut self) -> Option<usize> {
        let chosen = |one: &&Issued| self.coupons.contains(&one.no);
        let coupons: Vec<usize> = (self.issued.iter().filter(chosen))
            .map(|one| one.coupon)
            .collect();
        (!coupons.is_empty()).then(|| coupons[self.random.below(coupons.len())])
    }

    /// The buyer's cart is these rows and no others. What was left of the one before is still there, and is all that is.
    async fn fill(&mut self, choices: &[Choice], discounts_sql: &str) -> Vec<i64> {
        let (shop, user) = (self.shop.id, self.user.clone());
        let rows: Vec<String> = (self.items(choices).iter())
            .map(|item| {
                let option = item.option.map_or(NO_OPTION, |(hash, _)| hash);
                let (product, quantity) = (&item.product.id, item.quantity);
                format!("({shop}, '{user}', '{product}', '{option}', {quantity}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
            })
            .collect();
        let sql = format!(
            "SELECT seq_no FROM shop_cart WHERE shop_id = {shop} AND user_id = '{user}' ORDER BY seq_no;
             DELETE FROM shop_cart WHERE shop_id = {shop} AND user_id = '{user}';
             INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
             VALUES {}; SELECT LAST_INSERT_ID() AS id; {}{discounts_sql}",
            rows.join(", "),
            self.address_sql()
        );
        let sets = query(&mut self.admin, &sql).await;
        let sets = sets.unwrap_or_else(|e| panic!("{sql}: {e}"));
        let left: Vec<i64> = sets
            .set(0)
            .rows
            .iter()
            .map(|row| row.int("seq_no"))
            .collect();
        assert_eq!(
            left,
            self.left.remove(&user).unwrap_or_default(),
            "{}",
            self.told(choices)
        );
        let first = sets.set(1).rows[0].int("id");
        (first..).take(choices.len()).collect()
    }

    fn told(&self, choices: &[Choice]) -> String {
        let chosen = |one: &&Issued| self.coupons.contains(&one.no);
        let issued: Vec<&Issued> = self.issued.iter().filter(chosen).collect();
        format!(
            "cart {} of {} to {:?} with points and cash {:?}, coupons {:?}, {issued:#?}: {choices:#?} in {:#?}",
            self.number, self.user, self.to, self.credits, self.coupons, self.shop
        )
    }

    /// What the oracle says of these rows and coupons, if they can be used.
    fn priced(&self, ids: &[i64], choices: &[Choice]) -> Result<Priced, Fault> {
        let items = self.items(choices);
        let to = self.to.code();
        let buyer = Buyer {
            name: &self.user,
            has_order: self.customers.contains(&self.user),
            issued: &self.issued,
        };
        let discounts = self.shop.discounts(&items, to, buyer, &self.coupons)?;
        let lines = ids.iter().zip(&items).map(|(id, item)| {
            let option = item.option.map_or(NO_OPTION, |(hash, _)| hash);
            let (price, amount) = (self.shop.unit_price(item), self.shop.line_amount(item));
            let (product, quantity) = (&item.product.id, item.quantity);
            format!(
                "{id} {product} {option} {} {quantity} {} 1",
                money(price),
                money(amount)
            )
        });
        let (totals, paid) = self.shop.paid_with(&items, to, &discounts, self.credits);
        Ok(Priced {
            totals,
            lines: lines.collect(),
            discounts,
            paid,
        })
    }

    /// The same, of coupons that can be used.
    fn expected(&self, ids: &[i64], choices: &[Choice]) -> Priced {
        let priced = self.priced(ids, choices);
        priced.unwrap_or_else(|fault| panic!("{fault:?}: {}", self.told(choices)))
    }

    /// `discounts_json` of a quote.
    fn discounts_json(&self, ids: &[i64], discounts: &[Discount]) -> serde_json::Value {
        let discount = |one: &Discount| {
            let lines = one.shares.iter().filter(|(line, _)| *line > 0);
            let lines = lines.map(|(line, share)| {
                serde_json::json!({"cart_id": ids[line - 1], "amount": money(*share)})
            });
            let (no, coupon, promotion, rule) = match one.by {
                By::Coupon { no, place } => {
                    let it = &self.shop.coupons[place];
                    (Some(no), Some(it.code.as_str()), None, &it.rule)
                }
                By::Promotion(place) => {
                    let it = &self.shop.promotions[place];
                    (None, None, Some(it.code), &it.rule)
                }
            };
            serde_json::json!({
                "coupon_id": no,
                "coupon_code": coupon,
                "coupon_name": coupon.map(|code| format!("Coupon {code}")),
                "promotion_code": promotion,
                "promotion_name": promotion.map(|code| format!("Promotion {code}")),
                "target": rule.target_word(),
                "amount": money(one.amount),
                "lines": lines.collect::<Vec<_>>(),
            })
        };
        discounts.iter().map(discount).collect()
    }

    /// The chosen coupons in any of the forms that callers use.
    fn coupon_ids(&mut self) -> Option<String> {
        if self.coupons.is_empty() {
            return [None, None, Some(String::new()), Some("[]".to_owned())][self.random.below(4)]
                .clone();
        }
        let ids: Vec<i64> = (self.coupons.iter())
            .map(|&no| i64::try_from(no).expect("small"))
            .collect();
        Some(self.random.ids_json(&ids))
    }

    /// Rows of the cart that are not delivered there.
    fn undelivered(&self, ids: &[i64], choices: &[Choice]) -> Vec<i64> {
        let items = self.items(choices);
        let places = self.shop.undelivered(&items, self.to.code());
        places.iter().map(|&n| ids[n]).collect()
    }

    /// Where it goes, in the words for that: address_id, receiver, post_code.
    fn destination(&self) -> (Option<String>, Option<String>, Option<String>) {
        match &self.to {
            To::Nowhere | To::Default(_) => (None, None, None),
            To::Stored(_) => (Some(self.address_id()), None, None),
            To::Typed(typed) => (None, Some(receiver_json(typed)), None),
            To::Code(alone) => (None, None, Some(alone.clone())),
        }
    }

    /// Quoted for where it goes.
    async fn quote(&mut self, ids: &[i64]) -> Result<Sets, CallError> {
        let json = self.random.ids_json(ids);
        let coupons = self.coupon_ids();
        let (address, receiver, code) = self.destination();
        let user = self.user.as_str();
        let [points, cash] = self.credits.map(used);
        let params = (
            self.shop.id,
            user,
            json,
            address,
            coupons,
            points,
            receiver,
            code,
            cash,
            None::<&str>,
        );
        self.db
            .call(&mut self.conn, "shop_order_quote", params)
            .await
    }

    /// Where it goes and what that makes of its parcels.
    fn assert_parcels(
        &self,
        quoted: &Row,
        ids: &[i64],
        choices: &[Choice],
        discounts: &[Discount],
    ) {
        let area = self.shop.area(self.to.code());
        let name = area.map(|area| format!("Area {}", area.code));
        assert_eq!(quoted.opt("area_name"), name, "{}", self.told(choices));
        let is_final = self.to.code().is_some() || self.shop.areas.is_empty();
        assert_eq!(
            quoted.int("fee_final"),
            i64::from(is_final),
            "{}",
            self.told(choices)
        );
        let undelivered = self.undelivered(ids, choices);
        assert_eq!(
            quoted.json("undelivered_ids_json"),
            serde_json::json!(undelivered),
            "{}",
            self.told(choices)
        );
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let mut found: Vec<_> = (quoted.json("parcels_json").as_array())
            .expect("an array")
            .iter()
            .map(|parcel| {
                let ids = parcel["policy_ids"].as_array().expect("an array");
                let ids = ids.iter().map(|id| id.as_u64().expect("a number"));
                let mut ids: Vec<u64> = ids.collect();
                ids.sort_unstable();
                let amounts = ["amount", "fee", "surcharge"].map(|name| text(&parcel[name]));
                (ids, amounts)
            })
            .collect();
        found.sort();
        let items = self.items(choices);
        let parcels = self.shop.parcels(&items, self.to.code(), discounts);
        let expected: Vec<_> = (parcels.iter())
            .filter(|parcel| parcel.fee > 0)
            .map(|parcel| {
                let ids: Vec<u64> = parcel.policies.iter().map(|&id| id.into()).collect();
                let its = |policy: &&Policy| parcel.policies.contains(&policy.id);
                let after = |policy: &Policy| policy.after_discounts;
                let taken = match self.shop.policies.iter().filter(its).any(after) {
                    true => parcel.taken,
                    false => 0,
                };
                let amounts = [parcel.amount - taken, parcel.fee, parcel.surcharge].map(money);
                (ids, amounts)
            })
            .collect();
        assert_eq!(found, expected, "{}", self.told(choices));
    }

    async fn assert_quoted(&mut self, ids: &[i64], choices: &[Choice]) -> Totals {
        let expected = self.expected(ids, choices);
        let quoted = self.quote(ids).await;
        let quoted = quoted.unwrap_or_else(|e| panic!("{e:?}: {}", self.told(choices)));
        self.assert_priced(quoted.first(), &quoted.set(1).rows, ids, choices, &expected);
        assert_eq!(
            quoted.first().json("discounts_json"),
            self.discounts_json(ids, &expected.discounts),
            "quoted, {}",
            self.told(choices)
        );
        self.assert_parcels(quoted.first(), ids, choices, &expected.discounts);
        expected.totals
    }

    /// The amounts and the lines of a quote, of an order, or of its refusal.
    fn assert_priced(
        &self,
        row: &Row,
        lines: &[Row],
        ids: &[i64],
        choices: &[Choice],
        expected: &Priced,
    ) {
        let told = || format!("{ids:?}, {}", self.told(choices));
        assert_eq!(amounts(row), expected.totals.amounts(), "{}", told());
        assert_eq!(line_texts(lines), expected.lines, "{}", told());
    }

    fn order(&mut self, total: Cents, ids: &[i64]) -> OrderCall {
        let total = match self.random.coin() {
            true => money(total),
            false => money(total).trim_end_matches(".00").to_owned(),
        };
        let order = OrderCall::new(&format!("N{}-{}", self.shop.id, self.number), &[])
            .user(self.shop.id, &self.user)
            .cart_ids_json(Some(&self.random.ids_json(ids)))
            .coupons(self.coupon_ids().as_deref())
            .points(used(self.credits[0]).as_deref())
            .cash(used(self.credits[1]).as_deref())
            .client_total(&total);
        match &self.to {
            To::Default(_) | To::Stored(_) => order.address(Some(&self.address_id())),
            To::Typed(code) | To::Code(code) => {
                order.address(None).receiver(Some(&receiver_json(code)))
            }
            To::Nowhere => panic!("an order goes somewhere"),
        }
    }

    /// The order fails with this code about this field.
    async fn refused(&mut self, order: &OrderCall, choices: &[Choice], code: &str) -> CallError {
        match order.call(&mut self.conn).await {
            Err(error) if error.code() == code => error,
            other => panic!("not {code} but {other:?}: {}", self.told(choices)),
        }
    }

    /// Refused, with what it costs now.
    async fn assert_refused(&mut self, order: &OrderCall, ids: &[i64], choices: &[Choice]) {
        let expected = self.expected(ids, choices);
        let error = self.refused(order, choices, "PRICE_CHANGED").await;
        let detail = error.row().str("detail");
        let total = money(expected.totals.total);
        assert_eq!(detail, total, "{}", self.told(choices));
        let (quote, lines) = (&error.sets.set(1).rows[0], &error.sets.set(2).rows);
        self.assert_priced(quote, lines, ids, choices, &expected);
    }

    /// Each coupon that cannot be used is named, by the quote or by the order, and then left away; says whether there
    /// was one.
    async fn leave_faults_away(&mut self, ids: &[i64], choices: &[Choice]) -> bool {
        let before = self.coupons.len();
        while let Err(fault) = self.priced(ids, choices) {
            let goes_there = self.undelivered(ids, choices).is_empty();
            let is_quoted = !goes_there || matches!(self.to, To::Nowhere) || self.random.coin();
            let error = if is_quoted {
                match self.quote(ids).await {
                    Err(error) => error,
                    Ok(quoted) => panic!("{fault:?} but {quoted:?}: {}", self.told(choices)),
                }
            } else {
                let order = self.order(0, ids);
                self.refused(&order, choices, "COUPON_NOT_AVAILABLE").await
            };
            let said = [
                error.code(),
                &error.row().str("field"),
                &error.row().str("detail"),
            ]
            .map(str::to_owned);
            let named = format!("{} {}", fault.no, fault.reason);
            let expected = ["COUPON_NOT_AVAILABLE", "coupon_ids", &named];
            assert_eq!(said, expected, "{}", self.told(choices));
            self.faults.insert(fault.reason);
            self.coupons.retain(|no| *no != fault.no);
        }
        self.coupons.len() < before
    }

    /// Refused, since not all of it is delivered there.
    async fn assert_not_served(&mut self, ids: &[i64], choices: &[Choice]) {
        let total = self.expected(ids, choices).totals.total;
        let undelivered = self.undelivered(ids, choices);
        let order = self.order(total, ids);
        let error = self.refused(&order, choices, "AREA_NOT_SERVED").await;
        let told = || self.told(choices);
        assert_eq!(error.row().str("field"), "post_code", "{}", told());
        let expected = serde_json::json!(undelivered);
        assert_eq!(error.row().json("detail"), expected, "{}", told());
    }

    /// It goes somewhere else now.
    async fn redirect(&mut self, to: To) {
        self.to = to;
        let sql = self.address_sql();
        query(&mut self.admin, &sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Charged and kept as the oracle says.
    async fn assert_ordered(&mut self, ids: &[i64], choices: &[Choice]) {
        let expected = self.expected(ids, choices);
        let total = expected.totals.total;
        let order = self.order(total, ids);
        let done = order.call(&mut self.conn).await;
        let done = done.unwrap_or_else(|e| panic!("{e:?}: {}", self.told(choices)));
        let charged = done.first().str("total_payment");
        assert_eq!(charged, money(total), "{}", self.told(choices));
        assert_eq!(done.first().str("currency"), self.shop.currency);
        let order = format!(
            "o.shop_id = {0} AND o.order_number = 'N{0}-{1}'",
            self.shop.id, self.number
        );
        let sql = format!(
            "SELECT o.*, a.area_code, a.surcharge FROM shop_orders o
                 LEFT JOIN shop_area_rules a ON a.area_rule_id = o.area_rule_id
             WHERE {order};
             SELECT l.cart_seq_no AS cart_id, l.product_id, l.option_hash, l.unit_price, l.quantity, l.line_amount,
                    1 AS orderable, l.line_no
             FROM shop_order_product l JOIN shop_orders o ON o.seq_no = l.order_seq_no
             WHERE {order} ORDER BY l.line_no;
             SELECT CONCAT_WS(' ', d.discount_no, d.coupon_no, r.promotion_code, d.amount, i.line_no, i.amount) AS share
             FROM shop_orders o JOIN shop_order_discounts d ON d.order_seq_no = o.seq_no
             JOIN shop_discount_rules r ON r.rule_id = d.rule_id
             LEFT JOIN shop_order_discount_lines i ON i.order_seq_no = o.seq_no AND i.discount_no = d.discount_no
             WHERE {order} ORDER BY d.discount_no, i.line_no;
             SELECT CONCAT_WS(' ', k.kind, k.line_no, k.amount) AS share
             FROM shop_order_credit_lines k JOIN shop_orders o ON o.seq_no = k.order_seq_no
             WHERE {order} ORDER BY k.kind DESC, k.line_no = 0, k.line_no"
        );
        let kept = query(&mut self.admin, &sql).await.unwrap();
        self.assert_priced(kept.first(), &kept.set(1).rows, ids, choices, &expected);
        let rule = ["area_code", "surcharge"].map(|name| kept.first().opt(name));
        let area = self.shop.area(self.to.code());
        let of_area = [
            area.map(|area| area.code.clone()),
            area.map(|area| money(area.surcharge)),
        ];
        assert_eq!(rule, of_area, "kept, {}", self.told(choices));
        let numbers: Vec<String> = (1..=ids.len()).map(|n| n.to_string()).collect();
        assert_eq!(
            kept.set(1).column("line_no"),
            numbers,
            "{}",
            self.told(choices)
        );
        let mut shares = Vec::new();
        for (n, one) in (1..).zip(&expected.discounts) {
            let by = match one.by {
                By::Coupon { no, .. } => no.to_string(),
                By::Promotion(place) => {
                    let it = &self.shop.promotions[place];
                    let word = it.rule.target_word();
                    self.applied
                        .insert(format!("{word} {}", it.rule.off.word()));
                    it.code.to_owned()
                }
            };
            for (line, share) in &one.shares {
                let (amount, share) = (money(one.amount), money(*share));
                shares.push(format!("{n} {by} {amount} {line} {share}"));
            }
        }
        let found = kept.set(2).column("share");
        assert_eq!(found, shares, "kept, {}", self.told(choices));
        let paid = expected.paid.iter();
        let paid: Vec<String> = paid
            .map(|(kind, line, share)| format!("{kind} {line} {}", money(*share)))
            .collect();
        assert_eq!(kept.set(3).column("share"), paid, "{}", self.told(choices));
        self.customers.insert(self.user.clone());
        for choice in choices {
            let product = &self.shop.products[choice.product];
            let option = choice
                .option
                .map(|option| product.options[option].0.as_str());
            let row = (product.id.clone(), stock_key(product, option));
            *self.taken.entry(row).or_default() += choice.quantity;
        }
        for one in &mut self.issued {
            if self.coupons.contains(&one.no) {
                let order = self.number.to_string();
                one.state = match total {
                    0 => State::Used(order),
                    _ => State::Held(order),
                };
            }
        }
    }

    /// One cart: quoted, perhaps refused, ordered.
    async fn cart(&mut self, number: usize) -> &'static str {
        self.number = number;
        self.user = format!("b{}", number % BUYERS);
        self.credits = [0, 0];
        self.to = self.anywhere();
        let all = self.choices();
        let chosen = self.random.some_of(all.len()); // the rest stays in the cart and costs nothing
        let choices: Vec<Choice> = chosen.iter().map(|&n| all[n].clone()).collect();
        let mut discounts_sql = String::new();
        if self.dice.percent(30) {
            let sql = self.move_promotion(&choices);
            write!(discounts_sql, "; {sql}").expect("a text");
        }
        discounts_sql += &self.choose_coupons(&choices);
        let all_ids = self.fill(&all, &discounts_sql).await;
        let ids: Vec<i64> = chosen.iter().map(|&n| all_ids[n]).collect();
        let mut outcome = "ordered as quoted";
        if self.leave_faults_away(&ids, &choices).await {
            outcome = "ordered without a coupon";
        }
        let quoted = self.assert_quoted(&ids, &choices).await;
        if matches!(self.to, To::Nowhere) || self.random.percent(10) {
            let code = self.random.post_code(&self.shop);
            let to = match self.random.coin() {
                true => To::Stored(code),
                false => To::Typed(code),
            };
            outcome = self
                .told_of_another_price(to, &quoted, &ids, &choices)
                .await;
        }
        if !self.undelivered(&ids, &choices).is_empty() {
            outcome = "not delivered there";
            self.assert_not_served(&ids, &choices).await;
            self.redirect(To::Typed("9999-99999".to_owned())).await;
            self.leave_faults_away(&ids, &choices).await;
        }
        let now = self.expected(&ids, &choices).totals;
        if self.random.percent(10) {
            let order = self.order(now.total + self.shop.unit(), &ids);
            self.assert_refused(&order, &ids, &choices).await;
        }
        if self.random.percent(30) {
            let of = &choices[self.random.below(choices.len())];
            let coupon = self.a_coupon();
            let mut sql = change(
                &mut self.random,
                &mut self.shop,
                of.product,
                of.option,
                coupon,
            );
            if self.dice.percent(25) {
                write!(sql, "; {}", self.move_promotion(&choices)).expect("a text");
            }
            query(&mut self.admin, &sql)
                .await
                .unwrap_or_else(|e| panic!("{sql}: {e}"));
            let before = now.total;
            outcome = "ordered after a change of no price";
            if self.leave_faults_away(&ids, &choices).await {
                outcome = "ordered after a coupon has ended";
            }
            let now = self.expected(&ids, &choices).totals;
            if !self.undelivered(&ids, &choices).is_empty() {
                outcome = "not delivered there any more";
                self.assert_not_served(&ids, &choices).await;
                self.redirect(To::Typed("9999-99999".to_owned())).await;
                self.leave_faults_away(&ids, &choices).await;
            } else if now.total != before {
                if outcome == "ordered after a change of no price" {
                    outcome = "ordered after a changed price";
                }
                let order = self.order(before, &ids);
                self.assert_refused(&order, &ids, &choices).await;
                if self.random.coin() {
                    self.assert_quoted(&ids, &choices).await;
                }
            }
        }
        if self.purse.percent(35) {
            self.pay_a_part(&ids, &choices).await;
        }
        if number % 5 == 1 {
            self.assert_explained(&ids, &choices).await;
        }
        self.assert_ordered(&ids, &choices).await;
        let rest = all_ids.into_iter().filter(|id| !ids.contains(id));
        self.left.insert(self.user.clone(), rest.collect());
        outcome
    }

    /// Points, cash or both pay a part of it, or all: quoted so, perhaps refused for another total.
    async fn pay_a_part(&mut self, ids: &[i64], choices: &[Choice]) {
        let (total, unit) = (self.expected(ids, choices).totals.total, self.shop.unit());
        let mut any = |most: Cents| {
            let units = usize::try_from(most / unit).expect("a total");
            match self.purse.below(4) {
                0 => 0,
                1 => most,
                _ => {
                    unit * i128::try_from(self.purse.below(units.min(1_000_000_000) + 1))
                        .expect("units")
                }
            }
        };
        let points = any(total);
        let cash = any(total - points);
        self.credits = [points, cash];
        for (kind, amount) in [("point", points), ("cash", cash)] {
            if amount > 0 {
                let key = format!("{kind}-{}", self.number);
                let give = format!(
                    "CALL adjust_adm_credits({}, '{kind}', '[\"{}\"]', '{}', NULL, '{key}', 'part')",
                    self.shop.id,
                    self.user,
                    money(amount)
                );
                let given = query(&mut self.admin, &give).await;
                given.unwrap_or_else(|e| panic!("{give}: {e}"));
            }
        }
        let now = self.assert_quoted(ids, choices).await;
        if self.purse.percent(30) {
            let order = self.order(now.total + unit, ids);
            self.assert_refused(&order, ids, choices).await;
        }
    }

    /// The address changes between the quote and the order, and perhaps the price with it.
    async fn told_of_another_price(
        &mut self,
        to: To,
        quoted: &Totals,
        ids: &[i64],
        choices: &[Choice],
    ) -> &'static str {
        self.redirect(to).await;
        self.leave_faults_away(ids, choices).await;
        let now = self.expected(ids, choices).totals;
        if !self.undelivered(ids, choices).is_empty() || now.total == quoted.total {
            return "ordered for another address at the same price";
        }
        let order = self.order(quoted.total, ids);
        self.assert_refused(&order, ids, choices).await;
        "ordered for another address at another price"
    }

    /// The rules that make the total of what is ordered next, without a trace.
    async fn assert_explained(&mut self, ids: &[i64], choices: &[Choice]) {
        let (address, typed, code) = self.destination();
        let params = (
            self.shop.id,
            self.user.clone(),
            serde_json::to_string(ids).unwrap(),
            address,
            typed,
            code,
            serde_json::to_string(&self.coupons).unwrap(),
            used(self.credits[0]),
            used(self.credits[1]),
        );
        let told = call(&mut self.conn, "shop_order_explain", params).await;
        let told = told.unwrap_or_else(|e| panic!("{e:?}: {}", self.told(choices)));
        let expected = self.expected(ids, choices);
        assert_eq!(
            amounts(told.first()),
            expected.totals.amounts(),
            "explained, {}",
            self.told(choices)
        );
        self.assert_steps(&told.set(1).rows, &expected.totals, choices);
    }

    /// Each adds to the one before, and the last one is the total.
    fn assert_steps(&self, steps: &[Row], totals: &Totals, choices: &[Choice]) {
        let mut sum = 0;
        for step in steps {
            if !["supply", "vat", "tax_free"].contains(&step.str("kind").as_str()) {
                sum += cents(&step.str("amount"));
            }
            let told = || format!("{}, {}", step.str("kind"), self.told(choices));
            assert_eq!(step.str("total"), money(sum), "{}", told());
        }
        assert_eq!(sum, totals.total, "{}", self.told(choices));
        let coupons = steps.iter().filter(|step| step.str("kind") == "coupon");
        assert_eq!(coupons.count(), self.coupons.len());
    }

    /// Whatever has become of prices, policies, promotions and coupons since.
    async fn assert_proven(&mut self, orders: usize) {
        for number in (0..orders).step_by(3) {
            let name = format!("order_number:N{}-{number}", self.shop.id);
            let proof = call(&mut self.admin, "shop_order_prove", (self.shop.id, &name)).await;
            let proof = proof.unwrap_or_else(|e| panic!("{name}: {e:?}"));
            let differences = &proof.set(2).rows;
            assert_eq!(proof.first().int("proven"), 1, "{name}: {differences:?}");
            let totals = ["total_payment", "recorded_total"].map(|name| proof.first().str(name));
            assert_eq!(totals[0], totals[1], "{name}");
        }
    }

    /// Every unit that was ordered is taken from the stock row it belongs to, and no other.
    async fn assert_stock(&mut self) {
        let sql = format!(
            "SELECT product_id, option_hash, CAST({UNITS} - SUM(free) AS CHAR) AS taken FROM shop_stock
             WHERE shop_id = {} GROUP BY product_id, option_hash HAVING SUM(free) <> {UNITS}",
            self.shop.id
        );
        let rows = query(&mut self.admin, &sql).await.unwrap();
        let found: BTreeMap<_, _> = (rows.set(0).rows.iter())
            .map(|row| {
                (
                    (row.str("product_id"), row.str("option_hash")),
                    row.str("taken"),
                )
            })
            .collect();
        let taken: BTreeMap<_, _> = (self.taken.iter())
            .map(|((product, key), units)| {
                ((product.clone(), (*key).to_owned()), units.to_string())
            })
            .collect();
        assert_eq!(found, taken, "shop {}", self.shop.id);
    }
}

/// Points or cash as a request names them.
fn used(amount: Cents) -> Option<String> {
    (amount > 0).then(|| money(amount))
}

fn cents(amount: &str) -> Cents {
    amount.replace('.', "").parse().expect("an amount")
}

fn receiver_json(post_code: &str) -> String {
    format!(
        r#"{{"receiver_name":"Kim","receiver_phone":"010-0000-0000","post_code":"{post_code}","address":"1 Road"}}"#
    )
}

#[tokio::test]
async fn the_quote_is_the_charge_and_both_are_what_the_rules_say() {
    let plan = Plan {
        sessions: SHOPS.len(),
        ..Plan::part(2_000)
    };
    let db = Arc::new(TestDb::with_fixture().await);
    let progress = Arc::new(Progress::new("carts quoted and ordered", plan));
    let mut tasks = Vec::new();
    for number in 0..plan.sessions {
        let mut session = Session::new(&db, number, plan.seed).await;
        let progress = progress.clone();
        tasks.push(tokio::spawn(async move {
            for cart in 0..plan.share(number) {
                let outcome = session.cart(cart).await;
                progress.step(outcome);
            }
            session.assert_stock().await;
            session.assert_proven(plan.share(number)).await;
            (session.faults, session.applied)
        }));
    }
    let (mut faults, mut applied) = (BTreeSet::new(), BTreeSet::new());
    for task in tasks {
        let (its_faults, its_applied) = task.await.expect("a session found something");
        faults.extend(its_faults);
        applied.extend(its_applied);
    }
    assert!(faults.len() == 11 || plan.count < 2_000, "only {faults:?}");
    // Four kinds off products, categories and the order, two off delivery.
    assert!(
        applied.len() == 14 || plan.count < 2_000,
        "only {applied:?}"
    );
    progress.finish(&[
        "ordered as quoted",
        "ordered without a coupon",
        "ordered after a change of no price",
        "ordered after a changed price",
        "ordered after a coupon has ended",
        "ordered for another address at the same price",
        "ordered for another address at another price",
        "not delivered there",
        "not delivered there any more",
    ]);
    db.assert_audit_clean().await;
}
