//! Buyers who go on buying whatever happens, and who know afterwards what they were told.

use super::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::task::JoinHandle;

/// Less than anybody asks them for, so that they are a nuisance.
const IMPATIENCE: Duration = Duration::from_millis(50);

/// What callers were told in one way: how often, and how long the longest of them waited for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub times: usize,
    pub longest: Duration,
}

/// What was said to some buyers, by status and code; connections without an answer are status 0.
pub type Answers = BTreeMap<(u16, String), Told>;

/// What the buyers know when they stop.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Every order's number, and the key that was acknowledged for it.
    pub acknowledged: Vec<(String, String)>,
    pub answers: Answers,
}

impl Ledger {
    /// Each acknowledged order is there with its key, and no other; nothing contradicts anything else.
    pub async fn assert_kept(&self, db: &TestDb) {
        let mut admin = db.conn().await;
        let orders = "SELECT order_number, LOWER(HEX(order_key)) AS k FROM shop_orders";
        let orders = query(&mut admin, orders).await.expect("orders");
        let mut there: Vec<(String, String)> = orders
            .set(0)
            .rows
            .iter()
            .map(|row| (row.str("order_number"), row.str("k")))
            .collect();
        let key = |(number, key): &(String, String)| (number.clone(), key.replace('-', ""));
        let mut acknowledged: Vec<_> = self.acknowledged.iter().map(key).collect();
        there.sort();
        acknowledged.sort();
        assert_eq!(there, acknowledged);
        let audit = query(&mut admin, "CALL shop_audit()").await.expect("audit");
        assert_eq!(audit.first().int("violation_count"), 0, "{audit:?}");
    }

    /// Nobody was told anything but success and these.
    pub fn assert_told_only(&self, allowed: &[(u16, &str)]) {
        for (status, code) in self.answers.keys() {
            let known = *status == 200 || allowed.contains(&(*status, code.as_str()));
            assert!(known, "{:#?}", self.answers);
        }
    }

    /// The longest wait for anything.
    pub fn longest(&self) -> Duration {
        let longest = self.answers.values().map(|told| told.longest);
        longest.max().unwrap_or_default()
    }
}

/// Some buyers at work.
pub struct Buyers {
    stop: Arc<AtomicBool>,
    bought: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<Buyer>>,
}

impl Buyers {
    /// Each on its own, with a cart of its own; there are books for all.
    pub async fn start(db: &TestDb, gateway: &Gateway, count: usize) -> Buyers {
        db.exec(
            "UPDATE shop_stock SET free = free + 100000 WHERE product_id = 'book';
             DROP TRIGGER IF EXISTS tr_shop_stock_ledger_update; UPDATE shop_stock_ledger SET difference = difference + 100000 WHERE product_id = 'book'",
        )
        .await;
        let stop = Arc::new(AtomicBool::new(false));
        let bought = Arc::new(AtomicUsize::new(0));
        let tasks = (0..count).map(|number| {
            let mut buyer = Buyer::new(gateway, number);
            let (stop, bought) = (stop.clone(), bought.clone());
            tokio::spawn(async move {
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) || !buyer.buy(round).await {
                        break;
                    }
                    bought.fetch_add(1, Ordering::Relaxed);
                }
                buyer
            })
        });
        let tasks = tasks.collect();
        Buyers {
            stop,
            bought,
            tasks,
        }
    }

    /// Orders acknowledged so far.
    pub fn bought(&self) -> usize {
        self.bought.load(Ordering::Relaxed)
    }

    /// Waits for this many more; says how long that took.
    pub async fn buy(&self, more: usize) -> Duration {
        let (start, enough) = (Instant::now(), self.bought() + more);
        eventually("orders go on", || async { self.bought() >= enough }).await;
        start.elapsed()
    }

    /// Lets everybody finish the order that they are at.
    pub async fn stop(self) -> Ledger {
        self.stop.store(true, Ordering::Relaxed);
        let mut ledger = Ledger::default();
        for task in self.tasks {
            let buyer = task.await.expect("only documented answers");
            ledger.acknowledged.extend(buyer.acknowledged);
            for (what, told) in buyer.answers {
                let all = ledger.answers.entry(what).or_default();
                all.times += told.times;
                all.longest = all.longest.max(told.longest);
            }
        }
        ledger
    }
}

