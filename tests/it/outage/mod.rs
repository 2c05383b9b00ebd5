//! Outages: the connection to the database is cut, held up or lost for a while, the database restarts, the gateway is
//! told to stop, far too many callers come. In each: what a caller sees and when, what is in the tables, how soon it
//! serves again, and that nothing grows meanwhile.

mod away;
mod buyers;
mod cuts;
mod lock;
mod overload;
mod page;
mod restart;
mod silence;
mod stop;

use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};

use crate::http::{Reply, get, order_body, place_order};
use crate::support::*;

/// Connections to the database that the gateway of these tests has for requests.
const POOL: i64 = 4;
/// What it has besides: two for operators, three while /ready is asked.
const OTHERS: i64 = 5;
/// How much memory a gateway may take more than when it was ready, in KiB. In a test it is a debug build.
const GROWTH: u64 = 48 * 1024;

/// A gateway that reaches its database through a proxy.
struct Site {
    proxy: Proxy,
    gateway: Gateway,
    memory: u64,
    /// The last to be dropped: another test gets it then.
    db: TestDb,
}

impl Site {
    /// On the server under test, with these variables besides.
    async fn start(env: &[(&str, &str)]) -> Site {
        Site::of(TestDb::with_fixture().await, env).await
    }

    async fn of(db: TestDb, env: &[(&str, &str)]) -> Site {
        Site::at(db, Duration::ZERO, env).await
    }

    /// With the database at a distance.
    async fn at(db: TestDb, one_way: Duration, env: &[(&str, &str)]) -> Site {
        let proxy = Proxy::with_delay(&db.admin_url(), one_way);
        let (public, operator) = (
            proxy.url(&db.url_as("jumun_gateway")),
            proxy.url(&db.url_as("jumun_operator")),
        );
        let pool = POOL.to_string();
        let mut all = vec![
            ("JUMUN_DATABASE_URL", public.as_str()),
            ("JUMUN_OPERATOR_DATABASE_URL", operator.as_str()),
            ("JUMUN_POOL_SIZE", pool.as_str()),
        ];
        all.extend(env);
        let gateway = Gateway::start_with(&db, &all).await;
        let memory = memory(&gateway);
        Site {
            db,
            proxy,
            gateway,
            memory,
        }
    }

    /// Waits until /ready says yes, and says how long that took.
    async fn ready(&self) -> Duration {
        let start = Instant::now();
        eventually("/ready says yes", || async {
            let ready = self.gateway.operator(Method::GET, "/ready");
            Reply::of(ready).await.status == 200
        })
        .await;
        start.elapsed()
    }

    /// Connections and memory are what they may be, as the gateway, the proxy, the database and the system see it.
    async fn assert_bounded(&self) {
        self.assert_bounded_here().await;
        assert_sessions(&self.db, POOL + OTHERS).await;
    }

    /// The same but for the database, which may be at work for callers who are gone.
    async fn assert_bounded_here(&self) {
        let open = sum(&self.gateway, r#"jumun_pool_connections{pool="public","#).await;
        assert!((0..=POOL).contains(&open), "{open} connections in the pool");
        let seen = self.proxy.seen();
        let most = usize::try_from(POOL + OTHERS).expect("few");
        assert!(seen.most <= most, "{seen:?}");
        let (before, now) = (self.memory, memory(&self.gateway));
        assert!(now < before + GROWTH, "{before} KiB have become {now} KiB");
    }
}

/// Sessions of the gateway's accounts in this database, once those are gone whose end the server had yet to notice.
async fn assert_sessions(db: &TestDb, most: i64) {
    let sessions =
        format!("SELECT COUNT(*) FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER LIKE 'jumun%'");
    let mut admin = db.conn().await;
    let start = Instant::now();
    loop {
        let open: Option<i64> = admin.query_first(&sessions).await.expect("sessions");
        let open = open.expect("a number");
        if open <= most {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{open} sessions");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Resident memory of a gateway, in KiB.
fn memory(gateway: &Gateway) -> u64 {
    let path = format!("/proc/{}/status", gateway.process.id());
    let status = std::fs::read_to_string(path).expect("a running gateway");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    number.expect("VmRSS").parse().expect("a number")
}

/// The sum of all series of /metrics that begin so.
async fn sum(gateway: &Gateway, start: &str) -> i64 {
    let text = Reply::of(gateway.operator(Method::GET, "/metrics"))
        .await
        .text;
    let series = text.lines().filter(|line| line.starts_with(start));
    series
        .filter_map(|line| line.rsplit(' ').next())
        .map(|number| number.parse::<i64>().expect("a number"))
        .sum()
}

/// One number of /metrics; a counter that is not there yet is 0.
async fn metric(gateway: &Gateway, line: &str) -> i64 {
    let text = Reply::of(gateway.operator(Method::GET, "/metrics"))
        .await
        .text;
    let found = text.lines().find_map(|found| found.strip_prefix(line));
    found.map_or(0, |number| number.trim().parse().expect("a number"))
}

/// An answer, and how long it took.
async fn timed(request: RequestBuilder) -> (Reply, Duration) {
    let start = Instant::now();
    let reply = Reply::of(request).await;
    (reply, start.elapsed())
}
