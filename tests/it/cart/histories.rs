//! Random histories of two carts, a member's and a guest's, against a model of them that knows nothing of SQL: what is
//! added, bought now, changed, deleted, merged, ordered, paid, refused, late and put back, in shops that delete ordered rows
//! and in shops that keep them, with the jobs in between. Prices change, and in half of the histories the shop promises them;
//! time passes by the clock of the sessions. After every step the rows, what each of them pays, which prices an answer says
//! have changed, what the header says, and the cart as it is shown, and at the end orders and stock, are the model's.

mod model;

use model::{MOST, Model, Order, PRICES, PRODUCTS, Shop, Status};

use crate::fuzz::{Dice, Plan, Progress};
use crate::race::guest_order;
use crate::support::*;

/// A step after which there is nothing special to compare.
const PLAIN: usize = 1000;

struct History<'a> {
    db: &'a TestDb,
    conn: &'a mut Conn,
    shop: Shop,
    keeps: bool,
    payments: usize,
    /// Whose step it is, and the other one; the guest has every fifth.
    model: Model,
    other: Model,
    told: Vec<String>,
}

impl History<'_> {
    async fn call(
        &mut self,
        procedure: &str,
        params: impl Into<Params>,
    ) -> Result<Sets, CallError> {
        call(self.conn, procedure, params).await
    }

    fn words(&self) -> String {
        format!(
            "{:?}\n{}\n{:#?}\n{:#?}",
            self.shop,
            self.told.join("\n"),
            self.model,
            self.other
        )
    }

    /// Lets time pass.
    async fn pass(&mut self, seconds: i64) {
        self.shop.now += seconds;
        let sql = format!("SET timestamp = {}", self.shop.now);
        self.db.exec(&sql).await;
        self.conn.query_drop(&sql).await.unwrap();
    }

    /// The answer, which must be a refusal when the model refuses.
    fn judge(&self, answer: Result<Sets, CallError>, refused: Option<&str>) -> Option<Sets> {
        match (answer, refused) {
            (Ok(sets), None) => Some(sets),
            (Err(error), Some(code)) => {
                assert_eq!(error.code(), code, "{}", self.words());
                None
            }
            (answer, refused) => panic!("{answer:?}, not {refused:?}: {}", self.words()),
        }
    }

    /// An answer names the rows that the call has promised another price.
    fn says_changes(&self, row: &Row) {
        let list = row.json("price_changes_json");
        let mut said: Vec<String> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let word = |name: &str| one[name].as_str().unwrap().to_owned();
                let (old, new) = (word("old_price"), word("new_price"));
                format!("{} {old} {new}", one["cart_id"])
            })
            .collect();
        let mut changes = self.model.changes.clone();
        changes.sort_unstable();
        let changes = changes
            .iter()
            .map(|(id, old, new)| format!("{id} {old}.00 {new}.00"));
        said.sort_unstable_by_key(|line| {
            let id = line.split(' ').next().unwrap();
            id.parse::<i64>().unwrap()
        });
        let changes: Vec<String> = changes.collect();
        assert_eq!(said, changes, "said to have changed: {}", self.words());
    }

    /// An answer with the cart shows it as it is.
    fn shows(&self, answer: &Sets) {
        self.says_changes(answer.first());
        let line = |row: &Row| ["cart_id", "item_state", "unit_price"].map(|name| row.str(name));
        let rows = &answer.set(1).rows;
        let shown: Vec<String> = rows.iter().map(|row| line(row).join(" ")).collect();
        assert_eq!(shown, self.model.shown(&self.shop), "{}", self.words());
    }

    /// Lines of a quote, and what they come to.
    fn prices(&self, ids: &[i64], total: &Row, lines: &[Row]) {
        let shop = &self.shop;
        let mut rows = self.model.rows.clone();
        rows.retain(|row| ids.contains(&row.id));
        rows.sort_by_key(|row| row.id);
        let line = |row: &Row| format!("{} {}", row.str("cart_id"), row.str("unit_price"));
        let found: Vec<String> = lines.iter().map(line).collect();
        let line = |row: &model::Row| format!("{} {}.00", row.id, row.pays(shop));
        let rows: Vec<String> = rows.iter().map(line).collect();
        assert_eq!(found, rows, "{}", self.words());
        let expected = format!("{}.00", self.model.total(ids, shop));
        assert_eq!(total.str("total_payment"), expected, "{}", self.words());
    }

    async fn quote(&mut self, ids: &[i64]) {
        let refused = self.model.quote(ids, &self.shop);
        let none = None::<&str>;
        let wanted = serde_json::to_string(ids).unwrap();
        let params = (
            1,
            self.model.user.clone(),
            wanted,
            none,
            none,
            none,
            none,
            none,
            none,
            none,
        );
        let answer = self.call("shop_order_quote", params).await;
        if let Some(sets) = self.judge(answer, refused) {
            self.says_changes(sets.first());
            self.prices(ids, sets.first(), &sets.set(1).rows);
        }
    }

    async fn order(&mut self, ids: &[i64], right_total: bool) {
        let number = format!("{}-{}", self.model.user, self.told.len());
        let mut total = self.model.total(ids, &self.shop);
        if !right_total {
            total += 1_000;
        }
        let request = guest_order(&number, &self.model.user, ids, &total.to_string());
        let answer = request.call(self.conn).await;
        let refused = self.model.order(ids, right_total, &self.shop);
        if let (Err(error), Some("PRICE_CHANGED")) = (&answer, refused) {
            error.expect_code("PRICE_CHANGED");
            let quote = &error.sets.set(1).rows[0];
            self.says_changes(quote);
            self.prices(ids, quote, &error.sets.set(2).rows);
        }
        if self.judge(answer, refused).is_none() {
            return;
        }
        let mut sorted = self.model.rows.clone();
        sorted.retain(|row| ids.contains(&row.id));
        sorted.sort_by_key(|row| row.id);
        let paid = format!(
            "SELECT seq_no, GROUP_CONCAT(l.cart_seq_no, ' ', l.unit_price ORDER BY l.line_no) AS prices
             FROM shop_orders o JOIN shop_order_product l ON l.order_seq_no = o.seq_no
             WHERE o.order_number = '{number}' GROUP BY o.seq_no"
        );
        let paid = self.db.row(&paid).await;
        let prices: Vec<String> = sorted
            .iter()
            .map(|row| format!("{} {}.00", row.id, row.pays(&self.shop)))
            .collect();
        assert_eq!(paid.str("prices"), prices.join(","), "{}", self.words());
        let place = self.model.orders.len();
        self.model.orders.push(Order {
            number,
            seq_no: paid.int("seq_no"),
            total: format!("{total}.00"),
            lines: sorted
                .iter()
                .map(|row| (row.id, row.product, row.quantity))
                .collect(),
            status: Status::Open,
            until: self.shop.now + 30 * 60,
            restored: false,
            keeps: self.keeps,
            gave_back: false,
        });
        if self.keeps {
            for row in &mut self.model.rows {
                if ids.contains(&row.id) {
                    row.order = Some(place);
                }
            }
        } else {
            self.model.rows.retain(|row| !ids.contains(&row.id));
        }
    }

    async fn message(&mut self, number: usize, paid: bool) {
        self.payments += 1;
        let order = self.model.orders[number].clone();
        let tx = format!("{}-P{}", self.model.user, self.payments);
        let message = if paid {
            WalletMessage::paid(&order.number, &tx, &order.total)
        } else {
            WalletMessage::failed(&order.number, &tx, &order.total)
        };
        let answer = settle(self.conn, "notify", &message).await.unwrap();
        let verdict = answer.first().str("verdict");
        if paid {
            let taken = self.model.pays(number, &self.other.orders);
            assert_eq!(verdict == "paid", taken, "{verdict}: {}", self.words());
        } else if order.status == Status::Open {
            self.model.orders[number].status = Status::Failed;
        }
    }

    async fn restore(&mut self, number: usize) {
        let kept = self.model.begin(&self.shop);
        let order = self.model.orders[number].clone();
        let refused =
            (!order.restored && order.status == Status::Paid).then_some("STATE_NOT_ALLOWED");
        let params = (1, self.model.user.clone(), order.number.clone());
        let answer = self.call("shop_order_restore_cart", params).await;
        let Some(sets) = self.judge(answer, refused) else {
            self.model = kept;
            return;
        };
        assert_eq!(
            sets.first().int("replayed"),
            i64::from(order.restored),
            "{}",
            self.words()
        );
        if order.restored {
            self.model.renew_due(&self.shop);
            self.shows(&sets);
            return;
        }
        let own = &mut self.model.orders[number];
        own.restored = true;
        if own.status == Status::Open {
            own.status = Status::Cancelled;
        }
        if order.keeps {
            self.model.orders[number].gave_back = true;
            self.model.give_back(number);
            for row in &mut self.model.rows {
                if row.order.is_none() && order.lines.iter().any(|line| line.0 == row.id) {
                    row.bought_now = false;
                }
            }
        } else {
            for (place, line) in order.lines.iter().enumerate() {
                let told = &sets.set(2).rows[place];
                let room = MOST.saturating_sub(self.model.units(line.1, false));
                let back = line.2.min(room);
                assert_eq!(told.int("restored"), i64::from(back), "{}", self.words());
                if back > 0 {
                    let id = told.int("cart_id");
                    self.model.put(id, line.1, back, &self.shop);
                }
            }
        }
        self.model.renew_due(&self.shop);
        self.shows(&sets);
    }

    async fn merge(&mut self) {
        let headers = format!(
            "SELECT COUNT(*) FROM shop_cart_headers WHERE shop_id = 1 AND user_id = '{}'",
            self.other.user
        );
        let is_known = !self.other.rows.is_empty() || self.db.int(&headers).await > 0;
        let expected = self.model.merge(&mut self.other, &self.shop);
        let params = (1, self.other.user.clone(), self.model.user.clone());
        let answer = self.call("merge_shop_cart", params).await.unwrap();
        let counts = ["moved", "kept"].map(|name| usize::try_from(answer.first().int(name)));
        let counts = counts.map(Result::unwrap);
        assert_eq!(counts, [expected.0, expected.1], "{}", self.words());
        self.model.renew_due(&self.shop);
        self.shows(&answer);
        self.compare_rows(&self.other).await;
        if is_known {
            let counted = self.other.counted(&self.shop);
            let header = self.header(&self.other.user).await;
            assert_eq!(header, counted, "{}", self.words());
        }
    }

    /// A step of one of the two. Before it prices change, or time passes, and nobody looks.
    async fn step(&mut self, dice: &mut Dice) {
        self.pass(1).await;
        if dice.percent(40) {
            self.change_price(dice).await;
        }
        if dice.percent(35) {
            let minutes = *dice.pick(&[1, 5, 9, 11, 20, 29, 31, 61]);
            self.told.push(format!("{minutes} minutes pass"));
            self.pass(60 * minutes).await;
        }
        let is_guests = dice.percent(20);
        if is_guests {
            std::mem::swap(&mut self.model, &mut self.other);
        }
        let act = self.act(dice, is_guests).await;
        self.compare_rows(&self.model).await;
        self.compare(act).await;
        if is_guests {
            std::mem::swap(&mut self.model, &mut self.other);
        }
    }

    async fn change_price(&mut self, dice: &mut Dice) {
        let product = dice.below(PRODUCTS.len());
        let mut prices = PRICES[product].to_vec();
        prices.retain(|price| *price != self.shop.today[product]);
        let price = *dice.pick(&prices);
        self.told
            .push(format!("{} costs {price}", PRODUCTS[product]));
        self.shop.today[product] = price;
        self.shop.changed[product] += 1;
        let sql = match product {
            0 => format!("buy_price = {price} WHERE product_id = 'book'"),
            _ => format!("sale_price = {price} / 0.9 WHERE product_id = 'chair'"),
        };
        self.db
            .exec(&format!("UPDATE shop_products SET {sql}"))
            .await;
    }

    async fn act(&mut self, dice: &mut Dice, is_guests: bool) -> usize {
        let none = None::<&str>;
        let product = dice.below(PRODUCTS.len());
        let name = PRODUCTS[product];
        let quantity = 1 + u32::try_from(dice.below(3)).unwrap();
        let user = self.model.user.clone();
        let ids: Vec<i64> = self.model.rows.iter().map(|row| row.id).collect();
        let orders = self.model.orders.len();
        let place = dice.below(orders);
        let act = if self.model.at_form && dice.percent(40) {
            // From the order form people come back to the cart page.
            100 + dice.below(12)
        } else if dice.percent(40) {
            100 + dice.below(30)
        } else {
            dice.below(if orders == 0 { 60 } else { 100 })
        };
        self.told.push(format!(
            "{user} {act} {name} {quantity} rows {ids:?} order {place} keeps {}",
            self.keeps
        ));
        match act {
            0..15 => {
                let kept = self.model.begin(&self.shop);
                let units = self.model.units(product, false) + quantity;
                let refused = (units > MOST).then_some("INVALID_INPUT");
                let params = (1, user, name, none, quantity.to_string());
                let answer = self.call("add_shop_cart", params).await;
                let Some(answer) = self.judge(answer, refused) else {
                    self.model = kept;
                    return PLAIN;
                };
                let id = answer.first().int("cart_id");
                self.model.put(id, product, quantity, &self.shop);
                self.model.renew_due(&self.shop);
                self.shows(&answer);
            }
            15..20 => {
                self.model.begin(&self.shop);
                let params = (1, user, name, none, quantity.to_string());
                let answer = self.call("add_shop_cart_buy_now", params).await.unwrap();
                let id = answer.first().int("cart_id");
                match self.model.free(product, true) {
                    Some(row) => {
                        assert_eq!(row.id, id);
                        self.model.set_quantity(id, quantity, &self.shop);
                    }
                    None => self.model.insert(id, product, quantity, true, &self.shop),
                }
                self.says_changes(answer.first());
            }
            20..26 => {
                // An old page writes a row of its own.
                let quantity = if dice.percent(15) { MOST - 1 } else { quantity };
                let id = self.db.add_cart(1, &user, name, NO_OPTION, quantity).await;
                self.model.insert(id, product, quantity, false, &self.shop);
            }
            26..34 if !ids.is_empty() => {
                let id = *dice.pick(&ids);
                let quantity = if dice.percent(25) { 0 } else { quantity };
                let kept = self.model.begin(&self.shop);
                let refused = self.model.refusal(&[id]);
                let params = (1, user, id.to_string(), quantity.to_string());
                let answer = self.call("update_shop_cart", params).await;
                let Some(answer) = self.judge(answer, refused) else {
                    self.model = kept;
                    return PLAIN;
                };
                self.model.update(id, quantity, &self.shop);
                self.model.renew_due(&self.shop);
                self.shows(&answer);
            }
            34..38 if !ids.is_empty() => {
                let gone = dice.some(&ids, 2);
                let kept = self.model.begin(&self.shop);
                let refused = self
                    .model
                    .refusal(&gone)
                    .filter(|code| *code == "CART_IN_CHECKOUT");
                let params = (1, user, serde_json::to_string(&gone).unwrap());
                let answer = self.call("delete_shop_cart", params).await;
                let Some(answer) = self.judge(answer, refused) else {
                    self.model = kept;
                    return PLAIN;
                };
                self.model.delete(&gone, &self.shop);
                self.model.renew_due(&self.shop);
                self.shows(&answer);
            }
            38..58 if !ids.is_empty() => {
                let wanted = dice.some(&ids, 3);
                if dice.percent(50) {
                    self.quote(&wanted).await;
                }
                self.order(&wanted, !dice.percent(10)).await;
            }
            58..60 => {
                self.keeps = !self.keeps;
                let policy = if self.keeps {
                    "soft_lock"
                } else {
                    "hard_delete"
                };
                let sql = format!("UPDATE shops SET cart_at_order = '{policy}' WHERE shop_id = 1");
                self.db.exec(&sql).await;
            }
            60..70 => self.message(place, true).await,
            70..76 => self.message(place, false).await,
            76..84 => {
                let order = &mut self.model.orders[place];
                if order.status == Status::Open {
                    order.until = self.shop.now - 1;
                    self.db.let_expire(&order.number.clone()).await;
                }
            }
            84..88 => self.expire().await,
            88..92 => {
                self.call("shop_cart_settle", (1000,)).await.unwrap();
                for model in [&mut self.model, &mut self.other] {
                    let mut orders = model.orders.iter();
                    if orders.any(|o| o.keeps && !o.gave_back && o.status != Status::Open) {
                        model.begin(&self.shop);
                        model.counted(&self.shop);
                    }
                }
            }
            92..100 => self.restore(place).await,
            100..112 => {
                let event = *dice.pick(&["enter", "enter", "stay", "leave"]);
                self.told.push(event.to_owned());
                self.model.event(event, &self.shop);
                let answer = self.call("refresh_shop_cart", (1, user, event)).await;
                self.shows(&answer.unwrap());
            }
            112..120 if !ids.is_empty() => {
                let mut wanted = dice.some(&ids, 3);
                if dice.percent(20) {
                    wanted.push(999_999_999);
                }
                self.quote(&wanted).await;
            }
            120..124 => {
                // An old page changes a row by itself, or deletes it, which renews nothing else.
                let free: Vec<i64> = self
                    .model
                    .rows
                    .iter()
                    .filter(|row| row.order.is_none())
                    .map(|row| row.id)
                    .collect();
                if free.is_empty() {
                    return PLAIN;
                }
                let id = *dice.pick(&free);
                if dice.percent(25) {
                    let sql = format!("DELETE FROM shop_cart WHERE seq_no = {id}");
                    self.db.exec(&sql).await;
                    self.model.rows.retain(|row| row.id != id);
                } else {
                    let sql =
                        format!("UPDATE shop_cart SET quantity = {quantity} WHERE seq_no = {id}");
                    self.db.exec(&sql).await;
                    self.model.set_quantity(id, quantity, &self.shop);
                }
            }
            124..130 if !is_guests => self.merge().await,
            _ => return PLAIN,
        }
        act
    }

    /// Ends what was not paid in time.
    async fn expire(&mut self) {
        self.call("shop_order_expire", (100,)).await.unwrap();
        for model in [&mut self.model, &mut self.other] {
            for order in &mut model.orders {
                if order.is_late(&self.shop) {
                    order.status = Status::Expired;
                }
            }
        }
    }

    /// What the header says, where it has been calculated.
    async fn header(&self, user: &str) -> String {
        let sql = format!(
            "SELECT CONCAT_WS(' ', MAX(item_count), MAX(amount), MAX(cart_version), MAX(cart_total_hash)) AS line
             FROM shop_cart_headers
             WHERE shop_id = 1 AND user_id = '{user}' AND cart_total_hash IS NOT NULL"
        );
        self.db.text(&sql).await
    }

    /// The rows are the model's, and were promised what it says.
    async fn compare_rows(&self, model: &Model) {
        let promised = if self.shop.pinned {
            "(SELECT ROUND(p.unit_price) FROM shop_product_prices p WHERE p.price_id = c.price_id)"
        } else {
            "0"
        };
        let stored = format!(
            "SELECT CONCAT(seq_no, ' ', product_id, ' ', quantity, ' ', buy_now, ' ', COALESCE(order_seq_no, 0), ' ',
                 {promised}) AS line
             FROM shop_cart c WHERE shop_id = 1 AND user_id = '{}' ORDER BY seq_no",
            model.user
        );
        let rows = self.db.rows(&stored).await;
        let rows: Vec<String> = rows.iter().map(|row| row.str("line")).collect();
        assert_eq!(rows, model.stored(&self.shop), "{}", self.words());
    }

    async fn compare(&mut self, act: usize) {
        let user = self.model.user.clone();
        self.model.read(&self.shop);
        let before = (self.model.version, self.model.noted.clone());
        let counted = self.model.counted(&self.shop);
        // Who changes the cart through its routines has it right in the same commit; after an order, an add or a page the
        // next who looks does.
        if matches!(act, 26..38 | 124..130) {
            assert_eq!(self.header(&user).await, counted, "{}", self.words());
        }
        let params = (1, user.clone(), None::<&str>);
        let cart = self.call("select_shop_cart", params).await.unwrap();
        self.shows(&cart);
        let names = [
            "cart_count",
            "cart_amount",
            "cart_version",
            "cart_total_hash",
        ];
        let said = names.map(|name| cart.first().str(name)).join(" ");
        assert_eq!(said, counted, "{}", self.words());
        let headers = format!(
            "SELECT COUNT(*) FROM shop_cart_headers WHERE shop_id = 1 AND user_id = '{user}'"
        );
        let has_header = self.db.int(&headers).await > 0;
        if has_header && self.model.version > 0 {
            assert_eq!(self.header(&user).await, counted, "{}", self.words());
        }
        if !has_header {
            // Only pages have been here: nobody has anything to compare with.
            (self.model.version, self.model.noted) = before;
        }
    }

    /// Orders and free units are what the model says; gives the latter.
    async fn compare_orders(&mut self, units: &[i64]) -> Vec<i64> {
        self.expire().await;
        let mut free = units.to_vec();
        for order in self.model.orders.iter().chain(&self.other.orders) {
            if order.lives() {
                for line in &order.lines {
                    free[line.1] -= i64::from(line.2);
                }
            }
            let sql = format!(
                "SELECT order_status FROM shop_orders WHERE seq_no = {}",
                order.seq_no
            );
            let status = match order.status {
                Status::Open => 1,
                Status::Paid => 2,
                Status::Failed => 12,
                Status::Expired => 10,
                Status::Cancelled => 9,
            };
            assert_eq!(self.db.int(&sql).await, status, "{}", order.number);
        }
        self.call("shop_cart_settle", (1000,)).await.unwrap();
        for (place, product) in PRODUCTS.iter().enumerate() {
            assert_eq!(
                self.db.free_stock(product, NO_OPTION).await,
                free[place],
                "{}",
                self.words()
            );
        }
        free
    }
}

