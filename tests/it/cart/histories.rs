//! Random histories of one cart against a model of it that knows nothing of SQL: what is added, bought now, changed,
//! deleted, ordered, paid, refused, late and put back, in shops that delete ordered rows and in shops that keep them, with
//! the jobs in between. After every step the rows, what the header says of them, and the cart as it is shown, and at the end
//! orders and stock, are the model's.

use crate::fuzz::{Dice, Plan, Progress};
use crate::race::guest_order;
use crate::support::*;

const PRODUCTS: [&str; 2] = ["book", "chair"];
/// In won; the fixture's.
const PRICES: [u32; 2] = [10_000, 27_000];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Open,
    Paid,
    Failed,
    Expired,
    Cancelled,
}

#[derive(Clone, Debug)]
struct Row {
    id: i64,
    product: usize,
    quantity: u32,
    bought_now: bool,
    /// The order that has it.
    order: Option<usize>,
}

#[derive(Clone, Debug)]
struct Order {
    number: String,
    seq_no: i64,
    total: String,
    /// Row, product, units.
    lines: Vec<(i64, usize, u32)>,
    status: Status,
    out_of_time: bool,
    restored: bool,
    /// It has left its rows in the cart; and they were given back.
    keeps: bool,
    gave_back: bool,
}

impl Order {
    fn lives(&self) -> bool {
        [Status::Open, Status::Paid].contains(&self.status)
    }
}

#[derive(Clone, Debug, Default)]
struct Model {
    rows: Vec<Row>,
    orders: Vec<Order>,
    /// How often the counted rows were found changed, and what they were then.
    version: u32,
    noted: String,
}

impl Model {
    /// What the next call that writes finds done; gives what stays of it when that call is refused.
    fn settle(&mut self) -> Model {
        let mut kept = self.clone();
        for number in 0..self.orders.len() {
            let order = &mut self.orders[number];
            if !order.keeps || order.gave_back {
                continue;
            }
            let lapsed = order.status == Status::Open && order.out_of_time;
            if lapsed {
                order.status = Status::Expired;
            }
            match order.status {
                Status::Open => {}
                Status::Paid => {
                    order.keeps = false;
                    self.rows.retain(|row| row.order != Some(number));
                }
                _ => {
                    order.gave_back = true;
                    self.give_back(number);
                }
            }
            if lapsed {
                kept = self.clone();
            }
        }
        kept
    }

    fn give_back(&mut self, number: usize) {
        for row in &mut self.rows {
            if row.order == Some(number) {
                row.order = None;
            }
        }
    }

    fn free(&mut self, product: usize, bought_now: bool) -> Option<&mut Row> {
        self.rows
            .iter_mut()
            .filter(|row| row.order.is_none())
            .filter(|row| row.product == product && row.bought_now == bought_now)
            .min_by_key(|row| row.id)
    }

    fn put(&mut self, id: i64, product: usize, quantity: u32) {
        match self.free(product, false) {
            Some(row) => {
                assert_eq!(row.id, id);
                row.quantity += quantity;
            }
            None => self.insert(id, product, quantity, false),
        }
    }

    fn insert(&mut self, id: i64, product: usize, quantity: u32, bought_now: bool) {
        assert!(self.rows.iter().all(|row| row.id != id));
        self.rows.push(Row {
            id,
            product,
            quantity,
            bought_now,
            order: None,
        });
    }

