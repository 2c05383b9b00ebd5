//! The model: what a cart, the prices that its rows were promised, and its orders are after each step.

use crate::support::sha256_hex;

pub const PRODUCTS: [&str; 2] = ["book", "chair"];
/// What each of them may cost, in won; first what it costs in the fixture.
pub const PRICES: [[u64; 3]; 2] = [[10_000, 9_000, 11_000], [27_000, 18_000, 36_000]];
/// Units of one item that a cart can hold.
pub const MOST: u32 = 99_999;

/// Minutes for which a promise holds: from adding, on the cart page and after it was left, while an order form is open.
const ADDED: i64 = 60;
const PAGE: i64 = 10;
const FORM: i64 = 30;

/// What the shop says, and the time, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Shop {
    pub now: i64,
    pub today: [u64; 2],
    /// How often they have changed.
    pub changed: [u32; 2],
    pub pinned: bool,
    /// `renewed_on_delete`
    pub renewed: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Open,
    Paid,
    Failed,
    Expired,
    Cancelled,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: i64,
    pub product: usize,
    pub quantity: u32,
    pub bought_now: bool,
    /// The order that has it.
    pub order: Option<usize>,
    /// What it was promised, and until when, where the shop promises prices.
    pub price: u64,
    pub until: i64,
    /// `until` as it was before the cart page was left.
    unmarked: Option<i64>,
    /// `Shop::changed` of then.
    changed: u32,
}

impl Row {
    /// Price of one unit.
    pub fn pays(&self, shop: &Shop) -> u64 {
        if shop.pinned && self.until > shop.now {
            self.price
        } else {
            shop.today[self.product]
        }
    }

    fn is_over(&self, shop: &Shop) -> bool {
        self.order.is_none() && self.until <= shop.now
    }
}

#[derive(Clone, Debug)]
pub struct Order {
    pub number: String,
    pub seq_no: i64,
    pub total: String,
    /// Row, product, units.
    pub lines: Vec<(i64, usize, u32)>,
    pub status: Status,
    /// Its time to be paid.
    pub until: i64,
    pub restored: bool,
    /// It has left its rows in the cart; and they were given back.
    pub keeps: bool,
    pub gave_back: bool,
}

impl Order {
    pub fn lives(&self) -> bool {
        [Status::Open, Status::Paid].contains(&self.status)
    }

    pub fn is_late(&self, shop: &Shop) -> bool {
        self.status == Status::Open && self.until <= shop.now
    }
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub user: String,
    pub rows: Vec<Row>,
    pub orders: Vec<Order>,
    /// How often the counted rows were found changed, and what they were then.
    pub version: u32,
    pub noted: String,
    /// When the cart page was entered, and whether the buyer's last step was the order form.
    entered: Option<i64>,
    pub at_form: bool,
    /// Rows that the last call has promised another price: row, old price, new one.
    pub changes: Vec<(i64, u64, u64)>,
}

impl Model {
    pub fn new(user: String) -> Model {
        Model {
            user,
            ..Model::default()
        }
    }

    /// A call that writes begins: gives what stays when it is refused.
    pub fn begin(&mut self, shop: &Shop) -> Model {
        self.changes.clear();
        let kept = self.settle(shop);
        self.at_form = false;
        kept
    }

