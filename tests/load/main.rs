//! `make bench`: what one order costs, and how many a second the procedure and the gateway take.
//!
//! For each engine, on a server of its own with every commit durable: a catalogue of 10,000 products and buyers with
//! three-line carts, each ordered once. One caller first (microseconds and statements of one `shop_order_insert`), then
//! 16 callers by CALL and 16 through the gateway, in turn, several rounds; medians are printed. The machine that runs
//! this runs the database too: quote ratios, not absolute figures.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a benchmark fails by panicking

#[path = "../it/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::{Conn, Engine, Gateway, Method, OrderCall, PrivateServer, Queryable, TestDb};

const PRODUCTS: usize = 10_000;
const LINES: usize = 3;
const CALLERS: usize = 16;

/// How much of it to run.
struct Size {
    rounds: usize,
    orders: usize,
    single: usize,
}

/// One buyer's cart, ready to be ordered.
struct Cart {
    user_id: String,
    order_number: String,
    cart_ids: Vec<i64>,
    total: String,
}

/// Orders a second and latencies of one round.
struct Round {
    orders_per_second: f64,
    p50: Duration,
    p99: Duration,
    database_cpu: Duration,
}

fn main() {
    // `cargo bench` passes --bench; everything else is ours.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let quick = args.iter().any(|a| a == "quick");
    let size = if quick {
        Size {
            rounds: 3,
            orders: 800,
            single: 300,
        }
    } else {
        Size {
            rounds: 7,
            orders: 3_000,
            single: 1_000,
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    for engine in [Engine::MariaDb, Engine::MySql] {
        let chosen = args
            .iter()
            .filter(|a| *a == "mariadb" || *a == "mysql")
            .count();
        if chosen == 0 || args.iter().any(|a| a == engine.name()) {
            runtime.block_on(run(engine, &size));
        }
    }
}

async fn run(engine: Engine, size: &Size) {
    eprintln!("{}: preparing {PRODUCTS} products", engine.name());
    let server = PrivateServer::start_with(engine, &["--innodb-buffer-pool-size=1G"]).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    catalogue(&db).await;
    let pid = database_pid(&db).await;
    // As in production, where the callers share a pool of this size.
    let pool = CALLERS.to_string();
    let gateway =
        Gateway::start_with(&db, &[("JUMUN_POOL_SIZE", &pool), ("RUST_LOG", "warn")]).await;

    single_caller(&db, engine, size.single).await;

    let mut direct = Vec::new();
    let mut through = Vec::new();
    for round in 0..size.rounds {
        eprintln!("{}: round {} of {}", engine.name(), round + 1, size.rounds);
        let carts = carts(&db, &format!("d{round}"), size.orders).await;
        direct.push(by_call(&db, carts, pid).await);
        let carts = self::carts(&db, &format!("g{round}"), size.orders).await;
        through.push(by_gateway(&gateway, carts, pid).await);
    }
    report(engine, "CALL, 16 callers", &direct);
    report(engine, "gateway, 16 callers", &through);
    let ratios: Vec<f64> = through
        .iter()
        .zip(&direct)
        .map(|(t, d)| t.orders_per_second / d.orders_per_second)
        .collect();
    println!(
        "{:8} gateway / CALL, pair by pair: median {:.2}",
        engine.name(),
        median(ratios)
    );
    db.assert_audit_clean().await;
}

/// 10,000 products of different prices over the delivery policies of shop 1, with plenty of stock.
async fn catalogue(db: &TestDb) {
    db.exec(&format!(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, discount_rate, delivery_policy_id)
         SELECT 1, CONCAT('B', n), CONCAT('상품 ', n), 1000 + (n * 37) MOD 90000, (n MOD 4) * 0.05, 1 + n MOD 4
         FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n
               FROM ({DIGITS}) a, ({DIGITS}) b, ({DIGITS}) c, ({DIGITS}) e) s
         WHERE n < {PRODUCTS};
         INSERT INTO shop_stock (shop_id, product_id, free, update_date)
         SELECT 1, product_id, 1000000, UTC_TIMESTAMP(6) FROM shop_products WHERE product_id LIKE 'B%';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT 1, product_id, '__noopt__', 1000000, 'bench', 'bench', UTC_TIMESTAMP(6)
         FROM shop_products WHERE product_id LIKE 'B%'"
    ))
    .await;
}