    /// The refusal of a call for these rows.
    fn refusal(&self, ids: &[i64]) -> Option<&'static str> {
        let found = |id| self.rows.iter().find(|row| row.id == id);
        if ids
            .iter()
            .any(|id| found(*id).is_some_and(|row| row.order.is_some()))
        {
            Some("CART_IN_CHECKOUT")
        } else if ids.iter().any(|id| found(*id).is_none()) {
            Some("CART_NOT_FOUND")
        } else {
            None
        }
    }

    fn pays(&mut self, number: usize) -> bool {
        let order = self.orders[number].clone();
        let taken = match order.status {
            Status::Open => true,
            Status::Failed | Status::Expired if !order.restored => {
                let elsewhere = self.orders.iter().enumerate().any(|(other, o)| {
                    other != number
                        && o.lives()
                        && o.lines
                            .iter()
                            .any(|line| order.lines.iter().any(|own| own.0 == line.0))
                });
                let as_it_was = order.lines.iter().all(|line| {
                    self.rows.iter().any(|row| {
                        (row.id, row.product, row.quantity) == *line
                            && row.order.is_none_or(|of| of == number)
                    })
                });
                !elsewhere && (!order.keeps || as_it_was)
            }
            _ => false,
        };
        if taken {
            self.orders[number].status = Status::Paid;
            self.orders[number].gave_back = false;
            if order.keeps {
                for row in &mut self.rows {
                    if order.lines.iter().any(|line| line.0 == row.id) {
                        row.order = Some(number);
                    }
                }
            }
        }
        taken
    }

    /// Rows as they are stored.
    fn stored(&self) -> Vec<String> {
        let mut rows = self.rows.clone();
        rows.sort_by_key(|row| row.id);
        rows.iter()
            .map(|row| {
                format!(
                    "{} {} {} {} {}",
                    row.id,
                    PRODUCTS[row.product],
                    row.quantity,
                    u8::from(row.bought_now),
                    row.order.map_or(0, |order| self.orders[order].seq_no)
                )
            })
            .collect()
    }

    fn state(&self, row: &Row) -> &'static str {
        match row.order.map(|order| &self.orders[order]) {
            None => "in_cart",
            Some(order) if order.status == Status::Paid => "ordered",
            Some(order) if order.status == Status::Open && !order.out_of_time => "in_checkout",
            Some(_) => "in_cart",
        }
    }

    /// What the cart comes to, now that somebody has looked: rows, amount, version, hash.
    fn counted(&mut self) -> String {
        let mut rows = self.rows.clone();
        rows.retain(|row| !row.bought_now && self.state(row) == "in_cart");
        rows.sort_by_key(|row| row.id);
        let lines: Vec<String> = rows
            .iter()
            .map(|row| {
                let (product, price) = (PRODUCTS[row.product], PRICES[row.product]);
                format!("{} {product} __noopt__ {} {price}.00", row.id, row.quantity)
            })
            .collect();
        let text = lines.join("\n");
        if text != self.noted {
            self.version += 1;
            self.noted.clone_from(&text);
        }
        let amount: u32 = rows
            .iter()
            .map(|row| PRICES[row.product] * row.quantity)
            .sum();
        let (count, version) = (rows.len(), self.version);
        format!("{count} {amount}.00 {version} {}", sha256_hex(&text))
    }

    /// The cart as the buyer sees it, with how many rows count.
    fn shown(&self) -> Vec<String> {
        let mut rows = self.rows.clone();
        rows.sort_by_key(|row| row.id);
        let seen: Vec<(i64, &str)> = rows
            .iter()
            .filter(|row| !row.bought_now && self.state(row) != "ordered")
            .map(|row| (row.id, self.state(row)))
            .collect();
        let counted = seen.iter().filter(|row| row.1 == "in_cart").count();
        let mut words: Vec<String> = seen
            .iter()
            .map(|row| format!("{} {}", row.0, row.1))
            .collect();
        words.push(counted.to_string());
        words
    }
}

