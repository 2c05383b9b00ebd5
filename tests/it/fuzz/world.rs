//! The shop of a run and what is in it now: ids that exist, so that input is nearly right and goes deep.

use serde_json::{Value as Json, json};

use super::Dice;
use super::hostile;
use super::messages;
use super::routines::{Parameter, Routine};
use crate::support::*;

#[derive(Clone, Debug)]
pub struct Cart {
    pub shop_id: i64,
    pub user_id: String,
    pub id: i64,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub shop_id: i64,
    pub user_id: String,
    /// order_key, order_number, order_code, seq_no
    pub names: Vec<String>,
    pub total: String,
}

impl Order {
    pub fn number(&self) -> &str {
        &self.names[1]
    }
}

/// A picture of the database, out of date a moment later: that is part of the fun.
#[derive(Debug, Default)]
pub struct World {
    pub carts: Vec<Cart>,
    pub orders: Vec<Order>,
    /// shop, product, option
    pub products: Vec<(i64, String, String)>,
    pub transactions: Vec<String>,
    /// shop, user, coupon
    pub coupons: Vec<(i64, String, i64)>,
}

/// Whose call it is.
#[derive(Clone, Debug)]
pub struct Subject {
    pub shop_id: i64,
    pub user_id: String,
    pub order: Option<Order>,
    /// The cart rows that the call is about.
    pub chosen: Vec<i64>,
}

/// The fixture; shop 2 has an account at the wallet too, shirts are cheap enough to be given away, and a set takes books and
/// rice that others want too.
pub async fn shop() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.copy_adapter(2, "M2").await;
    db.exec(
        "UPDATE shop_products SET discount_rate = 1 WHERE shop_id = 1 AND product_id = 'pen';
         UPDATE shop_delivery_policy SET base_cost = 0 WHERE shop_id = 1 AND id = 5;
         INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         VALUES (1, 'dear', 'More than one cannot be paid', 500000000000000, 1),
                (1, 'set', 'Books and rice', 12000, 1);
         INSERT INTO shop_set_parts (shop_id, product_id, part_product_id, quantity)
         VALUES (1, 'set', 'book', 1), (1, 'set', 'rice', 2);
         INSERT INTO shop_jobs (job_name, interval_seconds, lease_seconds, batch_size, lease_until, next_run_at)
         VALUES ('other_job', 1, 1, 10, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
    )
    .await;
    db.exec(COUPONS).await;
    for shop in 1..=2 {
        for number in 1..=9 {
            let products: &[&str] = if shop == 2 {
                &["mug"]
            } else {
                &["book", "rice", "chair", "pen", "last", "set"]
            };
            for product in products {
                db.add_cart(shop, &format!("u{number}"), product, NO_OPTION, 1)
                    .await;
            }
        }
    }
    db
}

impl World {
    pub async fn look(db: &TestDb) -> World {
        let carts = db
            .rows("SELECT shop_id, user_id, seq_no FROM shop_cart ORDER BY seq_no DESC LIMIT 300")
            .await;
        let orders = db
            .rows(
                "SELECT shop_id, user_id, _uuid_text(order_key) AS order_key, order_number, order_code, seq_no,
                        TRIM(TRAILING '.00' FROM CAST(total_payment AS CHAR)) AS total
                 FROM shop_orders ORDER BY seq_no DESC LIMIT 150",
            )
            .await;
        let products = db
            .rows(
                "SELECT p.shop_id, p.product_id, COALESCE(o.option_hash, '__noopt__') AS option_hash
                 FROM shop_products p
                 LEFT JOIN shop_product_options o ON o.shop_id = p.shop_id AND o.product_id = p.product_id",
            )
            .await;
        let transactions = db
            .rows("SELECT pg_tx FROM shop_payments WHERE pg_tx IS NOT NULL ORDER BY seq_no DESC LIMIT 50")
            .await;
        let coupons = db
            .rows(
                "SELECT shop_id, user_id, coupon_no FROM shop_issued_coupons
                 ORDER BY order_seq_no IS NULL DESC, coupon_no DESC LIMIT 200",
            )
            .await;
        World {
            coupons: coupons
                .iter()
                .map(|row| (row.int("shop_id"), row.str("user_id"), row.int("coupon_no")))
                .collect(),
            carts: carts
                .iter()
                .map(|row| Cart {
                    shop_id: row.int("shop_id"),
                    user_id: row.str("user_id"),
                    id: row.int("seq_no"),
                })
                .collect(),
            orders: orders
                .iter()
                .map(|row| Order {
                    shop_id: row.int("shop_id"),
                    user_id: row.str("user_id"),
                    names: ["order_key", "order_number", "order_code", "seq_no"]
                        .map(|name| row.str(name))
                        .to_vec(),
                    total: row.str("total"),
                })
                .collect(),
            products: products
                .iter()
                .map(|row| {
                    (
                        row.int("shop_id"),
                        row.str("product_id"),
                        row.str("option_hash"),
                    )
                })
                .collect(),
            transactions: transactions.iter().map(|row| row.str("pg_tx")).collect(),
        }
    }

