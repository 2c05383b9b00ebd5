//! Calls of every public routine by buyers who are always the same, and what each of them reads.

use std::collections::BTreeMap;

use crate::support::*;

/// The fixture with plenty of stock, and one product in slots.
pub async fn shop() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shop_stock SET free = free + 5000 WHERE shop_id = 1 AND option_hash = '__noopt__'
             AND product_id NOT IN ('last', 'none');
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, 5000, 'more', 'test', UTC_TIMESTAMP(6) FROM shop_stock
         WHERE shop_id = 1 AND option_hash = '__noopt__' AND product_id NOT IN ('last', 'none');
         INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount, member_limit)
         VALUES (1, 'any', 'One thousand', 'order', 'amount', 1000, NULL),
                (1, 'left', 'Come back', 'order', 'amount', 1000, NULL);
         INSERT INTO shop_coupon_codes (shop_id, code, coupon_code) VALUES (1, 'ANYCODE', 'any')",
    )
    .await;
    db
}

/// What a call cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Rows that the engine read for it, of tables and of what it made itself.
    pub read: i64,
    /// Rows that it answered, or counted.
    pub returned: i64,
}

/// One session whose calls are measured.
struct Meter<'a> {
    db: &'a TestDb,
    conn: Conn,
    /// What it costs to look.
    look: i64,
    costs: BTreeMap<String, Cost>,
}

impl<'a> Meter<'a> {
    async fn new(db: &'a TestDb) -> Meter<'a> {
        let mut meter = Meter {
            db,
            conn: db.conn().await,
            look: 0,
            costs: BTreeMap::new(),
        };
        let first = meter.rows_read().await;
        meter.look = meter.rows_read().await - first;
        meter
    }

    async fn rows_read(&mut self) -> i64 {
        let sets = query(
            &mut self.conn,
            "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_first', 'Handler_read_key', 'Handler_read_last',
                 'Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd', 'Handler_read_rnd_next')",
        )
        .await
        .expect("the counters");
        let rows = &sets.set(0).rows;
        assert_eq!(rows.len(), 7);
        rows.iter().map(|row| row.int("Value")).sum()
    }

    /// Makes a call. Its outcome, OK or a code, must be the one that is expected: else something else is measured.
    async fn call(&mut self, what: &str, expected: &str, params: Vec<Value>) -> Sets {
        let routine = what.split(' ').next().expect("a name").to_owned();
        let before = self.rows_read().await;
        let answer = call(&mut self.conn, &routine, Params::Positional(params)).await;
        let after = self.rows_read().await;
        let (outcome, sets) = match answer {
            Ok(sets) => ("OK".to_owned(), sets),
            Err(error) => (error.message.clone(), error.sets),
        };
        assert_eq!(outcome, expected, "{what}: {sets:?}");
        let rows: usize = sets.0.iter().map(|set| set.rows.len()).sum();
        let first = sets.first();
        let counted = if first.has("duty_count") {
            first.int("duty_count")
        } else {
            0
        };
        let cost = Cost {
            read: after - before - self.look,
            returned: i64::try_from(rows).expect("a number of rows") + counted,
        };
        self.costs.insert(what.to_owned(), cost);
        sets
    }

    async fn order(&mut self, what: &str, expected: &str, order: &OrderCall) -> Sets {
        let Params::Positional(params) = order.params() else {
            unreachable!("parameters of a CALL are positional")
        };
        self.call(&format!("shop_order_insert {what}"), expected, params)
            .await
    }

    async fn message(
        &mut self,
        what: &str,
        channel: &str,
        expected: &str,
        message: &WalletMessage,
    ) {
        let params = vec![
            "wallet".into(),
            "M1".into(),
            channel.into(),
            message.json().into(),
        ];
        self.call(&format!("shop_order_update {what}"), expected, params)
            .await;
    }
}

fn texts(texts: &[&str]) -> Vec<Value> {
    let null = |text: &&str| {
        if *text == "-" {
            Value::NULL
        } else {
            (*text).into()
        }
    };
    texts.iter().map(null).collect()
}