struct History<'a> {
    db: &'a TestDb,
    conn: &'a mut Conn,
    user: String,
    keeps: bool,
    payments: usize,
    model: Model,
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
            "{}:\n{}\n{:#?}",
            self.user,
            self.told.join("\n"),
            self.model
        )
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

    async fn order(&mut self, ids: &[i64]) {
        let is_free = |id: &i64| {
            let mut rows = self.model.rows.iter();
            rows.any(|row| row.id == *id && row.order.is_none())
        };
        if !ids.iter().all(is_free) {
            self.model.settle();
        }
        let refused = self.model.refusal(ids);
        let number = format!("{}-{}", self.user, self.told.len());
        let mut lines = Vec::new();
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        for id in &sorted {
            if let Some(row) = self.model.rows.iter().find(|row| row.id == *id) {
                lines.push((row.id, row.product, row.quantity));
            }
        }
        // What it costs is not what is tested here.
        let mut total = "1".to_owned();
        if refused.is_none() {
            let none = None::<&str>;
            let wanted = serde_json::to_string(ids).unwrap();
            let params = (1, self.user.clone(), wanted, none, none, none);
            let quote = self.call("shop_order_quote", params).await.unwrap();
            total = quote.first().str("total_payment");
        }
        let request = guest_order(&number, &self.user, ids, &total);
        let answer = request.call(self.conn).await;
        if self.judge(answer, refused).is_none() {
            return;
        }
        let seq_no = format!("SELECT seq_no FROM shop_orders WHERE order_number = '{number}'");
        let place = self.model.orders.len();
        self.model.orders.push(Order {
            number,
            seq_no: self.db.int(&seq_no).await,
            total,
            lines,
            status: Status::Open,
            out_of_time: false,
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
        let tx = format!("{}-P{}", self.user, self.payments);
        let message = if paid {
            WalletMessage::paid(&order.number, &tx, &order.total)
        } else {
            WalletMessage::failed(&order.number, &tx, &order.total)
        };
        let answer = settle(self.conn, "notify", &message).await.unwrap();
        let verdict = answer.first().str("verdict");
        if paid {
            let taken = self.model.pays(number);
            assert_eq!(verdict == "paid", taken, "{verdict}: {}", self.words());
        } else if order.status == Status::Open {
            self.model.orders[number].status = Status::Failed;
        }
    }

    async fn restore(&mut self, number: usize) {
        let kept = self.model.settle();
        let order = self.model.orders[number].clone();
        let refused =
            (!order.restored && order.status == Status::Paid).then_some("STATE_NOT_ALLOWED");
        let params = (1, self.user.clone(), order.number.clone());
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
                assert_eq!(told.int("restored"), i64::from(line.2), "{}", self.words());
                self.model.put(told.int("cart_id"), line.1, line.2);
            }
        }
    }

    async fn step(&mut self, dice: &mut Dice) -> usize {
        let none = None::<&str>;
        let product = dice.below(PRODUCTS.len());
        let name = PRODUCTS[product];
        let quantity = 1 + u32::try_from(dice.below(3)).unwrap();
        let user = self.user.clone();
        let ids: Vec<i64> = self.model.rows.iter().map(|row| row.id).collect();
        let orders = self.model.orders.len();
        let place = dice.below(orders);
        let act = dice.below(if orders == 0 { 60 } else { 100 });
        self.told.push(format!(
            "{act} {name} {quantity} rows {ids:?} order {place} keeps {}",
            self.keeps
        ));
        match act {
            0..15 => {
                self.model.settle();
                let params = (1, user, name, none, quantity.to_string());
                let answer = self.call("add_shop_cart", params).await.unwrap();
                self.model
                    .put(answer.first().int("cart_id"), product, quantity);
            }
            15..23 => {
                self.model.settle();
                let params = (1, user, name, none, quantity.to_string());
                let answer = self.call("add_shop_cart_buy_now", params).await.unwrap();
                let id = answer.first().int("cart_id");
                match self.model.free(product, true) {
                    Some(row) => {
                        assert_eq!(row.id, id);
                        row.quantity = quantity;
                    }
                    None => self.model.insert(id, product, quantity, true),
                }
            }
            23..26 => {
                // An old page writes a row of its own.
                let id = self.db.add_cart(1, &user, name, NO_OPTION, quantity).await;
                self.model.insert(id, product, quantity, false);
            }
            26..34 if !ids.is_empty() => {
                let id = *dice.pick(&ids);
                let quantity = if dice.percent(25) { 0 } else { quantity };
                let kept = self.model.settle();
                let refused = self.model.refusal(&[id]);
                let params = (1, user, id.to_string(), quantity.to_string());
                let answer = self.call("update_shop_cart", params).await;
                if self.judge(answer, refused).is_none() {
                    self.model = kept;
                    return 100;
                }
                let own = self
                    .model
                    .rows
                    .iter()
                    .find(|row| row.id == id)
                    .unwrap()
                    .clone();
                self.model.rows.retain(|row| {
                    row.id == id && quantity > 0
                        || row.order.is_some()
                        || row.product != own.product
                        || row.bought_now != own.bought_now
                });
                for row in &mut self.model.rows {
                    if row.id == id {
                        row.quantity = quantity;
                    }
                }
            }
            34..38 if !ids.is_empty() => {
                let gone = dice.some(&ids, 2);
                let kept = self.model.settle();
                let refused = self
                    .model
                    .refusal(&gone)
                    .filter(|code| *code == "CART_IN_CHECKOUT");
                let params = (1, user, serde_json::to_string(&gone).unwrap());
                let answer = self.call("delete_shop_cart", params).await;
                if self.judge(answer, refused).is_none() {
                    self.model = kept;
                    return 100;
                }
                self.model.rows.retain(|row| !gone.contains(&row.id));
            }
            38..58 if !ids.is_empty() => {
                let wanted = dice.some(&ids, 3);
                self.order(&wanted).await;
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
                    order.out_of_time = true;
                    self.db.let_expire(&order.number.clone()).await;
                }
            }
            84..88 => {
                self.call("shop_order_expire", (100,)).await.unwrap();
                for order in &mut self.model.orders {
                    if order.status == Status::Open && order.out_of_time {
                        order.status = Status::Expired;
                    }
                }
            }
            88..92 => {
                self.call("shop_cart_settle", (1000,)).await.unwrap();
                let mut orders = self.model.orders.iter();
                if orders.any(|o| o.keeps && !o.gave_back && o.status != Status::Open) {
                    self.model.settle();
                }
            }
            92..100 => self.restore(place).await,
            _ => return 100,
        }
        act
    }

    /// What the header says, where it has been calculated.
    async fn header(&self) -> String {
        let sql = format!(
            "SELECT CONCAT_WS(' ', MAX(item_count), MAX(amount), MAX(cart_version), MAX(cart_total_hash)) AS line
             FROM shop_cart_headers
             WHERE shop_id = 1 AND user_id = '{}' AND cart_total_hash IS NOT NULL",
            self.user
        );
        self.db.text(&sql).await
    }

    async fn compare(&mut self, act: usize) {
        let headers = format!(
            "SELECT COUNT(*) FROM shop_cart_headers WHERE shop_id = 1 AND user_id = '{}'",
            self.user
        );
        let has_header = self.db.int(&headers).await > 0;
        let before = (self.model.version, self.model.noted.clone());
        let counted = self.model.counted();
        if !has_header {
            // Only pages have been here: nobody has anything to compare with.
            (self.model.version, self.model.noted) = before;
        }
        // Who changes the cart through its routines has it right in the same commit; after an order, an add or a page the
        // next who looks does.
        if let 26..38 = act {
            assert_eq!(self.header().await, counted, "{}", self.words());
        }
        let stored = format!(
            "SELECT CONCAT(seq_no, ' ', product_id, ' ', quantity, ' ', buy_now, ' ', COALESCE(order_seq_no, 0)) AS line
             FROM shop_cart WHERE shop_id = 1 AND user_id = '{}' ORDER BY seq_no",
            self.user
        );
        let rows = self.db.rows(&stored).await;
        let rows: Vec<String> = rows.iter().map(|row| row.str("line")).collect();
        assert_eq!(rows, self.model.stored(), "{}", self.words());
        let params = (1, self.user.clone(), None::<&str>);
        let cart = self.call("select_shop_cart", params).await.unwrap();
        let line =
            |row: &crate::support::Row| format!("{} {}", row.str("cart_id"), row.str("item_state"));
        let mut shown: Vec<String> = cart.set(1).rows.iter().map(line).collect();
        shown.push(cart.first().str("cart_count"));
        assert_eq!(shown, self.model.shown(), "{}", self.words());
        let names = [
            "cart_count",
            "cart_amount",
            "cart_version",
            "cart_total_hash",
        ];
        let said = names.map(|name| cart.first().str(name)).join(" ");
        assert_eq!(said, counted, "{}", self.words());
        if has_header && self.model.version > 0 {
            assert_eq!(self.header().await, counted, "{}", self.words());
        }
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
    // Each database for so long that orders of its first history do not run out of time by themselves.
    for from in (0..plan.count).step_by(250) {
        some_histories(from..plan.count.min(from + 250), &mut dice, &progress).await;
    }
}