    /// What only time does: pending orders lapse. By hand and not by jumun's rules, so it may meet a deadlock, and then
    /// time stands still for once.
    pub async fn let_time_pass(conn: &mut Conn) {
        conn.query_drop(
            "UPDATE shop_orders o LEFT JOIN shop_stock_reservations r ON r.order_seq_no = o.seq_no
             SET o.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND, r.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND
             WHERE o.order_status IN (1, 11) AND o.seq_no % 3 = 0 AND o.expires_at > UTC_TIMESTAMP(6);
             UPDATE shop_jobs SET next_run_at = UTC_TIMESTAMP(6), lease_until = UTC_TIMESTAMP(6)",
        )
        .await
        .ok();
    }

    /// A buyer who has a cart, or an order, or neither.
    pub fn subject(&self, dice: &mut Dice, with_cart: bool) -> Subject {
        let order = (!self.orders.is_empty()).then(|| dice.pick(&self.orders).clone());
        let (shop_id, user_id) = if with_cart && !self.carts.is_empty() {
            let cart = dice.pick(&self.carts);
            (cart.shop_id, cart.user_id.clone())
        } else if let Some(order) = order.as_ref().filter(|_| dice.percent(60)) {
            (order.shop_id, order.user_id.clone())
        } else {
            let shop = if dice.percent(80) { 1 } else { 2 };
            (shop, format!("u{}", 1 + dice.below(9)))
        };
        let carts: Vec<i64> = self
            .carts
            .iter()
            .filter(|cart| cart.shop_id == shop_id && cart.user_id == user_id)
            .map(|cart| cart.id)
            .collect();
        let chosen = dice.some(&carts, 4);
        Subject {
            shop_id,
            user_id,
            order,
            chosen,
        }
    }