const DIGITS: &str =
    "SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
    UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9";

/// As many buyers with three-line carts, and the total each would see.
async fn carts(db: &TestDb, prefix: &str, count: usize) -> Vec<Cart> {
    let mut conn = db.conn().await;
    for start in (0..count).step_by(500) {
        let end = (start + 500).min(count);
        let rows: Vec<String> = (start..end)
            .flat_map(|buyer| {
                (0..LINES).map(move |line| {
                    (
                        buyer,
                        (buyer * 7919 + line * 3571 + buyer * line) % PRODUCTS,
                    )
                })
            })
            .map(|(buyer, product)| {
                format!(
                    "(1,'{prefix}-{buyer}','B{product}',{},UTC_TIMESTAMP(6),UTC_TIMESTAMP(6))",
                    1 + product % 3
                )
            })
            .collect();
        let sql = format!(
            "INSERT IGNORE INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date) VALUES {}",
            rows.join(",")
        );
        conn.query_drop(sql).await.expect("cart rows");
    }
    conn.query_drop(format!(
        "INSERT INTO shop_cart_headers (shop_id, user_id)
         SELECT DISTINCT shop_id, user_id FROM shop_cart WHERE user_id LIKE '{prefix}-%'"
    ))
    .await
    .expect("cart headers");
    let rows: Vec<(String, i64)> = conn
        .query(format!("SELECT user_id, seq_no FROM shop_cart WHERE user_id LIKE '{prefix}-%' ORDER BY user_id, seq_no"))
        .await
        .expect("cart ids");
    let mut carts: Vec<Cart> = Vec::with_capacity(count);
    for (user_id, cart_id) in rows {
        if carts.last().is_none_or(|cart| cart.user_id != user_id) {
            carts.push(Cart {
                order_number: format!("T{user_id}"),
                user_id,
                cart_ids: Vec::new(),
                total: String::new(),
            });
        }
        carts.last_mut().expect("a cart").cart_ids.push(cart_id);
    }
    for cart in &mut carts {
        let ids = serde_json::to_string(&cart.cart_ids).expect("ids");
        let quote = db
            .call(
                &mut conn,
                "shop_order_quote",
                (
                    1,
                    &cart.user_id,
                    ids,
                    None::<String>,
                    None::<String>,
                    None::<String>,
                ),
            )
            .await
            .expect("a quote");
        cart.total = quote.first().str("total_payment");
    }
    carts
}

fn receiver() -> serde_json::Value {
    serde_json::json!({
        "receiver_name": "홍길동", "receiver_phone": "010-0000-0000", "post_code": "04524",
        "address": "서울 중구 세종대로 110", "address_detail": "1층", "delivery_msg": "문 앞"
    })
}

fn order(cart: &Cart) -> OrderCall {
    OrderCall::new(&cart.order_number, &cart.cart_ids)
        .user(1, &cart.user_id)
        .address(None)
        .receiver(Some(&receiver().to_string()))
        .client_total(&cart.total)
}

/// Microseconds of one CALL as the client sees it, and the statements that run inside.
async fn single_caller(db: &TestDb, engine: Engine, count: usize) {
    let carts = carts(db, "s", count + 1).await;
    let mut conn = db.conn_as_gateway().await;
    let mut times = Vec::with_capacity(count);
    for cart in &carts[..count] {
        let call = order(cart);
        let start = Instant::now();
        call.call(&mut conn).await.expect("an order");
        times.push(start.elapsed());
    }
    times.sort();
    let before = statements(&mut conn).await;
    order(&carts[count])
        .call(&mut conn)
        .await
        .expect("an order");
    let after = statements(&mut conn).await;
    let inside: Vec<String> = before
        .iter()
        .zip(&after)
        .filter(|((name, b), (_, a))| a > b && name != "Com_show_status")
        .map(|((name, b), (_, a))| format!("{} {}", name.trim_start_matches("Com_"), a - b))
        .collect();
    println!(
        "{:8} CALL, 1 caller: p50 {} µs, p99 {} µs; statements: {}",
        engine.name(),
        at(&times, 0.5).as_micros(),
        at(&times, 0.99).as_micros(),
        inside.join(", ")
    );
}