async fn some_histories(numbers: std::ops::Range<usize>, dice: &mut Dice, progress: &Progress) {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    let units = 30 * numbers.len();
    for product in PRODUCTS {
        let params = (
            1,
            product,
            None::<&str>,
            units.to_string(),
            "for all",
            product,
        );
        call(&mut operator, "shop_stock_add", params).await.unwrap();
    }
    let mut free = Vec::new();
    for product in PRODUCTS {
        free.push(db.free_stock(product, NO_OPTION).await);
    }
    for number in numbers {
        let mut history = History {
            db: &db,
            conn: &mut conn,
            user: format!("h{number}"),
            keeps: dice.percent(65),
            payments: 0,
            model: Model::default(),
            told: Vec::new(),
        };
        let policy = if history.keeps {
            "soft_lock"
        } else {
            "hard_delete"
        };
        db.exec(&format!(
            "UPDATE shops SET cart_at_order = '{policy}' WHERE shop_id = 1"
        ))
        .await;
        for _ in 0..4 + dice.below(14) {
            let act = history.step(dice).await;
            history.compare(act).await;
        }
        // Nobody's time is over at the end: the next history's jobs find only its own.
        call(history.conn, "shop_order_expire", (100,))
            .await
            .unwrap();
        for order in &mut history.model.orders {
            if order.status == Status::Open && order.out_of_time {
                order.status = Status::Expired;
            }
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
            assert_eq!(db.int(&sql).await, status, "{}", order.number);
        }
        call(history.conn, "shop_cart_settle", (1000,))
            .await
            .unwrap();
        for (place, product) in PRODUCTS.iter().enumerate() {
            assert_eq!(
                db.free_stock(product, NO_OPTION).await,
                free[place],
                "{}",
                history.words()
            );
        }
        progress.step("as the model says");
    }
    // What old pages doubled is in the audit, and no fault.
    db.exec("DELETE FROM shop_cart WHERE buy_now = 0 AND order_seq_no IS NULL")
        .await;
    db.assert_audit_clean().await;
}
