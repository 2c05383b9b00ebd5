//! A database that goes away and comes back, in whole or in part, under a gateway that stays.

use super::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// What callers may be told when a database is away, starting, or being changed.
const PATIENCE_ASKED: [u16; 2] = [503, 504];

/// A buyer who orders books again and again and repeats what was not answered well, as the catalogue says.
struct Caller {
    user: String,
    request: RequestBuilder,
    cart: RequestBuilder,
    order: RequestBuilder,
    seen: BTreeSet<u16>,
    acknowledged: Vec<(String, String)>,
}

impl Caller {
    fn new(gateway: &Gateway, number: usize) -> Caller {
        let user = format!("guest-{number}");
        Caller {
            request: gateway.shop(Method::POST, "/v1/cart/items", &user),
            cart: gateway.shop(Method::GET, "/v1/cart", &user),
            order: gateway.shop(Method::POST, "/v1/orders", &user),
            user,
            seen: BTreeSet::new(),
            acknowledged: Vec::new(),
        }
    }

    /// Sends it once; `None` when it has to be sent again later.
    async fn send(&mut self, request: RequestBuilder) -> Option<Json> {
        let reply = Reply::of(request).await;
        self.seen.insert(reply.status);
        if reply.status == 200 {
            return Some(reply.ok());
        }
        let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
        assert!(PATIENCE_ASKED.contains(&reply.status), "{reply:?}");
        reply.problem(reply.status, &code);
        tokio::time::sleep(Duration::from_millis(50)).await;
        None
    }

    async fn until_answered(&mut self, request: &RequestBuilder) -> Json {
        loop {
            if let Some(answer) = self.send(request.try_clone().expect("a request")).await {
                return answer;
            }
        }
    }

    /// One order, however long it takes.
    async fn buy(&mut self, round: usize) {
        let line = loop {
            // Adding may not simply be repeated: after an unknown outcome the cart is looked at first.
            let add = self
                .request
                .try_clone()
                .expect("a request")
                .json(&json!({"product_id": "book", "quantity": 1}));
            self.send(add).await;
            let cart = self
                .until_answered(&self.cart.try_clone().expect("a request"))
                .await;
            if let Some(line) = cart["lines"].as_array().and_then(|lines| lines.first()) {
                break line.clone();
            }
        };
        let number = format!("{}-{round}", self.user);
        let mut body = order_body(&number, &[line["cart_id"].as_i64().expect("an id")], "0");
        body["trdAmt"] = line["line_amount"].clone();
        body["address_id"] = Json::Null;
        body["receiver"] = json!({"receiver_name": "김", "receiver_phone": "010-0000-0000", "post_code": "04524", "address": "길 1"});
        let order = self.order.try_clone().expect("a request").json(&body);
        let placed = self.until_answered(&order).await;
        self.acknowledged.push((
            number,
            placed["order_key"].as_str().expect("a key").to_owned(),
        ));
    }
}