    /// A value that is right for a parameter, as far as this list knows its name.
    pub fn good(
        &self,
        dice: &mut Dice,
        routine: &Routine,
        parameter: &Parameter,
        who: &Subject,
    ) -> Value {
        let name = parameter.name.as_str();
        let stock = routine.name.contains("stock");
        match name {
            "pi_shop_id" if routine.has("pi_state") => (*dice.pick(&["", "1", "2"])).into(),
            // A payment by hand is for the order's shop.
            "pi_shop_id" if routine.has("pi_pg_tx") => {
                let order = who.order.as_ref();
                order.map_or(who.shop_id, |order| order.shop_id).into()
            }
            "pi_shop_id" => who.shop_id.into(),
            "pi_user_id" if routine.name == "shop_order_select" && dice.percent(30) => Value::NULL,
            "pi_user_id" => who.user_id.as_str().into(),
            "pi_quantity" if routine.has("pi_reference") => {
                let sign = if dice.percent(30) { "-" } else { "" };
                format!("{sign}{}", 1 + dice.below(40)).into()
            }
            "pi_reference" => format!("R-{}", dice.below(300)).into(),
            "pi_quantity" if stock => dice.below(60).to_string().into(),
            "pi_quantity" if dice.percent(5) => (1 + dice.below(99_999)).to_string().into(),
            "pi_quantity" => (1 + dice.below(3)).to_string().into(),
            "pi_cart_id" => who.chosen.first().copied().unwrap_or(1).to_string().into(),
            "pi_cart_ids_json" => ids(dice, &who.chosen).into(),
            "pi_mTrdNo" => self.new_or_known_number(dice).into(),
            "pi_pg" => "wallet".into(),
            "pi_merchant_id" => messages::merchant(who).into(),
            "pi_channel" => (*dice.pick(&["return", "notify", "notify", "lookup"])).into(),
            "pi_fields_json" => messages::message(dice, self, who).json().into(),
            "pi_order_name" | "pi_order_key" => {
                let order = who.order.as_ref();
                order.map_or("none".into(), |order| {
                    dice.pick(&order.names).as_str().into()
                })
            }
            "pi_items_json" => self.items(dice, who).into(),
            "pi_lines_json" => (*dice.pick(&["", "", "[1]", "[1,2]"])).into(),
            "pi_guest_id" => (*dice.pick(&["guest 1", "guest 2", "u1"])).into(),
            "pi_order_mode" => {
                (*dice.pick(&["cart", "direct", "", "cart_all", "direct_buy"])).into()
            }
            "pi_batch_size" => (1 + dice.below(50)).into(),
            "pi_holder" => (*dice.pick(&["gateway 1", "gateway 2"])).into(),
            "pi_job_name" => (*dice.pick(&["shop_order_expire", "other_job"])).into(),
            "pi_state" if routine.has("pi_duty_no") => {
                (*dice.pick(&["owed", "done", "withdrawn"])).into()
            }
            "pi_state" => (*dice.pick(&["", "owed", "done", "withdrawn"])).into(),
            "pi_duty_no" => (1 + dice.below(30)).to_string().into(),
            "pi_proof" => (*dice.pick(&["", "", "R-1"])).into(),
            "pi_pg_tx" if dice.percent(20) && !self.transactions.is_empty() => {
                dice.pick(&self.transactions).as_str().into()
            }
            "pi_pg_tx" => format!("W{:x}", dice.number()).into(),
            "pi_amount" if routine.has("pi_entry_key") => {
                (*dice.pick(&["700", "50", "1000", "-20", "-300"])).into()
            }
            "pi_amount" => {
                let total = who.order.as_ref().map(|order| order.total.as_str());
                total.unwrap_or("1000").into()
            }
            "pi_approval_no" => Value::NULL,
            "pi_from" => (*dice.pick(&["2026-01-01 00:00:00", "2026-06-01T00:00:00Z"])).into(),
            "pi_to" => "2126-01-01 00:00:00".into(),
            "pi_hours" => (*dice.pick(&["", "1", "24"])).into(),
            "pi_after" if routine.name == "select_shop_orders" => {
                let order = who.order.as_ref().filter(|_| dice.percent(50));
                order.map_or("", |order| order.names[0].as_str()).into()
            }
            "pi_after" => (*dice.pick(&["", "u1"])).into(),
            "pi_limit" => (1 + dice.below(200)).to_string().into(),
            "pi_user_ids_json" => format!("[\"{}\"]", who.user_id).into(),
            "pi_note" => (*dice.pick(&["", "by mail"])).into(),
            "pi_strategy" => "slots".into(),
            "pi_slots" => (2 + dice.below(6)).to_string().into(),
            "pi_counted" => (*dice.pick(&["shelf", "free"])).into(),
            "pi_reason" | "pi_result" => "because".into(),
            "pi_coupon_ids_json" if dice.percent(40) => {
                let own = self.coupons.iter();
                let own = own.filter(|c| c.0 == who.shop_id && c.1 == who.user_id);
                let own: Vec<i64> = own.map(|c| c.2).collect();
                json!(dice.some(&own, 3)).to_string().into()
            }
            "pi_coupon_ids_json" => Value::NULL,
            "pi_point_to_use" | "pi_cash_to_use" if dice.percent(20) => {
                (*dice.pick(&["", "0", "1", "30", "300", "1.25"])).into()
            }
            "pi_point_to_use" | "pi_cash_to_use" => Value::NULL,
            "pi_quote_id" if dice.percent(30) => (1 + dice.below(200)).to_string().into(),
            "pi_quote_id" => Value::NULL,
            "pi_kind" => (*dice.pick(&["point", "cash"])).into(),
            "pi_days" => Value::NULL,
            "pi_entry_key" => format!("E{}", dice.below(60)).into(),
            "pi_before" => (*dice.pick(&["", "", "40"])).into(),
            "pi_coupon_code" => (*dice.pick(&["order", "books", "far", "rare", "none"])).into(),
            "pi_code" => (*dice.pick(&["ORDER", "or-der", "once 1", "once 2", "none"])).into(),
            "pi_issue_key" => format!("K{}", dice.below(30)).into(),
            // Filled in together, below.
            "pi_product_id" | "pi_option_hash" | "pi_address_id" | "pi_receiver_json"
            | "pi_post_code" | "pi_client_total" => Value::NULL,
            "pi_areas_json" => (*dice.pick(&["[]", AREA, AREA])).into(),
            _ => hostile::value(dice),
        }
    }