/// A buyer who orders books again and again and repeats what was not answered well, as the catalogue says.
struct Buyer {
    user: String,
    add: RequestBuilder,
    cart: RequestBuilder,
    order: RequestBuilder,
    /// The gateway gave no answer at all: it is gone.
    deserted: bool,
    acknowledged: Vec<(String, String)>,
    answers: Answers,
}

impl Buyer {
    fn new(gateway: &Gateway, number: usize) -> Buyer {
        // Not the names of those who buy at another gateway: an order's number is used once.
        let user = format!("guest-{}-{number}", gateway.process.id());
        let body = json!({"product_id": "book", "quantity": 1});
        Buyer {
            add: gateway
                .shop(Method::POST, "/v1/cart/items", &user)
                .json(&body),
            cart: gateway.shop(Method::GET, "/v1/cart", &user),
            order: gateway.shop(Method::POST, "/v1/orders", &user),
            user,
            deserted: false,
            acknowledged: Vec::new(),
            answers: Answers::new(),
        }
    }

    /// Sends it once; `None` when it has to be sent again later, if there is anybody to send it to.
    async fn send(&mut self, request: RequestBuilder) -> Option<Json> {
        let start = Instant::now();
        let reply = Reply::try_of(request).await;
        let code = match &reply {
            Err(_) => (0, String::new()),
            Ok(reply) if reply.status == 200 => (200, String::new()),
            Ok(reply) => {
                let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
                reply.problem(reply.status, &code);
                assert!(matches!(reply.status, 503 | 504), "{reply:?}");
                (reply.status, code)
            }
        };
        self.deserted = reply.is_err();
        let told = self.answers.entry(code).or_default();
        told.times += 1;
        told.longest = told.longest.max(start.elapsed());
        match reply {
            Ok(reply) if reply.status == 200 => Some(reply.ok()),
            Ok(_) => {
                tokio::time::sleep(IMPATIENCE).await;
                None
            }
            Err(_) => None,
        }
    }

    async fn until_answered(&mut self, request: &RequestBuilder) -> Option<Json> {
        loop {
            let answer = self.send(request.try_clone().expect("a request")).await;
            if answer.is_some() || self.deserted {
                return answer;
            }
        }
    }

    /// One order, however long it takes; false when there is nobody left to order from.
    async fn buy(&mut self, round: usize) -> bool {
        let cart = self.cart.try_clone().expect("a request");
        let line = loop {
            // Adding may not simply be repeated: after an unknown outcome the cart is looked at first.
            self.send(self.add.try_clone().expect("a request")).await;
            let Some(cart) = self.until_answered(&cart).await else {
                return false;
            };
            if let Some(line) = cart["lines"].as_array().and_then(|lines| lines.first()) {
                break line.clone();
            }
        };
        let number = format!("{}-{round}", self.user);
        let cart_id = line["cart_id"].as_i64().expect("an id");
        let mut body = order_body(&number, &[cart_id], "0");
        body["trdAmt"] = line["line_amount"].clone();
        body["address_id"] = Json::Null;
        body["receiver"] = json!({
            "receiver_name": "김", "receiver_phone": "010-0000-0000", "post_code": "04524", "address": "길 1",
        });
        let order = self.order.try_clone().expect("a request").json(&body);
        let Some(placed) = self.until_answered(&order).await else {
            return false;
        };
        let key = placed["order_key"].as_str().expect("a key").to_owned();
        self.acknowledged.push((number, key));
        true
    }
}