#[tokio::test]
async fn every_history_of_a_cart_is_what_a_model_says() {
    let mut plan = Plan::from_env();
    if std::env::var("FUZZ_COUNT").is_err() {
        plan.count = 300;
    }
    let mut dice = plan.dice(7);
    let progress = Progress::new("histories of carts", plan);
    for from in (0..plan.count).step_by(250) {
        some_histories(from..plan.count.min(from + 250), &mut dice, &progress).await;
    }
}

async fn some_histories(numbers: std::ops::Range<usize>, dice: &mut Dice, progress: &Progress) {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    for product in PRODUCTS {
        let params = (1, product, None::<&str>, "999999999", "for all", product);
        call(&mut operator, "shop_stock_add", params).await.unwrap();
    }
    let mut free = Vec::new();
    for product in PRODUCTS {
        free.push(db.free_stock(product, NO_OPTION).await);
    }
    let mut shop = Shop {
        now: db.int("SELECT UNIX_TIMESTAMP() + 2").await,
        today: PRICES.map(|prices| prices[0]),
        changed: [0, 0],
        pinned: false,
        renewed: "product",
    };
    for number in numbers {
        let guest = *dice.pick(&["a", "z"]);
        shop.pinned = dice.percent(50);
        shop.renewed = *dice.pick(&["product", "product", "all", "nothing"]);
        let mut history = History {
            db: &db,
            conn: &mut conn,
            shop,
            keeps: dice.percent(65),
            payments: 0,
            model: Model::new(format!("m{number}")),
            other: Model::new(format!("{guest}{number}")),
            told: Vec::new(),
        };
        db.exec(&format!(
            "UPDATE shops SET cart_at_order = '{}', price_policy = '{}', renewed_on_delete = '{}' WHERE shop_id = 1",
            if history.keeps { "soft_lock" } else { "hard_delete" },
            if shop.pinned { "pinned" } else { "current" },
            shop.renewed
        ))
        .await;
        for _ in 0..4 + dice.below(14) {
            history.step(dice).await;
        }
        // What is still open is so for the next history's jobs, too: its time is over as well.
        history.compare_orders(&free).await;
        history.pass(31 * 60).await;
        free = history.compare_orders(&free).await;
        shop = history.shop;
        progress.step("as the model says");
    }
    // What old pages doubled is in the audit, and no fault.
    db.exec("DELETE FROM shop_cart WHERE buy_now = 0 AND order_seq_no IS NULL")
        .await;
    db.assert_audit_clean().await;
}