    /// What the next call that writes finds done; gives what stays of it when that call is refused.
    pub fn settle(&mut self, shop: &Shop) -> Model {
        let mut kept = self.clone();
        for number in 0..self.orders.len() {
            let order = &mut self.orders[number];
            if !order.keeps || order.gave_back {
                continue;
            }
            let lapsed = order.is_late(shop);
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
                self.at_form = false;
                kept = self.clone();
            }
        }
        kept
    }

    /// Orders have left rows in the cart that nobody has looked after since.
    fn has_checkouts(&self) -> bool {
        let mut orders = self.orders.iter();
        orders.any(|order| order.keeps && !order.gave_back)
    }

    pub fn give_back(&mut self, number: usize) {
        for row in &mut self.rows {
            if row.order == Some(number) {
                row.order = None;
            }
        }
    }

    pub fn free(&mut self, product: usize, bought_now: bool) -> Option<&mut Row> {
        self.rows
            .iter_mut()
            .filter(|row| row.order.is_none())
            .filter(|row| row.product == product && row.bought_now == bought_now)
            .min_by_key(|row| row.id)
    }

    /// Units of a product in the cart: several rows of it are one item.
    pub fn units(&self, product: usize, bought_now: bool) -> u32 {
        self.rows
            .iter()
            .filter(|row| row.order.is_none())
            .filter(|row| row.product == product && row.bought_now == bought_now)
            .map(|row| row.quantity)
            .sum()
    }

    pub fn put(&mut self, id: i64, product: usize, quantity: u32, shop: &Shop) {
        match self.free(product, false) {
            Some(row) => {
                assert_eq!(row.id, id);
                let quantity = row.quantity + quantity;
                self.set_quantity(id, quantity, shop);
            }
            None => self.insert(id, product, quantity, false, shop),
        }
    }

    pub fn insert(
        &mut self,
        id: i64,
        product: usize,
        quantity: u32,
        bought_now: bool,
        shop: &Shop,
    ) {
        assert!(self.rows.iter().all(|row| row.id != id));
        self.rows.push(Row {
            id,
            product,
            quantity,
            bought_now,
            order: None,
            price: shop.today[product],
            until: shop.now + 60 * ADDED,
            unmarked: None,
            changed: shop.changed[product],
        });
    }

    /// Another quantity renews the row.
    pub fn set_quantity(&mut self, id: i64, quantity: u32, shop: &Shop) {
        self.renew(shop, ADDED, |row| row.id == id && row.quantity != quantity);
        for row in &mut self.rows {
            if row.id == id {
                row.quantity = quantity;
            }
        }
    }

    /// Sets what a whole item has, in this row, or deletes the item.
    pub fn update(&mut self, id: i64, quantity: u32, shop: &Shop) {
        let mut rows = self.rows.iter();
        let own = rows.find(|row| row.id == id).unwrap().clone();
        let units = self.units(own.product, own.bought_now);
        self.rows.retain(|row| {
            row.id == id
                || row.order.is_some()
                || row.product != own.product
                || row.bought_now != own.bought_now
        });
        if quantity == 0 {
            self.delete(&[id], shop);
        } else {
            self.renew(shop, ADDED, |row| row.id == id && units != quantity);
            self.set_quantity(id, quantity, shop);
        }
    }

    /// Deletes rows, which renews others.
    pub fn delete(&mut self, ids: &[i64], shop: &Shop) {
        let (gone, rows) = self
            .rows
            .drain(..)
            .partition::<Vec<Row>, _>(|row| ids.contains(&row.id));
        self.rows = rows;
        self.renew(shop, ADDED, |row| match shop.renewed {
            "all" => true,
            "product" => gone.iter().any(|one| one.product == row.product),
            _ => false,
        });
    }

    /// Promises today's price to those of the rows that no order has.
    fn renew(&mut self, shop: &Shop, minutes: i64, which: impl Fn(&Row) -> bool) {
        if !shop.pinned {
            return;
        }
        for row in &mut self.rows {
            if row.order.is_none() && which(row) {
                let price = shop.today[row.product];
                if row.price != price {
                    self.changes.push((row.id, row.price, price));
                }
                row.price = price;
                row.changed = shop.changed[row.product];
                row.until = shop.now + 60 * minutes;
                row.unmarked = None;
            }
        }
    }

    /// A call that wrote answers with the cart: what is over costs what it costs today, and that is said.
    pub fn renew_due(&mut self, shop: &Shop) {
        self.renew(shop, ADDED, |row| row.is_over(shop));
    }

    /// Somebody reads the cart.
    pub fn read(&mut self, shop: &Shop) {
        self.changes.clear();
        if shop.pinned && self.rows.iter().any(|row| row.is_over(shop)) {
            self.settle(shop);
            self.renew(shop, ADDED, |row| row.is_over(shop));
        }
    }

    /// The buyer enters the cart page, stays on it, or leaves it.
    pub fn event(&mut self, event: &str, shop: &Shop) {
        self.changes.clear();
        if !shop.pinned {
            return;
        }
        self.settle(shop);
        let from_form = std::mem::take(&mut self.at_form);
        let renews = match event {
            "enter" => !from_form,
            "stay" => self.entered.is_none_or(|at| at + 60 * PAGE <= shop.now),
            _ => {
                self.entered = None;
                self.at_form = from_form;
                for row in &mut self.rows {
                    if !from_form && row.order.is_none() && !row.bought_now {
                        row.unmarked.get_or_insert(row.until);
                        row.until = row.until.min(shop.now + 60 * PAGE);
                    }
                }
                return;
            }
        };
        if renews {
            self.renew(shop, PAGE, |row| !row.bought_now || row.is_over(shop));
        } else {
            self.renew(shop, ADDED, |row| row.is_over(shop));
        }
        if renews || event == "enter" {
            self.entered = Some(shop.now);
        }
    }

    /// The order form is opened for these rows; gives the refusal.
    pub fn quote(&mut self, ids: &[i64], shop: &Shop) -> Option<&'static str> {
        self.changes.clear();
        if shop.pinned || !ids.is_sorted() || self.refusal(ids).is_some() {
            self.settle(shop);
        }
        let refused = self.refusal(ids);
        if refused.is_none() && shop.pinned {
            self.renew(shop, FORM, |row| ids.contains(&row.id) && row.is_over(shop));
            self.undo_marks(shop);
            for row in self.rows.iter_mut().filter(|row| ids.contains(&row.id)) {
                row.until = row.until.max(shop.now + 60 * FORM);
            }
            self.at_form = true;
        }
        refused
    }

    /// The cart page was left on the way to the order form, or to the order: that is no mark.
    fn undo_marks(&mut self, shop: &Shop) {
        for row in &mut self.rows {
            if row.order.is_none() && row.until > shop.now {
                row.until = row.unmarked.take().unwrap_or(row.until);
            }
        }
    }

    /// The refusal of an order of these rows. No row pays another price than it was promised without being told.
    pub fn order(&mut self, ids: &[i64], right_total: bool, shop: &Shop) -> Option<&'static str> {
        self.changes.clear();
        // What is not plainly right, or names rows in another order than theirs, is looked at with care: the cart is settled,
        // and what costs the same again as when its time was over is promised anew.
        let at_form = self.at_form && !self.has_checkouts();
        let is_over = |row: &Row| shop.pinned && row.is_over(shop);
        let mut rows = self.rows.iter().filter(|row| ids.contains(&row.id));
        let is_plain = ids.is_sorted()
            && rows.all(|row| !is_over(row) || row.changed == shop.changed[row.product]);
        if !is_plain || self.refusal(ids).is_some() || !right_total {
            self.settle(shop);
            self.renew(shop, ADDED, |row| {
                is_over(row) && row.price == row.pays(shop)
            });
        }
        let refused = self.refusal(ids);
        if refused.is_some() {
            self.at_form &= at_form;
            return refused;
        }
        let mut rows = self.rows.iter().filter(|row| ids.contains(&row.id));
        if right_total && rows.all(|row| !is_over(row) || row.price == row.pays(shop)) {
            self.at_form = false;
            if shop.pinned {
                self.undo_marks(shop);
            }
            return None;
        }
        self.read(shop);
        self.at_form &= at_form;
        Some("PRICE_CHANGED")
    }

    /// What these rows come to: a chair is delivered for 3000, and for nothing from 50000 on.
    pub fn total(&self, ids: &[i64], shop: &Shop) -> u64 {
        let mut sums = [0, 0];
        for row in self.rows.iter().filter(|row| ids.contains(&row.id)) {
            sums[row.product] += row.pays(shop) * u64::from(row.quantity);
        }
        let delivery = if (1..50_000).contains(&sums[1]) {
            3_000
        } else {
            0
        };
        sums[0] + sums[1] + delivery
    }

    /// Takes what fits of a guest's cart; gives how many rows moved, and how many stay.
    pub fn merge(&mut self, guest: &mut Model, shop: &Shop) -> (usize, usize) {
        self.begin(shop);
        guest.begin(shop);
        let mut rows = std::mem::take(&mut guest.rows);
        rows.sort_by_key(|row| row.id);
        let (mut moved, mut kept) = (0, 0);
        for row in rows {
            let units = self.units(row.product, false);
            if row.order.is_some() {
                guest.rows.push(row);
            } else if row.bought_now {
                self.rows.retain(|own| {
                    own.order.is_some() || !own.bought_now || own.product != row.product
                });
                self.rows.push(row);
            } else if units == 0 {
                moved += 1;
                self.rows.push(row);
            } else if units + row.quantity > MOST {
                kept += 1;
                guest.rows.push(row);
            } else {
                moved += 1;
                let own = self.free(row.product, false).unwrap().id;
                self.put(own, row.product, row.quantity, shop);
            }
        }
        (moved, kept)
    }

    /// The refusal of a call for these rows.
    pub fn refusal(&self, ids: &[i64]) -> Option<&'static str> {
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

    /// Whether money for an order is taken; `others` are the orders of whoever had or got rows of this cart.
    pub fn pays(&mut self, number: usize, others: &[Order]) -> bool {
        let order = self.orders[number].clone();
        let taken = match order.status {
            Status::Open => true,
            Status::Failed | Status::Expired if !order.restored => {
                let own = self.orders.iter().enumerate();
                let own = own.filter(|(other, _)| *other != number).map(|(_, o)| o);
                let elsewhere = own.chain(others).any(|o| {
                    o.lives()
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
            // What has ended takes its rows again.
            self.at_form &= order.status == Status::Open || !order.keeps;
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
    pub fn stored(&self, shop: &Shop) -> Vec<String> {
        let mut rows = self.rows.clone();
        rows.sort_by_key(|row| row.id);
        rows.iter()
            .map(|row| {
                format!(
                    "{} {} {} {} {} {}",
                    row.id,
                    PRODUCTS[row.product],
                    row.quantity,
                    u8::from(row.bought_now),
                    row.order.map_or(0, |order| self.orders[order].seq_no),
                    if shop.pinned { row.price } else { 0 }
                )
            })
            .collect()
    }

    fn state(&self, row: &Row, shop: &Shop) -> &'static str {
        match row.order.map(|order| &self.orders[order]) {
            None => "in_cart",
            Some(order) if order.status == Status::Paid => "ordered",
            Some(order) if order.status == Status::Open && !order.is_late(shop) => "in_checkout",
            Some(_) => "in_cart",
        }
    }

    /// What the cart comes to, now that somebody has looked: rows, amount, version, hash.
    pub fn counted(&mut self, shop: &Shop) -> String {
        let mut rows = self.rows.clone();
        rows.retain(|row| !row.bought_now && self.state(row, shop) == "in_cart");
        rows.sort_by_key(|row| row.id);
        let lines: Vec<String> = rows
            .iter()
            .map(|row| {
                let (product, price) = (PRODUCTS[row.product], row.pays(shop));
                format!("{} {product} __noopt__ {} {price}.00", row.id, row.quantity)
            })
            .collect();
        let text = lines.join("\n");
        if text != self.noted {
            self.version += 1;
            self.noted.clone_from(&text);
        }
        let amount: u64 = rows
            .iter()
            .map(|row| row.pays(shop) * u64::from(row.quantity))
            .sum();
        let (count, version) = (rows.len(), self.version);
        format!("{count} {amount}.00 {version} {}", sha256_hex(&text))
    }

    /// The cart as the buyer sees it: each row, its state and its price.
    pub fn shown(&self, shop: &Shop) -> Vec<String> {
        let mut rows = self.rows.clone();
        rows.retain(|row| !row.bought_now && self.state(row, shop) != "ordered");
        rows.sort_by_key(|row| row.id);
        rows.iter()
            .map(|row| format!("{} {} {}.00", row.id, self.state(row, shop), row.pays(shop)))
            .collect()
    }
}