#[tokio::test]
async fn a_database_killed_under_load_loses_no_order_that_was_acknowledged() {
    let mut server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    db.exec(
        "UPDATE shop_stock SET free = 100000 WHERE product_id = 'book';
             UPDATE shop_stock_ledger SET difference = 100000 WHERE product_id = 'book'",
    )
    .await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_POOL_SIZE", "8")]).await;
    let (stop, bought) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let callers: Vec<_> = (0..16)
        .map(|number| {
            let mut caller = Caller::new(&gateway, number);
            let (stop, bought) = (stop.clone(), bought.clone());
            tokio::spawn(async move {
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    caller.buy(round).await;
                    bought.fetch_add(1, Ordering::Relaxed);
                }
                caller
            })
        })
        .collect();
    let more = |than: usize| {
        let bought = bought.clone();
        eventually("orders go on", move || {
            let enough = bought.load(Ordering::Relaxed) >= than;
            async move { enough }
        })
    };
    more(64).await;
    server.kill9();
    let at_the_kill = bought.load(Ordering::Relaxed);
    server.restart().await;
    more(at_the_kill + 64).await;
    stop.store(true, Ordering::Relaxed);

    let mut acknowledged = Vec::new();
    for caller in callers {
        acknowledged.extend(caller.await.expect("only documented answers").acknowledged);
    }
    let mut admin = db.conn().await;
    let orders = query(
        &mut admin,
        "SELECT order_number, LOWER(HEX(order_key)) AS k FROM shop_orders",
    )
    .await
    .expect("orders");
    assert_eq!(
        orders.set(0).rows.len(),
        acknowledged.len(),
        "one order for each acknowledgement"
    );
    for (number, key) in &acknowledged {
        assert_eq!(
            orders.set(0).find("order_number", number).str("k"),
            key.replace('-', "")
        );
    }
    let audit = query(&mut admin, "CALL shop_audit()")
        .await
        .expect("an audit");
    assert_eq!(audit.first().int("violation_count"), 0, "{audit:?}");
    eventually("/ready says yes", || async {
        Reply::of(gateway.operator(Method::GET, "/ready"))
            .await
            .status
            == 200
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_starts_before_its_database_says_so_and_serves_as_soon_as_it_can() {
    let mut server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    server.kill9();
    let gateway = Gateway::spawn(&db, &[("JUMUN_FAILOVER_MS", "300")]).await;
    let open = |path: &str| Reply::try_of(gateway.client.get(gateway.operator_url(path)));
    eventually("it listens", || async { open("/live").await.is_ok() }).await;
    assert_eq!(open("/live").await.expect("an answer").status, 200);
    assert_eq!(open("/ready").await.expect("an answer").status, 503);
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    for request in [
        gateway.shop(Method::GET, "/v1/cart", "u1"),
        gateway
            .shop(Method::POST, "/v1/orders", "u1")
            .json(&order_body("T1", &[1], "10000")),
        gateway
            .shop(Method::POST, "/v1/cart/items", "u1")
            .json(&json!({"product_id": "book", "quantity": 1})),
        // The payment gateway comes again, since it is not told OK.
        gateway
            .request(Method::POST, "/pg/wallet/M1/notify")
            .form(&message),
    ] {
        let problem = Reply::of(request)
            .await
            .problem(503, "DATABASE_UNAVAILABLE");
        assert_eq!(problem["retryable"], true);
    }
    // What needs no database is answered as ever.
    Reply::of(gateway.shop(Method::GET, "/nowhere", "u1"))
        .await
        .problem(404, "ROUTE_NOT_FOUND");
    let broken = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .header("content-type", "text/xml")
        .body("<x/>");
    Reply::of(broken)
        .await
        .problem(415, "MEDIA_TYPE_NOT_SUPPORTED");

    server.restart().await;
    eventually("/ready says yes", || async {
        open("/ready").await.expect("an answer").status == 200
    })
    .await;
    let added = json!({"product_id": "book", "quantity": 1});
    let cart = post(&gateway, "/v1/cart/items", "u1", &added).await.ok();
    let body = order_body("T1", &[cart["cart_id"].as_i64().expect("an id")], "10000");
    post(&gateway, "/v1/orders", "u1", &body).await.ok();
    let title = get(&gateway, "/v1/orders/x", "u1")
        .await
        .problem(404, "ORDER_NOT_FOUND")["title"]
        .clone();
    assert_eq!(title, "주문을 찾을 수 없습니다", "the catalogue is loaded");
    let notify = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&message);
    assert_eq!(Reply::of(notify).await.text, "OK");
}

#[tokio::test]
async fn connections_that_the_server_closed_cost_nobody_anything() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for round in 1..=3 {
        for user in ["u1", "u2", "u3", "u4", "u5", "u6"] {
            get(&gateway, "/v1/cart", user).await.ok();
        }
        let idle = format!(
            "SELECT ID FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER = 'jumun_gateway'"
        );
        for row in db.rows(&idle).await {
            db.exec(&format!("KILL {}", row.str("ID"))).await;
        }
        // Adding may not be repeated once it was sent; on a dead connection it never was.
        let body = json!({"product_id": "book", "quantity": 1});
        let cart = post(&gateway, "/v1/cart/items", "u1", &body).await.ok();
        assert_eq!(cart["lines"][0]["quantity"], round);
    }
}

#[tokio::test]
async fn routines_that_are_replaced_under_load_cause_no_internal_error() {
    let db = Arc::new(TestDb::with_fixture().await);
    let gateway = Gateway::start_with(&db, &[("JUMUN_POOL_SIZE", "8")]).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let stop = Arc::new(AtomicBool::new(false));
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    let order = format!(
        "/v1/orders/{}",
        placed["order_key"].as_str().expect("a key")
    );
    let requests = [
        gateway.shop(Method::GET, "/v1/cart", "u2"),
        gateway.shop(Method::GET, &order, "u1"),
        gateway
            .shop(Method::POST, "/v1/cart/items", "u3")
            .json(&json!({"product_id": "book", "quantity": 1})),
        gateway
            .shop(Method::POST, "/v1/quotes", "u3")
            .json(&json!({"selected_cart_ids": [999]})),
        gateway
            .shop(Method::POST, "/v1/orders", "u4")
            .json(&order_body("T2", &[999], "1")),
        gateway
            .request(Method::POST, "/pg/wallet/M1/notify")
            .form(&message),
    ];
    let callers: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let stop = stop.clone();
            tokio::spawn(async move {
                let (mut seen, mut answers) = (BTreeSet::new(), 0);
                while !stop.load(Ordering::Relaxed) {
                    let reply = Reply::of(request.try_clone().expect("a request")).await;
                    assert!(
                        reply.status < 500 || PATIENCE_ASKED.contains(&reply.status),
                        "{reply:?}"
                    );
                    seen.insert(reply.status);
                    answers += 1;
                }
                (seen, answers)
            })
        })
        .collect();
    let mut admin = db.conn().await;
    let routines = |script: &&Script| {
        script.path.starts_with("sql/procedures/") || script.path == "sql/grants.sql"
    };
    for _ in 0..3 {
        for script in scripts().iter().filter(routines) {
            for statement in &script.statements {
                admin
                    .query_drop(statement.as_str())
                    .await
                    .unwrap_or_else(|e| panic!("{}: {e}", script.path));
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        let (seen, answers) = caller.await.expect("no internal error");
        assert!(
            answers > 3 && seen.iter().any(|status| *status < 500),
            "{seen:?} {answers}"
        );
    }
    eventually("/ready says yes", || async {
        Reply::of(gateway.operator(Method::GET, "/ready"))
            .await
            .status
            == 200
    })
    .await;
    get(&gateway, &order, "u1").await.ok();
    db.assert_audit_clean().await;
}
