//! What the gateway itself costs: its CPU for one read of a cart, beside that of a bare handler which makes the same
//! CALL, and of a request that comes to no CALL at all. In turns, over connections that stay open.

use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};

use crate::result::Spread;
use crate::storm::cpu_of;
use crate::support::{
    Engine, Gateway, NO_OPTION, PrivateServer, Process, SHOP_KEY, TestDb, free_port,
};
use crate::ways::POOL;

const CALLERS: usize = 16;
const LINES: usize = 3;
/// What is wanted of gateway / bare handler.
const WANTED: f64 = 1.05;

/// Whose CPU is taken.
struct Side {
    url: String,
    pid: u32,
    status: StatusCode,
}

/// Measures on one engine and prints a line.
pub async fn run(engine: Engine, rounds: usize, calls: usize) {
    let server = PrivateServer::start_with(engine, &[]).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    for caller in 0..CALLERS {
        for _ in 0..LINES {
            db.add_cart(1, &user(caller), "book", NO_OPTION, 1).await;
        }
    }
    let size = POOL.to_string();
    let gateway = Gateway::start_with(&db, &[("JUMUN_POOL_SIZE", &size)]).await;
    let port = free_port();
    let handler = Process::start(
        "bare",
        &std::env::current_exe().expect("this program"),
        &["bare", &db.url_as("jumun_gateway"), &port.to_string()],
        &[],
    );
    let bare = Side {
        url: format!("http://127.0.0.1:{port}/v1/cart"),
        pid: handler.id(),
        status: StatusCode::OK,
    };
    let through = Side {
        url: gateway.url("/v1/cart"),
        pid: gateway.process.id(),
        status: StatusCode::OK,
    };
    let nowhere = Side {
        url: gateway.url("/v1/nowhere"),
        status: StatusCode::NOT_FOUND,
        ..through
    };
    let sides = [&bare, &through, &nowhere];
    let client = Client::builder().no_proxy().build().expect("a client");
    wait_for(&client, &bare.url).await;
    let mut rounds_of: [Vec<f64>; 3] = Default::default();
    for side in sides {
        microseconds(&client, side, 20 * CALLERS).await;
    }
    for round in 0..rounds {
        // Another side begins every round.
        for at in (0..3).map(|turn| (turn + round) % 3) {
            rounds_of[at].push(microseconds(&client, sides[at], calls).await);
        }
    }
    let median = |at: usize| Spread::of(rounds_of[at].iter().copied()).map_or(0.0, |s| s.median);
    let pairs = rounds_of[1].iter().zip(&rounds_of[0]);
    let ratio = Spread::of(pairs.map(|(gateway, bare)| gateway / bare)).expect("a round");
    let word = if ratio.median <= WANTED {
        "reached"
    } else {
        "MISSED"
    };
    println!(
        "{}: CPU of a cart's read, {CALLERS} callers: gateway {:.0} µs, bare handler {:.0} µs, no CALL {:.0} µs",
        engine.name(),
        median(1),
        median(0),
        median(2)
    );
    println!(
        "  {word:8} gateway / bare handler {:.2}  ({:.2}–{:.2})  wanted ≤ {WANTED}",
        ratio.median, ratio.min, ratio.max
    );
}

fn user(caller: usize) -> String {
    format!("reader{caller}")
}

async fn wait_for(client: &Client, url: &str) {
    let start = Instant::now();
    while client.head(url).send().await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "{url}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// CPU of a process for each of so many calls.
async fn microseconds(client: &Client, side: &Side, calls: usize) -> f64 {
    let before = cpu_of(side.pid);
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let request = client
                .get(&side.url)
                .bearer_auth(SHOP_KEY)
                .header("X-User-Id", user(caller));
            let status = side.status;
            tokio::spawn(async move {
                for _ in 0..calls / CALLERS {
                    let request = request.try_clone().expect("a request without a body");
                    let answer = request.send().await.expect("an answer");
                    assert_eq!(answer.status(), status);
                    answer.bytes().await.expect("a body");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a caller");
    }
    let spent = cpu_of(side.pid) - before;
    spent.as_secs_f64() * 1e6 / (calls / CALLERS * CALLERS) as f64
}
