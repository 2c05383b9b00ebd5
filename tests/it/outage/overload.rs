//! Ten times as many orders as can be done, offered without regard to the answers.

use super::*;
use reqwest::Client;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;

/// Requests that may be without an answer at any time; one more is not sent, and counted.
const OPEN: usize = 8_000;

/// Carts of one book each, every one of another buyer and of another product, and how to order them.
struct Carts {
    first_id: i64,
    next: AtomicUsize,
    count: usize,
    client: Client,
    url: String,
}

impl Carts {
    async fn fill(db: &TestDb, gateway: &Gateway, count: usize) -> Carts {
        db.exec(
            "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
             SELECT 1, CONCAT('b', a.n + 10 * b.n), 'book', 10000, 1 FROM digits a JOIN digits b;
             INSERT INTO shop_stock (shop_id, product_id, free, update_date)
             SELECT 1, CONCAT('b', a.n + 10 * b.n), 1000000, UTC_TIMESTAMP(6) FROM digits a JOIN digits b;
             INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
             SELECT 1, CONCAT('b', a.n + 10 * b.n), '__noopt__', 1000000, 'test', 'test', UTC_TIMESTAMP(6)
             FROM digits a JOIN digits b"
                .replace("digits", DIGITS)
                .as_str(),
        )
        .await;
        let first_id = db
            .int("SELECT COALESCE(MAX(seq_no), 0) + 1 FROM shop_cart")
            .await;
        for start in (0..count).step_by(2_000) {
            let rows: Vec<String> = (start..count.min(start + 2_000))
                .map(|n| {
                    let id = first_id + i64::try_from(n).expect("few");
                    format!(
                        "({id}, 1, 'c{n}', 'b{}', '{NO_OPTION}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
                        n % 100
                    )
                })
                .collect();
            db.exec(&format!(
                "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date,
                                        update_date) VALUES {}",
                rows.join(", ")
            ))
            .await;
        }
        Carts {
            first_id,
            next: AtomicUsize::new(0),
            count,
            client: gateway.client.clone(),
            url: gateway.url("/v1/orders"),
        }
    }

    /// The order of the next cart; `None` when all are ordered.
    fn next(&self) -> Option<(String, RequestBuilder)> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        if n >= self.count {
            return None;
        }
        let cart_id = self.first_id + i64::try_from(n).expect("few");
        let number = format!("T{n}");
        let mut body = order_body(&number, &[cart_id], "10000");
        body["address_id"] = Json::Null;
        body["receiver"] = json!({
            "receiver_name": "김", "receiver_phone": "010-0000-0000", "post_code": "04524", "address": "길 1",
        });
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(SHOP_KEY)
            .header("X-User-Id", format!("c{n}"))
            .json(&body);
        Some((number, request))
    }
}

const DIGITS: &str = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
    UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";

/// What became of one order.
struct Outcome {
    number: String,
    reply: Reply,
    took: Duration,
    /// Since the start of its load.
    at: Duration,
}

/// What became of all of them.
struct Outcomes {
    length: Duration,
    all: Vec<Outcome>,
    unsent: usize,
}

impl Outcomes {
    fn good(&self) -> impl Iterator<Item = &Outcome> {
        self.all
            .iter()
            .filter(|outcome| outcome.reply.status == 200)
    }

    fn refused(&self) -> impl Iterator<Item = &Outcome> {
        self.all
            .iter()
            .filter(|outcome| outcome.reply.status != 200)
    }

    /// Orders a second, while the load was on.
    fn goodput(&self) -> f64 {
        let in_time = self.good().filter(|outcome| outcome.at <= self.length);
        in_time.count() as f64 / self.length.as_secs_f64()
    }