/// Every routine in every way that reads something else. Rows read, per call.
pub async fn run(db: &TestDb, round: &str) -> BTreeMap<String, Cost> {
    let mut meter = Meter::new(db).await;
    cart(&mut meter).await;
    orders(&mut meter, round).await;
    payments(&mut meter, round).await;
    expiry(&mut meter, round).await;
    operators(&mut meter, round).await;
    jobs(&mut meter).await;
    db.exec("DELETE FROM shop_cart WHERE user_id LIKE 'u%'")
        .await;
    meter.costs
}

/// What is done while many orders have lapsed.
pub async fn backlog(db: &TestDb, round: &str) -> BTreeMap<String, Cost> {
    let mut meter = Meter::new(db).await;
    let answer = meter.call("shop_order_expire", "OK", vec![10.into()]).await;
    assert_eq!(answer.first().int("expired"), 10);
    let wanted = db.free_stock("book", NO_OPTION).await + 1;
    let units = u32::try_from(wanted).expect("a quantity");
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, units).await;
    let order = OrderCall::new(&format!("{round}-reclaim"), &[cart_id])
        .client_total(&(wanted * 10_000).to_string());
    meter.order("with a reclaimed unit", "OK", &order).await;
    db.exec("DELETE FROM shop_cart WHERE user_id LIKE 'u%'")
        .await;
    meter.costs
}

/// A buyer's list of orders: its first page, one in the middle, and the last one.
pub async fn history(db: &TestDb, user: &str) -> BTreeMap<String, Cost> {
    let mut meter = Meter::new(db).await;
    let count = db
        .int(&format!(
            "SELECT COUNT(*) FROM shop_orders WHERE user_id = '{user}'"
        ))
        .await;
    for (what, skipped) in [("first", 0), ("middle", count / 2), ("last", count - 20)] {
        let key = format!(
            "SELECT _uuid_text(order_key) FROM shop_orders WHERE user_id = '{user}'
             ORDER BY seq_no DESC LIMIT 1 OFFSET {}",
            (skipped - 1).max(0)
        );
        let after = match skipped {
            0 => "-".to_owned(),
            _ => db.text(&key).await,
        };
        let page = texts(&["1", user, &after, "20"]);
        let what = format!("select_shop_orders {what}");
        let answer = meter.call(&what, "OK", page).await;
        assert_eq!(answer.first().int("order_count"), 20, "{what}");
        let more = answer.first().opt("next_after").is_some();
        assert_eq!(more, !what.ends_with("last"), "{what}");
    }
    meter.costs
}

async fn cart(meter: &mut Meter<'_>) {
    let added = meter
        .call("add_shop_cart", "OK", texts(&["1", "u1", "book", "-", "1"]))
        .await;
    let id = added.first().str("cart_id");
    meter
        .call(
            "add_shop_cart again",
            "OK",
            texts(&["1", "u1", "book", "-", "1"]),
        )
        .await;
    meter
        .call(
            "add_shop_cart unknown",
            "PRODUCT_UNAVAILABLE",
            texts(&["1", "u1", "nosuch", "-", "1"]),
        )
        .await;
    meter
        .call("update_shop_cart", "OK", texts(&["1", "u1", &id, "3"]))
        .await;
    meter
        .call(
            "update_shop_cart foreign",
            "CART_NOT_FOUND",
            texts(&["1", "u1", "1000001", "3"]),
        )
        .await;
    meter
        .call("select_shop_cart", "OK", texts(&["1", "u1", "-"]))
        .await;
    let items = r#"[{"product_id":"lamp","quantity":1},{"product_id":"nosuch","quantity":1}]"#;
    for (what, buyer) in [("a list", "u9"), ("a guest's list", "visitor")] {
        let list = texts(&["1", buyer, "-", "-", "-", items, "-", "-"]);
        meter
            .call(&format!("add_shop_cart_items {what}"), "OK", list)
            .await;
    }
    meter
        .call("refresh_shop_cart", "OK", texts(&["1", "u1", "enter"]))
        .await;
    for what in ["merge_shop_cart", "merge_shop_cart again"] {
        meter.call(what, "OK", texts(&["1", "visitor", "u9"])).await;
    }
    for what in ["add_shop_cart_buy_now", "add_shop_cart_buy_now again"] {
        let bought = texts(&["1", "u9", "pen", "-", "2"]);
        meter.call(what, "OK", bought).await;
    }
    let ids = format!("[{id}]");
    meter
        .call(
            "shop_order_quote",
            "OK",
            texts(&["1", "u1", &ids, "-", "-", "-", "-", "-", "-", "-"]),
        )
        .await;
    meter
        .call(
            "shop_order_quote foreign",
            "CART_NOT_FOUND",
            texts(&["1", "u1", "[1000001]", "-", "-", "-", "-", "-", "-", "-"]),
        )
        .await;
    let explain = texts(&["1", "u1", &ids, "-", "-", "-", "-", "-", "-"]);
    meter.call("shop_order_explain", "OK", explain).await;
    coupons(meter).await;
    meter
        .call("delete_shop_cart", "OK", texts(&["1", "u1", &ids]))
        .await;
}