async fn statements(conn: &mut Conn) -> Vec<(String, u64)> {
    conn.query("SHOW SESSION STATUS LIKE 'Com\\_%'")
        .await
        .expect("status")
}

/// Runs `CALLERS` tasks over the carts; each task gets what `connect` makes for it.
async fn storm<C, W, F>(carts: Vec<Cart>, pid: u32, workers: Vec<C>, work: W) -> Round
where
    C: Send + 'static,
    W: Fn(C, Arc<Vec<Cart>>, Arc<AtomicUsize>) -> F,
    F: Future<Output = Vec<Duration>> + Send + 'static,
{
    let carts = Arc::new(carts);
    let next = Arc::new(AtomicUsize::new(0));
    let cpu = cpu_of(pid);
    let start = Instant::now();
    let tasks: Vec<_> = workers
        .into_iter()
        .map(|worker| tokio::spawn(work(worker, carts.clone(), next.clone())))
        .collect();
    let mut times = Vec::with_capacity(carts.len());
    for task in tasks {
        times.extend(task.await.expect("a caller"));
    }
    let elapsed = start.elapsed();
    times.sort();
    Round {
        orders_per_second: carts.len() as f64 / elapsed.as_secs_f64(),
        p50: at(&times, 0.5),
        p99: at(&times, 0.99),
        database_cpu: (cpu_of(pid) - cpu) / u32::try_from(carts.len()).expect("few"),
    }
}

async fn by_call(db: &TestDb, carts: Vec<Cart>, pid: u32) -> Round {
    let mut conns = Vec::new();
    for _ in 0..CALLERS {
        conns.push(db.conn_as_gateway().await);
    }
    storm(carts, pid, conns, |mut conn, carts, next| async move {
        let mut times = Vec::new();
        while let Some(cart) = carts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let call = order(cart);
            let start = Instant::now();
            call.call(&mut conn).await.expect("an order");
            times.push(start.elapsed());
        }
        times
    })
    .await
}

async fn by_gateway(gateway: &Gateway, carts: Vec<Cart>, pid: u32) -> Round {
    let url = gateway.url("/v1/orders");
    let clients: Vec<_> = (0..CALLERS)
        .map(|_| (gateway.client.clone(), url.clone()))
        .collect();
    storm(carts, pid, clients, |(client, url), carts, next| async move {
        let mut times = Vec::new();
        while let Some(cart) = carts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let body = serde_json::json!({
                "mTrdNo": cart.order_number, "trdAmt": cart.total, "selected_cart_ids": cart.cart_ids,
                "receiver": receiver(), "mode": "cart", "pg": "wallet",
            });
            let start = Instant::now();
            let answer = client
                .request(Method::POST, &url)
                .bearer_auth(support::SHOP_KEY)
                .header("X-User-Id", &cart.user_id)
                .json(&body)
                .send()
                .await
                .expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
            answer.bytes().await.expect("a body");
            times.push(start.elapsed());
        }
        times
    })
    .await
}

fn at(sorted: &[Duration], share: f64) -> Duration {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(engine: Engine, name: &str, rounds: &[Round]) {
    let of = |value: fn(&Round) -> f64| median(rounds.iter().map(value).collect());
    println!(
        "{:8} {name}: {:.0} orders/s, p50 {:.1} ms, p99 {:.1} ms, database CPU {:.0} µs per order (medians of {})",
        engine.name(),
        of(|r| r.orders_per_second),
        of(|r| r.p50.as_secs_f64() * 1e3),
        of(|r| r.p99.as_secs_f64() * 1e3),
        of(|r| r.database_cpu.as_secs_f64() * 1e6),
        rounds.len()
    );
}

async fn database_pid(db: &TestDb) -> u32 {
    let file = db.text("SELECT @@pid_file").await;
    let dir = db.text("SELECT @@datadir").await;
    let path = std::path::Path::new(&dir).join(file);
    std::fs::read_to_string(path)
        .expect("the server's pid file")
        .trim()
        .parse()
        .expect("a pid")
}

/// User and system time of a process so far.
fn cpu_of(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Fields after the name, which is in parentheses and may contain blanks: utime and stime are the 12th and 13th.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks: u64 = [11, 12]
        .iter()
        .filter_map(|&i| fields.get(i)?.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10) // USER_HZ is 100 on Linux
}