    fn share(outcomes: impl Iterator<Item = Duration>, share: f64) -> Duration {
        let mut times: Vec<Duration> = outcomes.collect();
        times.sort();
        let last = times.len().saturating_sub(1);
        times
            .get((last as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// As many orders as callers who wait for their answers get done.
async fn closed_loop(carts: &Arc<Carts>, callers: usize, length: Duration) -> Outcomes {
    let start = Instant::now();
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let carts = carts.clone();
            tokio::spawn(async move {
                let mut all = Vec::new();
                while start.elapsed() < length {
                    let Some((number, request)) = carts.next() else {
                        break;
                    };
                    let (reply, took) = timed(request).await;
                    let at = start.elapsed();
                    all.push(Outcome {
                        number,
                        reply,
                        took,
                        at,
                    });
                }
                all
            })
        })
        .collect();
    let mut all = Vec::new();
    for caller in callers {
        all.extend(caller.await.expect("no panic"));
    }
    Outcomes {
        length,
        all,
        unsent: 0,
    }
}

/// So many orders a second, whatever is answered.
async fn open_loop(carts: &Arc<Carts>, rate: f64, length: Duration) -> Outcomes {
    let start = Instant::now();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let (mut sent, mut unsent, mut answered) = (0_usize, 0, 0);
    let mut all = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(2));
    while start.elapsed() < length {
        ticks.tick().await;
        while let Ok(outcome) = receiver.try_recv() {
            answered += 1;
            all.push(outcome);
        }
        let due = (start.elapsed().as_secs_f64() * rate) as usize;
        while sent + unsent < due {
            if sent - answered >= OPEN {
                unsent += 1;
                continue;
            }
            let Some((number, request)) = carts.next() else {
                unsent += 1;
                continue;
            };
            sent += 1;
            let sender = sender.clone();
            tokio::spawn(async move {
                let (reply, took) = timed(request).await;
                let at = start.elapsed();
                sender
                    .send(Outcome {
                        number,
                        reply,
                        took,
                        at,
                    })
                    .ok();
            });
        }
    }
    drop(sender);
    while let Some(outcome) = receiver.recv().await {
        all.push(outcome);
    }
    Outcomes {
        length,
        all,
        unsent,
    }
}

/// Every acknowledged order is there, and no other.
async fn assert_kept(db: &TestDb, outcomes: &[&Outcomes]) {
    let mut acknowledged: Vec<(String, String)> = outcomes
        .iter()
        .flat_map(|outcomes| outcomes.good())
        .map(|good| {
            let key = good.reply.ok()["order_key"]
                .as_str()
                .expect("a key")
                .replace('-', "");
            (good.number.clone(), key)
        })
        .collect();
    let rows = db
        .rows("SELECT order_number, LOWER(HEX(order_key)) AS k FROM shop_orders")
        .await;
    let mut there: Vec<_> = rows
        .iter()
        .map(|row| (row.str("order_number"), row.str("k")))
        .collect();
    acknowledged.sort();
    there.sort();
    assert!(
        there == acknowledged,
        "{} orders, {} acknowledged",
        there.len(),
        acknowledged.len()
    );
    db.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_too_many_orders_are_refused_at_once_and_none_is_lost() {
    // The one connection is busy with an order for two ways at least: no more than this can be done, on any machine.
    let one_way = Duration::from_millis(10);
    let most = 1.0 / (2.0 * one_way.as_secs_f64());
    let env = [
        ("JUMUN_POOL_SIZE", "1"),
        ("JUMUN_QUEUE", "15"),
        ("JUMUN_QUEUE_WAIT_MS", "9000"),
    ];
    let site = Site::at(TestDb::with_fixture().await, one_way, &env).await;
    let Site { db, gateway, .. } = &site;
    let carts = Arc::new(Carts::fill(db, gateway, 2_000).await);
    let before = closed_loop(&carts, 8, Duration::from_millis(500)).await;
    assert_eq!(before.refused().count(), 0, "fewer callers than places");
    let over = open_loop(&carts, 10.0 * most, Duration::from_secs(2)).await;
    println!(
        "before {:.0}/s, offered {:.0}/s: done {:.0}/s, refused {}, not sent {}",
        before.goodput(),
        10.0 * most,
        over.goodput(),
        over.refused().count(),
        over.unsent
    );
    assert!(over.good().count() > 0);
    for refused in over.refused() {
        refused.reply.problem(503, "OVERLOADED");
        assert_eq!(refused.reply.header("retry-after"), Some("1"));
    }
    // At once: none of them has waited for a connection in vain.
    let full = metric(gateway, r#"jumun_calls_refused_total{reason="QueueFull"} "#).await;
    assert_eq!(
        usize::try_from(full).expect("a count"),
        over.refused().count()
    );
    assert!(
        over.refused().count() > over.good().count(),
        "it was no overload"
    );
    assert_kept(db, &[&before, &over]).await;
    site.assert_bounded().await;
    // And at once afterwards it is as if nothing had been.
    let (reply, took) = timed(gateway.shop(Method::GET, "/v1/cart", "c0")).await;
    reply.ok();
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// The figures, with the whole of it on this machine, and with a database so far away that its connections are the
/// bottleneck and not this machine: `cargo test --release --test it -- --ignored --nocapture ten_times_measured`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: run it alone, and as a release build"]
async fn ten_times_measured() {
    let ms = Duration::from_millis;
    for (one_way, pool) in [(ms(0), 16), (ms(10), 16), (ms(50), 2)] {
        measure(one_way, pool).await;
    }
}

async fn measure(one_way: Duration, pool: usize) {
    let server = PrivateServer::start_with(engine(), &["--innodb-buffer-pool-size=1G"]).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    let far = Proxy::with_delay(&db.admin_url(), one_way);
    let url = match one_way {
        Duration::ZERO => db.url_as("jumun_gateway"),
        _ => far.url(&db.url_as("jumun_gateway")),
    };
    // As many places for each connection as by default.
    let (size, queue) = (pool.to_string(), (16 * pool).to_string());
    let env = [
        ("JUMUN_DATABASE_URL", url.as_str()),
        ("JUMUN_POOL_SIZE", size.as_str()),
        ("JUMUN_QUEUE", queue.as_str()),
        ("RUST_LOG", "warn"),
    ];
    let gateway = Gateway::start_with(&db, &env).await;
    let carts = Arc::new(Carts::fill(&db, &gateway, 60_000).await);
    println!(
        "{}, database {one_way:?} away, {size} connections",
        engine().name()
    );
    let callers = 4 * pool;
    let mut outcomes = vec![closed_loop(&carts, callers, Duration::from_secs(1)).await];
    for round in 1..=3 {
        let peak = closed_loop(&carts, callers, Duration::from_secs(3)).await;
        let rate = 10.0 * peak.goodput();
        let before = memory(&gateway);
        let over = open_loop(&carts, rate, Duration::from_secs(4)).await;
        let refusal = |share| Outcomes::share(over.refused().map(|refused| refused.took), share);
        let order = |share| Outcomes::share(over.good().map(|good| good.took), share);
        println!(
            "round {round}: peak {:.0}/s, offered {rate:.0}/s, done {:.0}/s, ratio {:.2}; {} refused, in {:?} (p50) \
             and {:?} (p99); orders in {:?} and {:?}; not sent {}; memory {before} to {} KiB",
            peak.goodput(),
            over.goodput(),
            over.goodput() / peak.goodput(),
            over.refused().count(),
            refusal(0.5),
            refusal(0.99),
            order(0.5),
            order(0.99),
            over.unsent,
            memory(&gateway)
        );
        outcomes.extend([peak, over]);
    }
    assert_kept(&db, &outcomes.iter().collect::<Vec<_>>()).await;
}