/// Coupons of a buyer who is new in every round: what is read follows how many coupons a buyer has.
async fn coupons(meter: &mut Meter<'_>) {
    let db = meter.db;
    let issued = db.count("shop_issued_coupons").await;
    let buyer = format!("buyer-{issued}");
    let id = db.add_cart(1, &buyer, "book", NO_OPTION, 1).await;
    let (ids, key) = (format!("[{id}]"), format!("issue-{issued}"));
    for what in ["issue_adm_coupon", "issue_adm_coupon again"] {
        let members = format!(r#"["{buyer}"]"#);
        let said = texts(&["1", "any", &members, "-", "-", &key]);
        meter.call(what, "OK", said).await;
    }
    // Of the carts that were left the last ones.
    let left = texts(&["1", "left", "-", "24", "y", "-"]);
    meter.call("issue_adm_coupon to carts", "OK", left).await;
    let code = texts(&["1", &buyer, "any-code"]);
    meter.call("add_shop_coupon", "OK", code).await;
    let unknown = texts(&["1", &buyer, "nosuch"]);
    meter
        .call("add_shop_coupon unknown", "COUPON_CODE_NOT_FOUND", unknown)
        .await;
    let mine = texts(&["1", &buyer, &ids, "-"]);
    let answer = meter.call("select_shop_coupons", "OK", mine).await;
    let coupon = answer.set(1).rows[0].str("coupon_id");
    let coupons = format!("[{coupon}]");
    let quote = texts(&["1", &buyer, &ids, "-", &coupons, "-", "-", "-", "-", "-"]);
    meter
        .call("shop_order_quote with a coupon", "OK", quote)
        .await;
    // Points: given twice, taken, told, quoted with, ordered with, used, completed.
    let members = format!(r#"["{buyer}"]"#);
    for (what, amount, key) in [
        ("adjust_adm_credits", "500", "given"),
        ("adjust_adm_credits again", "500", "given"),
        ("adjust_adm_credits to take", "-100", "taken"),
    ] {
        let said = texts(&["1", "point", &members, amount, "-", key, "why"]);
        meter.call(what, "OK", said).await;
    }
    let mine = texts(&["1", &buyer, "-"]);
    meter.call("select_shop_credits", "OK", mine).await;
    let quote = texts(&["1", &buyer, &ids, "-", "-", "300", "-", "-", "-", "-"]);
    meter
        .call("shop_order_quote with points", "OK", quote)
        .await;
    let number = format!("points-{issued}");
    // What was there before is audited.
    db.exec(crate::admin::AUDITED).await;
    let order = OrderCall::new(&number, &[id])
        .user(1, &buyer)
        .address(None)
        .receiver(Some(crate::upgrade::history::RECEIVER))
        .points(Some("300"))
        .client_total("9700");
    let Params::Positional(order) = order.params() else {
        unreachable!("positional")
    };
    meter
        .call("shop_order_insert with points", "OK", order)
        .await;
    let prove = texts(&["1", &number]);
    meter.call("shop_order_prove", "OK", prove).await;
    let audit = meter.call("shop_audit_new", "OK", Vec::new()).await;
    assert_eq!(audit.first().int("proven_count"), 1);
    let paid = WalletMessage::paid(&number, &number, "9700").json();
    let paid = texts(&["wallet", "M1", "notify", &paid]);
    meter
        .call("shop_order_update of an order with points", "OK", paid)
        .await;
    let complete = texts(&["1", &buyer, &number]);
    for what in ["shop_order_complete", "shop_order_complete again"] {
        meter.call(what, "OK", complete.clone()).await;
    }
    for job in [
        "shop_orders_complete",
        "shop_credit_expire",
        "shop_quote_expire",
    ] {
        meter.call(job, "OK", vec![10.into()]).await;
    }
}

/// Three rows of a buyer's cart, 33,000 + 1,000 together.
async fn three(db: &TestDb, user: &str) -> Vec<i64> {
    let mut ids = Vec::new();
    for product in ["book", "lamp", "book"] {
        ids.push(db.add_cart(1, user, product, NO_OPTION, 1).await);
    }
    ids
}

async fn orders(meter: &mut Meter<'_>, round: &str) {
    let db = meter.db;
    let number = |what: &str| format!("{round}-{what}");
    let ids = three(db, "u1").await;
    let order = OrderCall::new(&number("order"), &ids).client_total("43000");
    let wrong = order.clone().client_total("1");
    meter.order("changed price", "PRICE_CHANGED", &wrong).await;
    meter.order("stored address", "OK", &order).await;
    meter.order("again", "OK", &order).await;
    meter
        .order("other request", "IDEMPOTENCY_MISMATCH", &wrong)
        .await;
    meter
        .order(
            "consumed",
            "CART_NOT_FOUND",
            &order.clone().number(Some(&number("second"))),
        )
        .await;
    let receiver = r#"{"receiver_name":"N","receiver_phone":"010-0000-0000","post_code":"04524","address":"A"}"#;
    let ids = three(db, "guest").await;
    let guest = OrderCall::new(&number("guest"), &ids)
        .user(1, "guest")
        .receiver(Some(receiver))
        .client_total("43000");
    meter.order("typed address", "OK", &guest).await;
    let id = db.add_cart(1, "u1", "none", NO_OPTION, 1).await;
    let none = OrderCall::new(&number("none"), &[id]).client_total("7000");
    meter.order("out of stock", "OUT_OF_STOCK", &none).await;
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 99_999).await;
    let many = OrderCall::new(&number("much"), &[id]).client_total("999990000");
    meter
        .order("more than there is", "OUT_OF_STOCK", &many)
        .await;

    let placed = meter
        .call(
            "shop_order_select by number",
            "OK",
            texts(&["1", "-", &number("order")]),
        )
        .await;
    for name in ["order_key", "order_code", "seq_no"] {
        let value = placed.first().str(name);
        meter
            .call(
                &format!("shop_order_select by {name}"),
                "OK",
                texts(&["1", "u1", &value]),
            )
            .await;
    }
    for (what, name) in [
        ("unknown number", "nosuch"),
        ("unknown key", "00000000-0000-0000-0000-000000000000"),
        ("unknown code", "20990101-AAAAAAAA"),
        ("unknown seq_no", "999999999999"),
    ] {
        meter
            .call(
                &format!("shop_order_select {what}"),
                "ORDER_NOT_FOUND",
                texts(&["1", "-", name]),
            )
            .await;
    }
    // The ten newest of a buyer who has more with every round.
    let newest = texts(&["1", "u1", "-", "10"]);
    meter.call("select_shop_orders", "OK", newest).await;
    let again = texts(&["1", "u1", "-", "-", "-", "-", &number("order"), "[1,2]"]);
    meter
        .call("add_shop_cart_items of an order", "OK", again)
        .await;
    meter
        .call(
            "shop_order_restore_cart",
            "OK",
            texts(&["1", "u1", &number("order")]),
        )
        .await;
    meter
        .call(
            "shop_order_restore_cart again",
            "OK",
            texts(&["1", "u1", &number("order")]),
        )
        .await;
}

async fn payments(meter: &mut Meter<'_>, round: &str) {
    let db = meter.db;
    let mut conn = db.conn_as_gateway().await;
    let mut numbers = Vec::new();
    for what in ["pay", "fail", "differs", "hand", "restored"] {
        let ids = three(db, "u2").await;
        let number = format!("{round}-{what}");
        let order = OrderCall::new(&number, &ids)
            .user(1, "u2")
            .client_total("43000");
        order.call(&mut conn).await.expect("an order");
        numbers.push(number);
    }
    let paid = WalletMessage::paid(&numbers[0], &format!("{round}-W"), "43000");
    meter.message("notify", "notify", "OK", &paid).await;
    meter.message("return", "return", "OK", &paid).await;
    let failed = WalletMessage::failed(&numbers[1], &format!("{round}-F"), "43000");
    meter.message("failed", "notify", "OK", &failed).await;
    let differs = WalletMessage::paid(&numbers[2], &format!("{round}-D"), "1");
    meter
        .message("other amount", "notify", "OK", &differs)
        .await;
    let revived = WalletMessage::paid(&numbers[2], &format!("{round}-L"), "43000");
    meter
        .message("after another amount", "notify", "OK", &revived)
        .await;
    call(&mut conn, "shop_order_restore_cart", (1, "u2", &numbers[4]))
        .await
        .expect("the cart");
    let late = WalletMessage::paid(&numbers[4], &format!("{round}-M"), "43000");
    meter.message("late", "notify", "OK", &late).await;
    let unknown = WalletMessage::paid("nosuch", &format!("{round}-U"), "43000");
    meter
        .message("unknown order", "notify", "OK", &unknown)
        .await;
    let foreign = WalletMessage::paid(&numbers[3], &format!("{round}-W"), "43000");
    meter
        .message("used transaction", "notify", "OK", &foreign)
        .await;
    let revived = WalletMessage::paid(&numbers[1], &format!("{round}-R"), "43000");
    meter
        .message("after a refusal", "notify", "OK", &revived)
        .await;
    let hand = format!("{round}-H");
    let hand = [
        "1",
        &numbers[3],
        "wallet",
        "M1",
        &hand,
        "43000",
        "-",
        "by hand",
    ];
    meter
        .call("update_adm_order_payment", "OK", texts(&hand))
        .await;
    meter
        .call("update_adm_order_payment again", "OK", texts(&hand))
        .await;
    meter
        .message("forged", "notify", "SIGNATURE_INVALID", &paid.key("forged"))
        .await;
}

async fn expiry(meter: &mut Meter<'_>, round: &str) {
    let db = meter.db;
    let mut conn = db.conn_as_gateway().await;
    meter
        .call("shop_order_expire nothing", "OK", vec![10.into()])
        .await;
    for at in 0..5 {
        let ids = three(db, "u3").await;
        let number = format!("{round}-lapsed-{at}");
        let order = OrderCall::new(&number, &ids)
            .user(1, "u3")
            .client_total("43000");
        order.call(&mut conn).await.expect("an order");
        db.let_expire(&number).await;
    }
    let answer = meter.call("shop_order_expire", "OK", vec![10.into()]).await;
    assert_eq!(answer.first().int("expired"), 5);
}

async fn operators(meter: &mut Meter<'_>, round: &str) {
    for (what, result, quantity) in [
        ("shop_stock_add", "OK", "40"),
        ("shop_stock_add again", "OK", "40"),
        ("shop_stock_add mismatch", "IDEMPOTENCY_MISMATCH", "41"),
    ] {
        let reference = format!("{round}-R1");
        let delivery = ["1", "pen", "-", quantity, "came in", &reference];
        meter.call(what, result, texts(&delivery)).await;
    }
    meter
        .call(
            "shop_stock_set",
            "OK",
            texts(&["1", "pen", "-", "shelf", "100", "-"]),
        )
        .await;
    meter
        .call(
            "shop_stock_set unknown",
            "PRODUCT_NOT_FOUND",
            texts(&["1", "nosuch", "-", "shelf", "100", "-"]),
        )
        .await;
    meter
        .call(
            "update_adm_stock_strategy slots",
            "OK",
            texts(&["1", "ink", "slots", "8"]),
        )
        .await;
    meter
        .call(
            "update_adm_stock_strategy single",
            "OK",
            texts(&["1", "ink", "single", "-"]),
        )
        .await;
    meter
        .call(
            "update_adm_ticket_key",
            "OK",
            texts(&["1", "9", &"ab".repeat(32), "-"]),
        )
        .await;
    let duty = db_duty(meter).await;
    for (what, state) in [("done", "done"), ("again", "done"), ("owed", "owed")] {
        let (proof, reason) = if state == "done" {
            ("R1", "-")
        } else {
            ("-", "a slip")
        };
        meter
            .call(
                &format!("update_adm_pg_duty {what}"),
                "OK",
                texts(&[&duty, state, proof, reason]),
            )
            .await;
    }
    for (what, shop, state) in [
        ("owed, all shops", "-", "owed"),
        ("owed", "1", "owed"),
        ("owed, nothing", "2", "owed"),
        ("done, all shops", "-", "done"),
        ("done", "1", "done"),
    ] {
        meter
            .call(
                &format!("select_adm_pg_duties {what}"),
                "OK",
                texts(&[shop, state]),
            )
            .await;
    }
    // Many carts that were left, and a period of no orders: what is read is the page, and the days.
    meter
        .call(
            "select_adm_abandoned_carts",
            "OK",
            texts(&["1", "24", "-", "5"]),
        )
        .await;
    meter
        .call(
            "update_adm_cart_contacted",
            "OK",
            texts(&["1", r#"["g1","g2"]"#, "-"]),
        )
        .await;
    meter
        .call(
            "select_adm_order_modes",
            "OK",
            texts(&["1", "2025-06-01 00:00:00", "2025-07-01 00:00:00"]),
        )
        .await;
    meter.call("select_error_codes", "OK", Vec::new()).await;
    meter
        .call("jumun_help", "OK", vec!["shop_audit".into()])
        .await;
    meter.call("select_gateway_keys", "OK", Vec::new()).await;
    meter.call("select_gateway_health", "OK", Vec::new()).await;
    meter.call("select_adm_metrics", "OK", Vec::new()).await;
}

/// A duty that is owed.
async fn db_duty(meter: &Meter<'_>) -> String {
    let sql = "SELECT MAX(seq_no) FROM shop_pg_duties WHERE state = 'owed'";
    meter.db.text(sql).await
}

async fn jobs(meter: &mut Meter<'_>) {
    let pen = r#"[{"product_id":"pen","sale_price":"900"}]"#;
    let planned = ["1", pen, "2999-01-01 00:00:00", "-", "sale"];
    let answer = meter.call("update_adm_price", "OK", texts(&planned)).await;
    let change = answer.set(1).rows[0].str("change_no");
    meter
        .call("select_adm_prices", "OK", texts(&["1", "pen", "-", "-"]))
        .await;
    meter
        .call("withdraw_adm_price", "OK", texts(&[&change, "no sale"]))
        .await;
    let areas =
        r#"[{"area_code":"jeju","area_name":"제주","surcharge":"3000","codes":["63000~63644"]}]"#;
    for said in [areas, areas, "[]"] {
        let what = "update_adm_delivery_areas";
        meter.call(what, "OK", texts(&["1", said])).await;
    }
    meter.call("shop_prices_begin", "OK", vec![10.into()]).await;
    meter.call("shop_cart_expire", "OK", vec![10.into()]).await;
    meter.call("shop_cart_settle", "OK", vec![10.into()]).await;
    meter
        .call("shop_order_restore_carts", "OK", vec![10.into()])
        .await;
    meter.call("shop_cart_clock", "OK", vec![1.into()]).await;
    let due = "UPDATE shop_jobs SET next_run_at = UTC_TIMESTAMP(6), lease_until = UTC_TIMESTAMP(6)";
    meter.db.exec(due).await;
    meter.call("lease_job", "OK", texts(&["gateway 1"])).await;
    meter
        .call("lease_job nothing", "OK", texts(&["gateway 1"]))
        .await;
    meter
        .call(
            "finish_job",
            "OK",
            texts(&["shop_order_expire", "gateway 1", "none"]),
        )
        .await;
}