    /// Good values for all parameters; the client's total is asked for by the caller.
    pub fn good_call(&self, dice: &mut Dice, routine: &Routine, who: &Subject) -> Vec<Value> {
        let parameters = &routine.parameters;
        let mut values: Vec<Value> = parameters
            .iter()
            .map(|parameter| self.good(dice, routine, parameter, who))
            .collect();
        let mut put = |name: &str, value: Value| {
            if let Some(at) = routine.position(name) {
                values[at] = value;
            }
        };
        let own: Vec<_> = self
            .products
            .iter()
            .filter(|p| p.0 == who.shop_id)
            .cloned()
            .collect();
        if !own.is_empty() {
            let (_, product, option) = dice.pick(&own).clone();
            put("pi_product_id", product.into());
            put("pi_option_hash", option.into());
        }
        if routine.has("pi_items_json") {
            // One product, a list, or an order.
            let one_of = [
                &["pi_items_json", "pi_order_name", "pi_lines_json"][..],
                &["pi_product_id", "pi_order_name", "pi_lines_json"],
                &["pi_product_id", "pi_items_json"],
            ];
            for name in *dice.pick(&one_of) {
                put(name, Value::NULL);
            }
        }
        if dice.percent(40) {
            put("pi_strategy", "single".into());
            put("pi_slots", Value::NULL);
        }
        if dice.percent(50) || !routine.has("pi_receiver_json") {
            put("pi_address_id", address(who).into());
        } else {
            put("pi_receiver_json", receiver(dice).into());
        }
        if routine.has("pi_issue_key") {
            // A list, or the carts that were left.
            let one_of = [
                &["pi_hours", "pi_after"][..],
                &["pi_user_ids_json", "pi_issue_key"],
            ];
            for name in *dice.pick(&one_of) {
                put(name, Value::NULL);
            }
        }
        if routine.has("pi_post_code") && dice.percent(30) {
            // Instead of both.
            put("pi_address_id", Value::NULL);
            put("pi_receiver_json", Value::NULL);
            put("pi_post_code", (*dice.pick(&["04524", "63 001"])).into());
        }
        values
    }

    /// A list for a cart.
    fn items(&self, dice: &mut Dice, who: &Subject) -> String {
        let own = self.products.iter().filter(|p| p.0 == who.shop_id);
        let own: Vec<Json> = own
            .map(|p| json!({"product_id": p.1, "option_hash": p.2, "quantity": 1}))
            .collect();
        json!(dice.some(&own, 4)).to_string()
    }

    pub fn new_or_known_number(&self, dice: &mut Dice) -> String {
        match self.orders.first() {
            Some(_) if dice.percent(10) => dice.pick(&self.orders).number().to_owned(),
            _ => format!("T-{:x}", dice.number()),
        }
    }
}

/// Coupons of every kind, some of which are soon used up, and codes for them.
const COUPONS: &str = r#"
    INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, target_ids, kind, amount, rate, max_discount,
                              round_to, min_amount, valid_days, issue_limit, member_limit, use_limit, stack_group)
    VALUES (1, 'order', '천 원', 'order', NULL, 'amount', 1000, NULL, NULL, NULL, 5000, NULL, NULL, NULL, NULL, 'one'),
           (1, 'books', '책 15%', 'product', '["book","lamp"]', 'rate', NULL, 0.15, 3000, 10, NULL, 3, NULL, 5, NULL, NULL),
           (1, 'far', '배송비', 'delivery', NULL, 'rate', NULL, 1, 2500, NULL, NULL, NULL, NULL, 3, NULL, NULL),
           (1, 'rare', '7%', 'order', NULL, 'rate', NULL, 0.07, NULL, NULL, NULL, NULL, 40, 2, 20, 'one'),
           (2, 'order', 'One', 'order', NULL, 'amount', 1.25, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO shop_coupon_codes (shop_id, code, coupon_code, once)
    VALUES (1, 'ORDER', 'order', 0), (1, 'ONCE1', 'rare', 1), (1, 'ONCE2', 'books', 1), (2, 'ORDER', 'order', 0)"#;

/// Where delivery costs more.
const AREA: &str = r#"[{"area_code":"jeju","area_name":"제주","surcharge":"3000","codes":["63000~63644","58800"]}]"#;

/// The fixture's address of a buyer.
pub fn address(who: &Subject) -> String {
    let number = who.user_id.trim_start_matches('u');
    format!("{}0{number}", who.shop_id)
}

pub fn receiver(dice: &mut Dice) -> String {
    json!({
        "receiver_name": *dice.pick(&["김 받는 이", "O'Neil {key}", "\"quoted\" \\ name", "😀"]),
        "receiver_phone": "010-1234-5678", "post_code": *dice.pick(&["04524", "63001"]), "address": "세종대로 110",
        "address_detail": *dice.pick(&["", "3층 {hash}"]), "delivery_msg": "문 앞에\r\n두세요",
    })
    .to_string()
}

/// A list of ids in one of the forms that are taken.
pub fn ids(dice: &mut Dice, ids: &[i64]) -> String {
    match dice.below(3) {
        0 => json!(ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()).to_string(),
        1 => json!(ids.iter().map(i64::to_string).collect::<Vec<_>>()).to_string(),
        _ => json!(ids).to_string(),
    }
}
